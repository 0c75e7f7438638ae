"""Nothing leaves by a way that nobody looked at (R-K1).

Every way out asks `may_disclose`, or says here why it carries nobody's data.
"""

from __future__ import annotations

import re
from pathlib import Path

from core.walls import all_views
from reporting.walls import MAY_BE_COUNTED

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "audit", "accounts", "vault", "cases", "referrals", "handoffs", "courts")
# What hands a file or a sheet of paper to somebody, and why it may.
DOWNLOAD = re.compile(r"Content-Disposition|FileResponse|as_attachment|text/csv|StreamingHttpResp")
DOWNLOADS = {
    "reporting/views.py": "published figures alone, small cells hidden (R-S1)",
    "cases/views/paper_files.py": "one paper, marked on every page; no receiver to ask for",
    "cases/views/registers.py": "the officer's registers: agencies, purposes, days",
    "desk/views/log_exports.py": "the log holds ids and codes; for whoever audits it",
}
PAPER = {
    "templates/handoffs/package.html": "handoffs.services.opening asks at each opening",
    "templates/cases/consent_paper.html": "questions to the person; a code and no answer",
    "templates/cases/copy_print.html": "to the person it is about, others left out (R-D6)",
    "templates/cases/register_print.html": "the officer's registers, as above",
    "templates/desk/access_report.html": "who opened a record, for the person themselves (R-A3)",
}
# Whoever else calls an agency outside by name of a package has to ask; the test beside handoffs
# (`test_every_way_out_goes_through_the_one_question`) looks into each function.
MAKES_PACKAGES = re.compile(r"\b(read_case|build_package)\(")
# Views over people: counted only who may be, or why nobody is counted by it.
PEOPLE = re.compile(r"cases_(caseparticipant|person|harmrecord|survivorcontext|placement|casenote)")
NO_SURVIVOR = {
    "fact_conviction": "counts people convicted by a court, from public verdicts",
    "fact_charged": "counts people charged before a court",
    "fact_sentence": "counts sentences of people convicted by a court",
    "fact_arrest": "counts suspects of operations",
}


def code(*apps):
    for app in apps:
        yield from sorted((ROOT / app).rglob("*.py"))


def name(path):
    return str(path.relative_to(ROOT))


def test_every_download_and_every_paper_is_known_and_says_why_it_may_leave():
    found = {
        name(path) for path in code(*APPS, "reporting", "desk") if DOWNLOAD.search(path.read_text())
    }
    assert found == set(DOWNLOADS), (
        "a new way out: ask `cases.disclosure.may_disclose` for every person in it, then add it "
        f"here with the reason: {sorted(found ^ set(DOWNLOADS))}"
    )
    printed = {
        name(path)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "base/print.html" in path.read_text() and path.parent.name != "base"
    }
    assert printed == set(PAPER), f"the same for paper: {sorted(printed ^ set(PAPER))}"


def test_packages_are_made_in_handoffs_alone():
    strays = [
        name(path)
        for path in code("core", "audit", "accounts", "vault", "cases", "referrals", "courts")
        if MAKES_PACKAGES.search(path.read_text())
    ]
    assert strays == []


def test_no_figure_counts_a_survivor_who_may_not_be_counted():
    over_people = {view.name: view.query for view in all_views() if PEOPLE.search(view.query)}
    unasked = {one for one, query in over_people.items() if MAY_BE_COUNTED not in query}
    assert unasked == set(NO_SURVIVOR), (
        "count only `WHERE … AND {MAY_BE_COUNTED}`, or say why the view counts no survivor"
    )
