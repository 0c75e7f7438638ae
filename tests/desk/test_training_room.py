"""A training room is an installation of its own, cleared each night, and never of real people."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from cases.models import Case
from config.env import ROOT, Environment
from config.logins import ConfigurationError
from desk.management.commands.demo import Command, next_clearing, real_people_work_here
from tests.factories import open_case

MANILA = ZoneInfo("Asia/Manila")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((3, 2, 14), (3, 3, 0)),
        ((3, 23, 59), (4, 3, 0)),
        ((4, 2, 59), (4, 3, 0)),
        ((4, 3, 0), (5, 3, 0)),
    ],
)
def test_it_is_cleared_at_three_in_the_night(now, then):
    day, hour, minute = now
    cleared = next_clearing(datetime(2026, 11, day, hour, minute, tzinfo=MANILA))
    assert (cleared.day, cleared.hour, cleared.minute) == then


def test_it_keeps_everything_apart_from_the_real_installation(tmp_path):
    room = Environment({"LIWANAG_TRAINING": "1"})
    assert (room.training, room.demo) == (True, True)
    assert room.home == ROOT / ".local" / "training"
    assert Environment({}).home != room.home
    own = Environment({"LIWANAG_TRAINING": "1", "LIWANAG_HOME": str(tmp_path)})
    assert own.home == Path(tmp_path)
    assert Environment({"LIWANAG_DEMO": "1"}).training is False
    for name in ("DATABASE_URL", "REDIS_URL", "LIWANAG_KEYS"):
        with pytest.raises(ConfigurationError, match=f"take {name} away"):
            assert Environment({"LIWANAG_TRAINING": "1", name: "of-the-real-one"}).training


def test_where_real_people_work_nothing_is_ever_dropped(cast, settings):
    case = open_case(cast.caseworker)
    assert real_people_work_here()
    settings.LIWANAG_DEMO = settings.LIWANAG_TRAINING = True
    with pytest.raises(CommandError, match="Nothing is dropped"):
        call_command("demo", "--reset")
    assert Case.objects.using("owner").filter(pk=case.pk).exists()


def test_made_up_people_alone_may_be_cleared(cast):
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        cursor.execute("UPDATE accounts_user SET is_demo = true WHERE kind = 'person'")
        cursor.execute("COMMIT")
    assert not real_people_work_here()


def test_it_waits_for_the_night_and_stops_what_runs(monkeypatch):
    class Running:
        stopping = False

        def stop(self, *, failed=False):
            self.stopping = True

    from desk.management.commands import demo

    moments = iter([datetime(2026, 11, 3, hour, 0, tzinfo=MANILA) for hour in (1, 2, 2, 3)])
    monkeypatch.setattr(demo.timezone, "now", lambda: next(moments))
    monkeypatch.setattr(demo.time, "sleep", lambda seconds: None)
    command, running = Command(), Running()
    command.is_night = False
    command._wait_for_the_night(running)
    assert (command.is_night, running.stopping) == (True, True)
    assert next(moments, None) is None
