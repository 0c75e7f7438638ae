"""`python -m bench.killing [--rounds N] [--seed S]`: kill -9 under load, and look what is left.

Web, worker, beat, Redis, sequencer and database are killed at random moments, alone and together,
while people write notes, log referrals and ask for statistics through the served pages. After each
kill they are started again and it is checked: nothing that was acknowledged is gone; every write
has its event and every event its write; the whole log verifies and continues what a witness had
cosigned before; every job came to its end. Ends with 0 when all of it held, with 1 and the reason
otherwise. One seed kills the same processes after the same times again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

from bench import child, report
from bench.home import installed
from bench.talk import say

ROUNDS = 200


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.killing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--like", type=Path, help="a folder with dump.sql, keys and people.json")
    parser.add_argument("--out", type=Path, default=report.OUT, help="the folder of the JSON")
    wanted = parser.parse_args(arguments)
    with installed(wanted.like):
        people = json.loads((wanted.like / "people.json").read_text()) if wanted.like else None
        outcome = killed(people, rounds=wanted.rounds, seed=wanted.seed)
    file = report.write([outcome], size="killing", folder=wanted.out)
    print(report.table([outcome]))
    say(f"Kept in {file}")
    return 0


def killed(
    people: dict[str, Any] | None = None, *, rounds: int, seed: int | None = None
) -> report.Outcome:
    """Do it in the installation of LIWANAG_HOME, by its own people unless others are named.

    Raises:
        WorkFailed: something was lost; the seed and the reason are on the terminal.
    """
    seed = random.randrange(10**6) if seed is None else seed
    say(f"Killing {rounds} times; again with --rounds {rounds} --seed {seed}")
    told = child.run("bench.survival:drive", people=people, rounds=rounds, seed=seed)
    return report.Outcome.from_json(told)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except child.WorkFailed as failure:
        sys.exit(str(failure))
