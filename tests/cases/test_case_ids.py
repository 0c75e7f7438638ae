"""The subquery of the cases somebody sees says what `Case.objects.visible_to` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from audit.reading import reading
from cases.models import Case, CaseNote
from cases.querysets import case_ids, standing_case_ids, visible_case_ids


def _both(actor):
    with reading(actor):
        cases = Case.objects
        yield cases.visible_to(actor), cases.filter(pk__in=visible_case_ids(actor))
        yield cases.standing_for(actor), cases.filter(pk__in=standing_case_ids(actor))


def test_everybody_sees_the_same_by_either(world):
    seen = 0
    for person in world.cast.everybody:
        for whole, by_id in _both(person):
            assert {case.pk for case in whole} == {case.pk for case in by_id}
            seen += len(whole)
    assert seen


def test_the_moment_is_that_of_the_question_not_of_the_writing(world, monkeypatch):
    worker = world.cast.caseworker
    visible_case_ids(worker)
    later = timezone.now() + timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: later)
    moments = {one for one in visible_case_ids(worker).params if isinstance(one, datetime)}
    assert moments == {later}


def test_it_is_written_once_for_everybody(world):
    with reading(world.cast.caseworker):
        list(CaseNote.objects.visible_to(world.cast.caseworker))
    written = case_ids._written.cache_info().misses
    with reading(world.cast.manager):
        list(CaseNote.objects.visible_to(world.cast.manager))
    with reading(world.cast.caseworker):
        list(CaseNote.objects.visible_to(world.cast.caseworker))
    assert case_ids._written.cache_info().misses <= written + 2


def test_to_depend_on_more_than_is_put_in_fails():
    somebody = case_ids._Somebody(reads_cases=True)
    with pytest.raises(case_ids.CannotWrite):
        somebody.may("cases.read_note")
    with pytest.raises(AttributeError):
        _ = somebody.clearance
    assert replace(somebody, reads_cases=False).may(case_ids.READ) is False
