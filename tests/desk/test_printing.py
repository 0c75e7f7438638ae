"""Paper leads back to the log: printing is an entry, and every sheet bears its page's reference."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from desk.audit_sentences import sentences
from desk.printing import reference_of, requests_under
from handoffs.services.handoffs import accept_handoff, decline_handoff, send_handoff
from handoffs.services.opening import open_package
from tests.factories import add_participant, compose_handoff, open_case


def marks(response):
    """(mark, reference) of a page."""
    page = response.content.decode()
    mark = html.unescape(re.search(r'data-print-mark="([^"]+)"', page)[1])
    return mark, re.search(r"P-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", page)[0]


def printed():
    return AuditEvent.objects.filter(verb="page.printed")


def test_r_p7_printing_is_written_down_and_the_sheet_bears_who_when_and_a_reference(
    cast, client_of
):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    worker = client_of(cast.caseworker)
    response = worker.get(f"/cases/{case.pk}/")
    mark, reference = marks(response)
    foot = re.search(r'<p class="print-mark">(.*?)</p>', response.content.decode(), re.DOTALL)[1]
    assert cast.caseworker.name in foot
    assert reference in foot
    assert re.search(r"\d{1,2} \w+ \d{4}, \d\d:\d\d", foot)
    assert not printed().exists()
    assert worker.post("/print/", {"mark": mark}).status_code == 204
    event = printed().get()
    assert (event.actor_id, event.object_id, event.case_id) == (
        cast.caseworker.pk,
        case.pk,
        case.pk,
    )
    assert event.facts["reference"] == reference
    with reading(cast.auditor):
        said = sentences([event], cast.auditor)[0].sentence
    assert said == f"Ana Ilustre printed a page about {case.reference}"
    # The paper made for somebody: recorded with their case.
    report = worker.get(f"/cases/people/{place.pk}/opened/")
    assert worker.post("/print/", {"mark": marks(report)[0]}).status_code == 204
    assert printed().latest("id").case_id == case.pk


def test_a_reference_on_paper_leads_the_auditor_to_who_opened_the_page(cast, client_of):
    case = open_case(cast.caseworker)
    response = client_of(cast.caseworker).get(f"/cases/{case.pk}/")
    mark, reference = marks(response)
    low, high = requests_under(reference.lower())
    opened = AuditEvent.objects.get(verb="case.opened", request_id__range=(low, high))
    assert opened.actor_id == cast.caseworker.pk
    assert reference_of(opened.request_id) == reference
    client_of(cast.caseworker).post("/print/", {"mark": mark})
    page = client_of(cast.auditor).post("/audit/", {"code": reference}).content.decode()
    found = html.unescape(page)
    assert f"Ana Ilustre opened the case {case.reference}" in found
    assert f"Ana Ilustre printed a page about {case.reference}" in found
    assert requests_under("C-7QK4-29") is None


def test_what_is_printed_is_what_the_page_opened_whatever_kind_of_page(cast, client_of):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    worker = client_of(cast.caseworker)
    for address, kind, record in (
        (f"/cases/{case.pk}/notes/write/", "cases.case", case.pk),
        (f"/cases/people/{place.pk}/legal-status/", "cases.caseparticipant", place.pk),
        (f"/cases/people/{place.pk}/opened/", "cases.person", place.person_id),
    ):
        page = worker.get(address)
        assert page.status_code == 200, address
        assert worker.post("/print/", {"mark": marks(page)[0]}).status_code == 204
        event = printed().latest("id")
        assert (event.object_type, event.object_id, event.case_id) == (kind, record, case.pk)
    # One that shows no single record is written down too.
    auditor = client_of(cast.auditor)
    assert auditor.post("/print/", {"mark": marks(auditor.get("/audit/"))[0]}).status_code == 204
    event = printed().latest("id")
    assert (event.object_type, event.object_id, event.facts["page"]) == ("", None, "events")


def test_without_a_script_a_page_is_printed_once_it_was_written_down(cast, client_of):
    case = open_case(cast.caseworker)
    worker, address = client_of(cast.caseworker), f"/cases/{case.pk}/"
    page = worker.get(address)
    assert "data-print-ready" not in page.content.decode()
    form = re.search(r"<noscript><form.*?</form></noscript>", page.content.decode(), re.S)[0]
    assert f'name="back" value="{address}"' in form
    mark, reference = marks(page)
    answer = worker.post("/print/", {"mark": mark, "back": address})
    assert answer["Location"] == address
    event = printed().get()
    assert (event.case_id, event.facts["reference"]) == (case.pk, reference)
    # Another page in between is not the one; this one once, under the reference that was recorded.
    other = worker.get("/cases/").content.decode()
    assert "It is written down" in other
    assert "data-print-ready" not in other
    ready = worker.get(address)
    assert "data-print-ready" in ready.content.decode()
    assert marks(ready)[1] == reference
    assert "data-print-ready" not in worker.get(address).content.decode()
    assert printed().count() == 1


def test_what_was_not_written_down_is_not_let_out(cast, client_of):
    case = open_case(cast.caseworker)
    worker, address = client_of(cast.caseworker), f"/cases/{case.pk}/"
    stale = worker.post("/print/", {"mark": "x", "back": address})
    assert stale["Location"] == address
    assert "data-print-ready" not in worker.get(address).content.decode()
    mark, _reference = marks(worker.get(address))
    away = worker.post("/print/", {"mark": mark, "back": "https://elsewhere.example/"})
    assert away.status_code == 422
    assert not printed().exists()


def test_nobody_records_a_page_they_were_not_given(cast, client_of):
    case = open_case(cast.caseworker)
    mark, _reference = marks(client_of(cast.caseworker).get(f"/cases/{case.pk}/"))
    stranger = client_of(cast.south_caseworker)
    for made_up in (mark, mark[:-2], "", "x"):
        assert stranger.post("/print/", {"mark": made_up}).status_code == 422
    assert stranger.get("/print/").status_code == 405
    assert not printed().exists()


def test_every_entry_about_a_handoff_says_on_which_basis(cast, client_of):
    case = open_case(cast.caseworker)
    add_participant(cast.caseworker, case)
    handoff = compose_handoff(
        cast.caseworker,
        case,
        cast.cyber_unit,
        answer_by=timezone.localdate() + timedelta(days=3),
    )
    client_of(cast.caseworker).get(f"/handoffs/{handoff.pk}/")
    send_handoff(actor=cast.caseworker, handoff_id=handoff.pk)
    accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    open_package(actor=cast.partner, handoff_id=handoff.pk)
    other = compose_handoff(cast.caseworker, case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=other.pk)
    decline_handoff(actor=cast.partner, handoff_id=other.pk, reason="not_our_mandate")
    told = AuditEvent.objects.filter(object_type="handoffs.handoff")
    verbs = {
        "handoff.composed",
        "handoff.sent",
        "handoff.accepted",
        "handoff.declined",
        "package.opened",
    }
    assert verbs <= set(told.values_list("verb", flat=True))
    assert set(told.values_list("purpose", flat=True)) == {handoff.legal_basis}
    sent = told.get(verb="handoff.sent", object_id=handoff.pk)
    assert sent.facts["purposes"] == ["share_with_law_enforcement"]
    said = sentences([sent], cast.auditor)[0].sentence
    basis = handoff.get_legal_basis_display()
    assert said.endswith(f", because: {basis[:1].lower()}{basis[1:]}")
