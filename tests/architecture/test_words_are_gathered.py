"""Every word that people read goes through gettext: in templates, tags, forms and messages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# What is the same in every language, or is no word.
SAME_EVERYWHERE = {
    "Liwanag",
    "Ctrl K",
    "PDF",
    "CSV",
    "JSON",
    "SHA-256 …",
    "python verify_handoff.py .handoff --identity KEY --key",
}
# The first value of a notice is its kind.
KINDS = {"quiet", "attention", "irreversible"}
# Shown to nobody but developers, as examples of each component.
NOT_FOR_PEOPLE = {"styleguide/index.html"}
ATTRIBUTES = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"')
GATHERED = re.compile(
    r"{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*block (?:width|head)\s*%}.*?{%\s*endblock\s*%}"
    r"|<(script|style)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>",
    re.S | re.I,
)
TAG = re.compile(r"{%\s*(\w+)(.*?)%}", re.S)
HOLE = re.compile(r"{[%{].*?[%}]}", re.S)
MARKUP = re.compile(r"<[^>]*>", re.S)
ENTITY = re.compile(r"&#?\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
# Tags of our own whose quoted values are codes, names and addresses, not words.
CODES = re.compile(
    r"\b(?:icon|kind|name|value|size|id|tone|level|form|type|width|anchor|target|label_of|columns"
    r"|state|heading|href|code)=(\"[^\"]*\"|'[^']*')"
)
# The first value of these is the word that people read.
SPEAKING = {
    "button",
    "link_button",
    "card",
    "page_head",
    "notice",
    "empty_state",
    "confirm",
    "covered",
    "masked",
    "row_list",
    "list_row",
    "table",
    "tabs",
    "filter_chips",
    "person_chip",
    "form_panel",
    "chart",
}


def bare_words(text: str) -> list[str]:
    """The pieces of a template that people read and nobody can translate."""
    text = GATHERED.sub(" ", text)
    found = []
    for name, values in TAG.findall(text):
        if name in SPEAKING:
            # `_("…")` is gathered; what stands in plain quotes is not.
            plain = CODES.sub(" ", re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", " ", values))
            found += [v for v in re.findall(r"\"([^\"]*)\"", plain) if _speaks(v)]
    without = HOLE.sub(" ", text)
    found += [value for value in ATTRIBUTES.findall(without) if _speaks(value)]
    # A fragment may hold attributes alone; the words in them are gathered by then.
    without = re.sub(r'\bdata-[\w-]+="\s*"', " ", without)
    for piece in re.split(r"\n|<[^>]*>", MARKUP.sub("\n", without)):
        if _speaks(ENTITY.sub(" ", piece)):
            found.append(" ".join(piece.split()))
    return found


def _speaks(text: str) -> bool:
    words = " ".join(text.split())
    return bool(WORD.search(words)) and words not in SAME_EVERYWHERE | KINDS


def test_no_template_says_a_word_that_is_not_gathered():
    bare = {
        f"{path.relative_to(ROOT)}: {words}"
        for path in TEMPLATES
        if str(path.relative_to(ROOT / "templates")) not in NOT_FOR_PEOPLE
        for words in bare_words(path.read_text())
    }
    assert bare == set(), "put these into {% translate %} or {% blocktranslate %}"


def test_the_check_finds_words_wherever_they_hide():
    for hiding in (
        "<p>Plain words</p>",
        '<a aria-label="Open it" href="/">{{ x }}</a>',
        '{% button "Save it" kind="primary" %}',
        '{% card title="A title" %}{% endcard %}',
        "<p>{% if a %}Yes, this{% endif %}</p>",
    ):
        assert bare_words(hiding), hiding
    for well in (
        '<p>{% translate "Plain words" %}</p>',
        "<p>{% blocktranslate %}Plain {{ x }} words{% endblocktranslate %}</p>",
        '{% button _("Save it") kind="primary" icon="save" %}',
        "{% comment %}not read{% endcomment %}<p>{{ words }} · 12</p>",
        '<a class="btn plain" href="/x/">{{ x }}&nbsp;</a>',
    ):
        assert bare_words(well) == [], well


# Where a form, a message or a model speaks to people.
SAYS = {"label", "help_text", "success_message", "empty_label", "verbose_name"}


def _bare_in_python(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        pairs: list[tuple[str, ast.expr]] = []
        if isinstance(node, ast.Call):
            pairs += [(k.arg or "", k.value) for k in node.keywords]
            called = node.func
            if (
                isinstance(called, ast.Attribute)
                and isinstance(called.value, ast.Name)
                and called.value.id == "messages"
                and len(node.args) > 1
            ):
                pairs.append(("label", node.args[1]))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            pairs.append((node.targets[0].id, node.value))
        for name, value in pairs:
            said = value.value if isinstance(value, ast.Constant) else None
            if name in SAYS and isinstance(said, str) and _speaks(said):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {said}")
    return found


# The API's own descriptions are for developers, and names of apps are shown to nobody.
def test_no_form_and_no_message_says_a_word_that_is_not_gathered():
    apps = ("accounts", "audit", "cases", "courts", "desk", "handoffs", "referrals", "reporting")
    bare = [
        line
        for app in apps
        for path in sorted((ROOT / app).rglob("*.py"))
        if not {"migrations", "management", "api"} & set(path.parts) and path.name != "apps.py"
        for line in _bare_in_python(path)
    ]
    assert bare == [], "put these into gettext"
