"""Sealing a package to the keys of its receiver, and taking the sealed file out."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.disclosure import ConsentFacts, GroundFacts, Verdict
from cases.selectors.disclosure import disclosure_facts
from core.errors import DomainError, InvalidTransition
from handoffs.choices import Status
from handoffs.grounds import check_receiver_may_look
from handoffs.models import AgencyKey, ArchiveKey, Handoff, HandoffPackage
from handoffs.policies import is_receiver, is_sender
from handoffs.readable import page_of, readable_of
from handoffs.sealed_file import CONTENT, PAGE, READABLE, SealedFile, fields_of, seal
from handoffs.services.keys import signer_of
from handoffs.services.opening import PackageErased, PackageRefused
from vault.errors import CannotOpen, Erased

# A package that nobody opened for half a year is asked for anew.
HOLDS_FOR = timedelta(days=180)


class NoArchiveKey(DomainError):
    """The sender could not show a court what it sent: nothing is sealed then."""

    code = "no_archive_key"


def recipients_of(actor: User, handoff: Handoff) -> list[str]:
    """The keys a package to this receiver is sealed to; none where its desk has no key yet."""
    keys = AgencyKey.objects.visible_to(actor).filter(agency_id=handoff.to_agency_id).in_use()
    return sorted(keys.values_list("recipient", flat=True))


def expiry_of(handoff: Handoff, verdict: Verdict, sent_at: datetime) -> date:
    """The last day of a package: half a year, or the first end of what it rests on before that.

    That is the agreement and every consent and recorded basis: a file that nobody calls back must
    not open longer than somebody agreed to.
    """
    ends = [handoff.agreement.valid_until] if handoff.agreement else []
    ends += [
        known.valid_until for pk, known in _carriers(handoff).items() if pk in verdict.rests_on
    ]
    return min([timezone.localdate(sent_at) + HOLDS_FOR, *filter(None, ends)])


def seal_package(
    act: Act, actor: User, handoff: Handoff, package: dict[str, Any], verdict: Verdict
) -> SealedFile:
    """The sealed file of a package that is about to leave.

    Args:
        handoff: with `sealed_to`, `expires_on` and its agreement set.

    Raises:
        NoArchiveKey: two people have to hold the sender's archive first.
    """
    archive = ArchiveKey.objects.visible_to(actor).in_use().first()
    if archive is None:
        raise NoArchiveKey(
            _(
                "Your agency has no archive key yet, so what you send could never be shown to a "
                "court. Ask your data protection officer to make one."
            )
        )
    signer = signer_of(act, actor, handoff.from_agency)
    readable = readable_of(package)
    outside = {
        "id": str(handoff.pk),
        # The same content sealed twice is two packages.
        "nonce": base64.b64encode(secrets.token_bytes(16)).decode(),
        **{name: package[name] for name in OUTSIDE},
        "expires_on": handoff.expires_on.isoformat() if handoff.expires_on else "",
        "rests_on": _rests_on(handoff, verdict),
        "fields": list(fields_of(package["content"])),
        "sender": {
            "name": handoff.from_agency.name,
            "code": handoff.from_agency.short_code,
            "key": str(signer.verifier),
        },
        "receiver": {
            "name": handoff.to_agency.name,
            "code": handoff.to_agency.short_code,
            "recipients": handoff.sealed_to,
        },
    }
    files: Mapping[str, bytes] = {
        CONTENT: rfc8785.dumps(package),
        READABLE: rfc8785.dumps(readable),
        PAGE: page_of(readable),
    }
    return seal(
        outside, files, signer=signer, recipients=handoff.sealed_to, archive=archive.recipient
    )


# What the manifest repeats of the package.
OUTSIDE = (
    "reference",
    "kind",
    "purpose",
    "legal_basis",
    "agreement",
    "urgency",
    "answer_by",
    "onward_sharing",
    "withheld",
    "sent_at",
)


def take_sealed_file(*, actor: User, handoff_id: uuid.UUID) -> tuple[str, bytes]:
    """The sealed file: for the receiver of an accepted handoff, or for the sender's archive.

    The taking is in the log before anything is handed out, and the ground is asked again for the
    receiver (R-K1). What is handed out opens nowhere here.

    Returns:
        (its file name, its bytes)

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to take.
        InvalidTransition: not accepted, ended, or not sealed to a key.
        PackageExpired: its last day has passed; the sender's archive is not bound by it.
        NoGround: what carried it is no longer in force.
        PackageRefused: what is kept is not what was sent; that is recorded.
    """
    data = b""
    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).get(pk=handoff_id)
        receives = is_receiver(actor, handoff)
        act.authorise(
            "handoffs.open_package" if receives else "handoffs.read_handoff",
            handoff,
            verdict=receives or is_sender(actor, handoff),
        )
        if not handoff.sealed_to:
            raise InvalidTransition(_("There is no sealed file of this handoff."))
        if receives and handoff.status != Status.ACCEPTED:
            raise InvalidTransition(
                _("The sealed file opens to your desk after it has accepted the handoff.")
                if handoff.status == Status.SENT
                else _("This handoff has ended. Its sealed file is not handed out any more.")
            )
        if receives:
            check_receiver_may_look(handoff)
        kept = HandoffPackage.objects.visible_to(actor).get(handoff=handoff)
        act.record("package.taken", handoff, facts={"side": "receiver" if receives else "sender"})
        if receives and handoff.opened_at is None:
            Handoff.objects.filter(pk=handoff.pk, opened_at=None).update(opened_at=timezone.now())
        erased = False
        try:
            data = kept.sealed
        except Erased:
            erased = True
        except CannotOpen:
            data = b""
        if not erased and hashlib.sha256(data).digest() != bytes(kept.file_digest):
            act.record("package.mismatched", handoff, facts={"read": bool(data)})
            data = b""
    if erased:
        raise PackageErased(
            _("Somebody in this package was erased since. What it held can’t be read any more.")
        )
    if not data:
        raise PackageRefused(
            _(
                "This package is not what was sent. It is shown to nobody. Call the sender and "
                "your data protection officer; what happened is written down."
            )
        )
    return f"{handoff.reference}.handoff", data


def _rests_on(handoff: Handoff, verdict: Verdict) -> list[dict[str, str]]:
    """The consents and recorded bases that carry it, each by its id and a digest of what it says
    in codes: a court can compare it with the record, and nobody learns anything from it."""
    known = _carriers(handoff)
    return [
        {
            "id": str(pk),
            "kind": "consent" if isinstance(known[pk], ConsentFacts) else "ground",
            "sha256": hashlib.sha256(rfc8785.dumps(_coded(known[pk]))).hexdigest(),
        }
        for pk in sorted(verdict.rests_on)
        if pk in known
    ]


def _carriers(handoff: Handoff) -> dict[uuid.UUID, ConsentFacts | GroundFacts]:
    """The consents and recorded bases of the case, by id."""
    facts = disclosure_facts(handoff.case_id)
    known: dict[uuid.UUID, ConsentFacts | GroundFacts] = {one.id: one for one in facts.consents}
    return known | {one.id: one for one in facts.grounds}


def _coded(facts: ConsentFacts | GroundFacts) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, frozenset):
            return sorted(str(one) for one in value)
        return value if value is None else str(value)

    return {name: plain(value) for name, value in asdict(facts).items()}
