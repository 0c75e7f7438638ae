"""Every bench, and the soak, at toy size: so that none of them rots unnoticed.

The figures say nothing at this size; what is tested is that each bench does the work it measures
(it refuses to report otherwise) and reports it.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.__main__ import parsed
from bench.report import ROOT, Outcome
from tests.like import take_along

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def run(module, *arguments):
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def kept_in(folder):
    (file,) = folder.glob("*.json")
    return {
        outcome["name"]: Outcome.from_json(outcome)
        for outcome in json.loads(file.read_text())["outcomes"]
    }


@pytest.fixture(scope="module")
def like(template, tmp_path_factory):
    """An installation to take over: founding one is tried by every other test."""
    return str(take_along(template, tmp_path_factory.mktemp("like")))


@pytest.fixture
def benches(like, tmp_path):
    done = run("bench", "--size", "toy", "--like", like, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    return done, kept_in(tmp_path)


@pytest.mark.soak
def test_every_bench_does_its_work_and_says_what_it_found(benches):
    """All of them in one run, and so in one test: otherwise every worker would run them again."""
    for look in LOOKS:
        look(benches)


def figures(outcome):
    return {figure.name: figure for figure in outcome.figures}


def every_bench_reports_a_ratio_and_what_it_is_compared_with(benches):
    done, outcomes = benches
    names = ["importing", "tips", "matching", "cases", "pages", "rows", "notes", "sealed", "log"]
    names += ["papers", "handoffs", "public", "peers"]
    assert list(outcomes) == names
    for outcome in outcomes.values():
        assert outcome.figures[0].unit == "×"
        assert outcome.figures[0].value > 0
        assert outcome.against in done.stdout
    assert "met" in done.stdout


def the_import_kept_every_row_in_a_process_of_its_own(benches):
    importing = benches[1]["importing"]
    assert importing.facts["rows"] == importing.facts["kept"] == 60
    told = figures(importing)
    assert told["peak memory of the process"].value >= told["of it before the import"].value > 20


def the_case_list_is_the_whole_page(benches):
    cases = benches[1]["cases"]
    assert cases.facts["seen"] == 60
    # Session, person, second factor, roles, the settings, the event and the list itself.
    assert figures(cases)["statements of the page"].value >= 7


def the_pages_of_a_working_day_are_whole_and_have_limits(benches):
    told = figures(benches[1]["pages"])
    for page in ("my work", "case list", "case page", "find a code", "find a name"):
        assert told[f"{page}: 95 in 100"].target is not None
        assert told[f"{page}: statements that read"].value >= 5


def notes_are_compared_with_the_same_work(benches):
    told = figures(benches[1]["notes"])
    assert told["rate, of the plain rate"].target is not None
    assert told["audited notes a second"].value > 0


def lists_with_row_security_show_the_same_as_without(benches):
    rows = benches[1]["rows"]
    assert rows.facts["rows of cases_casenote"] >= 300
    assert figures(rows)["notes: a page"].value > 0


def sealed_notes_are_compared_with_notes_in_clear(benches):
    told = figures(benches[1]["sealed"])
    assert told["an audited note: time, of that in clear"].target.value == 2
    assert told["a search, 95 in 100"].value > 0
    assert told["wrapping them anew"].value > 0


def the_peers_recorded_what_they_were_measured_by(benches):
    told = figures(benches[1]["peers"])
    for name in ("ours", "auditlog", "pghistory", "pghistory with its context"):
        assert told[f"{name}: rate, of the bare rate"].value > 0


def the_log_was_taken_in_verified_and_proved(benches):
    log = benches[1]["log"]
    assert log.facts["events"] >= 300
    assert log.facts["checkpoints"] >= 3
    told = figures(log)
    assert told["one proof, its hashes"].value == 32 * 9
    assert told["one proof with its checkpoint and a witness's word, as text"].value > 32 * 9
    assert told["verifying one proof"].value > 0


@pytest.mark.parametrize(
    ("arguments", "size"),
    [([], "normal"), (["--small"], "small"), (["--full", "log"], "full"), (["--size=toy"], "toy")],
)
def test_the_size_is_what_was_asked_for(arguments, size):
    assert parsed(arguments).size == size


def test_an_unknown_bench_is_refused_by_name():
    done = run("bench", "nothing")
    assert done.returncode == 2
    assert "nothing" in done.stderr


def test_the_soak_signs_in_reads_writes_and_verifies(like, tmp_path):
    # Kills have a test of their own: tests/audit/test_killed.py.
    short = ("--minutes", "0.2", "--mutations", "44", "--kills", "0", "--like", like)
    done = run("bench.soak", *short, "--out", str(tmp_path))
    assert list(tmp_path.iterdir()), done.stderr
    tampering = kept_in(tmp_path)["tampering"]
    assert tampering.facts["mutations"] >= 44
    soak = kept_in(tmp_path)["soak"]
    told = figures(soak)
    assert soak.facts["sign-ins"] >= 1, done.stderr
    assert soak.facts["pages"] >= 5
    assert soak.facts["notes"] >= 1
    assert soak.facts["statistics"] >= 1
    assert soak.facts["entries verified"] > soak.facts["notes"]
    for name in (
        "requests not answered as they should",
        "notes lost or without an event",
        "statistics not computed",
        "faults of the audit log",
    ):
        assert told[name].verdict == "met", done.stderr
    assert told["memory of the web at the end"].value > 20


def the_scan_was_kept_and_its_two_processes_measured(benches):
    told = figures(benches[1]["papers"])
    assert benches[1]["papers"].facts["bytes kept"] > 1_000
    assert told["peak memory of the worker"].value > 20
    assert told["of the locked-in process"].value > 20


def the_publics_tables_agree_and_hold_what_they_say(benches):
    told = figures(benches[1]["public"])
    # Consistency and settling bring tables nearer to the truth than the noise alone.
    assert told["mean error of counts from 10 on, of that of plain noise"].value < 1
    assert told["greatest gap between totals"].verdict == "met"
    assert told["2,000 people, from the database to the document"].value > 0
    assert benches[1]["public"].facts["bytes"] > 1_000


LOOKS = (
    every_bench_reports_a_ratio_and_what_it_is_compared_with,
    the_import_kept_every_row_in_a_process_of_its_own,
    the_case_list_is_the_whole_page,
    the_pages_of_a_working_day_are_whole_and_have_limits,
    notes_are_compared_with_the_same_work,
    lists_with_row_security_show_the_same_as_without,
    sealed_notes_are_compared_with_notes_in_clear,
    the_peers_recorded_what_they_were_measured_by,
    the_log_was_taken_in_verified_and_proved,
    the_scan_was_kept_and_its_two_processes_measured,
    the_publics_tables_agree_and_hold_what_they_say,
)
