"""How the fields of a case changed, in sentences, told from its versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.models import AuditEvent
from cases.choices import JusticeStage, ProtectionStage, Risk
from cases.models import Case
from cases.timeline import Moment
from core.actors import Actor
from core.choices import label_of

MOST_MOMENTS = 200


def history_of(actor: Actor, case: Case) -> list[Moment]:
    """How the case's own fields changed, oldest version to newest, told newest first."""
    versions = list(
        apps.get_model("cases", "CaseEvent")  # type: ignore[attr-defined]
        .objects.visible_to(actor)
        .filter(id=case.pk)
        .order_by("-pgh_id")[: MOST_MOMENTS + 1]
    )
    names = _names_by_act(case, {version.act for version in versions})
    agencies = dict(
        Agency.objects.filter(pk__in={v.lead_agency_id for v in versions}).values_list("pk", "name")
    )
    told: list[Moment] = []
    # Each version is compared with the one before it, which stands after it in this order.
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        if before is None and version.pgh_label != "made":
            continue
        for sentence, icon in _changes(version, before, agencies):
            told.append(
                Moment(
                    at=version.pgh_created_at,
                    sentence=sentence,
                    kind="steps",
                    icon=icon,
                    who=names.get(version.act, ""),
                )
            )
    return told


def _changes(version: Any, before: Any, agencies: dict[uuid.UUID, str]) -> list[tuple[str, str]]:
    """(sentence, icon) of what differs between two versions of a case."""
    if before is None:
        stage, risk = (
            label_of(ProtectionStage, version.protection_stage),
            label_of(Risk, version.risk),
        )
        return [
            (
                _("The case was opened: %(stage)s, %(risk)s.")
                % {"stage": stage.lower(), "risk": risk.lower()},
                "case",
            )
        ]
    told = []
    if version.protection_stage != before.protection_stage:
        told.append(
            (
                _("The case moved from “%(from)s” to “%(to)s”.")
                % {
                    "from": label_of(ProtectionStage, before.protection_stage),
                    "to": label_of(ProtectionStage, version.protection_stage),
                },
                "arrow-right",
            )
        )
    if version.justice_stage != before.justice_stage:
        told.append(
            (
                _("The justice track moved from “%(from)s” to “%(to)s”.")
                % {
                    "from": label_of(JusticeStage, before.justice_stage),
                    "to": label_of(JusticeStage, version.justice_stage),
                },
                "law",
            )
        )
    if version.risk != before.risk:
        told.append(
            (
                _("The risk was assessed: from “%(from)s” to “%(to)s”.")
                % {
                    "from": label_of(Risk, before.risk),
                    "to": label_of(Risk, version.risk),
                },
                "risk",
            )
        )
    if version.lead_agency_id != before.lead_agency_id:
        told.append(
            (
                _("%(agency)s took the lead.")
                % {
                    "agency": agencies.get(version.lead_agency_id, _("Another agency")),
                },
                "agency",
            )
        )
    if (version.country, version.admin1) != (before.country, before.admin1):
        told.append((_("The region of the case was changed."), "location"))
    return told


def _names_by_act(case: Case, acts: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """act → who did it, from the case's own entries in the log."""
    entries = AuditEvent.objects.all().of_case(case.pk).filter(act__in=[act for act in acts if act])
    actors = dict(entries.values_list("act", "actor_id"))
    names = dict(User.objects.filter(pk__in=set(actors.values())).values_list("pk", "name"))
    return {act: names.get(actor_id, "") for act, actor_id in actors.items()}
