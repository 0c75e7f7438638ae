"""What sealing costs: notes listed, searched and written, each beside the same in clear."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.acting import acting
from audit.reading import reading
from bench.installation import clone, superuser
from bench.measuring import Comparison, in_turns, milliseconds_of, percentile, seconds_of
from bench.people import WORKER, person, team
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.models import Case
from cases.selectors import notes_of, search_notes, show_notes
from cases.services import notes
from cases.services.cases import open_case
from vault.keys import forget_keys, make_keys
from vault.services.epochs import rotate_keys

# cases to search in, notes in each, searches, times a turn, turns, keys to wrap anew
SIZES = {
    "toy": (2, 5, 8, 3, 1, 200),
    "small": (40, 25, 40, 10, 3, 10_000),
    "normal": (40, 25, 200, 20, 9, 100_000),
    "full": (40, 25, 200, 20, 9, 100_000),
}
LISTED = 50
TEXT = (
    "The aunt called to say that school starts on Monday. She asks who will bring the child, and "
    "whether the shelter still has the bag with the uniform. "
)
PARTS = {
    "facts_reported": TEXT * 4,
    "facts_said_by": "the aunt",
    "observations": TEXT * 3,
    "professional_assessment": TEXT * 3,
    "actions": TEXT * 2,
}
# Below everything that is measured: in clear neither sealing nor opening nor any key is left.
IN_CLEAR: dict[str, Callable[..., Any]] = {
    "vault.fields.seal": lambda plain, **_place: plain,
    "vault.fields.unseal": lambda data, **_place: data,
    "vault.opening.load_keys": lambda owners: None,
    "vault.envelope.Opener.open_row": lambda opener, row, places, sealed: sealed,
    "cases.services.notes.commit": lambda *words: None,
}
SAME_ROWS = """
    WITH read AS MATERIALIZED (
        SELECT id, wrapped FROM vault_datakey WHERE epoch <> %(epoch)s ORDER BY id LIMIT %(batch)s
    )
    UPDATE vault_datakey k SET wrapped = r.wrapped, epoch = %(epoch)s FROM read r WHERE k.id = r.id
"""


def measure(size: str) -> dict[str, Any]:
    cases, each, asked, times, turns, keys = SIZES[size]
    with clone():
        actor = person(WORKER)
        another = filled_case(actor, 1)
        longest = filled_case(actor, LISTED)
        with in_clear():
            clear = filled_case(actor, LISTED)
        listed = in_turns(
            lambda: milliseconds_of(lambda: list_notes(actor, longest), times),
            lambda: in_the_clear(lambda: milliseconds_of(lambda: list_notes(actor, clear), times)),
            turns=turns,
            unit="ms",
        )
        written = in_turns(
            lambda: milliseconds_of(lambda: write(actor, another), times * 2),
            lambda: in_the_clear(lambda: milliseconds_of(lambda: write(actor, clear), times * 2)),
            turns=turns,
            unit="ms",
        )
    with clone():
        actor = person(WORKER)
        for _case in range(cases):
            filled_case(actor, each)
        searched = searches(actor, cases * each, asked)
    with clone(), in_clear():
        actor = person(WORKER)
        for _case in range(cases):
            filled_case(actor, each)
        scanned = searches(actor, cases * each, asked)
    rewrapped = wrapped_anew(keys)
    return outcome(listed, written, searched, scanned, rewrapped, (cases * each, keys))


def outcome(
    listed: Comparison,
    written: Comparison,
    searched: list[float],
    scanned: list[float],
    rewrapped: Comparison,
    sizes: tuple[int, int],
) -> dict[str, Any]:
    above = [ours - theirs for ours, theirs in zip(listed.product, listed.bare, strict=True)]
    found, keys = sizes
    return Outcome(
        name="sealed",
        title="notes under the keys of their cases: listed, searched, written; keys wrapped anew",
        against=(
            "the product's own code with sealing, opening, keys and commitments taken out below "
            "it, on notes that stand in clear (for lists, searches and writes); reading and "
            "writing the same rows in SQL (for wrapping anew)"
        ),
        figures=[
            as_ratio(f"a list of {LISTED}: time, of that in clear", listed),
            Figure.of("a list: above that in clear", above, "ms", Target("at most", 5)),
            Figure.of("a list: with its keys unwrapped each time", listed.product, "ms"),
            as_ratio("an audited note: time, of that in clear", written, Target("at most", 2)),
            Figure.of("an audited note, written", written.product, "ms"),
            Figure(
                f"search over {found:,} notes: time, of that in clear",
                percentile(searched, 50) / percentile(scanned, 50),
                "×",
            ),
            Figure(
                "a search, 95 in 100",
                percentile(searched, 95),
                "ms",
                min(searched),
                max(searched),
                Target("at most", 50) if found >= 1_000 else None,
            ),
            as_ratio(f"{keys:,} keys wrapped anew: time, of the bare rows", rewrapped),
            Figure.of(
                "wrapping them anew",
                rewrapped.product,
                "s",
                Target("at most", 10) if keys >= 100_000 else None,
            ),
        ],
        facts={"text of a note": f"{sum(map(len, PARTS.values())):,} characters"},
    ).as_json()


@contextmanager
def in_clear() -> Iterator[None]:
    """Within it nothing is sealed, opened or committed to."""
    with ExitStack() as stack:
        for name, work in IN_CLEAR.items():
            stack.enter_context(patch(name, work))
        yield


def in_the_clear(work: Callable[[], float]) -> float:
    with in_clear():
        return work()


def filled_case(actor: User, count: int) -> Case:
    """A case of the worker's team with so many notes."""
    case = open_case(actor=actor, team_id=team().pk, country="PH")
    for _note in range(count):
        write(actor, case)
    return case


