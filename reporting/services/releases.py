"""Statistics releases: asked for, computed by the service account, approved, withdrawn.

No exact count is ever in a message, a log line, a task argument or an audit fact: what a reader
may not see, a log may not hold.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import acting
from audit.reading import reading
from core.errors import DomainError, InvalidTransition
from reporting.choices import FailureReason, Status, Tier
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
from reporting.measures import MEASURES, CountingError, Period
from reporting.models import PrivacyCharge, PublicReport, StatisticsRelease
from reporting.packaging import (
    Release,
    TamperedRelease,
    UnknownRelease,
    freeze,
    tables_of,
    thaw,
)
from reporting.policies import can_advise, can_publish
from reporting.public import SCHEMA as PUBLIC_SCHEMA
from reporting.services import public_tables
from reporting.services.asked import (
    REASON_LENGTHS,
    day_of,
    line_of,
    measures_of,
    name_of,
    period_of,
    title_of,
)
from reporting.services.budget import BudgetSpent, require_budget, reserve

log = logging.getLogger("liwanag.reporting")


def request_release(
    *,
    actor: User,
    title: str,
    measures: Sequence[str],
    period_start: date,
    period_end: date,
    tier: str = Tier.PARTNER,
    at: datetime | None = None,
) -> StatisticsRelease:
    """Ask for a release of one's own agency's figures; a background job computes it.

    Args:
        title: 3 to 160 characters that readers will see.
        measures: ids of `reporting.measures.MEASURES`; for the public one id of
            `reporting.populations.POPULATIONS`.
        tier: whom it is for (`reporting.choices.Tier`).
        period_start, period_end: whole quarters, both days counted, begun by today. A period that
            is not over is released as known so far; it counts its days like any other.

    Raises:
        DomainError: a value breaks a rule, a live release counts some of these days already, or
            the privacy budget of the people it would count is spent.
    """
    with acting(actor) as act:
        act.authorise("reporting.request_release")
        title = title_of(title)
        chosen = measures_of(measures, tier)
        period = period_of(period_start, period_end, day_of(at))
        # Two people asking at once wait for each other here, so that each sees the other's.
        agency = (
            Agency.objects.visible_to(actor)
            .select_for_update(of=("self",), no_key=True)
            .get(pk=actor.agency_id)
        )
        _refuse_days_counted_before(actor, chosen, period, tier)
        release: StatisticsRelease = StatisticsRelease.objects.create(
            title=title,
            agency=agency,
            tier=tier,
            measures=chosen,
            period_start=period.start,
            period_end=period.end,
            requested_by=actor,
        )
        if tier == Tier.PUBLIC:
            _require_budget(actor, release)
        act.record("release.requested", release, facts={"measures": chosen, "tier": tier})
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
    if release.status == Status.FAILED:
        return release
    at = at or timezone.now()
    try:
        frozen = _frozen(release, day_of(at))
    except DisclosureRisk:
        return _fail(actor, release_id, FailureReason.SMALL_COUNTS)
    except public_tables.TooFew:
        return _fail(actor, release_id, FailureReason.TOO_FEW)
    except (CountingError, InconsistentTable, KeyError, ValueError):
        return _fail(actor, release_id, FailureReason.UNCOUNTABLE)
    return _finish(actor, release_id, frozen, at)


def publish_release(
    *, actor: User, release_id: uuid.UUID, at: datetime | None = None
) -> StatisticsRelease:
    """Approve a release: the agency's readers see it and may take it out; a public one everybody.

    Raises:
        Denied: the role does not allow it, or the actor asked for this release.
        InvalidTransition: it is not waiting for approval.
        DomainError: its figures are not what was computed, or no longer pass the audit.
    """
    with acting(actor) as act:
        release = _locked(actor, release_id)
        act.authorise("reporting.publish_release", release, verdict=can_publish(actor, release))
        if release.tier == Tier.PUBLIC and release.advised_by_id is None:
            raise DomainError(
                _("A survivor advisor looks this report over before the public may read it."),
                code="not_advised",
            )
        at = at or timezone.now()
        release.publish(by=actor, at=at)
        _require_intact(release)
        release.save(update_fields=["status", "version", "approved_by", "published_at"])
        if release.tier == Tier.PUBLIC:
            PublicReport.objects.create(
                release=release,
                reference=release.reference,
                document=release.payload,
                digest=release.digest,
                published_at=at,
            )
        act.record("release.published", release, facts={"cells_hidden": release.cells_hidden})
    return release


def advise_release(
    *, actor: User, release_id: uuid.UUID, at: datetime | None = None
) -> StatisticsRelease:
    """Say, as survivor advisor, that the public may read a release. Then it can be published.

    Whoever thinks it may not leaves it waiting and tells the data protection officer, who withdraws
    it with the reason.

    Raises:
        Denied: the role does not allow it, or the actor asked for this release.
        InvalidTransition: it does not wait for a survivor advisor.
    """
    with acting(actor) as act:
        release = _locked(actor, release_id)
        act.authorise("reporting.advise_release", release, verdict=can_advise(actor, release))
        release.advise(by=actor, at=at or timezone.now())
        release.save(update_fields=["version", "advised_by", "advised_at"])
        act.record("release.advised", release)
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
        reason = line_of(
            reason,
            REASON_LENGTHS,
            field="reason",
            message=_("Say why in 3 to 200 characters. Readers see it."),
        )
        was_published = release.published_at is not None
        release.withdraw(reason=reason, at=at or timezone.now())
        release.save(update_fields=["status", "version", "withdrawn_reason", "withdrawn_at"])
        PublicReport.objects.visible_to(actor).filter(release=release).update(
            withdrawn_at=release.withdrawn_at, withdrawn_reason=release.withdrawn_reason
        )
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
        if release.tier == Tier.PUBLIC:
            # Charged in the act that says it is being computed: noise is drawn after it, or never.
            Agency.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).get(
                pk=release.agency_id
            )
            try:
                reserve(act, actor, release)
            except BudgetSpent:
                # Spent by another report since this one was asked for: no noise is drawn.
                because = FailureReason.BUDGET_SPENT
                release.fail(because=because)
                release.save(update_fields=["status", "version", "failed_because"])
                act.record("release.failed", release, facts={"because": because.value})
    return release


def _frozen(release: StatisticsRelease, as_of: date) -> Release:
    """The release document, made outside any act: counting may take long and locks nothing."""
    if release.tier == Tier.PUBLIC:
        return public_tables.compute(release, as_of, release.agency.name)
    period, policy = release.period, Policy(threshold=release.threshold)
    measures = [MEASURES[name] for name in release.measures]
    counted = count(measures, period=period, as_of=as_of, agency_id=release.agency_id)
    return freeze(
        title=release.title,
        agency=release.agency.name,
        tier=release.tier,
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
        if release.tier == Tier.PUBLIC:
            thaw(bytes(release.payload or b""), bytes(release.digest or b"").hex(), PUBLIC_SCHEMA)
            return
        stored = thaw(bytes(release.payload or b""), bytes(release.digest or b"").hex())
        for table in tables_of(stored):
            require_safe(table, Policy(threshold=release.threshold))
    except (TamperedRelease, UnknownRelease, InconsistentTable, DisclosureRisk):
        raise DomainError(
            _("These figures are not what was computed. Withdraw this report and ask for it anew."),
            code="not_intact",
        ) from None


def _require_budget(actor: User, release: StatisticsRelease) -> None:
    charged = PrivacyCharge.objects.visible_to(actor).filter(agency_id=release.agency_id)
    try:
        require_budget(charged, release)
    except BudgetSpent:
        raise DomainError(
            _(
                "The people of this period are in so many public reports already that another one "
                "could tell too much about them. Use a report there is, or choose other days."
            ),
            code="budget_spent",
            field="period",
        ) from None


def _refuse_days_counted_before(
    actor: User, measures: list[str], period: Period, tier: str
) -> None:
    live = StatisticsRelease.objects.visible_to(actor).live().filter(tier=tier)
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
                        "measure": name_of(name),
                        "period": release.period.label,
                        "reference": release.reference,
                    },
                    code="overlapping_release",
                    field="period",
                ) from None
