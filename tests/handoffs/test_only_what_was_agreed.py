"""Random cases, a thousand in `make soak`: decrypted ⊆ consent ∩ agreement ∩ selection.

What may leave is worked out here a second time, by sets and by nothing of the product, so that the
decision and what carries it out are held against something else than themselves.
"""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from audit.acting import acting
from handoffs.grounds import NoGround, carried_today
from handoffs.models import Handoff
from handoffs.offline import verify_handoff
from handoffs.sealed_file import CONTENT
from handoffs.services.packing import package_of
from handoffs.services.sealing import expiry_of, recipients_of, seal_package
from tests.factories import add_participant, compose_handoff, give_consent
from tests.handoffs.conftest import NAME
from tests.handoffs.sealing import give_keys
from tests.tampering import lower_walls

SECTIONS = ["case_summary", "content_origin", "people", "identities", "notes"]
BY_PERSON = {"people", "identities"}
SISTER = "Luningning"


def some(rng, values, most_likely):
    return [one for one in values if rng.random() < most_likely]


def randomise(cursor, rng, cast, people, today):
    """Other consents and another agreement; returns what they say, as plain values."""
    consents = {}
    for person in people:
        said = {
            "status": rng.choice(["active", "active", "active", "withdrawn"]),
            "scopes": some(rng, ["share_with_law_enforcement", "service_referral"], 0.85),
            "recipients": some(rng, [cast.cyber_unit.pk, cast.shelter.pk], 0.85),
            "categories": some(rng, SECTIONS, 0.8),
            "until": today + timedelta(days=rng.choice([-1, 0, 30, 30, 30])),
        }
        cursor.execute(
            "UPDATE cases_consent SET status = %s, scopes = %s, recipients = %s::uuid[], "
            "categories = %s, valid_from = %s, valid_until = %s, ended_at = now() "
            "WHERE person_id = %s",
            [
                said["status"],
                said["scopes"],
                said["recipients"],
                said["categories"],
                today - timedelta(days=60),
                said["until"],
                person.person_id,
            ],
        )
        consents[person.person.code] = said
    agreed = some(rng, SECTIONS, 0.95)
    cursor.execute("UPDATE accounts_datasharingagreement SET categories = %s", [agreed])
    return consents, set(agreed)


def allows(said, section, agency_id, today):
    return (
        said["status"] == "active"
        and said["until"] >= today
        and "share_with_law_enforcement" in said["scopes"]
        and agency_id in said["recipients"]
        and section in said["categories"]
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("cases", [300, pytest.param(1000, marks=pytest.mark.soak)])
def test_what_is_decrypted_lies_within_consent_agreement_and_selection(cast, story, cases):
    sister = add_participant(
        cast.caseworker, story.case, birth_year=2016, identity={"first_name": SISTER}
    )
    people = [story.survivor, sister]
    keys = give_keys(cast)
    for person in people:
        give_consent(
            cast.caseworker,
            person,
            scopes=["case_management", "share_with_law_enforcement"],
            recipients=[cast.cyber_unit.pk],
            categories=SECTIONS,
        )
    draft = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, legal_basis="consent", sections=SECTIONS
    )
    rng, today = random.Random(2026), timezone.localdate()
    names = {story.survivor.person.code: NAME.split()[0], sister.person.code: SISTER}
    left, whole = 0, 0
    with connections["owner"].cursor() as cursor:
        lower_walls(cursor, "cases_consent", "handoffs_handoff")
        cursor.execute("ALTER TABLE cases_consent DISABLE TRIGGER USER")
    for _number in range(cases):
        chosen = some(rng, SECTIONS, 0.85) or ["people"]
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
            consents, agreed = randomise(cursor, rng, cast, people, today)
        # Investigators are always told the kind of harm.
        selected = {*chosen, "content_origin"}
        # As sending does it, but that nothing is kept.
        with acting(cast.caseworker) as act:
            act.authorise("handoffs.compose_handoff", story.case)
            act.record("package.previewed", draft)
            handoff = (
                Handoff.objects.visible_to(cast.caseworker)
                .select_related("from_agency", "to_agency")
                .get(pk=draft.pk)
            )
            handoff.sections = [one for one in SECTIONS if one in selected]
            try:
                agreement, verdict = carried_today(handoff)
            except NoGround:
                continue
            now = timezone.now()
            package = package_of(cast.caseworker, handoff, agreement, verdict, sent_at=now)
            handoff.agreement = agreement
            handoff.sealed_to = recipients_of(cast.caseworker, handoff)
            handoff.expires_on = expiry_of(handoff, verdict, now)
            made = seal_package(act, cast.caseworker, handoff, package, verdict)
        files = verify_handoff.check(made.data, str(keys.desk.private)).files
        content = json.loads(files[CONTENT])["content"]
        left += 1
        whole += set(content) == set(SECTIONS)

        unit = cast.cyber_unit.pk
        of_all = {
            section
            for section in SECTIONS
            if all(allows(said, section, unit, today) for said in consents.values())
        }
        assert set(content) <= selected
        assert set(content) <= agreed
        assert set(content) - BY_PERSON <= of_all
        for section in BY_PERSON & set(content):
            yes = {code for code, said in consents.items() if allows(said, section, unit, today)}
            if section in of_all:
                # The alleged offender, to those who investigate.
                yes.add(story.accused.person.code)
            assert {one["code"] for one in content[section]} <= yes
        text = "".join(content.decode() for content in files.values())
        for code, name in names.items():
            if not {"identities"} & set(content) or not allows(
                consents[code], "identities", unit, today
            ):
                assert name not in text
    # The walk met both: a good part left, some of it with everything, and much did not leave.
    assert cases // 10 < left < cases
    assert whole
