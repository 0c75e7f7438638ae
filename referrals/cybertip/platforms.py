"""Which platform a report names: one of those we know, or another one.

The field is free text. What it holds is kept in clear only as a code of our own list: no pattern
tells the name of an application from the name of a child.
"""

from __future__ import annotations

import re
import unicodedata

from referrals.choices import Platform

# What a platform is called in reports beside its own name; letters and digits alone, small.
_ALSO: dict[str, Platform] = {
    "facebookinc": Platform.FACEBOOK,
    "meta": Platform.FACEBOOK,
    "facebookmessenger": Platform.MESSENGER,
    "fbmessenger": Platform.MESSENGER,
    "instagraminc": Platform.INSTAGRAM,
    "whatsappmessenger": Platform.WHATSAPP,
    "musically": Platform.TIKTOK,
    "snap": Platform.SNAPCHAT,
    "snapinc": Platform.SNAPCHAT,
    "gmail": Platform.GOOGLE,
    "googledrive": Platform.GOOGLE,
    "googlephotos": Platform.GOOGLE,
    "googlechat": Platform.GOOGLE,
    "googlemeet": Platform.GOOGLE,
    "googlellc": Platform.GOOGLE,
    "twitter": Platform.X,
    "xcorp": Platform.X,
    "xtwitter": Platform.X,
    "outlook": Platform.MICROSOFT,
    "onedrive": Platform.MICROSOFT,
    "teams": Platform.MICROSOFT,
    "microsoftteams": Platform.MICROSOFT,
    "playstationnetwork": Platform.PLAYSTATION,
    "psn": Platform.PLAYSTATION,
    "xboxlive": Platform.XBOX,
    "discordinc": Platform.DISCORD,
    "icloud": Platform.APPLE,
    "imessage": Platform.APPLE,
    "facetime": Platform.APPLE,
    "kikmessenger": Platform.KIK,
    "vk": Platform.VKONTAKTE,
    "bigo": Platform.BIGO,
    "meganz": Platform.MEGA,
    "cashapp": Platform.CASH_APP,
}
# A word or three, as applications are called: no sign that an address, an account or a number is
# written with. What is left may still be somebody's name, so it is sealed.
_PLAIN = re.compile(r"[^\W\d_][\w&+!'’-]*(?: [\w&+!'’-]+){0,2}")
_LONGEST = 40
_MOST_DIGITS = 2


def platform_of(told: str) -> tuple[str, str]:
    """(code of `Platform`, words to be sealed) for what a report names.

    The words are empty where the code says it, and where they could be an address, an account or a
    number. Nothing told gives two empty strings.
    """
    told = " ".join(told.split())
    plain = _plain(told)
    if not plain:
        return ("", "") if not told else (Platform.OTHER.value, "")
    if known := _KNOWN.get(plain):
        return known.value, ""
    return Platform.OTHER.value, told if _is_plain_name(told) else ""


def _is_plain_name(told: str) -> bool:
    return (
        len(told) <= _LONGEST
        and _PLAIN.fullmatch(told) is not None
        and "_" not in told
        and sum(sign.isdigit() for sign in told) <= _MOST_DIGITS
    )


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in text if sign.isalnum())


_KNOWN = {
    **{_plain(str(code.value)): code for code in Platform if code is not Platform.OTHER},
    **_ALSO,
}
