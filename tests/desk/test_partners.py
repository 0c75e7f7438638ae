"""Partner agencies and agreements on pages: recorded, ended early, closed, each by an act."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, DataSharingAgreement
from accounts.selectors import receivers_of
from accounts.services.partners import close_agency, end_agreement, reopen_agency
from audit.acting import acting
from audit.models import AuditEvent
from core.errors import Denied, DomainError

PAGE = reverse("directory:partners")
ADD = reverse("directory:add_agreement")


def _form(cast, **over):
    return {
        "to_agency": str(cast.shelter.pk),
        "reference": "DSA-HLS-2026",
        "scope": "Shelter for children in danger",
        "categories": ["people", "case_summary"],
        "valid_from": timezone.localdate().isoformat(),
        "valid_until": "",
        **over,
    }


@pytest.fixture
def agreed(cast, client_of):
    assert client_of(cast.admin).post(ADD, _form(cast)).status_code == 302
    return DataSharingAgreement.objects.get(reference="DSA-HLS-2026")


def _verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_an_administrator_records_an_agreement_and_everybody_reads_what_it_covers(
    cast, client_of, agreed
):
    page = client_of(cast.admin).get(PAGE).content.decode()
    for words in ("DSA-HLS-2026", "Shelter for children in danger", "without an end"):
        assert words in page
    assert "People by code and role" in page
    assert agreed.from_agency_id == cast.agency.pk
    assert _verbs().count("agreement.added") >= 1
    assert _verbs()[-1] == "agreement.listed"
    for nobody in (cast.caseworker, cast.partner):
        assert client_of(nobody).get(PAGE).status_code == 403
        assert client_of(nobody).post(ADD, _form(cast)).status_code == 403


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"reference": "DSA-HLS-2026"}, "Another agreement has this reference"),
        ({"reference": "X", "valid_until": "2020-01-01"}, "ends before it starts"),
        ({"reference": "X", "categories": []}, "What may be handed over"),
        ({"reference": "X", "to_agency": ""}, "Agency"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(cast, client_of, agreed, over, says):
    before = DataSharingAgreement.objects.count()
    answer = client_of(cast.admin).post(ADD, _form(cast, **over))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Shelter for children in danger" in answer.content.decode(), "what was typed stays"
    assert DataSharingAgreement.objects.count() == before


def test_it_ends_earlier_by_its_own_agency_and_never_later(cast, client_of, agreed):
    today = timezone.localdate()
    url = reverse("directory:end_agreement", args=[agreed.pk])
    client = client_of(cast.admin)
    past = client.post(url, {"last_day": (today - timedelta(days=1)).isoformat()})
    assert past.status_code == 422
    soon = today + timedelta(days=7)
    assert client.post(url, {"last_day": soon.isoformat()}).status_code == 302
    agreed.refresh_from_db()
    assert agreed.valid_until == soon
    event = AuditEvent.objects.get(verb="agreement.ended")
    assert (event.object_id, event.fields) == (agreed.pk, ["valid_until"])
    with pytest.raises(DomainError, match="record a new agreement"):
        end_agreement(actor=cast.admin, agreement_id=agreed.pk, last_day=today + timedelta(days=30))
    with pytest.raises(Denied):
        end_agreement(actor=cast.supervisor, agreement_id=agreed.pk, last_day=today)
    end_agreement(actor=cast.admin, agreement_id=agreed.pk, last_day=today)
    assert client.get(url.replace(str(agreed.pk), str(cast.agency.pk))).status_code == 404


@pytest.mark.parametrize("later", ["NULL", "current_date + 400"])
def test_below_python_an_agreement_is_never_made_to_last_longer(cast, agreed, later):
    end_agreement(actor=cast.admin, agreement_id=agreed.pk, last_day=timezone.localdate())
    with (
        pytest.raises(ProgrammingError, match="only ends earlier"),
        acting(cast.admin) as act,
        connection.cursor() as cursor,
    ):
        act.authorise("accounts.invite_user")
        cursor.execute(
            f"UPDATE accounts_datasharingagreement SET valid_until = {later} WHERE id = %s",
            [agreed.pk],
        )
        act.record("agreement.ended", agreed)


def test_a_closed_partner_is_offered_nowhere_until_it_is_opened_again(cast, client_of, agreed):
    client, shelter = client_of(cast.admin), cast.shelter
    url = reverse("directory:close_agency", args=[shelter.pk])
    assert "Close " in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert not Agency.objects.get(pk=shelter.pk).is_active
    assert shelter not in receivers_of(cast.caseworker)
    assert "offered nowhere" in client.get(PAGE).content.decode()
    offered = client.get(ADD).content.decode()
    assert f'value="{shelter.pk}"' not in offered
    assert client.post(url).status_code == 422
    back = reverse("directory:reopen_agency", args=[shelter.pk])
    assert client.post(back).status_code == 302
    assert shelter in receivers_of(cast.caseworker)
    assert [verb for verb in _verbs() if verb in ("agency.closed", "agency.reopened")] == [
        "agency.closed",
        "agency.reopened",
    ]


def test_only_the_house_closes_partners_and_never_itself(cast, client_of):
    for actor, agency in (
        (cast.supervisor, cast.shelter),
        (cast.partner, cast.shelter),
        (cast.admin, cast.agency),
    ):
        for deed in (close_agency, reopen_agency):
            with pytest.raises(Denied):
                deed(actor=actor, agency_id=agency.pk)
    own = reverse("directory:close_agency", args=[cast.agency.pk])
    assert client_of(cast.admin).get(own).status_code == 404
    assert Agency.objects.get(pk=cast.agency.pk).is_active
