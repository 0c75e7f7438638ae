"""What a draft may hold: every value is checked here, for composing and for changing it alike."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.selectors import receivers_of
from audit.acting import Act
from cases.choices import LegalBasis
from cases.services.grounds import record_legal_ground
from cases.text_rules import check_text
from core.errors import DomainError
from handoffs.choices import Kind, Section, Urgency
from handoffs.disclosing import purposes_for, would_carry
from handoffs.grounds import carried_today, ground_today
from handoffs.models import Handoff
from handoffs.policies import kept_from, sections_for
from handoffs.profiles import profile_for

LONGEST_PURPOSE = 300
# What `write_draft` sets.
DRAFT_FIELDS = (
    "to_agency",
    "kind",
    "purpose",
    "urgency",
    "answer_by",
    "sections",
    "legal_basis",
    "agreement",
)


def own_agency(actor: User) -> Agency:
    """The agency a handoff of `actor` leaves from. Raises DomainError for a service account."""
    if actor.agency is None:
        raise DomainError(_("Somebody of an agency has to compose this."))
    return actor.agency


def write_draft(
    act: Act,
    handoff: Handoff,
    actor: User,
    *,
    to_agency_id: uuid.UUID,
    kind: str,
    purpose: str,
    legal_basis: str,
    sections: Sequence[str],
    answer_by: date,
    urgency: str,
    basis_reason: str,
) -> None:
    """Put checked values into a draft. Does not save.

    A basis that is not consent is recorded with its reason for a second person to approve, unless
    the case has one that covers this handoff already (R-K7).
    """
    receiver = check_receiver(actor, to_agency_id)
    handoff.to_agency = receiver
    handoff.kind = one_of(kind, Kind.values, "kind", _("Choose what kind of handoff this is."))
    handoff.purpose = check_text(purpose, field="purpose", most=LONGEST_PURPOSE)
    if not handoff.purpose:
        raise DomainError(_("Say what the receiver needs it for."), field="purpose")
    handoff.urgency = one_of(urgency, Urgency.values, "urgency", _("Choose how urgent it is."))
    check_day(answer_by)
    handoff.answer_by = answer_by
    if not sections:
        raise DomainError(_("Choose at least one kind of data."), field="sections")
    for section in sections:
        one_of(section, Section.values, "sections", _("Choose kinds of data from the list."))
    check_kinds(receiver, sections)
    handoff.sections = sections_for(receiver, sections)
    handoff.legal_basis = legal_basis
    allow_names(act, handoff)
    handoff.agreement = ground_today(handoff)
    if legal_basis == LegalBasis.CONSENT:
        carried_today(handoff)
    else:
        _record_basis(actor, handoff, basis_reason)


def _record_basis(actor: User, handoff: Handoff, reason: str) -> None:
    if would_carry(handoff):
        return
    if not reason.strip():
        raise DomainError(
            _("Say why this legal basis applies here. A second person looks at it."),
            field="basis_reason",
        )
    try:
        record_legal_ground(
            actor=actor,
            case_id=handoff.case_id,
            basis=handoff.legal_basis,
            reason=reason,
            purposes=sorted(purposes_for(handoff.from_agency, handoff.to_agency)),
            recipient_id=handoff.to_agency_id,
            categories=handoff.sections,
        )
    except DomainError as broken:
        if broken.field == "reason":
            broken.field = "basis_reason"
        raise


def one_of(code: str, codes: Sequence[str], field: str, otherwise: str) -> str:
    if code not in codes:
        raise DomainError(otherwise, field=field)
    return code


def check_receiver(actor: User, agency_id: uuid.UUID) -> Agency:
    agency = receivers_of(actor).filter(pk=agency_id).first()
    if agency is None:
        raise DomainError(_("Choose another agency that works with us."), field="to_agency")
    return agency


def check_day(answer_by: date) -> None:
    if answer_by < timezone.localdate():
        raise DomainError(
            _("The day to answer by has passed. Choose today or later."), field="answer_by"
        )


def check_kinds(receiver: Agency, sections: Sequence[str]) -> None:
    """Raises DomainError for kinds of data that an agency of this kind never gets (R-D2)."""
    kept = kept_from(receiver, sections)
    if not kept:
        return
    if not profile_for(receiver.type).sections:
        raise DomainError(
            _("A funder gets figures and nothing of a case. Ask for a report under Reports."),
            field="to_agency",
        )
    raise DomainError(
        _("This kind of agency never gets: %(what)s. Choose other kinds of data.")
        % {"what": ", ".join(str(section.label) for section in kept)},
        field="sections",
    )


def allow_names(act: Act, handoff: Handoff) -> None:
    """Nobody sends names they may not open themselves; a refusal is recorded."""
    if Section.IDENTITIES in handoff.sections:
        act.authorise("cases.show_identity", handoff.case)
