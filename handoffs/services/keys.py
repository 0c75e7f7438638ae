"""Keys: of a desk (made in its officer's browser), of the sender's signature, of the archive."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import uuid
from collections.abc import Sequence

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import Act, acting
from audit.signed_note import SignerKey
from core.errors import DomainError
from core.races import only_one
from core.sealing import system_sealer
from handoffs.choices import KeyWay
from handoffs.models import AgencyKey, ArchiveKey, SigningKey, WrappedKey

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
ARMOR = re.compile(
    r"-----BEGIN AGE ENCRYPTED FILE-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)"
    r"-----END AGE ENCRYPTED FILE-----\n?"
)
HINT = re.compile(r"AGE-PLUGIN-FIDO2PRF-1[02-9AC-HJ-NP-Z]{10,560}")
LONGEST_COPY = 4_000
SIGNING = "handoffs.signing_key"


def make_agency_key(
    *, actor: User, recipient: str, way: str, copy: str, hint: str = "", replace: bool = False
) -> AgencyKey:
    """Take in the public half of a key that was made in the actor's browser, and the actor's copy.

    Args:
        recipient: `age1…`.
        way: of `KeyWay`; what opens the copy.
        copy: the private half as an armored age file; nobody but the actor opens it.
        hint: which passkey opens it, where one does.
        replace: retire the key in use. What was sealed to it still opens with it.

    Raises:
        Denied: the actor's role receives nothing.
        DomainError: it is no key, it is known, or the agency has one and it is not to be replaced.
    """
    with acting(actor) as act:
        act.authorise("handoffs.hold_key")
        _check_recipient(recipient)
        agency = Agency.objects.locked().get(pk=actor.agency_id)
        old = AgencyKey.objects.visible_to(actor).filter(agency_id=actor.agency_id).in_use().first()
        if old is not None and not replace:
            raise DomainError(
                _("Your agency has a key already. Ask a colleague for a copy, or replace it.")
            )
        if old is not None:
            old.retired_at = timezone.now()
            old.save(update_fields=["retired_at"])
            act.record("desk_key.retired", old)
        key = AgencyKey(agency=agency, recipient=recipient, made_by=actor)
        # Another desk's key is not the actor's to see; the database sees it.
        with only_one("a_key_is_of_one_desk", _known_already()):
            key.save(force_insert=True)
        act.record("desk_key.made", key, facts={"recipient": recipient})
        _add_copy(act, key, actor, way, copy, hint)
        act.after_commit("handoffs.tell_desk", str(actor.agency_id))
    return key


def add_key_copy(
    *,
    actor: User,
    key_id: uuid.UUID,
    way: str,
    copy: str,
    hint: str = "",
    officer_id: uuid.UUID | None = None,
) -> WrappedKey:
    """Keep a further copy of the agency's key: one's own, or for a colleague by a one-time code.

    An own copy takes the place of the one-time code it was opened with.

    Raises:
        AgencyKey.DoesNotExist: not the actor's agency's.
        DomainError: it is no copy, the key was retired, or the colleague is not of this desk.
    """
    with acting(actor) as act:
        key = AgencyKey.objects.visible_to(actor).get(pk=key_id, agency_id=actor.agency_id)
        act.authorise("handoffs.hold_key", key)
        officer = actor
        if officer_id is not None and officer_id != actor.pk:
            officer = User.objects.visible_to(actor).get(pk=officer_id, is_active=True)
            if not officer.may("handoffs.hold_key"):
                raise DomainError(_("This person does not open packages."), field="officer")
            if way != KeyWay.HANDOVER:
                raise DomainError(
                    _("For a colleague make a one-time code; they choose their own way."),
                    field="way",
                )
        else:
            WrappedKey.objects.filter(key=key, officer=actor, way=KeyWay.HANDOVER).delete()
        return _add_copy(act, key, officer, way, copy, hint)


def remove_key_copy(*, actor: User, copy_id: uuid.UUID) -> None:
    """Take a copy of the desk's key away, one's own or of somebody who is leaving.

    Raises:
        WrappedKey.DoesNotExist: not of the actor's desk.
        DomainError: it is the last one; packages sealed to the key would open for nobody.
    """
    with acting(actor) as act:
        found = WrappedKey.objects.visible_to(actor).select_related("key").get(pk=copy_id)
        AgencyKey.objects.locked().get(pk=found.key_id)
        act.authorise("handoffs.hold_key", found)
        if WrappedKey.objects.filter(key_id=found.key_id).count() == 1:
            raise DomainError(_("This is the last copy: packages would open for nobody any more."))
        act.record(
            "desk_key.copy_removed", found, facts={"of": str(found.officer_id), "way": found.way}
        )
        found.delete()


def drop_copies_of_those_who_left(act: Act) -> int:
    """Delete the copies of everybody who opens no packages any more. Returns how many.

    A key whose last copy went is retired, and its desk told: what came next would be sealed to a
    key that nobody there has, and somebody who left may have kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_drop_left_copies()")
        dropped = int(cursor.fetchone()[0])
        cursor.execute("SELECT key_id, desk_id FROM liwanag_retire_keys_without_copies()")
        retired = cursor.fetchall()
    if dropped:
        act.record("desk_key.copies_dropped", facts={"copies": dropped})
    for key_id, desk_id in retired:
        act.record("desk_key.retired", AgencyKey(pk=key_id), facts={"because": "no_copy_is_left"})
        act.after_commit("handoffs.tell_desk", str(desk_id))
    return dropped + len(retired)


