"""Help: guides beside the task, for those whose task it is, a tour for a role, and the words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role, every_permission
from desk.glossary import TERMS
from desk.guides import GUIDES, TOURS, guides_for, tour_of
from tests.factories import log_referral

HELP = reverse("desk:help")
ROOT = Path(settings.BASE_DIR)
PLACES = {
    *("accounts", "audit", "cases", "core", "courts", "desk"),
    *("handoffs", "referrals", "reporting", "templates"),
}


def _view_names(patterns, space=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _view_names(one.url_patterns, inner)
        elif isinstance(one, URLPattern) and one.name:
            yield f"{space}{one.name}"


def test_every_guide_stands_on_pages_that_exist_and_uses_words_that_are_explained():
    names = set(_view_names(get_resolver().url_patterns))
    codes = [guide.code for guide in GUIDES]
    assert len(codes) == len(set(codes))
    for guide in GUIDES:
        assert guide.steps, guide.code
        assert set(guide.pages) <= names, guide.code
        assert not guide.start or reverse(guide.start), guide.code
        assert not guide.permission or guide.permission in every_permission(), guide.code
        assert set(guide.words) <= set(TERMS), guide.code
    for role, tour in TOURS.items():
        assert role in Role.values
        assert set(tour) <= set(codes), role


def test_a_guide_names_buttons_as_they_stand_on_the_pages():
    pages = [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("*/**/*.py")]
    texts = "".join(
        page.read_text()
        for page in pages
        if page.relative_to(ROOT).parts[0] in PLACES
        and page.name not in ("guides.py", "directory.py")
        and "styleguide" not in page.parts
    )
    named = {
        name
        for guide in GUIDES
        for step in (*guide.steps, guide.mind)
        for name in re.findall("“([^”]+)”", str(step))
    }
    assert len(named) > 10
    assert [name for name in sorted(named) if f'"{name}"' not in texts] == []


def test_every_explained_word_is_used_by_a_guide_or_is_about_people():
    used = {word for guide in GUIDES for word in guide.words}
    assert set(TERMS) == used


@pytest.mark.parametrize(
    ("who", "first", "never"),
    [
        ("caseworker", "log-a-referral", "read-the-log"),
        ("partner", "answer-a-handoff", "log-a-referral"),
        ("legal", "follow-a-proceeding", "invite-a-colleague"),
        ("manager", "ask-for-a-report", "write-a-note"),
        ("auditor", "read-the-log", "answer-a-handoff"),
        ("admin", "invite-a-colleague", "open-a-case"),
    ],
)
def test_a_tour_is_of_what_ones_role_does_and_each_step_opens(cast, client_of, who, first, never):
    person = getattr(cast, who)
    client = client_of(person)
    page = client.get(HELP).content.decode()
    assert reverse("desk:guide", args=[first]) in page
    assert reverse("desk:guide", args=[never]) not in page
    tour = tour_of(person)
    assert first in [guide.code for guide in tour]
    at = reverse("desk:guide", args=[tour[0].code])
    for number, guide in enumerate(tour, 1):
        assert at == reverse("desk:guide", args=[guide.code]), "each leads to the next"
        shown = client.get(at).content.decode()
        assert f"Step {number} of {len(tour)}" in shown
        if guide.start:
            start = reverse(guide.start)
            assert f'href="{start}"' in shown
            assert client.get(start).status_code == 200, guide.code
        following = re.search(
            r'href="([^"]+)"[^>]*>\s*(?:<svg.*?</svg>)?\s*Next in the tour', shown
        )
        at = following[1] if following else ""
    assert at == "", "the last leads no further"


def test_a_guide_for_others_does_not_exist(cast, client_of):
    client = client_of(cast.partner)
    for code in ("log-a-referral", "no-such-guide"):
        assert client.get(reverse("desk:guide", args=[code])).status_code == 404


def test_a_guide_stands_closed_at_the_foot_of_the_page_it_is_about(cast, client_of):
    client = client_of(cast.caseworker)
    page = client.get(reverse("referrals:log")).content.decode()
    aside = re.search(r'<aside class="help.*?</aside>', page, re.S)[0]
    assert "How to: Log a referral" in " ".join(re.sub(r"<[^>]*>", " ", aside).split())
    assert "<details>" in aside
    referral = log_referral(cast.intake)
    opened = client.get(reverse("referrals:referral", args=[referral.pk])).content.decode()
    assert "Decide on a referral" in re.search(r'<aside class="help.*?</aside>', opened, re.S)[0]
    assert '<aside class="help' not in client.get(reverse("cases:list")).content.decode()


def test_whoever_may_not_do_it_is_not_told_how(cast, client_of):
    for person in cast.everybody:
        offered = {guide.permission for guide in guides_for(person)} - {""}
        assert all(person.may(permission) for permission in offered), person


def test_the_words_stand_on_one_page_in_order(cast, client_of):
    page = client_of(cast.partner).get(reverse("desk:words")).content.decode()
    words = re.findall(r"<dt>(.*?)</dt>", page)
    assert words == sorted(words, key=str.casefold)
    assert len(words) == len(TERMS)
    assert HELP in page


def test_a_training_room_says_so_on_every_page_and_on_paper(cast, client_of, settings):
    client = client_of(cast.caseworker)
    plain = client.get("/").content.decode()
    assert "Training room" not in plain
    settings.LIWANAG_TRAINING = True
    for address in ("/", HELP, reverse("referrals:log"), "/account/2fa/", reverse("find")):
        page = client.get(address).content.decode()
        assert "Training room. Everything here is made up" in page, address
    assert "practice-mark" in client.get("/").content.decode()
    paper = client.get(reverse("referrals:paper_form")).content.decode()
    assert "Training room: made up, about nobody" in paper
    assert "try each of them" in client.get(HELP).content.decode()


def test_the_real_installation_leads_to_its_training_room_where_it_has_one(
    cast, client_of, settings
):
    client = client_of(cast.caseworker)
    assert "Practise in the training room" not in client.get(HELP).content.decode()
    settings.LIWANAG_TRAINING_URL = "https://practice.example"
    assert 'href="https://practice.example"' in client.get(HELP).content.decode()
    settings.LIWANAG_TRAINING = True
    assert "https://practice.example" not in client.get(HELP).content.decode()
