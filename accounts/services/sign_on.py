"""Single sign-on of an agency: set up by its administrator, and what comes of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Invitation, SignOnLink, SignOnProvider, User
from accounts.openid import SignOnRefused, Vouched, discover
from accounts.services.own import own_act
from accounts.sessions import end_those_by_sign_on
from audit.acting import acting
from audit.events import write_event
from core.errors import DomainError
from core.sealing import system_sealer

PURPOSE = "sign_on_secret"
CHANGES = (
    "issuer",
    "client_id",
    "sealed_secret",
    "trusts_second_factor",
    "is_on",
    "version",
)


def set_up_sign_on(
    *,
    actor: User,
    issuer: str,
    client_id: str,
    client_secret: str,
    trusts_second_factor: bool,
    version: int = 0,
) -> SignOnProvider:
    """Let the people of one's own agency sign in with its OpenID provider.

    Where the provider changes, or its word for a second factor is taken no more, whoever came in by
    it is signed out.

    Args:
        issuer: the provider's address, exactly as it names itself.
        client_secret: kept sealed and never shown again; empty keeps the one that is there.
        trusts_second_factor: take the provider's word that a second factor was shown.
        version: of the settings as they were read; 0 where there were none.

    Raises:
        DomainError: there is no provider at the address, or no secret.
        Conflict: somebody else changed the settings meanwhile.
    """
    # Asked before the act: no transaction waits for another machine.
    discover(issuer)
    with acting(actor) as act:
        act.authorise("accounts.set_up_sign_on", verdict=actor.agency is not None)
        mine = SignOnProvider.objects.visible_to(actor)
        provider = mine.locked().filter(agency_id=actor.agency_id).first()
        is_new = provider is None
        if provider is None:
            provider = SignOnProvider(pk=uuid4(), agency=actor.agency, version=0)
        provider.check_seen(version)
        if is_new and not client_secret:
            raise DomainError(_("Write the secret that the provider gave you."), field="secret")
        moved = not is_new and (provider.issuer, provider.client_id) != (issuer, client_id)
        if moved and not client_secret:
            raise DomainError(
                _("Another provider or client has another secret. Write it."), field="secret"
            )
        distrusted = moved or (provider.trusts_second_factor and not trusts_second_factor)
        provider.issuer, provider.client_id = issuer, client_id
        provider.trusts_second_factor, provider.is_on = trusts_second_factor, True
        if client_secret:
            provider.sealed_secret = system_sealer().seal_text(
                PURPOSE, client_secret, bound_to=provider.pk
            )
        provider.version += 1
        if is_new:
            provider.save(force_insert=True)
        else:
            provider.save(update_fields=CHANGES)
        ended = end_those_by_sign_on(provider.agency_id) if distrusted else 0
        act.record(
            "sign_on.set_up",
            provider,
            fields=["issuer", "client_id", "trusts_second_factor"],
            facts={
                "trusts_second_factor": trusts_second_factor,
                "new_secret": bool(client_secret),
                "sessions_ended": ended,
            },
        )
    return provider


def turn_off_sign_on(*, actor: User, provider_id: UUID) -> SignOnProvider:
    """Stop it: its people sign in with a password or passkey of their own from now on, and whoever
    came in by it is signed out.

    Raises:
        SignOnProvider.DoesNotExist: another agency's.
        DomainError: it is off.
    """
    with acting(actor) as act:
        provider: SignOnProvider = (
            SignOnProvider.objects.visible_to(actor).locked().get(pk=provider_id)
        )
        act.authorise("accounts.set_up_sign_on", provider)
        if not provider.is_on:
            raise DomainError(_("Single sign-on is off already."))
        provider.is_on = False
        provider.version += 1
        provider.save(update_fields=["is_on", "version"])
        ended = end_those_by_sign_on(provider.agency_id)
        act.record("sign_on.turned_off", provider, facts={"sessions_ended": ended})
    return provider


def secret_of(provider: SignOnProvider) -> str:
    """The client's secret in the clear, for the provider alone.

    Raises:
        Unreadable: it was moved here from another row, or its key is gone.
    """
    return system_sealer().open_text(PURPOSE, provider.sealed_secret, bound_to=provider.pk)


def stands_as_asked(provider_id: UUID, version: int) -> bool:
    """Whether a provider is on, with the settings that somebody set out by. Waits for whoever is
    changing them."""
    with transaction.atomic():
        as_asked = SignOnProvider.objects.filter(pk=provider_id, is_on=True, version=version)
        return bool(as_asked.select_for_update().exists())


def come_in_by_sign_on(*, provider: SignOnProvider, vouched: Vouched, at: datetime) -> User:
    """Whom the provider vouched for, if that is one of our people: invited, and not closed.

    Nobody is made by it. Whoever was invited and has not joined yet joins by it: the verified
    address is what the link in the mail would have shown.

    Raises:
        SignOnRefused: nobody of the agency, closed, or another person at the provider than before.
    """
    with own_act() as act:
        # It may have been turned off or changed since it was asked.
        if not stands_as_asked(provider.pk, provider.version):
            raise SignOnRefused("no_provider")
        people = User.objects.people().filter(agency_id=provider.agency_id)
        user = people.filter(email__iexact=vouched.email).select_for_update(of=("self",)).first()
        if user is None:
            raise SignOnRefused("unknown_person")
        waiting = Invitation.objects.filter(user=user).waiting().first()
        joins = not user.is_active and waiting is not None and waiting.is_open(at)
        if not user.is_active and not joins:
            raise SignOnRefused("closed_account")
        links = SignOnLink.objects.filter(provider=provider)
        known = links.filter(user=user).first()
        taken = links.filter(subject=vouched.subject).exclude(user=user).exists()
        if taken or (known is not None and known.subject != vouched.subject):
            raise SignOnRefused("another_subject")
        if known is None:
            SignOnLink.objects.create(provider=provider, user=user, subject=vouched.subject)
        if joins and waiting is not None:
            user.set_unusable_password()
            user.is_active = True
            user.save(update_fields=["password", "is_active"])
            waiting.accepted_at = at
            waiting.save(update_fields=["accepted_at"])
            write_event(act=act, actor=user, verb="invitation.accepted", record=user)
        write_event(
            act=act,
            actor=user,
            verb="sign_on.used",
            record=user,
            facts={"second_factor": vouched.second_factor, "first": known is None},
        )
    return user


def note_refused(*, provider: SignOnProvider, why: str) -> None:
    """Record that what came back from a provider was refused, and why."""
    with own_act() as act:
        write_event(
            act=act,
            actor=None,
            verb="sign_on.refused",
            record=provider,
            facts={"because": why},
            outcome="refused",
        )
