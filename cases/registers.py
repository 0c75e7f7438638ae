"""What the four registers ask, as data: one way to write, show, export and print serves them all.

Sources: Articles 12, 30, 33, 34 and 44 to 49 of the General Data Protection Regulation; the
Philippine Data Privacy Act (RA 10173) with the 72 hours of its breach rules. Periods are for
counsel to check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as spell
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import AskedBy, BreachNature, LegalBasis, RegisterKind, RightAskedFor, Safeguard

Words = str | Promise
Answers = Mapping[str, Any]
Clock = Callable[[Answers], datetime | None]

HOURS_TO_TELL = 72
DAYS_TO_ANSWER = 30
DAYS_MORE = 60


@dataclass(frozen=True)
class Question:
    """One question of a register.

    Attributes:
        kind: `line`, `text`, `one` of choices, `some` of choices, `day`, `moment`, `number` or
            `yes` (a box to tick).
        needed: must be answered from the first version on.
    """

    name: str
    label: Words
    kind: str = "line"
    choices: tuple[tuple[str, Words], ...] = ()
    hint: Words = ""
    needed: bool = False


@dataclass(frozen=True)
class Register:
    """One book.

    Attributes:
        title_of: the question whose answer names an entry in lists.
        due: when it must be done by, from the answers; None without a clock.
        done: whether the clock has stopped, or the entry has ended.
    """

    kind: str
    one: Words
    sentence: Words
    empty: Words
    prefix: str
    questions: tuple[Question, ...]
    title_of: str
    due: Clock
    done: Callable[[Answers], bool]

    @property
    def label(self) -> Words:
        return RegisterKind(self.kind).label


def _chosen(choices: type[Any]) -> tuple[tuple[str, Words], ...]:
    return tuple((str(code), label) for code, label in choices.choices)


def _no_clock(answers: Answers) -> datetime | None:
    return None


def _tell_by(answers: Answers) -> datetime | None:
    return datetime.fromisoformat(answers["known_at"]) + timedelta(hours=HOURS_TO_TELL)


def _answer_by(answers: Answers) -> datetime | None:
    day = datetime.fromisoformat(answers["received_on"]).date()
    more = DAYS_MORE if answers.get("longer_because") else 0
    last = day + timedelta(days=DAYS_TO_ANSWER + more)
    return timezone.make_aware(datetime.combine(last, time(23, 59)))


def _ended(answers: Answers) -> bool:
    return bool(answers.get("ended_on"))


REGISTERS: dict[str, Register] = {
    register.kind: register
    for register in (
        Register(
            RegisterKind.BREACHES,
            _("Breach"),
            _("Whatever was lost, seen or sent astray. The authority is told within 72 hours."),
            _("Nothing has happened that we know of. Anybody here can report something to you."),
            "B",
            (
                Question(
                    "known_at",
                    _("When did we know?"),
                    "moment",
                    hint=_("The 72 hours run from here."),
                    needed=True,
                ),
                Question("nature", _("What happened?"), "one", _chosen(BreachNature), needed=True),
                Question(
                    "what",
                    _("In a few words"),
                    "text",
                    hint=_("No names. What, where, through which door."),
                    needed=True,
                ),
                Question("people", _("How many people, about?"), "number"),
                Question("kinds", _("Which kinds of data?"), "text"),
                Question("consequences", _("What may come of it for them?"), "text"),
                Question("measures", _("What was done?"), "text"),
                Question("authority_told_at", _("The authority was told"), "moment"),
                Question("authority_number", _("Its file number")),
                Question(
                    "why_not_told",
                    _("Or why it need not be told"),
                    "text",
                    hint=_("Only where nobody is put at risk."),
                ),
                Question("people_told_at", _("The people were told"), "moment"),
                Question(
                    "people_not_told",
                    _("Or why they were not"),
                    "text",
                    hint=_("Telling somebody at an unsafe address may itself put them in danger."),
                ),
            ),
            "nature",
            _tell_by,
            lambda answers: bool(answers.get("authority_told_at") or answers.get("why_not_told")),
        ),
        Register(
            RegisterKind.REQUESTS,
            _("Request"),
            _("What somebody asked of us about their own data. We answer within 30 days."),
            _("Nobody has asked yet. Write a request down on the day it comes."),
            "Q",
            (
                Question(
                    "received_on",
                    _("When did it come?"),
                    "day",
                    hint=_("The 30 days run from here."),
                    needed=True,
                ),
                Question(
                    "right", _("What do they ask?"), "one", _chosen(RightAskedFor), needed=True
                ),
                Question("by", _("Who asks?"), "one", _chosen(AskedBy), needed=True),
                Question(
                    "code",
                    _("Code of the person"),
                    hint=_("As the case has it, such as S-4F7K-9M3C. Never a name."),
                ),
                Question("identity_checked_on", _("We made sure who asks, on"), "day"),
                Question(
                    "longer_because",
                    _("Why it takes longer"),
                    "text",
                    hint=_("Gives 60 days more. The person is told why within the first 30."),
                ),
                Question("answered_on", _("Answered on"), "day"),
                Question("answer", _("What we answered"), "text"),
                Question("refused_because", _("Why we refused, where we did"), "text"),
            ),
            "right",
            _answer_by,
            lambda answers: bool(answers.get("answered_on")),
        ),
        Register(
            RegisterKind.PROCESSING,
            _("Processing activity"),
            _("What we do with people’s data, why, and on what basis."),
            _("Write down each kind of work with people’s data: cases, referrals, statistics …"),
            "A",
            (
                Question("name", _("What is done?"), needed=True),
                Question("purpose", _("What for?"), "text", needed=True),
                Question("bases", _("Legal bases"), "some", _chosen(LegalBasis), needed=True),
                Question("people", _("Whose data?"), "text", needed=True),
                Question("kinds", _("Which kinds of data?"), "text", needed=True),
                Question("receivers", _("Who receives them?"), "text"),
                Question("kept", _("How long are they kept?"), "text", needed=True),
                Question("safeguards", _("How are they protected?"), "text"),
                Question("assessed_on", _("Impact assessment made on"), "day"),
                Question("ended_on", _("No longer done since"), "day"),
            ),
            "name",
            _no_clock,
            _ended,
        ),
        Register(
            RegisterKind.TRANSFERS,
            _("Transfer"),
            _("Where people’s data go in another country, and what makes it lawful."),
            _("Write down each receiver in another country: a police unit, a server, a service."),
            "T",
            (
                Question("receiver", _("To whom?"), needed=True),
                Question("country", _("In which country?"), needed=True),
                Question("purpose", _("What for?"), "text", needed=True),
                Question("kinds", _("Which kinds of data?"), "text", needed=True),
                Question(
                    "safeguard",
                    _("What makes it lawful?"),
                    "one",
                    _chosen(Safeguard),
                    needed=True,
                ),
                Question("agreement", _("Reference of the agreement")),
                Question("since", _("Since"), "day", needed=True),
                Question("ended_on", _("Ended on"), "day"),
            ),
            "receiver",
            _no_clock,
            _ended,
        ),
    )
}


def in_words(question: Question, value: Any) -> Any:
    """An answer as people read it; "" where there is none."""
    if value is False or value in (None, "", []):
        return ""
    if question.kind in ("one", "some"):
        labels = dict(question.choices)
        codes = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(code, code)) for code in codes)
    if question.kind == "moment":
        return spell(timezone.localtime(datetime.fromisoformat(value)), "j M Y, H:i")
    if question.kind == "day":
        return spell(datetime.fromisoformat(value), "j M Y")
    return str(value)
