"""Assessments: generic instruments by version, answers sealed, change drawn and in a table."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.reading import reading
from cases.assessment_chart import Answers, draw
from cases.instruments import EVER, INSTRUMENTS, OUTCOME, RISK
from cases.models import Assessment
from cases.selectors import assessments_of
from cases.services.assessments import assess_survivor
from core.errors import Denied, DomainError
from core.ui.dates import spell
from tests.factories import add_participant, open_case

CONCLUSION = "She sleeps through the night and asks for her brother."


def day(days):
    return timezone.localdate() + timedelta(days=days)


def scores(answer, instrument=OUTCOME, **over):
    return dict.fromkeys(instrument.domains, answer) | over


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def assessed(cast, place, **over):
    values = {"participant_id": place.pk, "instrument": "outcome", "scores": scores(2)}
    return assess_survivor(actor=cast.caseworker, **{**values, **over})


def test_instruments_are_data_with_a_version_and_not_known_everywhere():
    for code, instrument in INSTRUMENTS.items():
        assert EVER[(code, instrument.version)] is instrument
        assert instrument.scale[0]
        assert len(instrument.scale) > 2
        assert instrument.source
        assert instrument.wellbeing(0) is None
    assert (OUTCOME.wellbeing(1), OUTCOME.wellbeing(5)) == (0.0, 1.0)
    assert (RISK.wellbeing(1), RISK.wellbeing(3)) == (1.0, 0.0)


def test_the_drawing_says_what_changed_and_leaves_gaps_where_nothing_was_known():
    given = [
        Answers(date(2026, 3, 1), scores(4, safety=0, education=2, economic=1)),
        Answers(date(2026, 1, 1), scores(2, safety=3, education=3, economic=0)),
        Answers(date(2026, 2, 1), scores(3, safety=3, education=3, economic=0)),
    ]
    drawing = draw(OUTCOME, given)
    assert (drawing.first, drawing.last) == (date(2026, 1, 1), date(2026, 3, 1))
    assert drawing.finding == (
        "Of 5 answers known both times: 4 better than at first, 1 worse, 0 the same."
    )
    rows = {row.label: row for row in drawing.rows}
    safety, money = rows["Safety"], rows["Money and work"]
    assert (len(safety.points), len(safety.lines)) == (2, 1)
    assert safety.now == "Not known"
    assert (len(money.points), money.lines) == (1, [])
    mental = rows["Mental wellbeing"]
    heights = [float(point.y) for point in mental.points]
    assert heights == sorted(heights, reverse=True), "better is up"
    assert [point.newest for point in mental.points] == [False, False, True]
    # Where more is worse, better is up all the same.
    risk = draw(
        RISK,
        [Answers(date(2026, 1, 1), scores(3, RISK)), Answers(date(2026, 2, 1), scores(1, RISK))],
    )
    one = risk.rows[0].points
    assert float(one[1].y) < float(one[0].y)
    assert draw(OUTCOME, []) is None
    assert draw(OUTCOME, given[:1]).rows[0].points == []


def test_a_survivor_is_assessed_again_and_again_and_nothing_is_changed(
    cast, place, client_of, superuser
):
    client = client_of(cast.caseworker)
    page, form = (
        reverse("cases:assessments", args=[place.pk]),
        reverse("cases:assess", args=[place.pk, "outcome"]),
    )
    assert "Nothing was assessed yet" in client.get(page).content.decode()
    assert client.get(reverse("cases:assess", args=[place.pk, "magic"])).status_code == 404
    blank = client.post(form, {"safety": "3", "assessed_on": day(0).isoformat()})
    assert blank.status_code == 422
    assert "Choose an answer: Mental wellbeing" in blank.content.decode()
    assessed(cast, place, assessed_on=day(-120), scores=scores(2, economic=0))
    answers = {code: str(answer) for code, answer in scores(4, economic=0).items()}
    saved = client.post(
        form, {**answers, "conclusion": CONCLUSION, "assessed_on": day(0).isoformat()}
    )
    assert (saved.status_code, saved.headers["Location"]) == (302, page)
    shown = client.get(page).content.decode()
    for words in (
        "Of 6 answers known both times: 6 better than at first",
        "Stable",
        "Vulnerable",
        "Not known",
        CONCLUSION,
        "<table",
        'role="img"',
    ):
        assert words in shown
    with reading(cast.caseworker):
        newest = Assessment.objects.visible_to(cast.caseworker).first()
        assert newest.next_due == day(90)
        assert newest.answers["scores"]["safety"] == 4
    rows = superuser.execute("SELECT answers FROM cases_assessment").fetchall()
    assert all(b"safety" not in bytes(row[0]) for row in rows)
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("cases.assess_survivor", newest)
        newest.next_due = day(400)
        newest.save(update_fields=["next_due"])


def test_what_is_wrong_is_refused_and_nothing_is_kept(cast, place, client_of):
    for wrong, field in (
        ({"instrument": "magic"}, "instrument"),
        ({"scores": scores(9)}, "safety"),
        ({"scores": {"safety": 3}}, "mental_wellbeing"),
        ({"scores": scores(3) | {"shoe_size": 3}}, "scores"),
        ({"scores": scores(0)}, None),
        # Two days: midnight may pass while this runs.
        ({"assessed_on": day(2)}, "assessed_on"),
        ({"conclusion": "d" * 32}, "conclusion"),
    ):
        with pytest.raises(DomainError) as broken:
            assessed(cast, place, **wrong)
        assert broken.value.field == field
    accused = add_participant(
        cast.caseworker, place.case, role="alleged_offender_source", legal_status="suspect"
    )
    with pytest.raises(DomainError):
        assessed(cast, accused)
    with pytest.raises(Denied):
        assess_survivor(
            actor=cast.legal, participant_id=place.pk, instrument="outcome", scores=scores(2)
        )
    with reading(cast.caseworker):
        assert not Assessment.objects.visible_to(cast.caseworker).exists()
    page = reverse("cases:assessments", args=[place.pk])
    assert client_of(cast.clinician).get(page).status_code == 200
    assert client_of(cast.legal).get(page).status_code == 403
    assert client_of(cast.south_caseworker).get(page).status_code == 404


def test_what_is_due_again_stands_on_my_work_and_by_api_answers_are_read_one_at_a_time(
    cast, place, client_of
):
    client = client_of(cast.caseworker)
    made = client.post(
        "/api/v1/assessments/",
        {
            "participant": str(place.pk),
            "instrument": "risk",
            "scores": scores(2, RISK),
            "assessed_on": day(-40).isoformat(),
        },
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    assert made.json()["answers"]["scores"]["self_harm"] == 2
    assert "self_harm" not in client.get("/api/v1/assessments/").content.decode()
    work = client.get("/").content.decode()
    assert "Assess again: Risk to the survivor" in work
    assert "overdue" in work
    assessed(cast, place, instrument="risk", scores=scores(1, RISK))
    assert "Assess again" not in client.get("/").content.decode()


def test_many_assessments_are_all_shown_and_none_is_cut_off(cast, place, client_of):
    for number in range(26):
        assessed(
            cast,
            place,
            assessed_on=day(-number),
            conclusion=f"Week {number}.",
            scores=scores(2 if number else 4),
        )
    page = client_of(cast.caseworker).get(reverse("cases:assessments", args=[place.pk]))
    shown = page.content.decode()
    assert all(f"Week {number}." in shown for number in range(26))
    assert spell(day(-25)) in shown
    with reading(cast.caseworker):
        outcome = next(
            one
            for one in assessments_of(cast.caseworker, place, day(0))
            if one.instrument.code == "outcome"
        )
    assert len(outcome.columns) == 27
    assert outcome.drawing.first == day(-25)


def test_what_an_older_version_asked_stays_readable_with_its_own_words(
    cast, place, client_of, monkeypatch
):
    assessed(cast, place, scores=scores(2, safety=5), conclusion=CONCLUSION)
    assess_survivor(
        actor=cast.caseworker, participant_id=place.pk, instrument="risk", scores=scores(3, RISK)
    )
    newer = dataclasses.replace(
        OUTCOME, version="2", domains={"safety": "Is it safe at night?"}, scale={0: "?", 1: "!"}
    )
    monkeypatch.setitem(INSTRUMENTS, "outcome", newer)
    monkeypatch.setitem(EVER, ("outcome", "2"), newer)
    # Another is asked no more at all, and even its words are gone.
    monkeypatch.delitem(INSTRUMENTS, "risk")
    monkeypatch.delitem(EVER, ("risk", "1"))
    shown = client_of(cast.caseworker).get(reverse("cases:assessments", args=[place.pk]))
    page = shown.content.decode()
    for words in ("Asked otherwise", "School or training", "Doing well", CONCLUSION):
        assert words in page
    assert "violence_at_home" in page
    assert reverse("cases:assess", args=[place.pk, "risk"]) not in page
