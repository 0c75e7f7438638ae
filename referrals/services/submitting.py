"""A partner's system submits a referral; the same key makes it once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import PartnerSystem, User
from audit.acting import acting
from core.errors import DomainError
from referrals.models import PartnerSubmission, Referral
from referrals.numbers import number_digester
from referrals.policies import KnownNumber
from referrals.services.intake import checked
from referrals.services.oncall import alert_danger
from referrals.subject_index import index_subject
from vault.keys import make_keys

# Printable ASCII without spaces, as a UUID is (draft-ietf-httpapi-idempotency-key-header).
KEY = re.compile(r"[!-~]{8,200}")
LEFT_EMPTY: Mapping[str, Any] = {
    "harm_types": (),
    "summary": "",
    "source_name": "",
    "source_reference": "",
    "originating_country": "",
    "side": "source",
    "detection_method": "unknown",
    "children_estimate": None,
    "country": "",
    "admin1": "",
    "subject": None,
}


class KeyNeeded(DomainError):
    code = "idempotency_key_needed"


class KeyReused(DomainError):
    """The same key came with another body: which of both was meant nobody can tell."""

    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True)
class Submitted:
    """What was made; `again` where it had been made before under this key."""

    referral: Referral
    again: bool


def submit_referral(*, actor: User, key: str, body: bytes, values: Mapping[str, Any]) -> Submitted:
    """Put what a partner's system sent on the desk it was registered with, once for each key.

    Of many requests with one key at the same time, one makes the referral and the others wait for
    it and get the same answer.

    Args:
        key: the request's `Idempotency-Key`.
        body: what was sent, byte for byte; kept as a keyed digest.
        values: the same, read: as `log_referral` takes them, without team and agency.

    Raises:
        KeyNeeded: no key, or one that is none.
        KeyReused: the key came with another body before.
        KnownNumber: this system has submitted a referral with this number under another key.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        act.authorise("referrals.submit_referral")
        if not KEY.fullmatch(key):
            raise KeyNeeded(
                _(
                    "Send an Idempotency-Key of 8 to 200 printable characters, a new one for "
                    "each referral."
                )
            )
        # One submission of a system at a time: whoever comes with the same key waits here.
        system = PartnerSystem.objects.visible_to(actor).locked().get()
        digest = _digest(system, "body", body)
        key_digest = _digest(system, "key", key.encode())
        mine = PartnerSubmission.objects.visible_to(actor)
        kept_since = timezone.now() - timedelta(days=settings.LIWANAG_SUBMISSION_KEY_DAYS)
        mine.filter(created_at__lt=kept_since).delete()
        before = mine.filter(key_digest=key_digest).select_related("referral").first()
        if before is not None:
            if not constant_time_compare(bytes(before.body_digest), digest):
                raise KeyReused(_("This key came with another body before. Send a new key."))
            act.record("referral.submitted_again", before.referral)
            return Submitted(before.referral, again=True)
        referral = _log(actor, system, values)
        PartnerSubmission.objects.create(
            system=system, key_digest=key_digest, body_digest=digest, referral=referral
        )
        act.record(
            "referral.submitted",
            referral,
            facts={
                "source_category": referral.source_category,
                "content_origin": referral.content_origin,
                "immediate_danger": referral.immediate_danger,
            },
        )
        if referral.in_danger:
            alert_danger(act, referral, at=timezone.now())
        act.after_commit("referrals.compare_hidden", str(referral.pk))
    return Submitted(referral, again=False)


def _log(actor: User, system: PartnerSystem, values: Mapping[str, Any]) -> Referral:
    tidy = checked({**LEFT_EMPTY, **values}, now=timezone.now())
    number = number_digester()(tidy["source_category"], tidy["source_reference"])
    known = Referral.objects.visible_to(actor).filter(reference_digest=number)
    if number is not None and (found := known.only("reference").first()):
        raise KnownNumber(
            _("You have submitted a referral with this number: %(reference)s.")
            % {"reference": found.reference},
            field="source_reference",
        )
    referral = Referral(
        team=system.desk,
        source_agency_id=system.agency_id,
        logged_by=actor,
        reference_digest=number,
        **tidy,
    )
    make_keys([("referral", referral.pk)])
    referral.save(force_insert=True)
    index_subject(referral)
    return referral


def _digest(system: PartnerSystem, what: str, text: bytes) -> bytes:
    """Keyed, so that nobody guesses what was sent from what is kept."""
    salt = f"liwanag-submission|{what}|{system.pk}"
    return salted_hmac(salt, text, algorithm="sha256").digest()