def keep_keys_in_order(*, actor: User) -> int:
    """Drop what is left of whoever's role ended by its date. Returns copies and keys that went.

    A role that ends on a day ends without an act of anybody, so nothing dropped its copies then.
    """
    try:
        with acting(actor) as act:
            act.authorise("handoffs.stop_uncovered")
            done = drop_copies_of_those_who_left(act)
            if not done:
                raise _NothingLeft
    except _NothingLeft:
        return 0
    return done


class _NothingLeft(Exception):
    """Every copy is of somebody who still opens packages."""


def _add_copy(
    act: Act, key: AgencyKey, officer: User, way: str, copy: str, hint: str
) -> WrappedKey:
    if way not in KeyWay.values:
        raise DomainError(_("Choose what opens your copy of the key."), field="way")
    armored = copy.replace("\r\n", "\n").strip() + "\n"
    found = ARMOR.fullmatch(armored)
    try:
        raw = base64.b64decode(found[1].replace("\n", ""), validate=True) if found else b""
    except binascii.Error:
        raw = b""
    if len(copy) > LONGEST_COPY or not raw.startswith(b"age-encryption.org/v1\n"):
        raise DomainError(_("This is no sealed copy of a key. Try again."), field="copy")
    if hint and (way != KeyWay.PASSKEY or not HINT.fullmatch(hint)):
        raise DomainError(_("This passkey cannot hold a key. Use a passphrase."), field="way")
    made = WrappedKey(key=key, officer=officer, way=way, blob=armored, hint=hint)
    made.save(force_insert=True)
    act.record("desk_key.copied", made, facts={"for": str(officer.pk), "way": str(way)})
    return made


def _check_recipient(recipient: str) -> None:
    if not RECIPIENT.fullmatch(recipient):
        raise DomainError(_("This is no key that a package can be sealed to."), field="recipient")
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise DomainError(
            _("This is no key that a package can be sealed to."), field="recipient"
        ) from None
    if AgencyKey.objects.filter(recipient=recipient).exists():
        raise _known_already()


def _known_already() -> DomainError:
    return DomainError(_("This key is known already. Make a new one."), field="recipient")


def signer_of(act: Act, actor: User, agency: Agency) -> SignerKey:
    """The agency's signing key; made on its first use.

    Raises:
        vault.errors.CannotOpen: it does not open; nothing can be signed then.
    """
    # Locked, so that none is replaced while something is signed with it: what was signed left, by
    # its own time, before the key was retired.
    in_use = SigningKey.objects.visible_to(actor).filter(agency=agency).in_use().locked()
    known = in_use.first()
    if known is None:
        # Two first sendings at once make one key: the second waits here and finds it.
        Agency.objects.locked().get(pk=agency.pk)
        known = in_use.first()
    if known is None:
        return _make_signing_key(act, agency)[1]
    raw = base64.b64decode(
        system_sealer().open_text(SIGNING, known.private_sealed, bound_to=known.pk)
    )
    return SignerKey(known.public.split("+")[0], Ed25519PrivateKey.from_private_bytes(raw))


