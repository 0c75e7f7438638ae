"""`python -m bench.soak [--minutes N] [--kills N] [--mutations N]`: what takes longer than a test.

1. The log is tampered with in thousands of ways (`bench.tampering`); each has to be found.
2. The product is served over loopback. People sign in with their second factor, look at lists and
   write notes; a manager asks for statistics, so that the worker works too. Every request has to be
   answered as it should be, web and worker must not grow, every note that was acknowledged must be
   there with its event, and the audit log must verify.
3. Its processes and its database are killed under load, again and again (`bench.killing`).

Ends with 0 when all of it held, with 1 and the reason otherwise.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from bench import child, report
from bench.home import installed
from bench.killing import ROUNDS, killed
from bench.talk import say
from config.machine import free_port, last_lines, wait_for
from config.processes import listens

START_SECONDS = 60
MUTATIONS = 10_000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--kills", type=int, default=ROUNDS)
    parser.add_argument("--mutations", type=int, default=MUTATIONS)
    parser.add_argument("--seed", type=int, default=None, help="of the kills and the mutations")
    parser.add_argument("--like", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=report.OUT, help="the folder of the JSON")
    wanted = parser.parse_args(arguments)
    seed = random.randrange(10**6) if wanted.seed is None else wanted.seed
    outcomes = []
    with installed(wanted.like) as home:
        if wanted.mutations:
            say(f"Tampering {wanted.mutations} times, seed {seed} …")
            told = child.run("bench.tampered:measure", count=wanted.mutations, seed=seed)
            outcomes.append(report.Outcome.from_json(told))
        outcomes.append(soaked(home, wanted.minutes))
    if wanted.kills:
        # A new one: no day may be counted by two statistics, and here they were asked for already.
        with installed(wanted.like):
            outcomes.append(killed(rounds=wanted.kills, seed=seed))
    file = report.write(outcomes, size="soak", folder=wanted.out)
    print(report.table(outcomes))
    missed = [
        figure.name
        for outcome in outcomes
        for figure in outcome.figures
        if figure.verdict == "missed"
    ]
    print(f"\nDid not hold: {'; '.join(missed)}." if missed else "\nAll of it held.")
    say(f"Kept in {file}")
    return 1 if missed else 0


def soaked(home: Path, minutes: float) -> report.Outcome:
    """Serve the product to people for a while."""
    port = free_port()
    os.environ["LIWANAG_PUBLIC_URL"] = address = f"http://localhost:{port}"
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with (home / "logs" / "serve.log").open("wb") as log:
        served = subprocess.Popen(
            command, cwd=report.ROOT, env=child.environment(), stdout=log, stderr=log
        )
    try:
        say("Starting web, worker, beat and sequencer …")
        if not wait_for(lambda: listens("127.0.0.1", port), seconds=START_SECONDS):
            say(last_lines(home / "logs" / "serve.log"))
            raise child.WorkFailed("The product did not start")
        told = child.run(
            "bench.soaking:drive", address=address, served=served.pid, seconds=minutes * 60
        )
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait()
    return report.Outcome.from_json(told)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except child.WorkFailed as failure:
        sys.exit(str(failure))
