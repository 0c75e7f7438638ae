"""Telling another agency at once: no agreement and no consent, written down, looked at in a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from audit.models import Review
from audit.reading import reading
from cases.models import Case
from core.errors import Denied, DomainError
from handoffs.models import EmergencyDisclosure
from handoffs.services.emergency import tell_in_emergency
from tests.handoffs.conftest import NAME, events, sees
from tests.handoffs.test_agreement_below import as_application

SAID = f"{NAME} is alone with him now"


def tell(cast, story, by="caseworker", **over):
    now = timezone.now()
    given = {
        "to_agency_id": cast.shelter.pk,
        "told_at": now - timedelta(minutes=10),
        "way": "phone",
        "officer": "Officer on duty, desk 4",
        "their_reference": "B-2026-19",
        "said": SAID,
        "why": "He said he would come back tonight.",
        "categories": ["identities", "case_summary"],
        "at": now,
    } | over
    return tell_in_emergency(actor=getattr(cast, by), case_id=story.case.pk, **given)


def nothing_was_written() -> bool:
    return (
        not EmergencyDisclosure.objects.using("owner").exists()
        and not events("emergency.told")
        and not Review.objects.using("owner").filter(kind="emergency_disclosure").exists()
    )


def test_it_needs_no_agreement_and_somebody_else_looks_at_it_within_a_day(cast, story):
    told = tell(cast, story)
    assert told.categories == ["case_summary", "identities"]
    review = Review.objects.using("owner").get(kind="emergency_disclosure")
    assert timezone.now() + timedelta(hours=23) < review.due_at
    assert review.due_at <= timezone.now() + timedelta(hours=24)
    assert review.subject_id == cast.caseworker.pk
    assert not sees(cast.caseworker, Review, pk=review.pk)
    assert sees(cast.supervisor, Review, pk=review.pk)
    assert sees(cast.dpo, Review, pk=review.pk)


def test_what_was_said_is_sealed_and_stands_in_no_event(cast, story):
    told = tell(cast, story)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT words FROM handoffs_emergencydisclosure")
        sealed = bytes(cursor.fetchone()[0])
    for word in (*NAME.split(), "duty", "B-2026-19"):
        assert word.encode() not in sealed
    event = events("emergency.told", told)[0]
    assert event.purpose == "vital_interests"
    assert SAID not in str(event.facts)
    with reading(cast.supervisor):
        again = EmergencyDisclosure.objects.visible_to(cast.supervisor).get()
        assert again.words["said"] == SAID
        assert again.words["their_reference"] == "B-2026-19"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"officer": " "}, "officer"),
        ({"said": ""}, "said"),
        ({"why": ""}, "why"),
        ({"categories": []}, "categories"),
        ({"categories": ["everything"]}, "categories"),
        ({"way": "letter"}, "way"),
        ({"said": "x" * 1001}, "said"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(cast, story, over, field):
    with pytest.raises(DomainError) as refused:
        tell(cast, story, **over)
    assert refused.value.field == field
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (timedelta(seconds=1), True),
        (timedelta(0), False),
        (-timedelta(days=7), False),
        (-timedelta(days=7, seconds=1), True),
    ],
    ids=["not yet", "this moment", "seven days ago", "longer ago"],
)
def test_it_was_told_within_the_last_seven_days(cast, story, after, refused):
    now = timezone.now()
    if not refused:
        assert tell(cast, story, told_at=now + after, at=now).told_at == now + after
        return
    with pytest.raises(DomainError) as broken:
        tell(cast, story, told_at=now + after, at=now)
    assert broken.value.field == "told_at"
    assert nothing_was_written()


def test_ones_own_agency_is_not_told(cast, story):
    with pytest.raises(DomainError) as refused:
        tell(cast, story, to_agency_id=cast.agency.pk)
    assert refused.value.field == "to_agency"


def test_nobody_else_writes_or_sees_it(cast, story):
    with pytest.raises(Case.DoesNotExist):
        tell(cast, story, by="south_caseworker")
    with pytest.raises(Denied):
        tell(cast, story, by="legal")
    assert nothing_was_written()
    told = tell(cast, story)
    for who in ("south_caseworker", "partner", "stranger", "admin"):
        assert not sees(getattr(cast, who), EmergencyDisclosure, pk=told.pk)


def test_the_officer_who_reviews_it_reads_what_was_told_and_not_the_case(cast, story, client_of):
    told = tell(cast, story)
    officer = client_of(cast.dpo)
    review = Review.objects.using("owner").get(kind="emergency_disclosure")
    page = officer.get(f"/audit/reviews/{review.pk}/").content.decode()
    assert f"/handoffs/emergencies/{told.pk}/" in page
    page = officer.get(f"/handoffs/emergencies/{told.pk}/").content.decode()
    assert SAID in page
    assert f"/cases/{story.case.pk}" not in page
    assert events("emergency.looked_at", told)[-1].actor_id == cast.dpo.pk
    assert officer.get(f"/cases/{story.case.pk}/").status_code == 403
    # A reviewer who may not read such words is led nowhere.
    auditor = client_of(cast.auditor)
    assert "/handoffs/emergencies/" not in (
        auditor.get(f"/audit/reviews/{review.pk}/").content.decode()
    )
    assert auditor.get(f"/handoffs/emergencies/{told.pk}/").status_code == 404


def test_it_is_never_changed(cast, story):
    tell(cast, story)
    for attack in (
        "UPDATE handoffs_emergencydisclosure SET told_at = now()",
        "DELETE FROM handoffs_emergencydisclosure",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            as_application(cast.caseworker, attack)
    assert EmergencyDisclosure.objects.using("owner").count() == 1


def test_the_page_keeps_what_was_typed_and_shows_what_was_told(cast, story, client_of):
    client = client_of(cast.caseworker)
    path = f"/cases/{story.case.pk}/handoffs/emergency/"
    typed = {
        "to_agency": str(cast.shelter.pk),
        "told_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "way": "phone",
        "officer": "Officer on duty",
        "categories": ["people"],
        "said": SAID,
        "why": "",
    }
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert SAID in answer.content.decode()
    assert nothing_was_written()
    answer = client.post(path, typed | {"why": "He is at the door."})
    assert answer.status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert SAID in shown
    assert "Officer on duty" in shown
    assert client.get(f"/cases/{story.case.pk}/handoffs/").content.decode().count("E-") >= 1
