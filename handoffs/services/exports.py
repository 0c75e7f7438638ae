"""Asking for a file of many cases, and the second person who lets it be made."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, User
from accounts.roles import roles_with
from accounts.second_person import Matter, second_person
from audit.acting import Act, acting
from cases.choices import SURVIVOR_ROLES
from cases.models import Case, CaseParticipant
from cases.text_rules import check_text
from core.errors import Denied, DomainError, InvalidTransition
from handoffs.choices import ExportFormat, ExportPurpose, ExportState, Section, WhoSaidNo
from handoffs.exporting.asking import check_agreed, facts_of
from handoffs.exporting.carried import most_for
from handoffs.models import ALONE_UP_TO, CaseExport
from handoffs.policies import RESTRICTED_SECTIONS
from handoffs.services.drafting import check_receiver, one_of, own_agency
from vault.keys import make_keys

LONGEST_REASON = 400
MOST_RECORDS = 5_000
# Several small exports of one day count as one.
COUNTED_OVER = timedelta(days=1)


def request_export(
    *,
    actor: User,
    format: str,
    purpose: str,
    sections: Sequence[str],
    reason: str,
    recipient_id: uuid.UUID | None = None,
    who_said_no: str = WhoSaidNo.COLUMNS,
    open_only: bool = False,
    opened_from: date | None = None,
    opened_until: date | None = None,
    at: datetime,
) -> CaseExport:
    """Ask for one file of the survivors of all cases that one sees, or of some of them.

    It is made by a job in the actor's name; above `ALONE_UP_TO` people, within a day, and of
    restricted data for another agency, only once somebody else has approved it.

    Args:
        format: of `ExportFormat`.
        purpose: of `ExportPurpose`; it says which consent must carry it.
        sections: kinds of data.
        reason: why, for whoever approves and whoever looks afterwards; no names.
        recipient_id: the agency that gets it; None for one's own use alone.
        who_said_no: of `WhoSaidNo`.
        open_only: of open cases alone.
        opened_from, opened_until: of cases opened between these days.

    Raises:
        Denied: not the role's to do, or names that the actor may not open.
        DomainError: a choice breaks a rule; `field` names it.
        NoGround: no sharing agreement in force carries it.
    """
    with acting(actor) as act:
        act.authorise("handoffs.export_cases")
        one_of(format, ExportFormat.values, "format", _("Choose a format."))
        one_of(purpose, ExportPurpose.values, "purpose", _("Choose what it is for."))
        one_of(who_said_no, WhoSaidNo.values, "who_said_no", _("Choose one of the two."))
        reason = check_text(reason, field="reason", most=LONGEST_REASON)
        if not reason:
            raise DomainError(_("Say why it is needed, without names."), field="reason")
        recipient = _recipient(actor, purpose, recipient_id)
        chosen = _sections(format, purpose, sections, recipient)
        if Section.IDENTITIES in chosen:
            # Nobody takes out names they may not open themselves.
            act.authorise("cases.show_identity")
        places = _places(actor, open_only, opened_from, opened_until)
        agency = own_agency(actor)
        if recipient is not None:
            check_agreed(agency, recipient, chosen, at)
        export = CaseExport(
            format=format,
            purpose=purpose,
            agency=agency,
            recipient=recipient,
            reason=reason,
            sections=chosen,
            who_said_no=who_said_no,
            asked_by=actor,
            place_ids=[place_id for place_id, _case in places],
            case_ids=sorted({case_id for _place, case_id in places}),
            records=len(places),
            state=ExportState.BUILDING,
        )
        if _needs_second_person(actor, export, at):
            export.state = ExportState.ASKED
        make_keys([("handoff", export.pk)])
        export.save(force_insert=True)
        act.record("export.requested", export, facts=facts_of(export))
        if export.state == ExportState.ASKED:
            for user_id in _approvers(actor, at):
                act.after_commit("cases.tell", str(user_id))
        else:
            act.after_commit("handoffs.build_export", str(export.pk), str(actor.pk))
    return export


def approve_export(*, actor: User, export_id: uuid.UUID, at: datetime) -> CaseExport:
    """Let it be made, as a second person. The file itself is never theirs to open.

    Raises:
        CaseExport.DoesNotExist: not visible to the actor.
        Denied: not the role's to do, or they asked for it themselves, in a small agency too.
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        export = _deciding(act, actor, export_id)
        export.decide(ExportState.BUILDING, by=actor, at=at)
        export.save(update_fields=["state", "decided_by", "decided_at"])
        act.record("export.approved", export, facts=facts_of(export))
        act.after_commit("handoffs.build_export", str(export.pk), str(export.asked_by_id))
    return export


