"""Lists of the queue that somebody keeps: theirs alone, told of without a word of what is there."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.reading import reading
from core.errors import Denied, DomainError
from referrals.models import KeptList
from referrals.services.kept_lists import MOST, forget_list, keep_list, tell_of_kept_lists
from tests.factories import log_referral
from tests.jobs import Jobs

MANILA = ZoneInfo("Asia/Manila")
# A Wednesday, the next day, and the Monday after.
WEDNESDAY = datetime(2026, 12, 2, 8, tzinfo=MANILA)
THURSDAY = WEDNESDAY.replace(day=3)
MONDAY = WEDNESDAY.replace(day=7)


def _tell(at: datetime) -> int:
    return tell_of_kept_lists(actor=User.objects.get(pk=HOUSEKEEPER_ID), at=at)


def _keep(person: Any, **over: Any) -> KeptList:
    return keep_list(actor=person, **{"show": "waiting", "digest": "daily", **over})


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_a_list_is_kept_once_and_is_theirs_alone(cast):
    kept = _keep(cast.intake, source_category="school", country="PH")
    again = _keep(cast.intake, source_category="school", country="PH", digest="weekly")
    assert again.pk == kept.pk
    assert KeptList.objects.using("owner").get().digest == "weekly"
    with reading(cast.caseworker):
        assert not KeptList.objects.all().exists()
    with pytest.raises(KeptList.DoesNotExist):
        forget_list(actor=cast.caseworker, list_id=kept.pk)
    forget_list(actor=cast.intake, list_id=kept.pk)
    assert not KeptList.objects.using("owner").exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"show": "secret"}, "show"),
        ({"digest": "hourly"}, "digest"),
        ({"source_category": "gossip"}, "source_category"),
        ({"country": "XX"}, "country"),
    ],
)
def test_a_list_of_nothing_known_is_refused(cast, over, field):
    with pytest.raises(DomainError) as refused:
        _keep(cast.intake, **over)
    assert refused.value.field == field
    with pytest.raises(Denied):
        _keep(cast.partner)


def test_not_more_lists_are_kept_than_anybody_reads(cast):
    countries = sorted({"PH", "AU", "GB", "NL", "US", "CA", "DE", "FR", "NO", "SE", "DK"})
    wanted = [(show, country) for show in ("waiting", "all") for country in countries]
    for show, country in wanted[:MOST]:
        _keep(cast.intake, show=show, country=country)
    with pytest.raises(DomainError):
        _keep(cast.intake, show="closed")


def test_who_keeps_a_list_hears_of_it_once_a_day_and_of_an_empty_one_never(cast):
    run_jobs = Jobs()
    _keep(cast.intake)
    _keep(cast.caseworker, source_category="court")
    referral = log_referral(cast.intake)
    run_jobs()
    mail.outbox.clear()
    assert _tell(WEDNESDAY.replace(hour=6)) == 0
    assert _tell(WEDNESDAY) == 1
    assert _tell(WEDNESDAY.replace(hour=20)) == 0
    assert _tell(THURSDAY) == 1
    assert "cases.tell" in run_jobs()
    assert {one.to[0] for one in mail.outbox} == {cast.intake.email}
    sent = "".join(f"{one.subject} {one.body}" for one in mail.outbox)
    for told in (referral.reference, "Waiting", "waiting", "School"):
        assert told not in sent


def test_a_weekly_list_is_told_of_once_a_week(cast):
    _keep(cast.intake, digest="weekly")
    log_referral(cast.intake)
    assert [_tell(at) for at in (WEDNESDAY, THURSDAY, MONDAY)] == [1, 0, 1]


def test_what_is_counted_is_what_its_owner_sees(cast):
    _keep(cast.intake)
    log_referral(cast.south_caseworker)
    assert _tell(WEDNESDAY) == 0


def test_the_pages_narrow_keep_and_remove(cast, client_of):
    school = log_referral(cast.intake, source_category="school", country="PH")
    court = log_referral(cast.intake, source_category="court")
    client = client_of(cast.intake)
    narrowed = {"show": "waiting", "source": "school", "country": "PH"}
    page = _words(client.get("/referrals/", narrowed))
    assert school.reference in page
    assert court.reference not in page
    asked = "show=waiting&source=school&country=PH"
    assert asked in html.unescape(client.get("/referrals/", narrowed).content.decode())
    assert "Waiting · School · Philippines" in _words(client.get(f"/referrals/lists/keep/?{asked}"))
    kept = client.post(f"/referrals/lists/keep/?{asked}", {"digest": "weekly"}, follow=True)
    assert "The list is kept" in _words(kept)
    assert "Your lists: Waiting · School · Philippines" in _words(kept)
    one = KeptList.objects.using("owner").get()
    assert client_of(cast.caseworker).get(f"/referrals/lists/{one.pk}/forget/").status_code == 404
    gone = client.post(f"/referrals/lists/{one.pk}/forget/", follow=True)
    assert "Your lists" not in _words(gone)
    unknown = client.get("/referrals/", {"show": "x", "source": "gossip", "country": "../.."})
    assert court.reference in _words(unknown)