def _make_signing_key(act: Act, agency: Agency) -> tuple[SigningKey, SignerKey]:
    private = Ed25519PrivateKey.generate()
    origin = str(getattr(settings, "LIWANAG_LOG_ORIGIN", "liwanag.example/log"))
    signer = SignerKey(f"{origin}/{agency.short_code}", private)
    key = SigningKey(agency=agency, public=str(signer.verifier))
    key.private_sealed = system_sealer().seal_text(
        SIGNING, base64.b64encode(private.private_bytes_raw()).decode(), bound_to=key.pk
    )
    key.save(force_insert=True)
    act.record("signing_key.made", key, facts={"key": key.public})
    return key, signer


def replace_signing_key(*, actor: User, key_id: uuid.UUID) -> SigningKey:
    """Sign what leaves from now on with a new key. What left before stays proven by the old one:
    both are shown to whoever received something, and what left meanwhile is held against either.

    Args:
        key_id: the one in use, as the actor saw it: the second of two finds that it was replaced.

    Raises:
        SigningKey.DoesNotExist: not the actor's agency's.
        Denied: not the actor's to replace.
        DomainError: somebody replaced it meanwhile.
    """
    with acting(actor) as act:
        agency = Agency.objects.locked().get(pk=actor.agency_id)
        mine = SigningKey.objects.visible_to(actor).filter(agency=agency)
        old: SigningKey = mine.locked().get(pk=key_id)
        act.authorise("handoffs.replace_signing_key", old)
        if old.retired_at is not None:
            raise DomainError(_("This key was replaced already. Look at the one in use."))
        old.retired_at = timezone.now()
        old.save(update_fields=["retired_at"])
        act.record("signing_key.retired", old, facts={"key": old.public})
        return _make_signing_key(act, agency)[0]


def make_archive_key(
    *, actor: User, holders: Sequence[tuple[uuid.UUID, str]], replace: bool = False
) -> ArchiveKey:
    """Make the key that the agency's own copies are sealed to, in two halves for two people.

    The key itself is never kept: each half is sealed to its holder's recipient, and neither tells
    anything alone.

    Args:
        holders: (id of a colleague, their age recipient), two of them.
        replace: retire the one in use.

    Raises:
        Denied: not a keeper of the archive.
        DomainError: not two different people with two different keys.
    """
    with acting(actor) as act:
        act.authorise("handoffs.keep_archive")
        people = [
            User.objects.visible_to(actor).people().get(pk=pk, is_active=True)
            for pk, _key in holders
        ]
        keys = [text for _pk, text in holders]
        if len({person.pk for person in people}) != 2 or len(set(keys)) != 2:
            raise DomainError(
                _("Name two different people, each with a key of their own."), field="second_key"
            )
        agency = Agency.objects.locked().get(pk=actor.agency_id)
        old = ArchiveKey.objects.visible_to(actor).in_use().first()
        if old is not None and not replace:
            raise DomainError(_("Your agency has an archive key already."))
        if old is not None:
            old.retired_at = timezone.now()
            old.save(update_fields=["retired_at"])
            act.record("archive_key.retired", old, facts=_holders_of(old))
        identity = pyrage.x25519.Identity.generate()
        whole = str(identity).encode()
        first = secrets.token_bytes(len(whole))
        second = bytes(a ^ b for a, b in zip(whole, first, strict=True))
        halves = [
            _sealed_half(half, text, name)
            for half, text, name in zip(
                (first, second), keys, ("first_key", "second_key"), strict=True
            )
        ]
        made = ArchiveKey(
            agency=agency,
            recipient=str(identity.to_public()),
            first_holder=people[0],
            second_holder=people[1],
            first_half=halves[0],
            second_half=halves[1],
            made_by=actor,
        )
        made.save(force_insert=True)
        act.record("archive_key.made", made, facts=_holders_of(made))
        for person in people:
            act.after_commit("handoffs.tell_sender", str(person.pk))
    return made


def _holders_of(key: ArchiveKey) -> dict[str, list[str]]:
    return {"holders": sorted([str(key.first_holder_id), str(key.second_holder_id)])}


def _sealed_half(half: bytes, recipient: str, field: str) -> str:
    try:
        to = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise DomainError(_("This is no public key (age1…)."), field=field) from None
    return bytes(pyrage.encrypt(base64.b64encode(half), [to], armored=True)).decode()