def write(actor: User, case: Case) -> None:
    notes.write_note(
        actor=actor,
        case_id=case.pk,
        kind="contact",
        occurred_at=timezone.now() - timedelta(hours=1),
        **PARTS,
    )


def list_notes(actor: User, case: Case) -> None:
    """The newest notes of a case, opened, as the page's view asks for them."""
    forget_keys()
    with reading(actor):
        shown = show_notes(actor, notes_of(actor, case)[:LISTED], cover=True)
    if len(shown) != LISTED or not all(len(note.parts) == 4 for note in shown):
        raise RuntimeError(f"the list shows {len(shown)} notes")


def searches(actor: User, count: int, asked: int) -> list[float]:
    """What each search over all notes takes, in milliseconds; keys as they come."""
    took = []
    for word in ["monday", "uniform shelter", "nobody", "the aunt"] * (asked // 4):
        with reading(actor):
            began = timezone.now()
            found = search_notes(actor, word)
            took.append((timezone.now() - began) / timedelta(milliseconds=1))
        if found.scanned != count or bool(found.matched) == (word == "nobody"):
            raise RuntimeError(f"{found.scanned} notes were searched, {found.matched} matched")
    return took


def wrapped_anew(count: int) -> Comparison:
    """The product's rotation, and the same rows read and written without a key."""
    with clone() as database:
        keeper = User.objects.get(pk=KEY_KEEPER_ID)
        say(f"    making {count:,} keys …")
        with acting(person(WORKER)) as act:
            act.authorise("cases.open_case")
            make_keys([("case", uuid.uuid4()) for _key in range(count)])
            act.record("case.opened", facts={"bench": count})

        def bare() -> float:
            with superuser(database) as admin:
                admin.execute("SELECT set_config('liwanag.act', %s, false)", [str(uuid.uuid4())])
                given = {"epoch": uuid.uuid4().hex, "batch": 5_000}
                kept = admin.execute("SELECT id, epoch FROM vault_datakey").fetchall()

                def update() -> None:
                    while admin.execute(SAME_ROWS, given).rowcount:
                        pass

                took = seconds_of(update)
                with admin.cursor() as cursor:
                    cursor.execute("CREATE TEMP TABLE kept (id uuid PRIMARY KEY, epoch text)")
                    with cursor.copy("COPY kept FROM STDIN") as copy:
                        for row in kept:
                            copy.write_row(row)
                    cursor.execute(
                        "UPDATE vault_datakey k SET epoch = kept.epoch FROM kept "
                        "WHERE kept.id = k.id"
                    )
                admin.execute("VACUUM vault_datakey")
            return took

        def product() -> float:
            def rotate() -> None:
                rotation = rotate_keys(actor=keeper, at=timezone.now())
                if rotation.rewrapped < count or rotation.unreadable:
                    raise RuntimeError(f"{rotation.rewrapped:,} keys were wrapped anew")

            took = seconds_of(rotate)
            say(f"    {count:,} keys wrapped anew in {took:.1f} s")
            return took

        return in_turns(product, bare, turns=2, unit="s", warm_up=0)
