"""A case worth handing off: a survivor with a name, an alleged offender, notes of every level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseParticipant
from handoffs.models import Handoff
from referrals.services.desk import accept_referral, start_triage
from tests.factories import add_participant, log_referral, open_case, write_note
from tests.tampering import lower_walls

# Words that stand nowhere else; where one turns up, its part of the case turned up.
NAME = "Marikit Halimbawa"
STREET = "17 Sampaguita Lane"
NOTE = "The aunt keeps the school bag ready by the door"
RESTRICTED = "Wakes at night since the move"
SEALED = "The relocation is planned for the week after the hearing"
CLINICAL = "Breathing exercises were practised in the session"
SUMMARY = "Reported through the hotline before noon"


@dataclass(frozen=True)
class Story:
    """The case and its people."""

    case: Case
    survivor: CaseParticipant
    accused: CaseParticipant


@pytest.fixture
def story(cast) -> Story:
    case = open_case(cast.caseworker, risk="high")
    referral = log_referral(
        cast.caseworker,
        content_origin="in_person_recorded",
        harm_types=["live_streaming", "csam_production"],
        summary=SUMMARY,
    )
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    accept_referral(actor=cast.caseworker, referral_id=referral.pk, case_id=case.pk)
    first, last = NAME.split()
    survivor = add_participant(
        cast.caseworker,
        case,
        birth_year=2014,
        citizenships=["PH"],
        identity={
            "first_name": first,
            "family_name": last,
            "birthdate": "2014-05-06",
            "phones": ["555 0142"],
            "street": STREET,
            "city": "Dagatan",
            "as_reported": {"x_Remark": SEALED},
        },
    )
    accused = add_participant(
        cast.caseworker,
        case,
        role="alleged_offender_source",
        legal_status="suspect",
        gender="Masculine",
        identity={"first_name": "Dante", "family_name": "Kathang"},
    )
    write_note(cast.caseworker, case, facts_reported=NOTE)
    write_note(cast.caseworker, case, kind="risk", observations=RESTRICTED)
    write_note(
        cast.caseworker, case, sensitivity=4, actions=SEALED, reader_ids=[cast.supervisor.pk]
    )
    write_note(cast.clinician, case, kind="service", observations=CLINICAL)
    return Story(case=case, survivor=survivor, accused=accused)


def stored(handoff: Handoff) -> Handoff:
    """The handoff as it stands in the database, whoever may see it."""
    return Handoff.objects.using("owner").get(pk=handoff.pk)


def events(verb: str, about: object = None) -> list[AuditEvent]:
    """The audit events of a verb, oldest first."""
    found = AuditEvent.objects.filter(verb=verb).order_by("id")
    return list(found if about is None else found.filter(object_id=about.pk))


def sees(actor, model, **where) -> bool:
    """Whether a row is there for the actor."""
    with reading(actor):
        return model.objects.visible_to(actor).filter(**where).exists()


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def write_as_owner(query: str, *parameters: object) -> None:
    """Change the directory below the services, as time or an administrator would."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        lower_walls(cursor, "handoffs_handoff", "cases_consent")
        cursor.execute(query, parameters)
