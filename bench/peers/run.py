"""`python -m bench peers`: what came of the inserts, as ratios."""

from __future__ import annotations

from typing import Any

from bench import child
from bench.report import Figure, Outcome

# turns, inserts a turn
SIZES = {"toy": (1, 5), "small": (5, 100), "normal": (9, 300), "full": (9, 300)}


def measure(size: str) -> dict[str, Any]:
    turns, count = SIZES[size]
    took = child.run(
        "bench.peers.inserting:measure",
        variables={"DJANGO_SETTINGS_MODULE": "bench.peers.settings"},
        turns=turns,
        count=count,
    )
    bare = took.pop("bare")
    ratios = {
        name: [theirs / ours for ours, theirs in zip(taken, bare, strict=True)]
        for name, taken in took.items()
    }
    return Outcome(
        name="peers",
        title="one insert with its record, by this product and by its peers",
        against=(
            "the same insert through the ORM in one durable transaction, with no record of it; "
            "all on the same table, server and connection, in turns"
        ),
        figures=[
            *[Figure.of(f"{name}: rate, of the bare rate", ratios[name], "×") for name in took],
            Figure.of("bare inserts a second", [1000 / one for one in bare], "/s"),
            *[
                Figure.of(f"{name}: inserts a second", [1000 / one for one in taken], "/s")
                for name, taken in took.items()
            ],
        ],
        facts={
            "inserts a turn": count,
            "ours": "act, permission and event; the others: no permission asked",
        },
    ).as_json()
