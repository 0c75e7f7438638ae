"""R-D4: while a legal hold stands nothing of its case is erased."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.services.erasure import approve_erasure
from cases.services.holds import place_hold, release_hold
from core.errors import Denied, DomainError, InvalidTransition
from core.walls import TODAY, day_of
from tests.cases.siblings import ask, now
from vault.models import DataKey


def test_r_d4_a_legal_hold_beats_an_erasure_until_it_is_released(cast, siblings, client_of):
    case, one, _other = siblings
    hold = place_hold(
        actor=cast.legal,
        case_id=case.pk,
        authority="Regional Trial Court, Branch 7",
        why="The defence asked for the whole file.",
        until=None,
        at=now(),
    )
    request = ask(cast.caseworker, one)
    assert request.speaks_for_keeping == ["legal_hold", "case_open"]
    with pytest.raises(DomainError, match="legal hold stands"):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert DataKey.objects.filter(owner_id=one.person_id).exists()
    client = client_of(cast.caseworker)
    for address in ("cases:case", "cases:notes", "cases:holds"):
        assert "Legal hold" in client.get(reverse(address, args=[case.pk])).content.decode()
    page = client.get(reverse("cases:holds", args=[case.pk])).content.decode()
    assert "Regional Trial Court, Branch 7" in page
    assert "The defence asked for the whole file." in page
    for who in ("caseworker", "liaison"):
        with pytest.raises(Denied):
            release_hold(actor=getattr(cast, who), hold_id=hold.pk, at=now())
    release_hold(actor=cast.supervisor, hold_id=hold.pk, at=now())
    with pytest.raises(InvalidTransition):
        release_hold(actor=cast.supervisor, hold_id=hold.pk, at=now())
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    assert not DataKey.objects.filter(owner_id=one.person_id).exists()


def test_r_d4_a_hold_says_who_why_and_until_when(cast, siblings):
    case, _one, _other = siblings
    facts = {"authority": "Court", "why": "An appeal.", "until": None}
    for over, field in (
        ({"authority": " "}, "authority"),
        ({"why": ""}, "why"),
        ({"until": timezone.localdate() - timedelta(days=1)}, "until"),
    ):
        with pytest.raises(DomainError) as refused:
            place_hold(actor=cast.legal, case_id=case.pk, at=now(), **facts | over)
        assert refused.value.field == field
    ended = facts | {"until": timezone.localdate()}
    hold = place_hold(actor=cast.legal, case_id=case.pk, at=now(), **ended)
    assert hold.stands(timezone.localdate())
    assert not hold.stands(timezone.localdate() + timedelta(days=1))


def test_r_d4_only_the_agency_that_leads_the_case_places_and_releases(cast, siblings, superuser):
    case, _one, _other = siblings
    facts = {"authority": "Court", "why": "An appeal.", "until": None}
    hold = place_hold(actor=cast.legal, case_id=case.pk, at=now(), **facts)
    # Another agency leads the case by now; who placed the hold still sees it.
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        superuser.execute(
            "UPDATE cases_case SET lead_agency_id = %s WHERE id = %s",
            [cast.cyber_unit.pk, case.pk],
        )
    for who in ("legal", "supervisor"):
        with pytest.raises(Denied):
            release_hold(actor=getattr(cast, who), hold_id=hold.pk, at=now())
        with pytest.raises(Denied):
            place_hold(actor=getattr(cast, who), case_id=case.pk, at=now(), **facts)


def test_r_d4_a_hold_stands_to_the_end_of_its_last_day_here(superuser):
    """The database counts days as the house does, whatever time zone its session is in."""
    superuser.execute("SET TIME ZONE 'UTC'")
    evening = "'2026-03-31 16:00+00'::timestamptz"
    row = superuser.execute(
        f"SELECT {TODAY} = (now() AT TIME ZONE 'Asia/Manila')::date, {day_of(evening)}"
    ).fetchone()
    assert row == (True, date(2026, 4, 1))
    sources = superuser.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND (prosrc ~* 'current_date|localtime' OR prosrc ~ '(_at|now\\(\\)|created_at)::date')"
    ).fetchall()
    assert sources == []
