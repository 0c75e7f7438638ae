"""Words that blame, judge or belittle, and what to write instead (R-N3, R-N9, R-U5).

After the Luxembourg Guidelines on terminology, in our own words. Data only: a pattern (a regular
expression, matched whole, whatever its case), what to write instead ("" where nothing fits), and
one of the reasons. `product` marks terms that no page, label or translation of ours may use.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """One entry. `unless_kind`: kinds of note made for just this."""

    pattern: str
    instead: str | Promise
    why: str
    product: bool = True
    unless_kind: tuple[str, ...] = ()


REASONS: dict[str, str | Promise] = {
    "harm": _("This word hides that it is abuse."),
    "blame": _("This word puts the blame on the child."),
    "judgement": _("This judges a person. Describe what you saw or heard instead."),
    "doubt": _("This casts doubt on what somebody told you. Write that they said it."),
    "label": _(
        "This names a person by what is alleged. Nobody is called an offender before a "
        "court has said so."
    ),
    "slur": _("This word hurts. It stands in a note only as somebody’s own words."),
    "private": _(
        "Is this needed for a service? Then write it in a note of its own kind; else leave it out."
    ),
    "act": _(
        "The investigator’s record holds what was done. Write only what keeps the child safe "
        "or is needed to refer."
    ),
}

CSAM = _("child sexual abuse material")
ABUSE = _("sexual abuse of a child")
SAID = _("said that")
PRESSURE = _("what pressure was used, or what happened")
BEHAVIOUR = _("what the person did or said")

TERMS = (
    Term(r"(child|kiddie|kid|kiddy|minor)[\s-]*porn(ography|ographic)?", CSAM, "harm"),
    Term(r"porn(ography)? (with|of|involving) (a )?(child|children|minors?)", CSAM, "harm"),
    Term(
        r"(self[\s-])?produced porn(ography)?",
        _("self-generated sexual content involving a child"),
        "harm",
    ),
    Term(r"sexting", _("self-generated sexual content, and who asked for it"), "harm"),
    Term(
        r"(child|teen|teenage|minor|under-?age|juvenile) prostitut(e|es|ion)",
        _("child exploited in prostitution"),
        "harm",
    ),
    Term(
        r"(child|teen|teenage|minor) sex[\s-]?workers?",
        _("child exploited in prostitution"),
        "harm",
    ),
    Term(
        r"child sex tour(ism|ists?)|sex tour(ism|ists?)",
        _("sexual exploitation of children in the context of travel and tourism"),
        "harm",
    ),
    Term(
        r"webcam (child )?sex( tourism)?|cyber[\s-]?sex( den)?s?",
        _("live-streamed child sexual abuse"),
        "harm",
    ),
    Term(r"sex(ual)? slaves?", _("person trafficked for sexual exploitation"), "harm"),
    Term(r"revenge porn", _("sharing intimate images without permission"), "harm"),
    Term(
        r"(had|having|has) (sex|sexual relations|intercourse) with (a |the )?"
        r"(child|girl|boy|minor)",
        ABUSE,
        "harm",
    ),
    Term(r"under-?age sex|sex with (a )?(child|children|minors?)", ABUSE, "harm"),
    Term(
        r"(paid )?(customers?|johns?|clients?) (of the (child|girl|boy)|who paid)",
        _("people who paid for the abuse"),
        "harm",
        product=False,
    ),
    Term(r"consented|consensual(ly)?", PRESSURE, "blame", product=False),
    Term(r"gave (her|his|their) consent to (sex|it)", PRESSURE, "blame"),
    Term(r"willing(ly)? (took part|participated|performed|went)", PRESSURE, "blame"),
    Term(r"(took part|participated|performed) (willingly|voluntarily)", PRESSURE, "blame"),
    Term(r"promiscuous|promiscuity|sexually active|loose (girl|woman|morals)", "", "blame"),
    Term(r"seduc(ed|es|ing|tive)", _("what the adult did"), "blame"),
    Term(r"provok(ed|es|ing) (the )?(abuse|man|men|him)|provocative(ly)?", "", "blame"),
    Term(r"asked for it|brought (it|this) on (her|him|them)sel(f|ves)", "", "blame", product=False),
    Term(r"lolitas?|jailbait|mature for (her|his) age", "", "blame"),
    Term(
        r"(failed|refused) to (protect|resist|escape|disclose|cooperate|co-operate)",
        PRESSURE,
        "blame",
    ),
    Term(r"manipulative|attention[\s-]?seeking|hysterical|drama queen", BEHAVIOUR, "judgement"),
    Term(
        r"non-?compliant|un-?co-?operative|treatment[\s-]resistant|difficult (child|girl|boy)",
        _("what was offered, and what the person chose"),
        "judgement",
    ),
    Term(r"damaged|tainted|ruined|spoiled (child|girl|boy)", "", "judgement", product=False),
    Term(r"broken (home|family)", _("who the child lives with"), "judgement"),
    Term(
        r"bad (mother|father|parents?|girl|boy|child)|unfit (mother|father)", BEHAVIOUR, "judgement"
    ),
    Term(
        r"delinquents?|street (child|children|kids?)",
        _("child in a street situation, or what the child did"),
        "judgement",
    ),
    Term(
        r"(drug )?addicts?|junk(ie|y)|alcoholics?",
        _("person who uses drugs or alcohol"),
        "judgement",
    ),
    Term(r"crazy|insane|mental case|retarded|mentally retarded", BEHAVIOUR, "judgement"),
    Term(
        r"illegal (immigrants?|aliens?|migrants?)|illegals", _("person without papers"), "judgement"
    ),
    Term(r"alleged (victim|survivor)s?", _("the child, or the survivor"), "doubt"),
    Term(
        r"(alleged(ly)? )?(victim|survivor|girl|boy|child) "
        r"(lied|is lying|was lying|made (it|this) up)",
        SAID,
        "doubt",
    ),
    Term(
        r"(she|he|they|victim|survivor|child|girl|boy) (claim|allege)(s|ed)?( that)?",
        SAID,
        "doubt",
        product=False,
    ),
    Term(r"so-called (abuse|victim|survivor)", "", "doubt"),
    Term(r"p(a)?edophiles?|minor[\s-]attracted", _("alleged offender"), "label"),
    Term(
        r"predators?|monsters?|perverts?|child molesters?",
        _("alleged offender"),
        "label",
        product=False,
    ),
    Term(
        r"the (rapist|trafficker|abuser|perpetrator)",
        _("the alleged offender"),
        "label",
        product=False,
    ),
    Term(r"pokpok|malandi|pakawala|kaladkarin|whores?|sluts?|hookers?", "", "slur"),
    Term(
        r"undocumented|overstay(ed|ing|er)?|deport(ed|able|ation)",
        "",
        "private",
        product=False,
        unless_kind=("private_matter", "legal", "service"),
    ),
    Term(
        r"lesbians?|gays?|homosexuals?|bisexuals?|bakla|tomboy|transgender",
        "",
        "private",
        product=False,
        unless_kind=("private_matter", "health"),
    ),
    Term(
        r"hiv|aids|std|stis?|pregnan(t|cy)|abortions?|miscarriage|contraceptives?",
        "",
        "private",
        product=False,
        unless_kind=("health", "private_matter"),
    ),
    Term(
        r"penetrat(ed|ion|ing)|masturbat(ed|ion|ing|e|es)|oral sex|genitals?|penis|vagina(l)?|"
        r"ejaculat(ed|ion)",
        "",
        "act",
        product=False,
    ),
)
