"""`python -m bench.soak [--minutes N]`: the served product under people, over loopback.

People sign in with their second factor, look at lists and write notes; a manager asks for
statistics, so that the worker works too. Ends with 0 when every request was answered as it should
be, web and worker did not grow, every note that was acknowledged is there with its event, and the
audit log verifies; with 1 and the reason otherwise.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from bench import child, report
from bench.home import installed
from bench.talk import say
from config.machine import free_port, last_lines, wait_for
from config.processes import listens

START_SECONDS = 60


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--out", type=Path, default=report.OUT, help="the folder of the JSON")
    wanted = parser.parse_args(arguments)
    with installed() as home:
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
                "bench.soaking:drive",
                address=address,
                served=served.pid,
                seconds=wanted.minutes * 60,
            )
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait()
    outcome = report.Outcome.from_json(told)
    file = report.write([outcome], size="soak", folder=wanted.out)
    print(report.table([outcome]))
    missed = [figure.name for figure in outcome.figures if figure.verdict == "missed"]
    print(f"\nDid not hold: {'; '.join(missed)}." if missed else "\nAll of it held.")
    say(f"Kept in {file}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except child.WorkFailed as failure:
        sys.exit(str(failure))
