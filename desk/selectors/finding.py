"""Find: one box over codes, and, where it is the reader's to open, people by name or identifier.

Everything is looked for within what the reader may see. People are found by keyed digests, so that
nothing is opened to find them, and come back by code with why they matched. Alleged offenders are
found by code alone: there is no search for them across cases (R-A6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case as Nearest
from django.db.models import Q, QuerySet, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.choices import ALLEGED_OFFENDERS
from cases.models import Case, CaseParticipant, ErasureRequest, LegalGround, PersonToken, ReportDuty
from cases.naming import IDENTIFIER, NAME, SOUND, identifier_of, sound_of, words_of
from cases.person_index import digest_of
from core.references import ALPHABET
from courts.models import Proceeding
from handoffs.models import Handoff
from referrals.models import Referral
from reporting.models import StatisticsRelease

# Of one kind; whoever has more gives another letter.
MOST_OF_A_KIND = 10
# Shorter beginnings of a code match too much to help.
SHORTEST_CODE = 3
MOST_WORDS = 6
# By how near somebody is to what was looked for.
WHY = (
    gettext_lazy("A number, address or handle of theirs is the same."),
    gettext_lazy("A name of theirs is written so."),
    gettext_lazy("A name of theirs sounds like it."),
)
PREFIXES = "CRHPTDGSE"
CODE = re.compile(rf"(?:([{PREFIXES}])[- ])?([{ALPHABET}]{{1,4}})(?:[- ]?([{ALPHABET}]{{1,4}}))?")
CODE_IN_ONE = re.compile(rf"([{PREFIXES}])([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})")


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what, whose, where, and why it matched."""

    what: str
    who: str
    why: str
    url: str
    icon: str


@dataclass
class Found:
    """What was found, and what of the question was understood.

    Attributes:
        as_code, as_name, as_identifier: how the words were read.
        may_find_people: whether the reader may look for people at all.
        more_by_code, more_people: whether more match than are shown.
    """

    hits: list[Hit] = field(default_factory=list)
    as_code: bool = False
    as_name: bool = False
    as_identifier: bool = False
    may_find_people: bool = False
    more_by_code: bool = False
    more_people: bool = False


@dataclass(frozen=True)
class Coded:
    """One kind of record with a code of its own."""

    prefix: str
    label: str | Promise
    icon: str
    permission: str
    rows: Callable[[User], QuerySet[Any]]
    column: str
    who: Callable[[Any], str]
    url: Callable[[Any, User], str]


def _page(name: str) -> Callable[[Any, User], str]:
    return lambda row, actor: reverse(name, args=[row.pk])


def _handoff_url(row: Handoff, actor: User) -> str:
    sent = row.from_agency_id == actor.agency_id
    return reverse("handoffs:handoff" if sent else "handoffs:envelope", args=[row.pk])


def _of_case(row: Any) -> str:
    return str(row.case.reference) if row.case else ""


CODED: tuple[Coded, ...] = (
    Coded(
        "C",
        gettext_lazy("Case"),
        "case",
        "cases.read_case",
        lambda actor: Case.objects.visible_to(actor),
        "reference",
        lambda row: f"{row.get_protection_stage_display()} · {row.get_risk_display()}",
        _page("cases:case"),
    ),
    Coded(
        "R",
        gettext_lazy("Referral"),
        "referral",
        "referrals.read_referral",
        lambda actor: Referral.objects.visible_to(actor).only(
            "reference", "status", "source_category"
        ),
        "reference",
        lambda row: f"{row.get_source_category_display()} · {row.get_status_display()}",
        _page("referrals:referral"),
    ),
    Coded(
        "S",
        gettext_lazy("Person"),
        "person",
        "cases.read_person",
        lambda actor: CaseParticipant.objects.visible_to(actor).select_related("person", "case"),
        "person__code",
        lambda row: f"{row.label} · {row.case.reference}",
        _page("cases:person"),
    ),
    Coded(
        "H",
        gettext_lazy("Handoff"),
        "handoff",
        "",
        lambda actor: Handoff.objects.visible_to(actor).select_related("to_agency", "from_agency"),
        "reference",
        lambda row: f"{row.to_agency} · {row.get_status_display()}",
        _handoff_url,
    ),
    Coded(
        "P",
        gettext_lazy("Proceeding"),
        "court",
        "courts.read_proceeding",
        lambda actor: (
            Proceeding.objects.visible_to(actor).select_related("case").defer("docket_number")
        ),
        "reference",
        _of_case,
        _page("courts:proceeding"),
    ),
    Coded(
        "D",
        gettext_lazy("Duty to report"),
        "bell",
        "cases.read_duty",
        lambda actor: (
            ReportDuty.objects.visible_to(actor)
            .select_related("case")
            .only("reference", "authority", "status", "case__reference")
        ),
        "reference",
        lambda row: f"{row.authority} · {row.get_status_display()}",
        _page("cases:duty"),
    ),
    Coded(
        "G",
        gettext_lazy("Legal basis"),
        "law",
        "",
        lambda actor: LegalGround.objects.visible_to(actor).defer("reason", "order_reference"),
        "reference",
        lambda row: f"{row.get_basis_display()} · {row.get_status_display()}",
        _page("cases:ground"),
    ),
    Coded(
        "E",
        gettext_lazy("Erasure"),
        "erase",
        "cases.read_erasure",
        lambda actor: ErasureRequest.objects.visible_to(actor),
        "reference",
        lambda row: str(row.get_status_display()),
        _page("rights:erasure"),
    ),
    Coded(
        "T",
        gettext_lazy("Statistics"),
        "reports",
        "reporting.read_release",
        lambda actor: StatisticsRelease.objects.visible_to(actor),
        "reference",
        lambda row: str(row.title),
        _page("reporting:release"),
    ),
)


