"""What needs somebody now: one page across all apps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from desk.cards import Card
from desk.log_alarms import cards_of_alarms
from desk.waiting import KINDS, Kind, Waiting

# Of one kind, so that a full desk does not hide the rest; its number opens the whole list.
MOST_OF_A_KIND = 6
MOST_COMING = 12
MOST_NAMED = 4


@dataclass
class MyWork:
    """The page "My work".

    Attributes:
        now: what needs the person now, most urgent first.
        coming: what comes up.
        numbers: how much of each kind waits, each with its list.
        left_out: how many of the numbered have no card on the page.
        kinds: names of what could wait for this person, for an empty page that teaches.
    """

    now: list[Card] = field(default_factory=list)
    coming: list[Card] = field(default_factory=list)
    numbers: list[Waiting] = field(default_factory=list)
    left_out: int = 0
    kinds: list[str] = field(default_factory=list)

    @property
    def chips(self) -> list[dict[str, str]]:
        """The numbers as `filter_chips` takes them."""
        return [
            {"label": number.label, "url": number.url, "icon": number.icon}
            for number in self.numbers
        ]

    @property
    def kinds_in_words(self) -> str:
        """Names of a few kinds, inside a sentence."""
        few = self.kinds[:MOST_NAMED]
        return ", ".join(name[:1].lower() + name[1:] for name in few)


def kinds_of(actor: User) -> Iterator[Kind]:
    """What may wait for `actor`, by what their roles let them do."""
    return (kind for kind in KINDS if actor.may(kind.permission))


def my_work(actor: User, at: datetime) -> MyWork:
    """What waits for `actor`, most urgent first. One query a kind, however much of it waits."""
    work = MyWork(now=cards_of_alarms(actor, at))
    for kind in kinds_of(actor):
        work.kinds.append(str(kind.title))
        rows, in_all, late = kind.first(actor, at, MOST_OF_A_KIND)
        if not rows:
            continue
        cards = kind.cards(actor, rows, at)
        work.now += [card for card in cards if card.now]
        work.coming += [card for card in cards if not card.now]
        work.left_out += in_all - len(rows)
        work.numbers.append(
            Waiting(
                words=str(kind.counted % {"n": in_all}),
                late=late,
                url=kind.url,
                icon=cards[0].icon,
            )
        )
    work.now.sort(key=_most_urgent_first)
    work.coming.sort(key=_most_urgent_first)
    work.left_out += len(work.coming[MOST_COMING:])
    del work.coming[MOST_COMING:]
    return work


def _most_urgent_first(card: Card) -> tuple[bool, bool, float]:
    return (not card.urgent, card.due is None, card.due.timestamp() if card.due else 0.0)
