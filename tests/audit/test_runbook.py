"""Whatever the check says, the runbook has a line for it: what it means, and what to do."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import get_args

from audit.findings import Kind

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "operations" / "audit.md"
WALK = ROOT / "audit" / "verification_walk.py"
HEAD = "| the sentence says | it means, and then |"


def sentences() -> list[tuple[str, str]]:
    """(kind, sentence) of everything that the check may find; "…" stands for numbers and names."""
    found = []
    for node in ast.walk(ast.parse(WALK.read_text())):
        if not isinstance(node, ast.Call):
            continue
        for one, said in pairwise(node.args):
            for kind in set(constants(one)) & set(get_args(Kind)):
                found.append((kind, text_of(said)))
    return found


def constants(node: ast.AST) -> list[str]:
    """The texts of an expression that is a text, or one of two."""
    whole = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [str(one.value) for one in whole if isinstance(one, ast.Constant)]


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        # A sentence that is made in a function of its own.
        made = next(
            one
            for one in ast.parse(WALK.read_text()).body
            if isinstance(one, ast.FunctionDef) and one.name == node.func.id
        )
        node = next(one.value for one in made.body if isinstance(one, ast.Return) and one.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in parts)


def rows() -> list[list[str]]:
    """The phrases of each line of the runbook's tables; "…" may stand for anything."""
    told = []
    for table in RUNBOOK.read_text().split(HEAD)[1:]:
        for line in table.strip().splitlines()[1:]:
            if not line.startswith("|"):
                break
            phrases = line.split("|")[1].split(";")
            told.append([re.sub(r"\(.*?\)", "", phrase).strip() for phrase in phrases])
    return told


def matches(phrase: str, sentence: str) -> bool:
    """Whether a sentence holds a phrase, whose "…" is something, but no other part of it."""
    parts = [re.escape(part.strip()) for part in phrase.split("…") if part.strip()]
    return bool(re.search(r"[^,:;.]+".join(parts), sentence, re.IGNORECASE))


def test_every_sentence_of_the_check_has_its_line_in_the_runbook() -> None:
    assert {kind for kind, _sentence in sentences()} == set(get_args(Kind))
    assert len(sentences()) >= 18
    phrases = [phrase for row in rows() for phrase in row]
    assert not [phrase for phrase in phrases if len(phrase) < 10], "a phrase must mean something"
    untold = [
        sentence
        for _kind, sentence in sentences()
        if not any(matches(phrase, sentence) for phrase in phrases)
    ]
    assert untold == []
