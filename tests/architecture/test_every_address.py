"""Every address, as a stranger and as everybody: nothing breaks, leaks, or is unlisted.

Addresses are taken from the resolver. One that takes an id must say in `OBJECTS` which record of
the world it takes, so that a new address cannot arrive unwalked.
"""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import SERVICE_ROLES, Role
from tests.client import WatchedClient
from tests.world import World

# View names whose ids are of this record of the world (an attribute, or a dotted one).
OBJECTS = {
    "audit_trail:who_opened": {"pk": "case_id"},
    "audit_trail:review": {"pk": "review_id"},
    "audit_trail:case": {"pk": "case_id"},
    "audit_trail:access_report": {"pk": "survivor.pk"},
    "audit_trail:report_of_person": {"pk": "survivor.person_id"},
    "audit_trail:kept_search": {"pk": "search_id"},
    "audit_trail:forget_search": {"pk": "search_id"},
    "audit_trail:proof": {"number": "entry_number"},
    "rights:": {"pk": "erasure.pk", "register": "register"},
    "register-entry-": {"pk": "entry.pk"},
    "rights:due": {"pk": "due.pk"},
    "rights:keep_longer": {"pk": "due.pk"},
    "rights:ask_for_its_erasure": {"pk": "due.pk"},
    "rights:entry": {"pk": "entry.pk"},
    "rights:amend_entry": {"pk": "entry.pk"},
    "cases:copy": {"pk": "copy.pk"},
    "cases:show_copy": {"pk": "copy.pk"},
    "cases:release_copy": {"pk": "copy.pk"},
    "cases:refuse_copy": {"pk": "copy.pk"},
    "cases:request_copy": {"pk": "survivor.pk"},
    "cases:release_hold": {"pk": "hold.pk"},
    "cases:request_erasure": {"pk": "survivor.pk"},
    "cases:emergency": {"pk": "emergency.pk"},
    "cases:end_break_glass": {"pk": "emergency.pk"},
    "cases:draft": {"pk": "note_draft.pk"},
    "cases:discard_draft": {"pk": "note_draft.pk"},
    "cases:note": {"pk": "note.pk"},
    "cases:notes": {"pk": "case_id"},
    "cases:add_to_note": {"pk": "note.pk"},
    "cases:change_level": {"pk": "note.pk"},
    "cases:answer_mention": {"pk": "note.pk"},
    "cases:": {"pk": "case_id", "note": "note.pk", "person": "survivor.person_id"},
    "cases:person": {"pk": "survivor.pk"},
    "cases:show_identity": {"pk": "survivor.pk"},
    "cases:change_legal_status": {"pk": "accused.pk"},
    "cases:give_role": {"pk": "survivor.pk"},
    "cases:link_people": {"pk": "survivor.pk"},
    "cases:join_household": {"pk": "survivor.pk"},
    "cases:leave_household": {"pk": "home.pk"},
    "cases:safety": {"pk": "survivor.pk"},
    "cases:show_safe_contact": {"pk": "survivor.pk"},
    "cases:acknowledge_safe_contact": {"pk": "survivor.pk"},
    "cases:confirm_safe_contact": {"pk": "survivor.pk"},
    "cases:set_safe_contact": {"pk": "survivor.pk"},
    "cases:plan_contact": {"pk": "survivor.pk"},
    "cases:end_contact": {"pk": "attempt.pk"},
    "cases:write_safety_plan": {"pk": "survivor.pk"},
    "cases:end_safety_plan": {"pk": "plan.pk"},
    "cases:raise_crisis": {"pk": "survivor.pk"},
    "cases:lower_crisis": {"pk": "crisis.pk"},
    "cases:lift_conflict": {"pk": "conflict.pk"},
    "cases:care": {"pk": "survivor.pk"},
    "cases:record_survivor_context": {"pk": "survivor.pk"},
    "cases:record_harm": {"pk": "survivor.pk"},
    "cases:closure": {"pk": "closure.pk"},
    "cases:close_case": {"pk": "closure.pk"},
    "cases:return_closure": {"pk": "closure.pk"},
    "cases:withdraw_closure": {"pk": "closure.pk"},
    "cases:change_harm": {"pk": "harm.pk"},
    "cases:change_link": {"pk": "tie.pk"},
    "cases:place_person": {"pk": "survivor.pk"},
    "cases:record_custody": {"pk": "survivor.pk"},
    "cases:end_placement": {"pk": "placement.pk"},
    "cases:name_placement_reader": {"pk": "placement.pk"},
    "cases:show_placement_address": {"pk": "placement.pk"},
    "cases:paper": {"pk": "paper.pk"},
    "cases:keep_paper": {"pk": "paper.pk"},
    "cases:paper_custody": {"pk": "paper.pk"},
    "cases:paper_progress": {"pk": "kept_file.pk"},
    "cases:read_paper": {"pk": "kept_file.pk"},
    "cases:paper_picture": {"pk": "kept_file.pk", "page": "first_page"},
    "cases:copy_out_paper": {"pk": "kept_file.pk"},
    "cases:destroy_paper": {"pk": "kept_file.pk"},
    "cases:move_original": {"pk": "paper.pk"},
    "cases:papers": {"pk": "case_id"},
    "cases:duty": {"pk": "duty.pk"},
    "cases:report_duty": {"pk": "duty.pk"},
    "cases:confirm_receipt": {"pk": "duty.pk"},
    "cases:waive_duty": {"pk": "duty.pk"},
    "cases:finish_task": {"pk": "task.pk"},
    "cases:cancel_task": {"pk": "task.pk"},
    "cases:hand_task": {"pk": "task.pk"},
    "cases:material_found": {"pk": "material.pk"},
    "cases:consent": {"pk": "asked.pk"},
    "cases:consents": {"pk": "case_id"},
    "cases:withdraw_consent": {"pk": "consent.pk"},
    "cases:refuse_consent": {"pk": "asked.pk"},
    "cases:paper_consent": {"pk": "survivor.pk"},
    "cases:ground": {"pk": "ground.pk"},
    "cases:decide_ground": {"pk": "ground.pk"},
    "cases:end_ground": {"pk": "ground.pk"},
    "consent-": {"pk": "consent.pk"},
    "legalground-": {"pk": "ground.pk"},
    "referrals:": {"pk": "waiting.pk", "batch": "batch.pk"},
    "handoffs:": {"pk": "sent.pk", "case": "case_id"},
    "handoffs:tab": {"pk": "case_id"},
    "handoffs:compose": {"pk": "case_id", "case": "case_id"},
    "courts:tab": {"pk": "case_id"},
    "courts:open": {"pk": "case_id"},
    "courts:": {"pk": "proceeding.pk", "charge": "charge.pk"},
    "reporting:": {"pk": "release.pk"},
    "directory:": {"pk": "cast.caseworker.pk", "membership": "membership.pk"},
    "referral-": {"pk": "waiting.pk"},
    "closure-": {"pk": "closure.pk"},
    "case-": {"pk": "case_id"},
    "participant-": {"pk": "survivor.pk"},
    "safe-contact-": {"pk": "contact.pk"},
    "contact-attempt-": {"pk": "attempt.pk"},
    "safety-plan-": {"pk": "plan.pk"},
    "crisis-": {"pk": "crisis.pk"},
    "harm-": {"pk": "harm.pk"},
    "survivor-context-": {"pk": "context.pk"},
    "placement-": {"pk": "placement.pk"},
    "custody-": {"pk": "custody.pk"},
    "paper-": {"pk": "paper.pk"},
    "material-": {"pk": "material.pk"},
    "relationship-": {"pk": "tie.pk"},
    "household-member-": {"pk": "home.pk"},
    "duty-": {"pk": "duty.pk"},
    "task-": {"pk": "task.pk"},
    "note-": {"pk": "note.pk"},
    "handoff-": {"pk": "sent.pk"},
    "proceeding-": {"pk": "proceeding.pk"},
    "release-": {"pk": "release.pk"},
}
# Pages for whoever is not signed in.
PUBLIC = {
    "account_login",
    "account_sign_on_return",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_trust",
    "exit",
    "after_exit",
    "lock",
    "appearance",
    "styleguide",
    "log:checkpoint",
}
# The published log: hashes only, and no record's id. tests/audit/test_published_log.py walks it.
TILES = {"log:tile", "log:partial_tile"}
# Library pages whose ids are the reader's own second factors and sessions; and the API's schema,
# which is the same for everybody and slow to write.
LIBRARY = re.compile(r"^(account_|mfa_|usersessions_|api_schema$)")


