"""A handoff to a desk with a key of its own: nothing here opens it, and nobody else does."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pyrage
import pytest
from django.db import connections
from django.utils import timezone

from accounts.services.directory import close_account
from audit.models import OutboxMessage
from audit.reading import reading
from audit.signed_note import VerifierKey
from core.errors import Denied, DomainError, InvalidTransition
from handoffs.grounds import NoGround, PackageExpired
from handoffs.models import AgencyKey, ArchiveKey, Handoff, HandoffPackage, SigningKey, WrappedKey
from handoffs.offline import verify_handoff
from handoffs.package import canonical
from handoffs.services.handoffs import (
    accept_handoff,
    decline_handoff,
    preview_package,
    revoke_handoff,
    send_handoff,
)
from handoffs.services.keys import (
    add_key_copy,
    make_agency_key,
    make_archive_key,
    remove_key_copy,
)
from handoffs.services.opening import PackageRefused, SealedPackage, open_package
from handoffs.services.sealing import NoArchiveKey, take_sealed_file
from handoffs.tasks import keep_keys
from tests.factories import compose_handoff, give_consent
from tests.handoffs.conftest import NAME, NOTE, STREET, events, sees, stored, write_as_owner
from tests.handoffs.sealing import Key, give_keys, wrapped
from tests.tampering import lower_walls

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]


@pytest.fixture
def keys(cast):
    return give_keys(cast)


@pytest.fixture
def draft(cast, story, keys) -> Handoff:
    return compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


@pytest.fixture
def accepted(cast, draft) -> Handoff:
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    return accept_handoff(actor=cast.partner, handoff_id=draft.pk)


def sender_key() -> VerifierKey:
    return VerifierKey.parse(SigningKey.objects.using("owner").get().public)


def opened(cast, handoff, key):
    _name, data = take_sealed_file(actor=cast.partner, handoff_id=handoff.pk)
    return verify_handoff.check(data, str(key.private), str(sender_key()))


def test_the_desk_opens_exactly_what_the_sender_looked_at(cast, draft, keys):
    looked_at = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    file = opened(cast, draft, keys.desk)
    package = json.loads(file.files["content.json"])
    assert package["content"] == looked_at["content"]
    assert file.files["content.json"] == canonical(package)
    page = file.files["content.html"].decode()
    readable = file.files["readable.json"].decode()
    for text in (page, readable):
        assert NAME.split()[0] in text
        assert NOTE in text
        assert STREET not in text
    assert "<script" not in page


def test_the_content_keeps_to_its_published_schema(cast, accepted, keys):
    schema = json.loads((ROOT / "docs" / "schemas" / "handoff-content.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    package = json.loads(opened(cast, accepted, keys.desk).files["content.json"])
    assert set(package["content"]) == set(EVERYTHING)
    judge = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    judge.validate(package)
    package["content"]["identities"][0]["details"]["street"] = STREET
    assert not judge.is_valid(package)


def test_the_manifest_says_what_it_rests_on_and_names_every_field(cast, accepted, keys):
    manifest = opened(cast, accepted, keys.desk).manifest
    now = stored(accepted)
    assert manifest["reference"] == now.reference
    assert manifest["agreement"] == "DSA-NCRU-1"
    assert manifest["expires_on"] == now.expires_on.isoformat()
    assert now.expires_on == timezone.localdate() + timedelta(days=180)
    assert manifest["onward_sharing"] == "not allowed"
    assert manifest["receiver"]["recipients"] == [keys.desk.public] == now.sealed_to
    assert manifest["sender"]["code"] == "TANGLAW"
    event = events("handoff.sent", accepted)[0]
    assert [one["id"] for one in manifest["rests_on"]] == event.facts["rests_on"]
    assert all(len(one["sha256"]) == 64 for one in manifest["rests_on"])
    assert "/identities/0/details/first_name" in manifest["fields"]
    assert NAME.split()[0] not in json.dumps(manifest)
    assert (
        event.facts["sealed_file"]
        == bytes(HandoffPackage.objects.using("owner").get().file_digest).hex()
    )


def test_the_server_opens_it_for_neither_side(cast, accepted):
    for actor in (cast.caseworker, cast.partner):
        with pytest.raises(SealedPackage):
            open_package(actor=actor, handoff_id=accepted.pk)
    kept = HandoffPackage.objects.using("owner").get()
    assert kept.content == {}
    # Under the handoff's key of the vault stands the age file, and nothing else.
    assert kept.sealed.startswith(b"age-encryption.org/v1\n")


def test_two_people_together_open_the_archive_and_neither_does_alone(
    cast, accepted, keys, tmp_path, capsys
):
    _name, data = take_sealed_file(actor=cast.caseworker, handoff_id=accepted.pk)
    made = ArchiveKey.objects.using("owner").get()
    file, out = tmp_path / "sent.handoff", tmp_path / "out"
    file.write_bytes(data)
    words = [str(file), "--key", str(sender_key()), "--out", str(out)]
    for number, (half, key) in enumerate(
        ((made.first_half, keys.first), (made.second_half, keys.second))
    ):
        (tmp_path / f"{number}.age").write_text(half)
        words += ["--half", str(tmp_path / f"{number}.age")]
        words += ["--identity", str(key.in_file(tmp_path, f"{number}.txt"))]
    assert verify_handoff.main(words[:-2]) == 1
    assert "opens with none of the keys" in capsys.readouterr().err
    assert not out.exists()
    assert verify_handoff.main(words) == 0
    assert NAME.split()[0] in (out / "content.json").read_text()

    halves = [
        base64.b64decode(pyrage.decrypt(sealed.encode(), [key.private]))
        for sealed, key in ((made.first_half, keys.first), (made.second_half, keys.second))
    ]
    for half in halves:
        with pytest.raises((pyrage.IdentityError, UnicodeDecodeError)):
            pyrage.x25519.Identity.from_str(half.decode())
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(made.first_half.encode(), [keys.second.private])
    assert events("package.taken", accepted)[-1].facts == {"side": "sender"}


def test_without_an_archive_nothing_is_sealed_and_nothing_leaves(cast, story):
    desk = Key()
    make_agency_key(actor=cast.partner, recipient=desk.public, way="passkey", copy=wrapped(desk))
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    with pytest.raises(NoArchiveKey, match="archive key"):
        send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert not stored(draft).has_left
    assert not HandoffPackage.objects.using("owner").exists()
    assert not SigningKey.objects.using("owner").exists()


def test_a_desk_without_a_key_reads_it_here_as_before(cast, story, keys):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.shelter,
        sections=["people"],
        legal_basis="legal_obligation",
    )
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    accept_handoff(actor=cast.stranger, handoff_id=draft.pk)
    assert open_package(actor=cast.stranger, handoff_id=draft.pk)["content"]["people"]
    with pytest.raises(InvalidTransition, match="no sealed file"):
        take_sealed_file(actor=cast.stranger, handoff_id=draft.pk)


def test_the_file_is_handed_out_only_while_it_is_accepted(cast, draft):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    with pytest.raises(InvalidTransition, match="after it has accepted"):
        take_sealed_file(actor=cast.partner, handoff_id=draft.pk)
    with pytest.raises(Handoff.DoesNotExist):
        take_sealed_file(actor=cast.stranger, handoff_id=draft.pk)
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert stored(draft).opened_at is None
    take_sealed_file(actor=cast.partner, handoff_id=draft.pk)
    assert stored(draft).opened_at is not None
    revoke_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    with pytest.raises(InvalidTransition, match="has ended"):
        take_sealed_file(actor=cast.partner, handoff_id=draft.pk)
    assert len(events("package.taken", draft)) == 1


def test_what_was_declined_is_not_handed_out(cast, draft):
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    decline_handoff(actor=cast.partner, handoff_id=draft.pk, reason="no_capacity")
    with pytest.raises(InvalidTransition):
        take_sealed_file(actor=cast.partner, handoff_id=draft.pk)


def test_an_agreement_that_lapsed_since_closes_it(cast, accepted):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround):
        take_sealed_file(actor=cast.partner, handoff_id=accepted.pk)
    assert not events("package.taken", accepted)


def set_last_day(handoff, day):
    write_as_owner("UPDATE handoffs_handoff SET expires_on = %s WHERE id = %s", day, handoff.pk)


def test_after_its_last_day_the_server_hands_it_to_the_receiver_no_more(cast, accepted, client_of):
    today = timezone.localdate()
    set_last_day(accepted, today)
    assert take_sealed_file(actor=cast.partner, handoff_id=accepted.pk)
    set_last_day(accepted, today - timedelta(days=1))
    with pytest.raises(PackageExpired, match="last day"):
        take_sealed_file(actor=cast.partner, handoff_id=accepted.pk)
    # Row security says the same, whatever a service forgets.
    assert not sees(cast.partner, HandoffPackage)
    with reading(cast.partner):
        assert not HandoffPackage.objects.all().exists()
    assert len(events("package.taken", accepted)) == 1
    page = client_of(cast.partner).get(f"/handoffs/desk/{accepted.pk}/").content.decode()
    assert "Its last day has passed" in page
    assert "data-open-sealed" not in page
    # What the sender keeps for a court is not bound by it.
    assert take_sealed_file(actor=cast.caseworker, handoff_id=accepted.pk)


def test_after_its_last_day_a_package_that_opens_here_is_closed_too(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=handoff.pk)
    accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    assert open_package(actor=cast.partner, handoff_id=handoff.pk)
    set_last_day(handoff, timezone.localdate() - timedelta(days=1))
    with pytest.raises(PackageExpired):
        open_package(actor=cast.partner, handoff_id=handoff.pk)
    assert not sees(cast.partner, HandoffPackage)
    assert open_package(actor=cast.caseworker, handoff_id=handoff.pk)


def test_it_opens_no_longer_than_somebody_agreed_to(cast, story, keys):
    until = timezone.localdate() + timedelta(days=20)
    give_consent(
        cast.caseworker,
        story.survivor,
        scopes=["case_management", "share_with_law_enforcement"],
        recipients=[cast.cyber_unit.pk],
        categories=EVERYTHING,
        valid_until=until,
    )
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.cyber_unit,
        legal_basis="consent",
        sections=["case_summary", "content_origin"],
    )
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert stored(draft).expires_on == until
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert opened(cast, draft, keys.desk).manifest["expires_on"] == until.isoformat()


def test_it_opens_no_longer_than_its_legal_basis_holds(cast, draft):
    until = timezone.localdate() + timedelta(days=9)
    write_as_owner("ALTER TABLE cases_legalground DISABLE TRIGGER USER")
    write_as_owner("UPDATE cases_legalground SET valid_until = %s", until)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert stored(draft).expires_on == until


def test_a_file_that_was_changed_in_the_database_is_handed_to_nobody(cast, accepted, superuser):
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "handoffs_handoffpackage")
    superuser.execute("UPDATE handoffs_handoffpackage SET file_digest = '\\x00'::bytea")
    with pytest.raises(PackageRefused):
        take_sealed_file(actor=cast.partner, handoff_id=accepted.pk)
    assert events("package.mismatched", accepted)


def test_a_package_sent_after_a_key_was_replaced_does_not_open_with_the_old_one(
    cast, story, keys, accepted
):
    new = Key()
    make_agency_key(
        actor=cast.investigator,
        recipient=new.public,
        way="passphrase",
        copy=wrapped(new),
        replace=True,
    )
    later = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=later.pk)
    accept_handoff(actor=cast.partner, handoff_id=later.pk)
    assert opened(cast, later, new).manifest["reference"] == later.reference
    with pytest.raises(verify_handoff.Bad):
        opened(cast, later, keys.desk)
    # What came before still opens with the key it was sealed to.
    assert opened(cast, accepted, keys.desk).manifest["reference"] == accepted.reference


def test_an_agency_has_one_key_in_use_unless_it_is_replaced(cast, keys):
    other = Key()
    with pytest.raises(DomainError, match="has a key already"):
        make_agency_key(
            actor=cast.investigator, recipient=other.public, way="passkey", copy=wrapped(other)
        )
    assert AgencyKey.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    ("recipient", "copy", "field"),
    [
        ("age1nonsense", None, "recipient"),
        ("AGE-SECRET-KEY-1QQQQ", None, "recipient"),
        (None, "AGE-SECRET-KEY-1QQQQ", "copy"),
        (None, "", "copy"),
    ],
    ids=["no recipient", "a private key", "a copy in the clear", "no copy"],
)
def test_what_is_no_key_is_not_taken_in(cast, recipient, copy, field):
    key = Key()
    with pytest.raises(DomainError) as refused:
        make_agency_key(
            actor=cast.partner,
            recipient=recipient or key.public,
            way="passphrase",
            copy=wrapped(key) if copy is None else copy,
        )
    assert refused.value.field == field
    assert not AgencyKey.objects.using("owner").exists()


def test_a_key_that_another_desk_has_is_refused_in_words(cast, keys):
    with pytest.raises(DomainError, match="known already") as refused:
        make_agency_key(
            actor=cast.stranger,
            recipient=keys.desk.public,
            way="passphrase",
            copy=wrapped(keys.desk),
        )
    assert refused.value.field == "recipient"
    assert AgencyKey.objects.using("owner").count() == 1


def test_who_receives_nothing_makes_no_key(cast):
    key = Key()
    with pytest.raises(Denied):
        make_agency_key(
            actor=cast.caseworker, recipient=key.public, way="passkey", copy=wrapped(key)
        )
    with pytest.raises(Denied):
        make_archive_key(
            actor=cast.caseworker,
            holders=[(cast.dpo.pk, Key().public), (cast.auditor.pk, Key().public)],
        )


def test_the_archive_is_held_by_two_different_people(cast):
    with pytest.raises(DomainError, match="two different people"):
        make_archive_key(
            actor=cast.dpo,
            holders=[(cast.dpo.pk, Key().public), (cast.dpo.pk, Key().public)],
        )


def test_a_colleague_gets_a_copy_by_a_one_time_code_and_puts_their_own_in_its_place(cast, keys):
    with reading(cast.partner):
        key = AgencyKey.objects.visible_to(cast.partner).get()
    add_key_copy(
        actor=cast.partner,
        key_id=key.pk,
        way="handover",
        copy=wrapped(keys.desk),
        officer_id=cast.investigator.pk,
    )
    add_key_copy(actor=cast.investigator, key_id=key.pk, way="passkey", copy=wrapped(keys.desk))
    held = WrappedKey.objects.using("owner").order_by("created_at")
    assert [(one.officer_id, one.way) for one in held] == [
        (cast.partner.pk, "passphrase"),
        (cast.investigator.pk, "passkey"),
    ]
    with pytest.raises(DomainError, match="one-time code"):
        add_key_copy(
            actor=cast.partner,
            key_id=key.pk,
            way="passphrase",
            copy=wrapped(keys.desk),
            officer_id=cast.investigator.pk,
        )
    # Another desk finds neither the key nor its copies.
    assert not sees(cast.stranger, WrappedKey)
    assert not sees(cast.stranger, AgencyKey)
    assert not sees(cast.caseworker, WrappedKey)


def test_the_copy_of_an_officer_who_leaves_goes_with_them(cast, keys):
    with reading(cast.partner):
        key = AgencyKey.objects.visible_to(cast.partner).get()
    add_key_copy(
        actor=cast.partner,
        key_id=key.pk,
        way="handover",
        copy=wrapped(keys.desk),
        officer_id=cast.investigator.pk,
    )
    close_account(actor=cast.admin, user_id=cast.investigator.pk)
    left = WrappedKey.objects.using("owner").get()
    assert left.officer_id == cast.partner.pk
    assert events("desk_key.copies_dropped")[-1].facts == {"copies": 1}
    with pytest.raises(DomainError, match="last copy"):
        remove_key_copy(actor=cast.partner, copy_id=left.pk)


def test_with_the_last_copy_its_key_is_retired_and_the_desk_told(cast, keys, story, client_of):
    told = desk_jobs(cast)
    close_account(actor=cast.admin, user_id=cast.partner.pk)
    key = AgencyKey.objects.using("owner").get()
    assert key.retired_at is not None
    assert not WrappedKey.objects.using("owner").exists()
    assert events("desk_key.retired", key)[0].facts == {"because": "no_copy_is_left"}
    assert desk_jobs(cast) == told + 1
    page = client_of(cast.investigator).get("/handoffs/desk/key/").content.decode()
    assert "Your desk has no key now" in page
    # Nothing is sealed any more to what nobody there opens.
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert stored(draft).sealed_to == []


def test_a_copy_goes_when_a_role_ends_by_its_day(cast, keys):
    with reading(cast.partner):
        key = AgencyKey.objects.visible_to(cast.partner).get()
    add_key_copy(
        actor=cast.partner,
        key_id=key.pk,
        way="handover",
        copy=wrapped(keys.desk),
        officer_id=cast.investigator.pk,
    )
    assert keep_keys() == 0
    ends = "UPDATE accounts_membership SET ends_at = now() WHERE user_id = %s"
    write_as_owner(ends, cast.partner.pk)
    assert keep_keys() == 1
    assert WrappedKey.objects.using("owner").get().officer_id == cast.investigator.pk
    assert AgencyKey.objects.using("owner").get().retired_at is None
    told = desk_jobs(cast)
    write_as_owner(ends, cast.investigator.pk)
    assert keep_keys() == 2
    assert AgencyKey.objects.using("owner").get().retired_at is not None
    assert desk_jobs(cast) == told + 1
    assert keep_keys() == 0


def desk_jobs(cast) -> int:
    jobs = OutboxMessage.objects.using("owner").filter(task="handoffs.tell_desk")
    return sum(ids == [str(cast.cyber_unit.pk)] for ids in jobs.values_list("ids", flat=True))


def test_an_archive_key_that_is_replaced_says_so_and_its_holders_are_told(cast, keys, client_of):
    old = ArchiveKey.objects.using("owner").get()
    holders = sorted([str(cast.dpo.pk), str(cast.auditor.pk)])
    assert events("archive_key.made", old)[0].facts == {"holders": holders}
    told = OutboxMessage.objects.using("owner").filter(task="handoffs.tell_sender")
    assert sorted(ids[0] for ids in told.values_list("ids", flat=True)) == holders
    make_archive_key(
        actor=cast.dpo,
        holders=[(cast.dpo.pk, Key().public), (cast.supervisor.pk, Key().public)],
        replace=True,
    )
    assert events("archive_key.retired", old)[0].facts == {"holders": holders}
    new = ArchiveKey.objects.using("owner").get(retired_at=None)
    # Each finds their own half, and nobody else's; what was sealed before opens with the old ones.
    page = client_of(cast.auditor).get("/handoffs/archive/half/").content.decode()
    assert old.recipient in page
    assert new.recipient not in page
    assert old.second_half.splitlines()[1] in page
    assert old.first_half.splitlines()[1] not in page
    assert client_of(cast.intake).get("/handoffs/archive/half/").status_code == 404
    # Once a holder has left, whoever keeps the archive is told to make it anew.
    close_account(actor=cast.admin, user_id=cast.supervisor.pk)
    page = client_of(cast.dpo).get("/handoffs/archive/").content.decode()
    assert f"{cast.supervisor.name} no longer works here" in page


def test_the_signing_key_stands_sealed(cast, accepted):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT private_sealed FROM handoffs_signingkey")
        sealed = base64.b64decode(cursor.fetchone()[0])
    assert len(sealed) > 44
    assert b"PRIVATE" not in sealed


def test_two_sendings_of_the_same_content_are_two_files(cast, story, keys):
    first, second = (
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit) for _ in range(2)
    )
    files = []
    for draft in (first, second):
        send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
        files.append(take_sealed_file(actor=cast.caseworker, handoff_id=draft.pk)[1])
    assert files[0] != files[1]