def read_code(text: str) -> tuple[str, str] | None:
    """(prefix or "", beginning of a code such as "7QK4-P9") that a text may be; None otherwise."""
    text = " ".join(text.upper().split())
    whole = CODE_IN_ONE.fullmatch(text.replace(" ", "").replace("-", ""))
    if whole is not None:
        return whole[1], f"{whole[2]}-{whole[3]}"
    asked = CODE.fullmatch(text)
    if asked is None:
        return None
    prefix, first, second = asked[1] or "", asked[2], asked[3] or ""
    if len(first) + len(second) < SHORTEST_CODE or (second and len(first) < 4):
        return None
    return prefix, f"{first}-{second}" if second else first


def find(actor: User, text: str) -> Found:
    """What `actor` may see that the text stands for. The text is never recorded.

    Args:
        text: as typed: a code or its beginning, a name, a telephone number, an address of e-mail.
    """
    found = Found(may_find_people=actor.may("cases.show_identity"))
    code = read_code(text)
    if code is not None:
        found.as_code = True
        found.hits += _by_code(actor, *code, found)
    if found.may_find_people:
        found.hits += _people(actor, text, found)
    return found


def _by_code(actor: User, prefix: str, begins: str, found: Found) -> Iterable[Hit]:
    same: list[Hit] = []
    longer: list[Hit] = []
    for kind in CODED:
        if prefix not in ("", kind.prefix) or (kind.permission and not actor.may(kind.permission)):
            continue
        whole = f"{kind.prefix}-{begins}"
        beginning = kind.rows(actor).filter(**{f"{kind.column}__startswith": whole})
        rows = list(beginning.order_by(kind.column, "pk")[: MOST_OF_A_KIND + 1])
        found.more_by_code |= len(rows) > MOST_OF_A_KIND
        for row in rows[:MOST_OF_A_KIND]:
            code = row.person.code if kind.prefix == "S" else row.reference
            hit = Hit(
                what=code,
                who=f"{kind.label} · {kind.who(row)}",
                why=_("This is its code.")
                if code == whole
                else _("Its code begins with %(begins)s.") % {"begins": whole},
                url=kind.url(row, actor),
                icon=kind.icon,
            )
            (same if code == whole else longer).append(hit)
    return [*same, *longer]


def _people(actor: User, text: str, found: Found) -> Iterable[Hit]:
    """Whose number this is, then whose names are written so, then whose sound so.

    The database joins the words, so that no word is so common that somebody drops out.
    """
    words = list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    number = identifier_of(text)
    found.as_name, found.as_identifier = bool(words), bool(number)
    if not (words or number):
        return []

    def whose(*digests: bytes) -> Q:
        tokens = PersonToken.objects.visible_to(actor).filter(digest__in=digests)
        return Q(person_id__in=tokens.values("person_id"))

    def every(conditions: Iterable[Q]) -> Q:
        return reduce(and_, conditions) if words else Q(pk=None)

    by_number = whose(digest_of(IDENTIFIER, number)) if number else Q(pk=None)
    written = every(whose(digest_of(NAME, word)) for word in words)
    sounding = every(
        whose(digest_of(NAME, word), digest_of(SOUND, sound_of(word))) for word in words
    )
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(by_number | sounding)
        .exclude(role__in=ALLEGED_OFFENDERS)
        .annotate(
            nearness=Nearest(When(by_number, then=0), When(written, then=1), default=2),
        )
        .select_related("person", "case")
        .order_by("nearness", "person__code", "created_at", "pk")
    )
    rows = list(places[: MOST_OF_A_KIND + 1])
    found.more_people = len(rows) > MOST_OF_A_KIND
    return [
        Hit(
            what=place.person.code,
            who=f"{_('Person')} · {place.label} · {place.case.reference}",
            why=str(WHY[place.nearness]),
            url=reverse("cases:person", args=[place.pk]),
            icon="person",
        )
        for place in rows[:MOST_OF_A_KIND]
    ]
