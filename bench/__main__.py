"""`python -m bench [name …] [--small | --full]`: measure, print a table, keep it as JSON.

Ends with 0 also when a target is missed: the table says so. It ends with 1 when a bench broke.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import child, report
from bench.home import installed
from bench.talk import say

# name → the module that measures it
BENCHES = {
    "importing": "bench.importing",
    "tips": "bench.tips",
    "matching": "bench.matching",
    "cases": "bench.cases",
    "pages": "bench.pages",
    "rows": "bench.rows",
    "notes": "bench.notes",
    "sealed": "bench.sealed",
    "log": "bench.log",
    "papers": "bench.papers",
    "handoffs": "bench.handoffs",
    "public": "bench.public",
    "peers": "bench.peers.run",
}
SIZES = ("toy", "small", "normal", "full")


def main(arguments: list[str]) -> int:
    wanted = parsed(arguments)
    names = wanted.names or list(BENCHES)
    outcomes: list[report.Outcome] = []
    with installed(wanted.like):
        for name in names:
            say(f"[{len(outcomes) + 1}/{len(names)}] {name} …")
            outcomes.append(
                report.Outcome.from_json(child.run(f"{BENCHES[name]}:measure", size=wanted.size))
            )
    file = report.write(outcomes, size=wanted.size, folder=wanted.out)
    print(report.table(outcomes))
    missed = [
        f"{outcome.name}: {figure.name}"
        for outcome in outcomes
        for figure in outcome.figures
        if figure.verdict == "missed"
    ]
    print(f"\nMissed: {'; '.join(missed)}." if missed else "\nEvery target is met.")
    say(f"Kept in {file}")
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}")
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--small", dest="size", action="store_const", const="small", help="a tenth, for a look"
    )
    size.add_argument(
        "--full", dest="size", action="store_const", const="full", help="a log of a million events"
    )
    size.add_argument("--size", choices=SIZES, help=argparse.SUPPRESS)
    parser.set_defaults(size="normal")
    parser.add_argument("--like", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=report.OUT, help="the folder of the JSON")
    wanted = parser.parse_args(arguments)
    if unknown := sorted(set(wanted.names) - set(BENCHES)):
        parser.error(f"there is no bench {unknown[0]!r}: choose from {', '.join(BENCHES)}")
    return wanted


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except child.WorkFailed as failure:
        sys.exit(str(failure))
