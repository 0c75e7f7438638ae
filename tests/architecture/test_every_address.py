"""Every address, as a stranger and as everybody: nothing breaks, leaks, or is unlisted."""

from __future__ import annotations

import os
import re
import uuid

import pytest

from accounts.roles import SERVICE_ROLES, Role
from tests.architecture.addresses import LIBRARY, PUBLIC, urls_of


@pytest.fixture
def urls(world):
    return urls_of(world)


def test_whoever_is_not_signed_in_sees_the_sign_in_page_and_nothing_else(world, urls, visitor):
    for name, url in urls.items():
        response = visitor.get(url)
        if name in PUBLIC:
            assert response.status_code in (200, 302, 404, 405), name
        elif url.startswith("/api/"):
            assert response.status_code in (401, 403, 302), name
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith("/account/login/"), name
        for secret in (world.referral.reference, str(world.case_id), "Tala"):
            assert secret not in response.content.decode().replace(url, "")


# One person a role; colleagues of the same role see the same addresses.
EACH_ROLE = (
    "caseworker",
    "supervisor",
    "intake",
    "liaison",
    "legal",
    "clinician",
    "manager",
    "analyst",
    "survivor_advisor",
    "dpo",
    "auditor",
    "admin",
    "partner",
    "investigator",
    "prosecutor",
    "approver",
)
# Six walk in `make test`: they differ most in what they may. All of them walk in `make soak`.
WALKERS = (
    EACH_ROLE
    if os.environ.get("LIWANAG_EVERY_ROLE")
    else ("caseworker", "legal", "manager", "dpo", "admin", "partner")
)


def test_every_role_walks(cast):
    roles = frozenset().union(*(getattr(cast, who).roles for who in EACH_ROLE))
    assert roles == set(Role) - SERVICE_ROLES


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", WALKERS)
def test_r_p2_r_p5_every_address_answers_and_its_title_and_headers_say_nothing(
    who, world, urls, cast, client_of
):
    client = client_of(getattr(cast, who))
    wrong = []
    for name, url in urls.items():
        # The library's own pages are the same for everybody; one person walks them.
        if LIBRARY.match(name) and who != "caseworker":
            continue
        response = client.get(url)
        if response.status_code not in (200, 302, 403, 404, 405):
            wrong.append(f"{name} answered {response.status_code}")
        wrong += [f"{name}: {what}" for what in _said_outside_the_page(response, world, name)]
    assert wrong == []


def _said_outside_the_page(response, world, name):
    """What headers and title let a bystander, a browser's history or a search engine learn."""
    if response["Referrer-Policy"] != "same-origin":
        yield "its links say where one comes from"
    if "noindex" not in response["X-Robots-Tag"]:
        yield "search engines may list it"
    shown = response.status_code == 200 and name not in PUBLIC
    if shown and "no-store" not in response["Cache-Control"]:
        yield "browsers may keep it"
    if "unsafe" in response.get("Content-Security-Policy", ""):
        yield "its policy lets scripts in"
    title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
    for secret in (world.referral.reference, "Tala", "Ramil", "RA 9208", "survivor"):
        if title and secret in title[1]:
            yield f"its title says {secret}"


@pytest.mark.timeout(900)
def test_r_a1_what_is_not_visible_does_not_exist(world, urls, cast, client_of):
    """A caseworker of another team, and one of another agency, get 404 for every record of ours."""
    ours = {
        name: url
        for name, url in urls.items()
        if re.search(r"[0-9a-f-]{36}", url)
        and not LIBRARY.match(name)
        # The caseworker of the other team broke that glass: it is theirs to look at. Who covers
        # while somebody is away is known in the agency, as are its rules of routing. The
        # law is the same for everybody.
        and name
        not in (
            "cases:emergency",
            "cases:end_break_glass",
            "leave-cover-detail",
            "routing-rule-detail",
            "statute-detail",
        )
    }
    assert len(ours) > 25
    leaks = []
    for person in (cast.south_caseworker, cast.stranger_caseworker):
        client = client_of(person)
        for name, url in ours.items():
            status = client.get(url).status_code
            # Not theirs by role (403) or sent on without a look (302) says nothing about the
            # record, as long as a record that is not there gets the same answer.
            if status not in (302, 403, 404, 405):
                leaks.append(f"{person.acting_role}: {name} answered {status}")
            absent = re.sub(r"[0-9a-f-]{36}", str(uuid.uuid4()), url)
            if client.get(absent).status_code != status:
                leaks.append(f"{person.acting_role}: {name} tells what exists")
    assert leaks == []


def test_r_p1_addresses_hold_random_ids_only(urls):
    harm = re.compile(r"abuse|victim|survivor|exploit|traffick|rape|osec|child", re.I)
    assert [url for url in urls.values() if harm.search(url)] == []
