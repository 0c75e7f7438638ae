"""What counts as a look: by a list, not by how a verb ends; and a look is no work on a case."""

from __future__ import annotations

import uuid

import pytest

from audit.models import AuditEvent
from audit.verbs import looks, registry
from desk.selectors.access_report import ELSEWHERE, part_of
from desk.selectors.log_search import Asked, matching, verbs_of_kind
from desk.selectors.openings import known_of, opening_verbs
from desk.selectors.watch import who_worked_on
from tests.audit.conftest import Log
from tests.factories import open_case

READS = (
    "paper.looked_at",
    "paper.copied_out",
    "consent.printed",
    "page.printed",
    "register.read",
    "access_report.made",
)
WRITES = (
    "plan.made",
    "assessment.made",
    "key.made",
    "register.opened",
    "review.opened",
    "note.written",
)


@pytest.mark.parametrize("verb", READS)
def test_reading_printing_and_taking_out_are_looks(verb):
    assert verb in verbs_of_kind("reads")
    assert verb not in verbs_of_kind("changes")


@pytest.mark.parametrize("verb", WRITES)
def test_what_is_written_is_a_change_whatever_its_name_ends_with(verb):
    assert verb in verbs_of_kind("changes")
    assert verb not in verbs_of_kind("reads")


def test_every_kind_of_entry_is_there_and_none_is_two_of_these():
    for verb in registry():
        assert verb in verbs_of_kind("")
    assert not set(verbs_of_kind("reads")) & set(verbs_of_kind("changes"))
    assert verbs_of_kind("no such kind") == verbs_of_kind("")


@pytest.mark.parametrize("verb", ["database.differs", "database.record_altered"])
def test_a_database_that_is_not_what_it_was_is_an_alarm(database, cast, verb):
    assert verb in verbs_of_kind("alarms")
    assert verb in str(matching(cast.auditor, Asked(kind="alarms")).query)


def test_the_report_of_a_survivor_has_words_for_what_is_looked_at_every_day():
    for verb in ("paper.looked_at", "consent.printed", "paper.copied_out", "page.printed"):
        assert verb in opening_verbs()
        assert part_of(verb) != str(ELSEWHERE), verb
    assert "plan.made" not in opening_verbs()
    assert not {verb for verb in opening_verbs() if verb.startswith(("log.", "review.", "access"))}


NO_WORK = (
    "paper.looked_at",
    "consent.printed",
    "page.printed",
    "note.opened",
    "text.unreadable",
    "glass.broken",
    "purpose.stated",
    "conflict.declared",
    "record.missed",
    "note.mention_answered",
)


def test_who_only_looked_or_broke_in_has_not_worked_on_a_case(database, cast):
    case = uuid.uuid4()
    for verb in NO_WORK:
        Log().say(verb=verb, actor_id=cast.intake.pk, case_id=case)
    Log().say(verb="note.written", actor_id=cast.caseworker.pk, case_id=case)
    Log().say(verb="assessment.made", actor_id=cast.clinician.pk, case_id=case)
    Log().say(verb="note.written", actor_id=cast.supervisor.pk, case_id=case, outcome="refused")
    assert who_worked_on([case]) == {(cast.caseworker.pk, case), (cast.clinician.pk, case)}


def test_the_log_of_a_case_tells_each_role_of_the_parts_it_may_read(database, cast):
    case = open_case(cast.caseworker)
    told = {
        "paper.looked_at": "cases.paper",
        "assessment.opened": "cases.assessment",
        "plan.approved": "cases.caseplan",
        "conference.held": "cases.caseconference",
        "harm.recorded": "cases.harmrecord",
        "safety_plan.written": "cases.safetyplan",
        "copy.requested": "cases.subjectcopy",
    }
    for verb, kind in told.items():
        Log().say(verb=verb, object_type=kind, case_id=case.pk, actor_id=cast.caseworker.pk)
    # A print is told of with what was printed.
    Log().say(verb="page.printed", object_type="cases.paper", case_id=case.pk)

    def known(user):
        ids = known_of(user, case).values_list("pk", flat=True)
        return set(AuditEvent.objects.filter(pk__in=ids).values_list("verb", flat=True))

    assert set(told) <= known(cast.caseworker)
    assert not {*told, "page.printed"} & known(cast.intake)
    assert {"paper.looked_at", "plan.approved"} <= known(cast.legal)
    assert "assessment.opened" not in known(cast.legal)


def test_a_look_that_is_no_verb_is_refused(monkeypatch):
    monkeypatch.setattr("audit.verbs.LOOKS", frozenset({"case.gazed_at"}))
    with pytest.raises(ValueError, match=r"case\.gazed_at"):
        looks.__wrapped__()
