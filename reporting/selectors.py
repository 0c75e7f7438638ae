"""Page-shaped reads of releases. Figures come from the frozen document, never from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from reporting.charts import bar_chart
from reporting.choices import FailureReason, Status, Tier
from reporting.models import StatisticsRelease
from reporting.packaging import (
    SCHEMA,
    Release,
    TamperedRelease,
    UnknownRelease,
    tables_of,
    thaw,
)
from reporting.policies import can_advise, can_publish
from reporting.public import SCHEMA as PUBLIC_SCHEMA
from reporting.public_figures import PublicFigure, figures_of
from reporting.services.asked import name_of
from reporting.tables import TOTAL, ProtectedTable

# Chips of the list: code in the address, words on the chip, statuses behind it.
CHIPS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "all": (gettext_lazy("All"), ()),
    "waiting": (
        gettext_lazy("On the way"),
        (Status.REQUESTED, Status.COMPUTING, Status.IN_REVIEW),
    ),
    "published": (gettext_lazy("Published"), (Status.PUBLISHED,)),
    "ended": (gettext_lazy("Withdrawn or not computed"), (Status.WITHDRAWN, Status.FAILED)),
}

# Status → (icon, tone) of the status word.
LOOKS: Mapping[str, tuple[str, str]] = {
    Status.REQUESTED: ("waiting", "quiet"),
    Status.COMPUTING: ("hourglass", "quiet"),
    Status.IN_REVIEW: ("eye", "attention"),
    Status.PUBLISHED: ("proof", "settled"),
    Status.WITHDRAWN: ("undo", "quiet"),
    Status.FAILED: ("attention", "attention"),
}

WHAT_TO_DO: Mapping[str, str | Promise] = {
    FailureReason.SMALL_COUNTS: gettext_lazy(
        "A small count could have been worked out from the others, so nothing was kept. Ask again "
        "for a longer period or for fewer figures."
    ),
    FailureReason.TOO_FEW: gettext_lazy(
        "With so few people, estimates for the public would say nothing, so none were kept. Ask "
        "for a whole year, or give the figures to partners under an agreement instead."
    ),
    FailureReason.BUDGET_SPENT: gettext_lazy(
        "These people are in so many public reports already that another one could tell too much "
        "about them. Use a report there is, or choose other days."
    ),
    FailureReason.UNCOUNTABLE: gettext_lazy(
        "The records do not fit the definition of a figure, so nothing was kept. Tell the data "
        "protection officer: a record needs correcting before this can be counted."
    ),
}

# After this a page that waits stops asking by itself, so that a session can fall idle.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class ReleaseRow:
    """One release of the list, in its words."""

    id: UUID
    title: str
    period: str
    when: str
    status_label: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Figure:
    """One table of a release: the finding, the drawing, the table beside it."""

    finding: str
    drawing: str
    caption: str
    row_name: str
    columns: list[str]
    # (words, counts in the order of the columns; None is not shown)
    rows: list[tuple[str, list[str | None]]]
    notes: list[str]
    shown: int
    hidden: int


@dataclass(frozen=True)
class Can:
    """What may be done with a release now."""

    publish: bool = False
    advise: bool = False
    withdraw: bool = False
    download: bool = False
    request: bool = False


@dataclass(frozen=True)
class ReleasePage:
    """What the page of one release shows. Without figures there are none to show, or they are
    no longer what was computed (`is_broken`)."""

    release: StatisticsRelease
    can: Can
    status_icon: str
    status_tone: str
    period: str
    measures: list[str]
    is_waiting: bool
    is_late: bool
    what_to_do: str | Promise = ""
    is_broken: bool = False
    is_complete: bool = True
    figures: list[Figure] = field(default_factory=list)
    public_figures: list[PublicFigure] = field(default_factory=list)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    waits_for_advisor: bool = False
    definitions: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    method: str = ""
    caveat: str = ""
    as_of: date | None = None
    sha256: str = ""
    asked_by_reader: bool = False
    earlier: list[StatisticsRelease] = field(default_factory=list)


def releases_of(actor: User, show: str) -> QuerySet[Any]:
    """What one chip of the list shows, newest first, without the frozen documents."""
    found: QuerySet[Any] = StatisticsRelease.objects.visible_to(actor).defer("payload")
    statuses = CHIPS[show][1]
    return found.filter(status__in=statuses) if statuses else found


def release_rows(releases: Iterable[StatisticsRelease]) -> list[ReleaseRow]:
    """The rows of a page of the list."""
    rows = []
    for release in releases:
        icon, tone = LOOKS[release.status]
        rows.append(
            ReleaseRow(
                id=release.pk,
                title=release.title,
                period=release.period.label,
                when=release.reference,
                status_label=release.get_status_display(),
                icon=icon,
                tone=tone,
            )
        )
    return rows


def one_release(actor: User, release_id: UUID) -> StatisticsRelease:
    """A release with the people its page names. Raises DoesNotExist."""
    release: StatisticsRelease = (
        StatisticsRelease.objects.visible_to(actor)
        .select_related("agency", "requested_by", "approved_by", "advised_by")
        .get(pk=release_id)
    )
    return release


def stored(release: StatisticsRelease) -> Release:
    """The frozen document. Raises TamperedRelease, UnknownRelease."""
    schema = PUBLIC_SCHEMA if release.tier == Tier.PUBLIC else SCHEMA
    return thaw(bytes(release.payload or b""), bytes(release.digest or b"").hex(), schema)


def release_page(actor: User, release: StatisticsRelease, now: datetime) -> ReleasePage:
    """What the page shows: progress, figures, or why there are none."""
    icon, tone = LOOKS[release.status]
    shown: dict[str, Any] = {
        "release": release,
        "status_icon": icon,
        "status_tone": tone,
        "period": release.period.label,
        "measures": [name_of(measure) for measure in release.measures],
        "is_waiting": release.is_under_way,
        "is_late": now - release.created_at > PATIENCE,
        "what_to_do": WHAT_TO_DO.get(release.failed_because, ""),
        "asked_by_reader": release.requested_by_id == actor.pk,
    }
    is_broken = False
    if release.has_figures:
        try:
            shown |= contents_of(stored(release))
        except (TamperedRelease, UnknownRelease):
            is_broken = True
    in_review = release.status == Status.IN_REVIEW
    unadvised = in_review and release.tier == Tier.PUBLIC and release.advised_by_id is None
    return ReleasePage(
        **shown,
        is_broken=is_broken,
        waits_for_advisor=unadvised,
        earlier=_earlier(actor, release) if in_review else [],
        can=Can(
            publish=in_review and not is_broken and not unadvised and can_publish(actor, release),
            advise=unadvised and not is_broken and can_advise(actor, release),
            withdraw=actor.may("reporting.withdraw_release")
            and (release.has_figures or release.is_under_way),
            download=release.status == Status.PUBLISHED and not is_broken,
            request=actor.may("reporting.request_release"),
        ),
    )


def contents_of(stored_release: Release) -> dict[str, Any]:
    """What a page shows of a frozen document, of either kind."""
    payload = stored_release.payload
    found: dict[str, Any] = {
        "is_complete": payload["period"]["complete"],
        "method": payload["method"],
        "caveat": payload["caveat"],
        "as_of": date.fromisoformat(payload["as_of"]),
        "sha256": stored_release.sha256,
    }
    if payload["schema"] == PUBLIC_SCHEMA:
        population = {**payload["population"], "denominator": None}
        return found | {
            "public_figures": figures_of(stored_release),
            "definitions": [(population["name"], _definition(population))],
            "parameters": _parameters(payload["parameters"]),
        }
    tables = zip(tables_of(stored_release), payload["tables"], strict=True)
    return found | {
        "figures": [_figure(table, source["finding"]) for table, source in tables],
        "definitions": [(m["name"], _definition(m)) for m in payload["measures"]],
    }


def _parameters(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How strong the protection is, for readers who reckon with it."""
    return [
        (_("Privacy"), f"ε = {said['epsilon']}, δ = {said['delta']:.0e}, ρ = {said['rho']}"),
        (_("Whose"), _("One person more or less")),
        (_("Noise"), f"{said['mechanism']}, σ = {said['sigma']}"),
    ]


