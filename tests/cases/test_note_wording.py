"""The term linter (R-N3): it suggests, leaves quotations alone, and our own pages pass it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cases.wording import has_quotation, suggestions, without_quotations

ROOT = Path(__file__).resolve().parents[2]
# The lists of the terms themselves, and rules that name what they forbid.
NAMES_THEM = {"cases/wording_terms.py"}


@pytest.mark.parametrize(
    ("text", "written", "instead"),
    [
        ("He traded child pornography.", "child pornography", "child sexual abuse material"),
        ("Known as a Child Prostitute", "Child Prostitute", "child exploited in prostitution"),
        ("She was promiscuous.", "promiscuous", ""),
        ("The mother was manipulative", "manipulative", "what the person did or said"),
        ("The alleged victim lied.", "alleged victim lied", "said that"),
        ("non-compliant with the plan", "non-compliant", ""),
        ("She consented.", "consented", "what pressure was used, or what happened"),
        ("a paedophile", "paedophile", "alleged offender"),
        ("Tinawag siyang pokpok", "pokpok", ""),
    ],
)
def test_r_n3_blaming_and_outdated_words_get_a_suggestion(text, written, instead):
    found = {found.written: found for found in suggestions(text)}
    assert written in found
    if instead:
        assert found[written].instead == instead
    assert found[written].why


@pytest.mark.parametrize(
    "text",
    [
        "The law says “child pornography” where we say otherwise.",
        'He wrote "she consented" to them.',
        "«She is promiscuous», said the uncle.",
        "Consent was given by the guardian. She stayed with the boyfriend’s aunt.",
        "The child doesn’t sleep, and ‘promiscuous’ is his word.",
        "Childhood, prostituted no more; manipulatives",
    ],
)
def test_r_n3_quotations_and_harmless_words_are_left_alone(text):
    assert suggestions(text) == []


def test_what_is_quoted_is_blanked_in_its_place():
    text = "a “b c” d"
    assert without_quotations(text) == "a       d"
    assert has_quotation(text)
    assert not has_quotation("It’s hers; they don’t know. “ ”")


def test_r_n9_private_matters_are_asked_about_unless_the_note_is_of_that_kind():
    text = "She is pregnant and undocumented."
    assert [word.written for word in suggestions(text, kind="contact")] == [
        "pregnant",
        "undocumented",
    ]
    assert suggestions(text, kind="private_matter") == []
    assert [word.written for word in suggestions(text, kind="health")] == ["undocumented"]


def _templates():
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(
            r"{#.*?#}|{% comment %}.*?{% endcomment %}", " ", path.read_text(), flags=re.S
        )
        yield path, re.sub(r"<[^>]+>|{%|%}|{{.*?}}", " ", text)


def _labels():
    """Every text handed to gettext in our Python."""
    for path in ROOT.glob("*/**/*.py"):
        where = path.relative_to(ROOT).as_posix()
        if where.startswith((".", "tests/", "node_modules/")) or where in NAMES_THEM:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in ("_", "gettext", "gettext_lazy", "ngettext", "pgettext"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield path, argument.value


def _translations():
    for path in (ROOT / "locale").rglob("*.po"):
        for said in re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', path.read_text(), re.M):
            yield path, said


def test_r_n3_no_page_label_or_translation_of_ours_uses_such_a_word():
    texts = [*_templates(), *_labels(), *_translations()]
    assert len(texts) > 500
    found = [
        f"{path.relative_to(ROOT)}: {word.written} → {word.instead or word.why}"
        for path, text in texts
        for word in suggestions(text, product=True)
    ]
    assert found == []
