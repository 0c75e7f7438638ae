"""Statistics releases: asked for, computed by the service account, approved, withdrawn.

No exact count is ever in a message, a log line, a task argument or an audit fact: what a reader
may not see, a log may not hold.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import acting
from audit.reading import reading
from core.errors import DomainError, InvalidTransition
from reporting.choices import FailureReason
from reporting.disclosure import (
    DisclosureRisk,
    InconsistentTable,
    OverlappingRelease,
    Policy,
    protect,
    refuse_overlap,
    require_safe,
)
from reporting.facts import count
from reporting.measures import MEASURES, TIME_ZONE, CountingError, Period
from reporting.models import StatisticsRelease
from reporting.packaging import (
    Release,
    TamperedRelease,
    UnknownRelease,
    freeze,
    tables_of,
    thaw,
)
from reporting.policies import can_publish

TITLE_LENGTHS = (3, 160)
REASON_LENGTHS = (3, 200)
MOST_YEARS = 5
# Computed for named partners: threshold and complementary suppression, no noise.
TIER = "partner"

log = logging.getLogger("liwanag.reporting")


def request_release(
    *,
    actor: User,
    title: str,
    measures: Sequence[str],
    period_start: date,
    period_end: date,
    at: datetime | None = None,
) -> StatisticsRelease:
    """Ask for a release of one's own agency's figures; a background job computes it.

    Args:
        title: 3 to 160 characters that readers will see.
        measures: ids of `reporting.measures.MEASURES`.
        period_start, period_end: whole quarters, both days counted, begun by today. A period that
            is not over is released as known so far; it counts its days like any other.

    Raises:
        DomainError: a value breaks a rule, or a live release counts some of these days already.
    """
    with acting(actor) as act:
        act.authorise("reporting.request_release")
        title = _title(title)
        chosen = _measures(measures)
        period = _period(period_start, period_end, _day(at))
        # Two people asking at once wait for each other here, so that each sees the other's.
        agency = (
            Agency.objects.visible_to(actor)
            .select_for_update(of=("self",), no_key=True)
            .get(pk=actor.agency_id)
        )
        _refuse_days_counted_before(actor, chosen, period)
        release: StatisticsRelease = StatisticsRelease.objects.create(
            title=title,
            agency=agency,
            measures=chosen,
            period_start=period.start,
            period_end=period.end,
            requested_by=actor,
        )
        act.record("release.requested", release, facts={"measures": chosen})
        act.after_commit("reporting.compute_release", str(release.pk))
    return release


def compute_release(
    *, actor: User, release_id: uuid.UUID, at: datetime | None = None
) -> StatisticsRelease:
    """Count, protect and freeze a release. May run twice and may be killed at any point.

    That it is being computed is committed first; the figures come with a second act. A worker that
    dies in between leaves it computing, and the next run starts over. Once it is settled (in
    review, published, withdrawn, failed) nothing more happens. A release that cannot be computed
    safely is failed, with a code for the reason and nothing of its figures.

    Raises:
        DoesNotExist: there is no such release.
        DatabaseError: the facts could not be read; try again.
    """
    try:
        release = _start(actor, release_id)
    except InvalidTransition:
        return _as_it_stands(actor, release_id)
    at = at or timezone.now()
    try:
        frozen = _frozen(release, _day(at))
    except DisclosureRisk:
        return _fail(actor, release_id, FailureReason.SMALL_COUNTS)
    except (CountingError, InconsistentTable, KeyError, ValueError):
        return _fail(actor, release_id, FailureReason.UNCOUNTABLE)
    return _finish(actor, release_id, frozen, at)


def publish_release(
    *, actor: User, release_id: uuid.UUID, at: datetime | None = None
) -> StatisticsRelease:
    """Approve a release: the agency's readers see it and may take it out.

    Raises:
        Denied: the role does not allow it, or the actor asked for this release.
        InvalidTransition: it is not waiting for approval.
        DomainError: its figures are not what was computed, or no longer pass the audit.
    """
    with acting(actor) as act:
        release = _locked(actor, release_id)
        act.authorise("reporting.publish_release", release, verdict=can_publish(actor, release))
        release.publish(by=actor, at=at or timezone.now())
        _require_intact(release)
        release.save(update_fields=["status", "version", "approved_by", "published_at"])
        act.record("release.published", release, facts={"cells_hidden": release.cells_hidden})
    return release


def withdraw_release(
    *, actor: User, release_id: uuid.UUID, reason: str, at: datetime | None = None
) -> StatisticsRelease:
    """Take a release back, or call off one that is on its way. Its days may be counted anew.

    Args:
        reason: 3 to 200 characters; readers see it.

    Raises:
        DomainError: there is no reason.
        InvalidTransition: it is withdrawn or failed already.
    """
    with acting(actor) as act:
        release = _locked(actor, release_id)
        act.authorise("reporting.withdraw_release", release)
        reason = _line(
            reason,
            REASON_LENGTHS,
            field="reason",
            message=_("Say why in 3 to 200 characters. Readers see it."),
        )
        was_published = release.published_at is not None
        release.withdraw(reason=reason, at=at or timezone.now())
        release.save(update_fields=["status", "version", "withdrawn_reason", "withdrawn_at"])
        act.record(
            "release.withdrawn",
            release,
            fields=["withdrawn_reason"],
            facts={"was_published": was_published},
        )
    return release


def _start(actor: User, release_id: uuid.UUID) -> StatisticsRelease:
    with acting(actor) as act:
        release = _locked(actor, release_id)
        act.authorise("reporting.compute_release", release)
        again = release.is_under_way and release.status != "requested"
        release.start()
        release.save(update_fields=["status", "version"])
        act.record("release.computing", release, facts={"again": again})
    return release


def _frozen(release: StatisticsRelease, as_of: date) -> Release:
    """The release document, made outside any act: counting may take long and locks nothing."""
    period, policy = release.period, Policy(threshold=release.threshold)
    measures = [MEASURES[name] for name in release.measures]
    counted = count(measures, period=period, as_of=as_of, agency_id=release.agency_id)
    return freeze(
        title=release.title,
        agency=release.agency.name,
        tier=TIER,
        period=period,
        as_of=as_of,
        tables=[(measure, protect(table, policy)) for measure, table in counted],
        policy=policy,
    )


def _finish(actor: User, release_id: uuid.UUID, frozen: Release, at: datetime) -> StatisticsRelease:
    try:
        with acting(actor) as act:
            release = _locked(actor, release_id)
            act.authorise("reporting.compute_release", release)
            release.freeze(
                payload=frozen.document,
                digest=bytes.fromhex(frozen.sha256),
                cells_hidden=frozen.cells_hidden,
                as_of=at,
            )
            release.save(
                update_fields=["status", "version", "payload", "digest", "cells_hidden", "as_of"]
            )
            act.record("release.computed", release, facts={"cells_hidden": release.cells_hidden})
    except InvalidTransition:
        # Another worker was faster, or it was called off meanwhile: theirs stands.
        return _as_it_stands(actor, release_id)
    return release


def _fail(actor: User, release_id: uuid.UUID, because: FailureReason) -> StatisticsRelease:
    try:
        with acting(actor) as act:
            release = _locked(actor, release_id)
            act.authorise("reporting.compute_release", release)
            release.fail(because=because)
            release.save(update_fields=["status", "version", "failed_because"])
            act.record("release.failed", release, facts={"because": because.value})
    except InvalidTransition:
        return _as_it_stands(actor, release_id)
    log.warning("release %s was not computed: %s", release_id, because.value)
    return release


def _as_it_stands(actor: User, release_id: uuid.UUID) -> StatisticsRelease:
    with reading(actor):
        release: StatisticsRelease = StatisticsRelease.objects.visible_to(actor).get(pk=release_id)
    return release


def _locked(actor: User, release_id: uuid.UUID) -> StatisticsRelease:
    release: StatisticsRelease = (
        StatisticsRelease.objects.visible_to(actor).locked().get(pk=release_id)
    )
    return release


def _require_intact(release: StatisticsRelease) -> None:
    """What is published is what was computed, judged once more from the stored bytes alone."""
    try:
        stored = thaw(bytes(release.payload or b""), bytes(release.digest or b"").hex())
        for table in tables_of(stored):
            require_safe(table, Policy(threshold=release.threshold))
    except (TamperedRelease, UnknownRelease, InconsistentTable, DisclosureRisk):
        raise DomainError(
            _("These figures are not what was computed. Withdraw this report and ask for it anew."),
            code="not_intact",
        ) from None


def _refuse_days_counted_before(actor: User, measures: list[str], period: Period) -> None:
    live = StatisticsRelease.objects.visible_to(actor).live()
    for release in live.counting(measures, period.start, period.end).defer("payload"):
        for name in sorted(set(measures) & set(release.measures)):
            try:
                refuse_overlap(name, period, [release.period])
            except OverlappingRelease:
                raise DomainError(
                    _(
                        "“%(measure)s” is already counted for %(period)s in report %(reference)s. "
                        "The difference between two counts of the same days could point at "
                        "somebody. Use that report, choose other days, or have it withdrawn first."
                    )
                    % {
                        "measure": MEASURES[name].name if name in MEASURES else name,
                        "period": release.period.label,
                        "reference": release.reference,
                    },
                    code="overlapping_release",
                    field="period",
                ) from None


def _title(title: str) -> str:
    return _line(
        title,
        TITLE_LENGTHS,
        field="title",
        message=_("Give the report a title of 3 to 160 characters."),
    )


def _line(text: str, lengths: tuple[int, int], *, field: str, message: str) -> str:
    """One printable line; line breaks and runs of blanks become one blank."""
    line = " ".join(text.split())
    shortest, longest = lengths
    if not shortest <= len(line) <= longest or not line.isprintable():
        raise DomainError(message, field=field)
    return line


def _measures(asked: Sequence[str]) -> list[str]:
    """The measures in their declared order, each once."""
    if not asked:
        raise DomainError(_("Choose at least one figure to count."), field="measures")
    if set(asked) - set(MEASURES):
        raise DomainError(_("Choose from the figures that are counted here."), field="measures")
    return [name for name in MEASURES if name in asked]


def _period(start: date, end: date, today: date) -> Period:
    if start > today:
        raise DomainError(_("This period has not begun. Choose one that has."), field="period")
    if (end - start).days > MOST_YEARS * 366:
        raise DomainError(_("This period is too long. Choose five years at most."), field="period")
    try:
        return Period.covering(start, end)
    except ValueError:
        raise DomainError(
            _(
                "A report covers whole quarters: it starts on the first day of January, April, "
                "July or October and ends on the last day of March, June, September or December."
            ),
            field="period",
        ) from None


def _day(at: datetime | None) -> date:
    """The day in Manila: what measures count by, wherever the reader's clock stands."""
    return (at or timezone.now()).astimezone(ZoneInfo(TIME_ZONE)).date()