def _figure(table: ProtectedTable, finding: str) -> Figure:
    columns = table.column_codes if table.columns is None else (*table.column_codes, TOTAL)
    heads = [table.columns.label(c) if table.columns else _("Count") for c in columns]
    draws = any(table.is_shown((row, TOTAL)) for row in table.rows.codes)
    rows = [
        (table.rows.label(row), [_number(table.value((row, column))) for column in columns])
        for row in (*table.rows.codes, TOTAL)
    ]
    return Figure(
        finding=finding,
        # Built by ElementTree, which escapes every label, from words of the frozen document.
        # With nothing to draw the table says all there is.
        drawing=SafeString(bar_chart(table)) if draws else "",
        caption=f"{table.title}, {table.period_label}",
        row_name=table.rows.name,
        columns=heads,
        rows=rows,
        notes=list(table.notes),
        shown=len(table.published) - len(table.hidden),
        hidden=len(table.hidden),
    )


def _number(count: int | None) -> str | None:
    return None if count is None else f"{count:,}"


def _definition(measure: Mapping[str, Any]) -> list[tuple[str, str]]:
    denominator = measure["denominator"]
    return [
        (_("Counts"), measure["numerator"]),
        *([(_("Out of"), denominator)] if denominator else []),
        (_("In detail"), measure["definition"]),
        (_("Unit"), measure["unit"]),
        (_("The date that decides"), measure["time_basis"]),
        (
            _("Definition"),
            f"{measure['id']}, {_('version')} {measure['version']}. {measure['source']}",
        ),
    ]


def _earlier(actor: User, release: StatisticsRelease) -> list[StatisticsRelease]:
    """Releases that were published and withdrawn and counted some of the same days."""
    before = StatisticsRelease.objects.visible_to(actor).once_published().exclude(pk=release.pk)
    counting = before.filter(tier=release.tier).counting(
        release.measures, release.period_start, release.period_end
    )
    return list(counting.defer("payload"))