def addresses():
    """[(view name, parameter names)] of every pattern."""
    found = []

    def walk(patterns, spaces, taken):
        for pattern in patterns:
            takes = taken | set(pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                space = [*spaces, pattern.namespace] if pattern.namespace else spaces
                walk(pattern.url_patterns, space, takes)
            elif isinstance(pattern, URLPattern) and pattern.name:
                found.append((":".join([*spaces, pattern.name]), tuple(sorted(takes))))

    walk(get_resolver().url_patterns, [], set())
    return sorted(set(found))


def _value(world, name, parameter):
    for prefix in sorted(OBJECTS, key=len, reverse=True):
        if name.startswith(prefix) and parameter in OBJECTS[prefix]:
            value = world
            for part in OBJECTS[prefix][parameter].split("."):
                value = getattr(value, part)
            return value
    return None


def urls_of(world):
    """{view name: URL}; fails on an address nobody has thought about."""
    from django.urls import reverse

    urls, unlisted = {}, []
    for name, parameters in addresses():
        if LIBRARY.match(name) and parameters:
            continue
        if "format" in parameters or name in TILES:
            continue
        values = {parameter: _value(world, name, parameter) for parameter in parameters}
        if None in values.values():
            unlisted.append(f"{name} {parameters}")
            continue
        urls[name] = reverse(name, kwargs=values)
    assert unlisted == [], "say in OBJECTS which record these take"
    return urls


@pytest.fixture
def world(cast):
    return World(cast)


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


@pytest.mark.timeout(300)
def test_every_role_gets_an_answer_on_every_address(world, urls, cast, client_of):
    roles = frozenset().union(*(getattr(cast, who).roles for who in EACH_ROLE))
    assert roles == set(Role) - SERVICE_ROLES, "every role walks"
    wrong = []
    for who in EACH_ROLE:
        client = client_of(getattr(cast, who))
        for name, url in urls.items():
            # The library's own pages are the same for everybody; one person walks them.
            if LIBRARY.match(name) and who != "caseworker":
                continue
            status = client.get(url).status_code
            if status not in (200, 302, 403, 404, 405):
                wrong.append(f"{who}: {name} answered {status}")
    assert wrong == []


def test_what_is_not_visible_does_not_exist(world, urls, cast, client_of):
    """A caseworker of another team, and one of another agency, get 404 for every record of ours."""
    ours = {
        name: url
        for name, url in urls.items()
        if re.search(r"[0-9a-f-]{36}", url)
        and not LIBRARY.match(name)
        # The caseworker of the other team broke that glass: it is theirs to look at.
        and name not in ("cases:emergency", "cases:end_break_glass")
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


def test_titles_and_headers_say_nothing(world, urls, cast, client_of):
    client: WatchedClient = client_of(cast.supervisor)
    for name, url in urls.items():
        response = client.get(url)
        assert response["Referrer-Policy"] == "same-origin", name
        assert "noindex" in response["X-Robots-Tag"], name
        if response.status_code == 200 and name not in PUBLIC:
            assert "no-store" in response["Cache-Control"], name
        assert "unsafe" not in response.get("Content-Security-Policy", ""), name
        title = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
        if title:
            for secret in (world.referral.reference, "Tala", "Ramil", "RA 9208", "survivor"):
                assert secret not in title[1], name


def test_addresses_hold_random_ids_only(urls):
    harm = re.compile(r"abuse|victim|survivor|exploit|traffick|rape|osec|child", re.I)
    assert [url for url in urls.values() if harm.search(url)] == []
