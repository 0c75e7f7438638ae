"""Components: what they promise to the eye, to a screen reader, and to whoever overlooks."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from core.forms import PlainForm
from core.icons import UnknownIcon, drawings
from core.paging import Page
from core.styleguide import samples, styleguide
from core.ui import dates, records
from core.ui.devices import browser_name
from core.ui.statuses import STATUSES, TONES

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "templates" / "components"
MANILA = ZoneInfo("Asia/Manila")
EVIL = "<script>alert(1)</script>"


def draw(source: str, **values: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


class Sample(PlainForm):
    name = forms.CharField(label="Name of the sender", help_text="As it was given.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "One"), ("b", "Two")])
    safe = forms.ChoiceField(
        label="Safe now?", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect
    )
    told = forms.BooleanField(label="They know", required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)


# --- every component --------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("[!_]*.html")), ids=lambda path: path.stem)
def test_a_component_is_headed_by_a_comment_that_names_it(path: Path) -> None:
    head = re.match(r"\{% comment %\}\n(\w+) — ", path.read_text(encoding="utf-8"))
    assert head, "the file does not begin with a comment that names it"
    assert head[1] == path.stem


# Pages inside a sealed file: they are read without us and without a network, and load nothing.
READ_WITHOUT_US = {"readable.html"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_no_template_carries_a_style_or_a_script_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source)
    if path.name not in READ_WITHOUT_US:
        assert not re.search(r"<style\b", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    inline = re.findall(r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", source)
    assert inline == []


@pytest.mark.parametrize(
    "source",
    [
        "{% page_head evil sentence=evil back_label=evil back='/x' %}{% endpage_head %}",
        "{% card title=evil meta=evil %}{% endcard %}",
        "{% notice title=evil %}{% endnotice %}",
        "{% empty_state evil %}{% endempty_state %}",
        "{% list_row evil '/x' who=evil when=evil %}{% endlist_row %}",
        "{% status evil %}",
        "{% status 'open' label=evil %}",
        "{% person_chip evil detail=evil %}",
        "{% count_words 2 evil evil %}",
        "{% button evil %}",
        "{% masked evil value=evil shown=True %}",
        "{% safety_strip shown=True how=evil when=evil whom=evil note=evil %}",
        "{% covered evil %}{% endcovered %}",
        "{% confirm evil action='/x' button=evil %}{% endconfirm %}",
    ],
)
def test_what_a_person_wrote_is_never_markup(source: str) -> None:
    markup = draw(source, evil=EVIL)
    assert "<script" not in markup
    assert "&lt;script" in markup.lower()


def test_the_body_of_a_block_is_not_escaped_twice() -> None:
    markup = draw("{% card title='A' %}<p>{{ words }}</p>{% endcard %}", words="Ana & Jose")
    assert "<p>Ana &amp; Jose</p>" in markup
    head = draw("{% page_head 'A' %} {% link_button 'Go' '/x' %} {% endpage_head %}")
    assert '<a class="btn' in head


# --- icons and statuses -----------------------------------------------------------------------


def test_an_icon_beside_a_word_is_hidden_from_screen_readers() -> None:
    svg = Elements(draw("{% icon 'case' %}")).all("svg")[0]
    assert svg["aria-hidden"] == "true"


def test_an_icon_alone_has_a_name() -> None:
    svg = Elements(draw("{% icon 'case' label='Case' %}")).all("svg")[0]
    assert svg["role"] == "img"
    assert svg["aria-label"] == "Case"


def test_a_misspelt_icon_says_which_names_are_near() -> None:
    with pytest.raises(UnknownIcon, match="referral"):
        draw("{% icon 'referal' %}")


def test_every_icon_has_its_drawing_on_the_sheet_that_pages_load() -> None:
    sheet = ROOT / "assets" / "dist" / "icons.svg"
    assert sheet.exists(), "run `npm run build` first"
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sheet.read_text(encoding="utf-8")))
    assert set(drawings().values()) == drawn


@pytest.mark.parametrize("code", sorted(STATUSES))
def test_a_status_is_always_a_word_with_an_icon(code: str) -> None:
    markup = draw("{% status code %}", code=code)
    assert Elements(markup).all("svg")
    assert str(STATUSES[code].label) in markup
    assert STATUSES[code].tone in TONES


def test_the_irreversible_tone_is_kept_for_what_cannot_be_undone() -> None:
    irreversible = {code for code, status in STATUSES.items() if status.tone == "irreversible"}
    assert irreversible == {"revoked", "erased"}


def test_a_state_nobody_listed_still_reads_as_words() -> None:
    assert "Under appeal" in draw("{% status 'under_appeal' %}")


@pytest.mark.parametrize(
    "source",
    [
        "{% button 'Go' kind='danger' %}",
        "{% notice kind='red' %}x{% endnotice %}",
        "{% status 'open' tone='red' %}",
        "{% proof_mark 'maybe' %}",
        "{% steps items 9 %}",
    ],
)
def test_a_misspelt_kind_is_refused_at_once(source: str) -> None:
    with pytest.raises(ValueError):
        draw(source, items=["a", "b"])


# --- dates ------------------------------------------------------------------------------------


def test_a_moment_is_shown_with_its_place() -> None:
    at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    with timezone.override(MANILA):
        markup = draw("{% when at %}", at=at)
    assert "22 Nov 2026, 14:05 Manila" in markup
    assert Elements(markup).all("time")[0]["datetime"] == at.isoformat()


def test_a_day_is_shown_without_an_hour() -> None:
    assert "22 Nov 2026<" in draw("{% when at %}", at=date(2026, 11, 22))


def test_an_unknown_date_says_so() -> None:
    assert draw("{% when at %}", at=None) == "Not known"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dates.when(datetime(2026, 11, 22, 6, 5))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(hours=2), "today"),
        (timedelta(days=-2), "2 days overdue"),
        (timedelta(hours=-2), "overdue since today"),
    ],
)
def test_a_due_date_says_what_it_means_today(shift: timedelta, words: str) -> None:
    now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    with timezone.override(MANILA):
        markup = str(dates.due(now + shift, now=now))
    assert words in markup
    assert ("status-attention" in markup) is ("overdue" in words)


def test_a_date_due_today_is_not_overdue_before_the_day_ends() -> None:
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    with timezone.override(MANILA):
        assert "today" in str(dates.due(date(2026, 11, 22), now=now))
        assert "1 day overdue" in str(dates.due(date(2026, 11, 21), now=now))


def test_the_timeline_groups_by_the_readers_day() -> None:
    # 17:00 UTC on the 21st is already the 22nd in Manila.
    events = [
        {"at": datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "sentence": "Later"},
        {"at": datetime(2026, 11, 21, 15, 0, tzinfo=UTC), "sentence": "Earlier"},
    ]
    with timezone.override(MANILA):
        markup = draw("{% timeline events %}", events=events)
    assert markup.count('class="day-name"') == 2
    assert markup.index("22 Nov 2026") < markup.index("Later") < markup.index("21 Nov 2026")
    assert ">01:00<" in markup
    assert ">23:00<" in markup


def test_an_empty_timeline_teaches() -> None:
    assert "No visits yet." in draw("{% timeline events empty='No visits yet.' %}", events=[])


# --- records ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "late", "words"),
    [
        (14, 3, "14 referrals, 3 overdue"),
        (1, 0, "1 referral"),
        (0, 0, "No referrals"),
    ],
)
def test_counts_are_words(count: int, late: int, words: str) -> None:
    source = "{% count_words n 'referral' 'referrals' late 'overdue' %}"
    assert draw(source, n=count, late=late) == words


def test_what_nobody_recorded_says_so_and_zero_is_a_value() -> None:
    markup = draw("{% facts items %}", items=[("School", ""), ("Siblings", 0), ("Age", None)])
    assert markup.count("Not recorded") == 2
    assert "<dd>0</dd>" in markup


def test_a_suppressed_cell_is_never_zero_or_blank() -> None:
    markup = draw(
        "{% data_table 'Cases' columns rows %}",
        columns=["Place", {"label": "Cases", "number": True}],
        rows=[["Laguna", 0], ["Quezon", None]],
    )
    assert "not shown" in markup
    assert ">0</td>" in markup


def test_a_table_names_its_columns_and_rows_for_screen_readers() -> None:
    markup = draw("{% data_table 'Cases' columns rows %}", columns=["Place", "n"], rows=[["A", 1]])
    found = Elements(markup)
    assert [head["scope"] for head in found.all("th")] == ["col", "col", "row"]
    assert found.all("td")[0]["data-label"] == "n"
    assert "<caption>Cases</caption>" in markup


def test_a_row_of_another_length_than_the_head_is_refused() -> None:
    with pytest.raises(ValueError):
        draw("{% data_table 'Cases' columns rows %}", columns=["Place", "n"], rows=[["A"]])


def test_a_masked_value_is_not_on_the_page_until_it_is_shown() -> None:
    hidden = draw("{% masked 'telephone number' url='/show/' value='555 0142' %}")
    assert "555 0142" not in hidden
    button = Elements(hidden).all("button")[0]
    assert button["formaction"] == "/show/"
    assert button["formmethod"] == "post"
    assert "Show telephone number" in " ".join(Elements(hidden).text.split())
    shown = draw("{% masked 'telephone number' value='555 0142' shown=True %}")
    assert "555 0142" in shown
    assert not Elements(shown).all("button")


def test_the_form_a_masked_value_posts_through_is_on_every_page() -> None:
    shell = (ROOT / "templates" / "base" / "page.html").read_text(encoding="utf-8")
    assert 'id="plain-post" method="post"' in shell


def test_the_safety_strip_keeps_its_words_until_it_is_opened() -> None:
    covered = draw("{% safety_strip url='/open/' how='Text only' %}", csrf_token="t")
    assert "Text only" not in covered
    form = Elements(covered).all("form")[0]
    assert (form["method"], form["action"]) == ("post", "/open/")
    assert "csrfmiddlewaretoken" in covered
    opened = draw("{% safety_strip shown=True how='Text only' %}")
    assert "Text only" in opened


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maria Santos", "MS"), ("Liza", "L"), ("Ana dela Cruz", "AC"), ("  ", "?"), ("(x) b", "B")],
)
def test_a_person_is_shown_by_initials(name: str, letters: str) -> None:
    assert records.initials(name) == letters


def test_initials_alone_still_say_the_name_to_a_screen_reader() -> None:
    markup = draw("{% person_chip 'Maria Santos' only_initials=True %}")
    assert re.search(r'visually-hidden">Maria Santos<', markup)


@pytest.mark.parametrize("state", sorted(records.PROOFS))
def test_a_proof_mark_explains_itself(state: str) -> None:
    found = Elements(draw("{% proof_mark state %}", state=state))
    assert found.all("details")
    assert found.all("summary")
    assert len(found.text) > 60


def test_browsers_are_named_in_words() -> None:
    chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
    assert browser_name(chrome) == "Chrome on Android"
    assert browser_name("curl/8") == "A browser we do not know"


# --- page parts -------------------------------------------------------------------------------


def test_the_current_tab_is_said_and_every_tab_is_a_link() -> None:
    items = [{"label": "A", "url": "/a/", "current": True}, {"label": "B", "url": "/b/"}]
    links = Elements(draw("{% tabs items 'Parts' %}x{% endtabs %}", items=items)).all("a")
    assert [link["href"] for link in links] == ["/a/", "/b/"]
    assert [link.get("aria-current") for link in links] == ["page", None]
    assert {link["hx-select"] for link in links} == {"#tabs"}


def test_pages_keep_the_filters_and_the_place() -> None:
    request = RequestFactory().get("/referrals/?state=overdue&page=2")
    page = Page(rows=[], number=2, pages=3, total=60)
    links = Elements(draw("{% pagination page %}", page=page, request=request)).all("a")
    assert [link["href"] for link in links] == [
        "?state=overdue&page=1#list",
        "?state=overdue&page=3#list",
    ]


def test_one_page_needs_no_paging() -> None:
    page = Page(rows=[], number=1, pages=1, total=4)
    assert draw("{% pagination page %}", page=page).strip() == ""


def test_confirming_posts_with_a_token_and_offers_a_way_back() -> None:
    markup = draw(
        "{% confirm 'Erase?' action='/erase/' button='Erase it' kind='irreversible' cancel='/x/' %}"
        "<p>Gone.</p>{% endconfirm %}",
        csrf_token="t",
    )
    found = Elements(markup)
    assert (found.all("form")[0]["method"], found.all("form")[0]["action"]) == ("post", "/erase/")
    assert "csrfmiddlewaretoken" in markup
    assert "btn-irreversible" in markup
    assert found.all("a")[0]["href"] == "/x/"


def test_steps_say_in_words_where_one_is() -> None:
    markup = draw("{% steps items 2 %}", items=["Source", "Safety", "Save"])
    assert "Step 2 of 3: Safety" in markup
    states = [item["data-state"] for item in Elements(markup).all("li")]
    assert states == ["done", "now", "next"]


# --- forms ------------------------------------------------------------------------------------


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    form = Sample({"name": ""})
    markup = draw("{% field form.name %}", form=form)
    found = Elements(markup)
    control = found.all("input")[0]
    assert found.all("label")[0]["for"] == control["id"] == "id_name"
    assert control["aria-describedby"] == "id_name_helptext id_name_error"
    assert control["aria-invalid"] == "true"
    ids = [attrs["id"] for _, attrs in found.tags if attrs.get("id")]
    assert ids.index("id_name_helptext") < ids.index("id_name_error") < ids.index("id_name")


def test_radios_come_with_a_legend_that_carries_the_error() -> None:
    found = Elements(draw("{% field form.safe %}", form=Sample({"safe": ""})))
    assert found.all("fieldset")[0]["aria-describedby"] == "id_safe_error"
    assert len(found.all("legend")) == 1
    assert [label["for"] for label in found.all("label")] == ["id_safe_0", "id_safe_1"]


def test_the_summary_links_to_each_field_and_takes_the_focus() -> None:
    form = Sample({"name": "", "kind": "a", "safe": ""})
    form.is_valid()
    form.add_error(None, "The whole does not fit together.")
    found = Elements(draw("{% form_errors form %}", form=form))
    assert [link["href"] for link in found.all("a")] == ["#id_name", "#id_safe_0"]
    assert found.tags[0][1]["tabindex"] == "-1"
    assert "The whole does not fit together." in found.text


def test_a_form_without_errors_has_no_summary() -> None:
    assert draw("{% form_errors form %}", form=Sample()) == ""


def test_a_missing_answer_is_named_with_the_words_of_its_label() -> None:
    form = Sample({})
    assert form.errors["name"] == ["Fill this in: Name of the sender"]
    assert form.errors["safe"] == ["Choose an answer: Safe now?"]


def test_an_author_may_word_a_missing_answer_otherwise() -> None:
    class Own(PlainForm):
        name = forms.CharField(error_messages={"required": "Who is it?"})

    assert Own({}).errors["name"] == ["Who is it?"]


def test_a_broken_rule_lands_beside_its_field_or_at_the_top() -> None:
    form = Sample({"name": "x", "kind": "a", "safe": "y"})
    assert form.is_valid()
    form.add_rule_broken("Too late.", field="name")
    form.add_rule_broken("Not open.", field="nowhere")
    assert form.errors == {"name": ["Too late."], "__all__": ["Not open."]}


def test_browsers_are_asked_not_to_remember_answers() -> None:
    markup = draw("{% form_panel form button='Save' %}{% endform_panel %}", form=Sample())
    found = Elements(markup)
    assert found.all("form")[0]["autocomplete"] == "off"
    controls = [c for c in found.all("input") if c.get("type") not in ("hidden", "radio")]
    assert {control["autocomplete"] for control in controls} == {"off"}
    assert not any("required" in control for control in controls)


def test_a_form_panel_draws_every_field_the_token_and_the_hidden_ones_once() -> None:
    markup = draw(
        "{% form_panel form button='Log the referral' later='Save and come back' %}"
        "{% endform_panel %}",
        form=Sample(),
        csrf_token="t",
    )
    for name in ("name", "kind", "told", "version", "csrfmiddlewaretoken"):
        assert markup.count(f'name="{name}"') == 1
    assert "data-unsaved" in markup
    assert "Log the referral" in markup
    assert 'name="later"' in markup


def test_a_form_panel_with_its_own_body_draws_only_that() -> None:
    markup = draw(
        "{% form_panel form button='Save' %}{% field form.name %}{% endform_panel %}", form=Sample()
    )
    assert 'name="name"' in markup
    assert 'name="kind"' not in markup


def test_a_placeholder_never_stands_in_for_a_label() -> None:
    class Old(forms.Form):
        code = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "Code"}))

    assert "placeholder" not in draw("{% field form.code %}", form=Old())


def test_a_hint_given_in_the_template_is_escaped() -> None:
    assert "<script" not in draw("{% field form.kind hint=evil %}", form=Sample(), evil=EVIL)


def test_a_field_the_form_does_not_have_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(TypeError, match="no field of that name"):
        draw("{% field form.nowhere %}", form=Sample())


# --- charts -----------------------------------------------------------------------------------


def test_bars_start_at_zero_and_carry_their_values_as_words() -> None:
    rows = [
        {"label": "Laguna", "value": 100, "low": 90, "high": 125, "main": True},
        {"label": "Cebu", "value": 50},
        {"label": "Quezon", "value": None},
    ]
    markup = draw("{% bars rows 'Laguna leads.' %}", rows=rows)
    found = Elements(markup)
    assert found.all("svg")[0]["aria-label"] == "Laguna leads."
    assert [(bar["x"], bar["width"]) for bar in found.all("rect")] == [
        ("0", "80.00%"),
        ("0", "40.00%"),
    ]
    assert [bar["class"] for bar in found.all("rect")] == ["chart-bar-main", "chart-bar"]
    assert "not shown" in found.text
    error = next(x for x in found.all("line") if x["class"] == "chart-error")
    assert (error["x1"], error["x2"]) == ("72.00%", "100.00%")


def test_a_value_below_zero_is_refused_rather_than_drawn_wrong() -> None:
    with pytest.raises(ValueError):
        draw("{% bars rows 'x' %}", rows=[{"label": "a", "value": -1}])


# --- pages ------------------------------------------------------------------------------------


def page(name: str, **values: Any) -> str:
    request = RequestFactory().get("/")
    source = f'{{% extends "base/{name}.html" %}}{{% block content %}}<h1>T</h1>{{% endblock %}}'
    return Template(source).render(Context({"request": request, **values}))


@pytest.mark.parametrize("name", ["page", "focused", "print"])
def test_the_exit_is_the_first_thing_after_the_skip_link(name: str) -> None:
    markup = page(name, nav=samples()["nav"], printed_at=timezone.now())
    found = [
        (tag, attrs)
        for tag, attrs in Elements(markup.split("<body", 1)[1]).tags
        if tag in ("a", "button", "summary", "input", "select") and attrs.get("type") != "hidden"
    ]
    assert found[0][1]["class"] == "skip"
    assert found[1][0] == "button"
    assert found[1][1]["class"] == "exit-button"


@pytest.mark.parametrize("name", ["page", "focused", "print", "public"])
def test_a_page_loads_nothing_from_elsewhere_and_asks_not_to_be_found(name: str) -> None:
    markup = page(name, printed_at=timezone.now())
    found = Elements(markup)
    addresses = [a.get("href") or a.get("src") for _, a in found.tags if "href" in a or "src" in a]
    assert not [x for x in addresses if x and re.match(r"(?:https?:)?//|data:", x)]
    robots = [m["content"] for m in found.all("meta") if m.get("name") == "robots"]
    assert robots == ["noindex, nofollow, noarchive"]


def test_htmx_neither_evaluates_nor_keeps_anything() -> None:
    config = next(
        json.loads(str(meta["content"]))
        for meta in Elements(page("page")).all("meta")
        if meta.get("name") == "htmx-config"
    )
    assert config["allowEval"] is False
    assert config["allowScriptTags"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is True
    assert config["historyCacheSize"] == 0
    assert {"code": "422", "swap": True} in config["responseHandling"]


@pytest.mark.parametrize(
    ("cookie", "expected"), [("dark", "dark"), ("light", "light"), ("x", None)]
)
def test_the_chosen_theme_is_written_into_the_page(cookie: str, expected: str | None) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    source = '{% extends "base/page.html" %}'
    html = Elements(Template(source).render(Context({"request": request}))).all("html")[0]
    assert html.get("data-bs-theme") == expected


def test_the_page_after_an_exit_names_nothing_and_leads_nowhere() -> None:
    markup = Template('{% extends "exit.html" %}').render(Context({}))
    found = Elements(markup)
    assert not found.all("a")
    assert not found.all("form")
    assert not found.all("script")
    assert "Workspace" not in markup
    assert "Liwanag" not in markup
    assert "<title>Calendar</title>" in markup


@pytest.mark.parametrize("name", ["400", "500", "503", "csrf", "rate_limited"])
def test_an_error_page_can_be_drawn_when_everything_else_is_down(name: str) -> None:
    markup = Template(f'{{% extends "errors/{name}.html" %}}').render(Context({}))
    assert Elements(markup).all("h1")
    assert "base/page.html" not in markup
    assert 'data-shell="focused"' in markup


@pytest.mark.parametrize("name", ["403", "404"])
def test_a_refusal_says_nothing_about_what_was_refused(name: str) -> None:
    markup = Template(f'{{% extends "errors/{name}.html" %}}').render(
        Context({"exception": "cases.read_case C-7QK4-29", "request_path": "/cases/1/"})
    )
    assert "C-7QK4-29" not in markup
    assert "read_case" not in markup


@pytest.mark.parametrize(("demo", "open_to_strangers"), [(True, True), (False, False)])
def test_the_style_guide_is_open_to_strangers_only_in_the_demonstration(
    settings: Any, demo: bool, open_to_strangers: bool
) -> None:
    settings.DEBUG, settings.LIWANAG_DEMO = False, demo
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    if open_to_strangers:
        assert styleguide(request).status_code == 200
    else:
        with pytest.raises(Http404):
            styleguide(request)


def test_the_style_guide_shows_every_component() -> None:
    shown = (ROOT / "templates" / "styleguide" / "index.html").read_text(encoding="utf-8")
    tags = (ROOT / "core" / "templatetags" / "ui.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\b(?:page|records|dates|fields|charts)\.(\w+)[,)]", tags))
    inside_others = {"month_calendar", "form_errors", "spell"}
    missing = {name for name in names - inside_others if f"{{% {name} " not in shown}
    assert missing == set()
