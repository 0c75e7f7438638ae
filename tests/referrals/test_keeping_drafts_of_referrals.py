"""A referral half typed is kept for whoever typed it, sealed, and gone when it is logged."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import AuditEvent
from audit.reading import reading
from core.errors import DomainError
from referrals.models import Referral, ReferralDraft
from referrals.querysets import ReferralDraftQuerySet
from referrals.services import desk
from referrals.services.drafts import drop_old_drafts, save_draft
from tests.referrals.in_the_clear import tables_with

URL = "/referrals/log/"
TYPED = {
    "source_category": "school",
    "source_name": "Canary School",
    "summary": "A teacher called; the canary is quiet.",
    "harm_types": ["grooming", "live_streaming"],
    "first_name": "Canaria",
    "later": "1",
}


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def _whole(cast, **over):
    return {
        "team": str(cast.north.pk),
        "received_at": (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "source_category": "school",
        "immediate_danger": "no",
        "content_origin": "unknown",
        "harm_types": ["grooming"],
        "legal_basis": "public_task",
        "detection_method": "unknown",
        **over,
    }


def test_what_is_typed_comes_back_as_it_stood_whatever_is_missing(cast, client_of):
    client = client_of(cast.intake)
    saved = client.post(URL, TYPED)
    assert saved.status_code == 302
    page = client.get(URL).content.decode()
    assert 'value="Canary School"' in page
    assert "the canary is quiet." in page
    assert 'value="Canaria"' in page
    assert re.search(r'value="grooming"[^>]*checked', page)
    assert re.search(r'<option value="school" selected', page)
    assert not Referral.objects.using("owner").exists()


def test_a_draft_is_sealed_and_its_events_hold_no_word_of_it(cast, client_of, superuser):
    client_of(cast.intake).post(URL, TYPED)
    assert ReferralDraft.objects.using("owner").count() == 1
    for word in ("Canary School", "Canaria", "canary is quiet"):
        assert tables_with(superuser, word) == []
    assert "anary" not in str([vars(event) for event in AuditEvent.objects.all()])


def test_a_draft_is_its_authors_alone(cast, client_of):
    client_of(cast.intake).post(URL, TYPED)
    assert "Canary" not in client_of(cast.caseworker).get(URL).content.decode()
    with reading(cast.supervisor):
        assert not ReferralDraft.objects.all().exists()


def test_the_last_save_counts_and_logging_ends_the_draft(cast, client_of):
    client = client_of(cast.intake)
    client.post(URL, TYPED)
    client.post(URL, {**TYPED, "source_name": "Second School"})
    assert ReferralDraft.objects.using("owner").count() == 1
    assert client.post(URL, _whole(cast)).status_code == 302
    assert not ReferralDraft.objects.using("owner").exists()
    assert Referral.objects.using("owner").count() == 1


def test_a_draft_is_thrown_away_on_a_page_of_its_own(cast, client_of):
    client = client_of(cast.intake)
    client.post(URL, TYPED)
    assert "Throw it away" in _words(client.get(URL))
    assert client.get("/referrals/log/discard/").status_code == 200
    assert client.post("/referrals/log/discard/").status_code == 302
    assert not ReferralDraft.objects.using("owner").exists()


def test_r_u3_what_may_not_be_typed_is_not_kept_in_a_draft_either(cast, client_of):
    page = client_of(cast.intake).post(
        URL, {**TYPED, "summary": "See https://example.invalid/a/b/c for it"}
    )
    assert page.status_code == 422
    assert not ReferralDraft.objects.using("owner").exists()
    with pytest.raises(DomainError):
        save_draft(actor=cast.intake, values={"summary": "a" * 4_001})


def test_r_u3_no_list_of_a_draft_takes_in_what_a_text_may_not_hold(cast):
    link = "https://example.invalid/a"
    with pytest.raises(DomainError) as refusal:
        save_draft(actor=cast.intake, values={"harm_types": ["grooming", link]})
    assert refusal.value.field == "harm_types"
    assert not ReferralDraft.objects.using("owner").exists()


def test_two_pages_that_keep_their_first_draft_at_once_keep_one_and_tell_the_other(cast):
    """The second found no draft when it looked, and the database lets only one in."""
    save_draft(actor=cast.intake, values={"source_name": "First"})
    with (
        patch.object(ReferralDraftQuerySet, "locked", lambda self: self.none()),
        pytest.raises(DomainError, match="Another page of yours"),
    ):
        save_draft(actor=cast.intake, values={"source_name": "Second"})
    with reading(cast.intake):
        (draft,) = ReferralDraft.objects.visible_to(cast.intake)
        assert draft.content == {"source_name": "First", "harm_types": []}


def test_a_referral_is_logged_and_its_draft_dropped_in_one_act_or_neither(
    cast, client_of, monkeypatch
):
    client = client_of(cast.intake)
    client.post(URL, TYPED)

    def breaks(*args, **kwargs):
        raise DomainError("The draft does not go.")

    with monkeypatch.context() as once:
        once.setattr(desk, "end_draft", breaks)
        assert client.post(URL, _whole(cast)).status_code == 422
    assert not Referral.objects.using("owner").exists()
    assert ReferralDraft.objects.using("owner").count() == 1
    client.post(URL, _whole(cast))
    logged = AuditEvent.objects.get(verb="referral.logged")
    assert AuditEvent.objects.get(verb="referral.draft_discarded").act == logged.act


def test_old_drafts_are_dropped_by_the_clock_unread(cast, client_of):
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    client_of(cast.intake).post(URL, TYPED)
    now = timezone.now()
    assert drop_old_drafts(actor=keeper, at=now + timedelta(days=13)) == 0
    assert drop_old_drafts(actor=keeper, at=now + timedelta(days=15)) == 1
    assert not ReferralDraft.objects.using("owner").exists()
