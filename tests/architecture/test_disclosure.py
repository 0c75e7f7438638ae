"""Nothing leaves by a way that nobody looked at (R-K1).

Every way out asks `may_disclose`, or says here why it carries nobody's data.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from core.walls import all_views
from reporting.walls import MAY_BE_COUNTED

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "core",
    "audit",
    "accounts",
    "vault",
    "cases",
    "referrals",
    "handoffs",
    "courts",
    "reporting",
    "desk",
)
# What hands a file or a sheet of paper to somebody, and why it may.
DOWNLOAD = re.compile(r"Content-Disposition|FileResponse|as_attachment|text/csv|StreamingHttpResp")
DOWNLOADS = {
    "handoffs/views/sealed.py": "handoffs.services.sealing asks; it opens for its receiver alone",
    "reporting/views.py": "published figures alone, small cells hidden (R-S1)",
    "reporting/public_views.py": "published estimates with noise, for everybody (R-S1)",
    "cases/views/paper_files.py": "one paper, marked on every page; no receiver to ask for",
    "cases/views/registers.py": "the officer's registers: agencies, purposes, days",
    "referrals/views/imports.py": "what was not taken, back to whoever brought it and nobody else",
    "desk/views/log_exports.py": "the log holds ids and codes; for whoever audits it",
}
PAPER = {
    "templates/handoffs/package.html": "handoffs.services.opening asks at each opening",
    "templates/referrals/paper_form.html": "blank questions",
    "templates/handoffs/letter.html": "agencies, days and digests: nobody's data",
    "templates/cases/consent_paper.html": "questions to the person; a code and no answer",
    "templates/cases/copy_print.html": "to the person it is about, others left out (R-D6)",
    "templates/cases/print.html": "for those who work on the case; codes and days, no words",
    "templates/cases/register_print.html": "the officer's registers, as above",
    "templates/desk/access_report.html": "who opened a record, for the person themselves (R-A3)",
}
# What makes a package, or hands one that was made to somebody; only handoffs may call these.
MAKERS = frozenset({"read_case", "build_package", "package_of"})
# What asks: one of these is called, not merely mentioned, by each function that calls a maker.
GATES = frozenset({"carried_today", "verdict_of", "_check_open_to_receiver"})
# Pure or given the answer: `package_of` takes a verdict that is never None (checked below).
MADE_OF = {"handoffs/package.py", "handoffs/package_words.py", "handoffs/case_read.py"}
# An erasure looks for names in packages, to destroy their keys; it shows nobody anything.
SHOWS_NOBODY = {"handoffs/erasure.py"}
# Views over people: counted only who may be, or why nobody is counted by it.
PEOPLE = re.compile(r"cases_(caseparticipant|person|harmrecord|survivorcontext|placement|casenote)")
NO_SURVIVOR = {
    "fact_conviction": "counts people convicted by a court, from public verdicts",
    "fact_charged": "counts people charged before a court",
    "fact_sentence": "counts sentences of people convicted by a court",
    "fact_arrest": "counts suspects of operations",
    "fact_offender": "counts alleged offenders",
    "fact_judgment": "counts people judged by a court",
    "fact_payment": "counts payments; the one person it may name by key is an alleged offender",
}


def code(*apps):
    for app in apps:
        yield from sorted((ROOT / app).rglob("*.py"))


def name(path):
    return str(path.relative_to(ROOT))


def test_every_download_and_every_paper_is_known_and_says_why_it_may_leave():
    found = {name(path) for path in code(*APPS) if DOWNLOAD.search(path.read_text())}
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


def calls_in(node):
    """Names of what a function calls, itself and what is written inside it."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            called = one.func
            found.add(called.attr if isinstance(called, ast.Attribute) else ast.unparse(called))
    return found


def hands_out(node):
    """Whether a function makes a package or opens a stored one."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    opened = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    opens = ("HandoffPackage" in names or "package" in opened) and "content" in opened
    return bool(calls_in(node) & MAKERS) or opens


def given_the_answer(node):
    """Whether a function takes a verdict that somebody else asked for, and can't do without."""
    return any(
        argument.annotation is not None and ast.unparse(argument.annotation) == "Verdict"
        for argument in (*node.args.args, *node.args.kwonlyargs)
    )


def ungated(source):
    """Functions that hand something out and ask nobody."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and hands_out(node)
        and not calls_in(node) & GATES
        and not given_the_answer(node)
    ]


@pytest.mark.parametrize(
    ("source", "strays"),
    [
        ("def a(h):\n    return read_case(h)", ["a"]),
        ("def a(h):\n    verdict = None\n    return read_case(h, verdict)", ["a"]),
        ("def a(h):\n    gate = carried_today\n    return build_package(h)", ["a"]),
        ("def a(h, verdict: Verdict | None):\n    return read_case(h, verdict)", ["a"]),
        ("def a(h):\n    return HandoffPackage.objects.get(pk=h).content", ["a"]),
        ("def a(h):\n    return h.package.content", ["a"]),
        ("def a(h):\n    _x, verdict = carried_today(h)\n    return package_of(h, verdict)", []),
        ("def a(h, verdict: Verdict):\n    return read_case(h, verdict)", []),
        ("def a(h):\n    _check_open_to_receiver(h)\n    return h.package.content", []),
    ],
)
def test_a_new_way_out_that_asks_nobody_is_found(source, strays):
    assert ungated(source) == strays


def test_r_k1_every_way_out_goes_through_the_one_question():
    strays = [
        f"{name(path)}:{one}"
        for path in code(*APPS)
        if name(path) not in MADE_OF | SHOWS_NOBODY and "migrations" not in path.parts
        for one in ungated(path.read_text())
    ]
    assert strays == []


def test_packages_are_made_in_handoffs_alone():
    strays = [
        name(path)
        for path in code(*(set(APPS) - {"handoffs"}))
        if calls_in(ast.parse(path.read_text())) & MAKERS
    ]
    assert strays == []


def test_no_figure_counts_a_survivor_who_may_not_be_counted():
    over_people = {view.name: view.query for view in all_views() if PEOPLE.search(view.query)}
    unasked = {one for one, query in over_people.items() if MAY_BE_COUNTED not in query}
    assert unasked == set(NO_SURVIVOR), (
        "count only `WHERE … AND {MAY_BE_COUNTED}`, or say why the view counts no survivor"
    )
