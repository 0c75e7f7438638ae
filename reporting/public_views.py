"""Pages for everybody: published public reports, cacheable, without a session or a cookie.

They read `PublicReport` and nothing else (`reporting.walls`), and answer ahead of the session
(`audit.middleware.OpenPagesMiddleware`), so what is cached cannot depend on who asked first.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from reporting import public
from reporting.models import PublicReport
from reporting.packaging import Release, TamperedRelease, UnknownRelease, thaw
from reporting.selectors import contents_of

FOR_MINUTES = "public, max-age=300"


@login_not_required
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Every report ever published for the public, newest first; withdrawn ones say so.

    One that was altered is not there, like its own page; the others stay readable.
    """
    rows = []
    for kept in PublicReport.objects.visible_to(None):
        try:
            payload = _intact(kept).payload
        except Http404:
            continue
        rows.append(
            {
                "reference": kept.reference,
                "title": payload["title"],
                "agency": payload["agency"],
                "period": payload["period"]["label"],
                "published_at": kept.published_at,
                "is_withdrawn": kept.withdrawn_at is not None,
            }
        )
    return _page("public_reports/list.html", {"rows": rows})


@login_not_required
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """One report: charts, tables, method, definitions; or why it was withdrawn."""
    kept = _find(reference)
    release = _intact(kept)
    payload = release.payload
    return _page(
        "public_reports/report.html",
        {
            "kept": kept,
            "title": payload["title"],
            "agency": payload["agency"],
            "period": payload["period"]["label"],
            "shown": contents_of(release),
        },
    )


@login_not_required
@require_safe
def csv_file(request: HttpRequest, reference: str) -> HttpResponse:
    """One line for each count."""
    return _file(reference, public.to_csv(_current(reference)), "csv", "text/csv; charset=utf-8")


@login_not_required
@require_safe
def json_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The document of record, byte for byte."""
    return _file(reference, _current(reference).document, "json", "application/json")


def _find(reference: str) -> PublicReport:
    kept: PublicReport | None = (
        PublicReport.objects.visible_to(None).filter(reference=reference).first()
    )
    if kept is None:
        raise Http404
    return kept


def _current(reference: str) -> Release:
    """The document of a report that was not withdrawn: withdrawn figures are not handed out."""
    kept = _find(reference)
    if kept.withdrawn_at is not None:
        raise Http404
    return _intact(kept)


def _intact(kept: PublicReport) -> Release:
    try:
        return thaw(bytes(kept.document), bytes(kept.digest).hex(), public.SCHEMA)
    except (TamperedRelease, UnknownRelease):
        # Nothing of it is shown to the public; the page inside says what is wrong.
        raise Http404 from None


def _page(template: str, context: dict[str, object]) -> HttpResponse:
    return HttpResponse(render_to_string(template, context), headers={"Cache-Control": FOR_MINUTES})


def _file(reference: str, content: bytes, suffix: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Cache-Control": FOR_MINUTES,
            "Content-Disposition": f'attachment; filename="report-{reference}.{suffix}"',
        },
    )
