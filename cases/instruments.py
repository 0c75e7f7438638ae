"""Generic instruments: what is asked at an assessment, and how it is answered. Data, by version.

In our own words, after the questions that case sheets of the field name for a person, a household
and a community, and the domains in which recovery is commonly followed. They are no validated
scale: whoever has one adds it here with its source and its own version. A question that changes
makes a new version; what was answered by an older one stays readable by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
NOT_KNOWN = 0


@dataclass(frozen=True)
class Instrument:
    """One list of questions.

    Attributes:
        domains: code → question, in the order asked.
        scale: answer → its words; 0 is always "not known" and counts for nothing.
        more_is_better: whether a higher answer means that somebody is better off.
        again_in_days: when to ask again.
        source: on what the questions rest.
    """

    code: str
    version: str
    label: Words
    sentence: Words
    domains: Mapping[str, Words]
    scale: Mapping[int, Words]
    more_is_better: bool
    again_in_days: int
    source: str

    @property
    def most(self) -> int:
        return max(self.scale)

    def wellbeing(self, answer: int) -> float | None:
        """0 (worst) to 1 (best); None where it is not known."""
        if answer == NOT_KNOWN:
            return None
        share = (answer - 1) / (self.most - 1)
        return share if self.more_is_better else 1 - share


RISK = Instrument(
    code="risk",
    version="1",
    label=_("Risk to the survivor"),
    sentence=_("Each question may be answered with “not known”; ask again as things change."),
    domains={
        "contact_by_alleged_offender": _("Can an alleged offender reach the child?"),
        "violence_at_home": _("Is there violence or abuse in the household?"),
        "income_depends": _("Does the household’s income depend on an alleged offender?"),
        "self_harm": _("Does the child speak of harming themselves?"),
        "pressure": _("Does anybody press the child to take something back or to keep silent?"),
        "material_circulates": _("Is material of the child known to go round?"),
        "no_safe_adult": _("Is there no adult whom the child trusts?"),
        "out_of_school": _("Is the child out of school?"),
        "far_from_help": _("Is help, such as the police or a clinic, out of reach?"),
    },
    scale={0: _("Not known"), 1: _("No"), 2: _("Somewhat"), 3: _("Yes")},
    more_is_better=False,
    again_in_days=30,
    source="Generic; after the individual, household and community questions of HTCDS.",
)
OUTCOME = Instrument(
    code="outcome",
    version="1",
    label=_("How the survivor is doing"),
    sentence=_("Ask them, wherever they want to be asked."),
    domains={
        "safety": _("Safety"),
        "mental_wellbeing": _("Mental wellbeing"),
        "physical_health": _("Physical health"),
        "education": _("School or training"),
        "economic": _("Money and work"),
        "social_support": _("People who stand by them"),
        "legal_protection": _("Their rights and their case in law"),
    },
    scale={
        0: _("Not known"),
        1: _("In crisis"),
        2: _("Vulnerable"),
        3: _("Becoming stable"),
        4: _("Stable"),
        5: _("Doing well"),
    },
    more_is_better=True,
    again_in_days=90,
    source="Generic; domains in which recovery is commonly followed, no validated scale.",
)
# What is asked now, and everything that was ever asked.
INSTRUMENTS: dict[str, Instrument] = {one.code: one for one in (RISK, OUTCOME)}
EVER: dict[tuple[str, str], Instrument] = {(one.code, one.version): one for one in (RISK, OUTCOME)}


def name_of_instrument(code: str) -> str:
    """What an instrument is called, also one that is asked no more."""
    return str((INSTRUMENTS.get(code) or retired(code)).label)


def retired(code: str) -> Instrument:
    """The last version of an instrument that is asked no more; without words where even those are
    gone, so that what was answered by it stays readable."""
    last = [one for (known, _version), one in EVER.items() if known == code]
    if last:
        return last[-1]
    return Instrument(
        code=code,
        version="",
        label=code,
        sentence="",
        domains={},
        scale={NOT_KNOWN: _("Not known")},
        more_is_better=True,
        again_in_days=0,
        source="",
    )
