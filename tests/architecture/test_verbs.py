"""Every verb of the log is written somewhere, none is written that is not registered, and each has
its sentence for people."""

from __future__ import annotations

import ast
import re

import pytest

from audit.verbs import looks, registry
from tests.architecture.test_house_rules import modules, name

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = {"record", "record_each", "write_event", "write_events", "record_read"}
# Class attributes by which the view bases write: `core.views`, `core.api`.
ATTRIBUTES = {"reads", "lists"}


def written_in(tree):
    """(verb, line) of what is surely written as a verb: the first argument of a writer or its
    `verb=`, and the attributes of the view bases."""
    for node in ast.walk(tree):
        given = []
        if isinstance(node, ast.Call) and called(node) in WRITERS:
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "verb")]
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in ATTRIBUTES for target in node.targets
        ):
            given = [node.value]
        for value in given:
            choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            for choice in choices:
                if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                    yield choice.value, choice.lineno


def called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def said_in(tree):
    """Every text that has a verb's form and is neither the key of a table nor compared."""
    beside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            beside.update(map(id, node.keys))
        elif isinstance(node, ast.Compare):
            beside.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.keyword) and (node.arg or "").startswith("verb__"):
            beside.update(map(id, ast.walk(node.value)))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in beside
        ):
            yield node.value


@pytest.fixture(scope="module")
def trees():
    return {
        path: ast.parse(path.read_text())
        for path in modules()
        if path.stem != "verbs" and "demo" not in path.parts
    }


def test_no_code_writes_a_verb_that_is_not_registered(trees):
    strays = {
        f"{name(path)}:{line}": verb
        for path, tree in trees.items()
        for verb, line in written_in(tree)
        if VERB.fullmatch(verb) and verb not in registry()
    }
    assert strays == {}


def test_every_registered_verb_is_written_by_some_code(trees):
    said = {text for tree in trees.values() for text in said_in(tree)}
    assert {verb for verb in registry() if verb not in said} == set()


def test_every_verb_has_its_form_and_a_sentence_that_follows_a_name():
    for verb, sentence in registry().items():
        assert VERB.fullmatch(verb), verb
        words = str(sentence)
        assert words, verb
        assert words[0].islower(), f"{verb}: {words!r} follows a name"
        assert not words.endswith("."), f"{verb}: {words!r} is a part of a sentence"


# Written within a reading though nothing is opened by it: what was met on the way.
MET = {
    "act.stopped",
    "text.unreadable",
    "record.missed",
    "file.refused",
    "referral.import_refused",
    "purpose.asked",
}


def read_in(tree):
    """Verbs that are written within a reading: by the view bases, or by `look.record`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in ATTRIBUTES for target in node.targets
        ):
            yield from texts_of(node.value)
        elif isinstance(node, ast.Call) and (
            called(node) == "record_read"
            or (called(node) == "record" and getattr(node.func.value, "id", "") == "look")
        ):
            for given in node.args[:1]:
                yield from texts_of(given)


def texts_of(node):
    choices = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    for choice in choices:
        if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
            yield choice.value


def test_whatever_a_reading_writes_is_a_look_and_nothing_else_is(trees):
    read = {verb for tree in trees.values() for verb in read_in(tree) if VERB.fullmatch(verb)}
    assert len(read) > 60
    assert read - looks() - MET == set()
    # What is taken out or shown by a service is written within its act.
    by_services = {
        "consent.printed",
        "copy.shown",
        "export.taken",
        "identity.shown",
        "log.exported",
        "note.draft_opened",
        "note.searched",
        "package.opened",
        "package.taken",
        "paper.copied_out",
        "placement.address_shown",
        "referral.rejects_taken",
        "referral.summary_opened",
        "register.exported",
    }
    assert looks() - read - by_services == set()


# What the log must tell of, each by verbs that stand for it.
KINDS = {
    "writes": {"case.opened_new", "note.written"},
    "reads": {"case.opened", "note.opened", "person.opened"},
    "showings of identity": {"identity.shown"},
    "searches": {"log.searched", "case.listed"},
    "exports": {"log.exported", "register.exported"},
    "prints": {"page.printed", "consent.printed"},
    "downloads": {"release.downloaded"},
    "refusals": {"act.refused", "record.missed", "act.stopped"},
    "sign-ins": {"signin.succeeded", "signin.failed", "signin.ended"},
    "permissions": {"role.assigned", "role.ended", "case.team_assigned"},
    "configuration": {"agreement.added", "team.added", "key.made"},
    "job runs": {"job.started", "job.finished", "job.failed"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_tells_of_every_kind_of_thing(kind):
    assert KINDS[kind] <= set(registry())
