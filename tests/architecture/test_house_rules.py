"""The rules of the house that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "core",
    "accounts",
    "audit",
    "vault",
    "cases",
    "referrals",
    "handoffs",
    "courts",
    "reporting",
    "desk",
    "config",
]
MOST_LINES = 400
# A list of codes is not a module that grows by habit; what an outsider runs alone is one file.
CODE_LISTS = {"core/languages.py", "audit/offline/verify_audit.py"}


def modules():
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path):
    return str(path.relative_to(ROOT))


def test_modules_stay_small():
    long = {name(p): n for p in modules() if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert {n for n in long if n not in CODE_LISTS} == set()


def test_there_is_no_utils_module():
    assert [name(p) for p in modules() if p.stem in {"utils", "helpers", "misc", "common"}] == []


def test_only_services_import_acting():
    allowed = {"audit", "vault/management/commands/provision_keys.py"}
    strays = [
        name(path)
        for path in modules()
        if any(i.startswith("audit.acting") for i in imports(path))
        and "services" not in path.parts
        and path.stem != "services"
        and path.relative_to(ROOT).parts[0] != "audit"
        and name(path) not in allowed
    ]
    assert strays == []


def test_views_forms_and_serializers_do_not_write():
    forbidden = {"save", "create", "bulk_create", "update", "delete", "get_or_create"}
    strays = []
    for path in modules():
        if (
            path.stem not in {"views", "viewsets", "forms", "serializers"}
            and "views" not in path.parts
        ):
            continue
        strays += [
            f"{name(path)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in forbidden
            and "objects" in ast.unparse(node.func)
        ]
    assert strays == []


def test_no_signal_listens_to_saves():
    saves = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
    strays = [
        name(path)
        for path in modules()
        if any(i.startswith("django.db.models.signals") for i in imports(path))
        or any(word in path.read_text() for word in (f"{s}.connect" for s in saves))
    ]
    assert strays == []


def test_one_module_reads_the_environment():
    strays = []
    for path in modules():
        text = path.read_text()
        if name(path) in {"config/env.py", "config/local_services.py"}:
            continue
        if "os.environ[" in text or "os.environ.get" in text or "os.getenv" in text:
            strays.append(name(path))
    assert strays == []


# Where this checkout lies and where packages come from is nobody's business who reads the code.
PLACES = [f"{ROOT}/", ".".join(("pypi", "org")), ".".join(("registry", "npmjs"))]


@pytest.mark.parametrize("word", PLACES, ids=["checkout", "python", "front end"])
def test_the_repository_speaks_of_the_product_alone(word):
    if len(word) < 10 and word.startswith("/"):
        pytest.skip("the checkout lies too near the root of the disk to be told from other paths")
    found = subprocess.run(
        ["git", "grep", "-lIF", word, "--", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_every_decision_has_a_number_of_its_own():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(numbers) == len(set(numbers))
    headed = [path.read_text().splitlines()[0].split(".")[0] for path in decisions]
    assert headed == [f"# {int(number)}" for number in numbers]
