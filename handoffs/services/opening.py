"""Opening the package of a handoff: by the receiver who accepted it, or by the sender."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from core.errors import InvalidTransition, Unreadable
from handoffs.choices import Status
from handoffs.grounds import check_receiver_may_look
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import cover_numbers, digest_of
from handoffs.policies import can_read_sent_package, is_receiver
from handoffs.services.packing import instructions_read
from vault.errors import CannotOpen, Erased


class PackageRefused(Unreadable):
    """The stored package is not what was sent; it is shown to nobody."""

    code = "package_refused"


class SealedPackage(InvalidTransition):
    """It is sealed to keys that this server does not have."""

    code = "sealed"


class PackageErased(PackageRefused):
    """The key of the package ended with somebody's erasure: nothing is wrong."""

    code = "erased"


def open_package(
    *,
    actor: User,
    handoff_id: uuid.UUID,
    read_instructions: bool = False,
    session_mark: str = "",
) -> dict[str, Any]:
    """Open the package: the receiver of an accepted handoff, or the sender to see what was sent.

    The opening is in the log before the package is read. The ground is asked again for the
    receiver (R-K1), and the package must still have the digest it was sent with.

    Args:
        read_instructions: the receiver says that they read how people may be reached; numbers
            are covered otherwise (R-C1).
        session_mark: of the session in which the sender acknowledged the instructions.

    Raises:
        Handoff.DoesNotExist: not visible to the actor.
        Denied: not the actor's to open.
        SealedPackage: it is sealed to the receiver's own key; nothing here opens it.
        InvalidTransition: the receiver has not accepted it, or it has ended.
        PackageExpired: its last day has passed.
        NoGround: what carried the handoff is no longer in force.
        PackageRefused: the stored package is not what was sent; that is recorded.
    """
    package: dict[str, Any] | None = None
    with acting(actor) as act:
        handoff = Handoff.objects.visible_to(actor).get(pk=handoff_id)
        receives = is_receiver(actor, handoff)
        act.authorise(
            "handoffs.open_package" if receives else "handoffs.read_handoff",
            handoff,
            verdict=receives or can_read_sent_package(actor, handoff),
        )
        if receives:
            _check_open_to_receiver(handoff)
        if handoff.sealed_to:
            raise SealedPackage(
                _("It is sealed to your desk’s key: open it in your browser, or with your key.")
                if receives
                else _(
                    "It is sealed to the receiver. Two people of your agency open the archive’s "
                    "copy together."
                )
            )
        sealed = HandoffPackage.objects.visible_to(actor).filter(handoff=handoff).first()
        if sealed is None:
            raise InvalidTransition(_("There is no package yet: this handoff has not been sent."))
        act.record(
            "package.opened",
            handoff,
            facts={"side": "receiver" if receives else "sender"}
            | ({"instructions_read": True} if read_instructions else {}),
        )
        if receives and handoff.opened_at is None:
            # From now on a withdrawal marks it instead of pretending nobody has seen it (R-K2).
            Handoff.objects.filter(pk=handoff.pk, opened_at=None).update(opened_at=timezone.now())
        erased = False
        try:
            content = sealed.content
        except Erased:
            content, erased = {}, True
        except CannotOpen:
            content = {}
        if content and digest_of(content) == bytes(sealed.digest):
            if not receives:
                read: Collection[str] | None = instructions_read(actor, content, session_mark)
            else:
                read = None if read_instructions else ()
            package = cover_numbers(content, read)
        elif not erased:
            # Not raised inside the act: what was found must stay in the log.
            act.record("package.mismatched", handoff, facts={"read": bool(content)})
    if erased:
        raise PackageErased(
            _("Somebody in this package was erased since. What it held can’t be read any more.")
        )
    if package is None:
        raise PackageRefused(
            _(
                "This package is not what was sent. It is shown to nobody. Call the sender and "
                "your data protection officer; what happened is written down."
            )
        )
    return package


def _check_open_to_receiver(handoff: Handoff) -> None:
    if handoff.status != Status.ACCEPTED:
        raise InvalidTransition(
            _("The package opens after your desk has accepted the handoff.")
            if handoff.status == Status.SENT
            else _("This handoff has ended. Its package does not open any more.")
        )
    check_receiver_may_look(handoff)