def refuse_export(*, actor: User, export_id: uuid.UUID, at: datetime) -> CaseExport:
    """Do not let it be made; whoever asked is told.

    Raises:
        CaseExport.DoesNotExist, Denied, InvalidTransition: as `approve_export`.
    """
    with acting(actor) as act:
        export = _deciding(act, actor, export_id)
        export.decide(ExportState.REFUSED, by=actor, at=at)
        export.save(update_fields=["state", "decided_by", "decided_at"])
        act.record("export.refused", export, facts=facts_of(export))
        act.after_commit("cases.tell", str(export.asked_by_id))
    return export


def _deciding(act: Act, actor: User, export_id: uuid.UUID) -> CaseExport:
    export: CaseExport = CaseExport.objects.visible_to(actor).locked().get(pk=export_id)
    standing = second_person(actor, first_id=export.asked_by_id, matter=Matter.BULK_EXPORT)
    if not (standing.may and export.agency_id == actor.agency_id):
        raise Denied("handoffs.approve_export")
    act.authorise("handoffs.approve_export", export)
    if export.state != ExportState.ASKED:
        raise InvalidTransition(_("This was decided before."))
    return export


def _recipient(actor: User, purpose: str, agency_id: uuid.UUID | None) -> Agency | None:
    if purpose == ExportPurpose.OWN_USE:
        if agency_id is not None:
            raise DomainError(
                _("For our own work nobody else gets it. Choose another purpose."),
                field="recipient",
            )
        return None
    if agency_id is None:
        raise DomainError(_("Choose the agency that gets it."), field="recipient")
    try:
        return check_receiver(actor, agency_id)
    except DomainError as broken:
        broken.field = "recipient"
        raise


def _sections(
    format: str, purpose: str, sections: Sequence[str], recipient: Agency | None
) -> list[str]:
    if not sections or set(sections) - set(Section.values):
        raise DomainError(_("Choose at least one kind of data."), field="sections")
    if format == ExportFormat.CTDC_CSV and purpose != ExportPurpose.RESEARCH:
        raise DomainError(
            _("This format is for research. Choose that purpose, or an HTCDS format."),
            field="format",
        )
    over = set(sections) - most_for(purpose, recipient)
    if over:
        raise DomainError(
            _("A file of many for this agency and purpose never holds: %(what)s.")
            % {"what": ", ".join(str(one.label) for one in Section if one in over)},
            field="sections",
        )
    return [section.value for section in Section if section in set(sections)]


def _places(
    actor: User, open_only: bool, opened_from: date | None, opened_until: date | None
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    cases = Case.objects.visible_to(actor).filter(lead_agency_id=actor.agency_id)
    if open_only:
        cases = cases.open()
    if opened_from:
        cases = cases.filter(opened_on__gte=opened_from)
    if opened_until:
        cases = cases.filter(opened_on__lte=opened_until)
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case__in=cases, role__in=SURVIVOR_ROLES, person__erased_on=None)
        .order_by("case_id", "person_id", "created_at")
        .distinct("case_id", "person_id")
        .values_list("pk", "case_id")[: MOST_RECORDS + 1]
    )
    if not places:
        raise DomainError(_("No survivor of a case you see and your agency leads is among these."))
    if len(places) > MOST_RECORDS:
        raise DomainError(
            _("These are more than %(most)d people. Narrow the days the cases were opened on.")
            % {"most": MOST_RECORDS},
            field="opened_from",
        )
    return places


def _needs_second_person(actor: User, export: CaseExport, at: datetime) -> bool:
    if export.recipient_id is not None and set(export.sections) & set(RESTRICTED_SECTIONS):
        return True
    lately = CaseExport.objects.visible_to(actor).filter(
        asked_by_id=actor.pk, created_at__gt=at - COUNTED_OVER, decided_by=None
    )
    of_today = sum(lately.exclude(state=ExportState.REFUSED).values_list("records", flat=True))
    return of_today + export.records > ALONE_UP_TO


def _approvers(actor: User, at: datetime) -> list[uuid.UUID]:
    able = Membership.objects.live(at).filter(
        team__agency_id=actor.agency_id, role__in=roles_with("handoffs.approve_export")
    )
    people = User.objects.people().filter(pk__in=able.values("user_id"), is_active=True)
    return [pk for pk in people.values_list("pk", flat=True) if pk != actor.pk]
