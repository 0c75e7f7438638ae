"""kill -9 of web, worker, beat, Redis, sequencer and database while people work: nothing is lost.

The database of this test writes through to the disk; `make soak` does the same two hundred times.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.report import ROOT, Outcome
from tests.cast import PASSWORD, email_of
from tests.like import elsewhere, take_along

ROUNDS = 10
WHO = {
    "password": PASSWORD,
    "workers": [email_of("caseworker"), email_of("second_caseworker")],
    "intake": email_of("intake"),
    "manager": email_of("manager"),
}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_ten_kills_under_load_lose_nothing_and_the_log_holds(template: str, tmp_path: Path) -> None:
    like = take_along(template, tmp_path / "like")
    (like / "people.json").write_text(json.dumps(WHO))
    done = subprocess.run(
        [
            *[sys.executable, "-m", "bench.killing", f"--rounds={ROUNDS}"],
            *[f"--like={like}", f"--out={tmp_path / 'out'}"],
        ],
        cwd=ROOT,
        env=elsewhere(),
        capture_output=True,
        text=True,
        check=False,
    )

    # The seed stands there: the same kills can be had again.
    assert done.returncode == 0, done.stderr[-3000:]
    (file,) = (tmp_path / "out").glob("*.json")
    outcome = Outcome.from_json(json.loads(file.read_text())["outcomes"][0])
    assert outcome.facts["acknowledged"] >= 3 * ROUNDS
    assert outcome.facts["unanswered"] > 0, "nobody noticed that anything was killed"
    assert outcome.facts["jobs ended"] >= ROUNDS
    assert outcome.facts["kinds killed"] == 6, "web, worker, beat, Redis, sequencer, database"
