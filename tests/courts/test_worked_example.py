"""From the operation to a reversed appeal, entered through the pages, with counts computed by hand.

What happens, and what each figure must be:

    4 Mar 2024   a rescue: Ama is a victim, Bea and Cai are children at risk; Sol is arrested,
                 Tito surrenders, Udo is at large
    20 Mar 2024  Sol and Tito are charged (PH); 1 Jun 2024 Dirk is charged (GB)
    15 Nov 2024  Dirk is convicted, 60 months, 28 of them served before release
    1 Feb 2025   Sol is convicted, 240 months, 160 expected; Tito is convicted, for life
    1 May 2025   an assessment finds that Bea is a victim
    15 Sep 2025  a higher court acquits Sol
    1 Oct 2025   Udo is arrested
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from audit.reading import reading
from courts.models import Appeal, Charge, OperationOutcome, Proceeding, Sentence
from reporting.court_counts import count_courts
from tests.factories import add_participant, give_consent, open_case

BEGIN, END = date(2024, 1, 1), date(2025, 12, 31)


class Clerk:
    """The legal officer at the pages."""

    def __init__(self, cast, client):
        self.cast, self.client = cast, client

    def send(self, url, **data):
        """Open the form, fill it in, send it; the address one is sent on to."""
        page = self.client.get(url)
        assert page.status_code == 200, url
        for name in ("version", "seen"):
            hidden = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
            if hidden:
                data.setdefault(name, hidden[1])
        answer = self.client.post(url, data)
        assert answer.status_code == 302, re.sub(
            r"<[^>]+>", " ", answer.content.decode().split("<main", 1)[-1]
        )[:800]
        return answer["Location"]

    def proceed(self, case, accused, **over):
        values = {
            "accused": accused.pk,
            "jurisdiction": "PH",
            "side": "source",
            "opened_on": "2024-03-05",
        }
        return self.send(f"/court/case/{case.pk}/open/", **{**values, **over})

    def step(self, page, to, day):
        self.send(f"{page}advance/", to=to, happened_on=day, document=f"Order of {day}")

    def charge_of(self, page):
        with reading(self.cast.legal):
            charges = Charge.objects.visible_to(self.cast.legal)
            return charges.get(proceeding_id=page.strip("/").split("/")[-1]).pk

    def part_of(self, page, model):
        with reading(self.cast.legal):
            rows = model.objects.visible_to(self.cast.legal)
            return rows.get(proceeding_id=page.strip("/").split("/")[-1]).pk

    def judge_in_manila(self, case, accused):
        """From the complaint to a conviction of 1 February 2025."""
        page = self.proceed(case, accused)
        self.step(page, "inquest", "2024-03-06")
        self.step(page, "resolved_to_file", "2024-03-18")
        self.send(
            f"{page}charge/",
            statute="PH-RA11862-6",
            counts=3,
            filed_on="2024-03-20",
            act_from="2023-01-10",
            act_to="2024-03-03",
            qualified="on",
        )
        for to in ("arraigned", "pre_trial", "trial", "submitted_for_decision"):
            self.step(page, to, "2024-09-02")
        self.send(
            f"{page}charge/{self.charge_of(page)}/verdict/",
            result="convicted",
            decided_on="2025-02-01",
        )
        return page


@pytest.fixture
def told(cast, client_of):
    """The whole story, entered through the pages."""
    clerk = Clerk(cast, client_of(cast.legal))
    case = open_case(cast.caseworker)
    people = {
        name: add_participant(cast.caseworker, case, role=role)
        for name, role in (
            ("ama", "survivor"),
            ("bea", "at_risk_child"),
            ("cai", "at_risk_child"),
        )
    }
    for place in people.values():
        give_consent(cast.caseworker, place, scopes=["case_management", "aggregate_statistics"])
    for name, side in (
        ("sol", "source"),
        ("tito", "source"),
        ("udo", "source"),
        ("dirk", "demand"),
    ):
        people[name] = add_participant(
            cast.caseworker, case, role=f"alleged_offender_{side}", legal_status="suspect"
        )
    operation = clerk.send(
        f"/court/case/{case.pk}/operation/",
        type="entrapment_and_rescue",
        happened_on="2024-03-04",
        country="PH",
        lead_agency=cast.cyber_unit.pk,
        social_worker_present="yes",
        devices_seized=4,
    )
    for name, outcome in (
        ("ama", "victim_rescued"),
        ("bea", "at_risk_child_removed"),
        ("cai", "at_risk_child_removed"),
        ("sol", "suspect_arrested"),
        ("tito", "suspect_surrendered"),
        ("udo", "suspect_at_large"),
    ):
        clerk.send(f"{operation}outcome/", participant=people[name].pk, outcome=outcome)
    _abroad(clerk, case, people["dirk"])
    sol = clerk.judge_in_manila(case, people["sol"])
    tito = clerk.judge_in_manila(case, people["tito"])
    clerk.send(
        f"{sol}sentence/",
        charge=clerk.charge_of(sol),
        kind="indeterminate",
        imposed_on="2025-02-01",
        min_months=180,
        max_months=240,
        custodial_months_expected=160,
    )
    clerk.send(
        f"{tito}sentence/",
        charge=clerk.charge_of(tito),
        kind="life",
        imposed_on="2025-02-01",
        fine_amount="2000000",
        fine_currency="PHP",
    )
    _reclassify(clerk, operation, people["bea"], "victim_rescued", "2025-05-01", "assessment")
    _reverse(clerk, sol)
    _reclassify(clerk, operation, people["udo"], "suspect_arrested", "2025-10-01", "event")
    return clerk


def _abroad(clerk, case, accused):
    """A case that came to us late, from the country where the money came from."""
    page = clerk.proceed(
        case,
        accused,
        jurisdiction="GB",
        side="demand",
        opened_on="2024-06-01",
        step="trial",
        earlier_unknown="on",
    )
    clerk.send(
        f"{page}charge/",
        statute="GB-SOA2003-14",
        counts=1,
        filed_on="2024-06-01",
        act_from="2022-01-01",
    )
    clerk.send(
        f"{page}charge/{clerk.charge_of(page)}/verdict/",
        result="convicted",
        decided_on="2024-11-15",
    )
    clerk.send(
        f"{page}sentence/",
        charge=clerk.charge_of(page),
        kind="determinate",
        imposed_on="2024-11-15",
        max_months=60,
        custodial_months_expected=30,
    )
    clerk.send(
        f"{page}sentence/{clerk.part_of(page, Sentence)}/release/",
        custodial_months_expected=30,
        custodial_months_actual=28,
    )


def _reclassify(clerk, operation, place, outcome, day, reason):
    with reading(clerk.cast.legal):
        row = OperationOutcome.objects.visible_to(clerk.cast.legal).get(participant=place)
    clerk.send(f"{operation}outcome/{row.pk}/", outcome=outcome, decided_on=day, reason=reason)


def _reverse(clerk, page):
    clerk.send(f"{page}appeal/", by="defence", filed_on="2025-02-14", court="Court of Appeals")
    charge = clerk.charge_of(page)
    clerk.send(
        f"{page}appeal/{clerk.part_of(page, Appeal)}/decide/",
        outcome="reversed",
        decided_on="2025-09-15",
        document="Decision, page 31",
        **{f"charge_{charge}": "acquitted"},
    )


def counted(told, as_of, **over):
    return count_courts(agency_id=told.cast.agency.pk, start=BEGIN, end=END, as_of=as_of, **over)


def test_before_the_assessment_and_the_appeal(told):
    counts = counted(told, date(2025, 4, 30))
    assert (counts.rescued, counts.at_risk) == (1, 2)
    assert (counts.arrested, counts.charged, counts.convicted) == (2, 3, 3)
    assert counts.life == 1
    assert (counts.sentenced.months, counts.sentenced.median) == ((60, 240), 150)
    assert (counts.custody_actual.months, counts.custody_expected.months) == ((28,), (160,))


def test_the_day_before_the_reversal_nothing_has_changed(told):
    counts = counted(told, date(2025, 9, 14))
    assert (counts.rescued, counts.at_risk) == (2, 1)
    assert (counts.arrested, counts.charged, counts.convicted) == (2, 3, 3)
    assert counts.sentenced.months == (60, 240)


def test_after_the_reversal_and_the_last_arrest(told):
    counts = counted(told, date(2025, 12, 31))
    assert (counts.rescued, counts.at_risk) == (2, 1)
    assert (counts.arrested, counts.charged, counts.convicted) == (3, 3, 2)
    assert counts.life == 1
    assert counts.sentenced.months == (60,)
    assert (counts.custody_actual.months, counts.custody_expected.months) == ((28,), ())


def test_each_side_by_itself_and_another_agency_nothing(told, client_of):
    late = date(2025, 12, 31)
    source, demand = counted(told, late, side="source"), counted(told, late, side="demand")
    assert (source.charged, source.convicted, source.life) == (2, 1, 1)
    assert (source.sentenced.months, source.custody_actual.months) == ((), ())
    assert (demand.charged, demand.convicted, demand.life) == (1, 1, 0)
    assert (demand.sentenced.months, demand.custody_actual.months) == ((60,), (28,))
    other = count_courts(agency_id=told.cast.shelter.pk, start=BEGIN, end=END, as_of=late)
    assert (other.rescued, other.charged, other.convicted) == (0, 0, 0)
    asked = "?start=2024-01-01&end=2025-12-31&as_of=2025-09-14"
    page = client_of(told.cast.manager).get(f"/reporting/outcomes/{asked}")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    assert "2 were arrested, 3 charged and 3 convicted" in words
    assert "median 150, mean 150.0, 2 persons" in words
    assert client_of(told.cast.caseworker).get("/reporting/outcomes/").status_code == 403
    wrong = client_of(told.cast.manager).get("/reporting/outcomes/?start=2025-02-01&end=2025-01-01")
    assert wrong.status_code == 422


def test_the_pages_show_who_is_acquitted_once_it_is_final_and_that_the_sentence_fell(told):
    with reading(told.cast.legal):
        fell = Proceeding.objects.visible_to(told.cast.legal).get(step__code="appeal_decided")
    page = told.client.get(f"/court/{fell.pk}/").content.decode()
    assert "Accused" in page
    assert "Acquitted person" not in page
    assert "No longer in force" in page
    assert "Decision, page 31" in page
    told.step(f"/court/{fell.pk}/", "final", "2025-11-03")
    assert "Acquitted person" in told.client.get(f"/court/{fell.pk}/").content.decode()
