"""Pages of sealed handoffs: keys of a desk, the archive, taking the file, the letter."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from handoffs.models import AgencyKey, ArchiveKey, SigningKey, WrappedKey
from handoffs.services.handoffs import accept_handoff, send_handoff
from tests.client import confirm
from tests.factories import compose_handoff
from tests.handoffs.conftest import NAME, NOTE, events, stored, write_as_owner
from tests.handoffs.sealing import Key, give_keys, wrapped

FIRST = NAME.split()[0]


@pytest.fixture
def keys(cast):
    return give_keys(cast)


@pytest.fixture
def accepted(cast, story, keys):
    draft = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary", "identities"]
    )
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    return accept_handoff(actor=cast.partner, handoff_id=draft.pk)


def url(name, *args):
    return reverse(f"handoffs:{name}", args=args)


def test_a_desk_makes_its_key_on_the_page(cast, client_of):
    client, key = client_of(cast.partner), Key()
    page = client.get(url("desk_key")).content.decode()
    assert "Make your desk’s key" in page
    answer = client.post(
        url("make_key"),
        {"recipient": key.public, "way": "passphrase", "copy": wrapped(key), "replace": ""},
    )
    assert answer.status_code == 302
    assert AgencyKey.objects.using("owner").get().recipient == key.public
    page = client.get(url("desk_key")).content.decode()
    assert key.public in page
    assert cast.partner.name in page
    # A second one is refused on the page, in words.
    other = Key()
    answer = client.post(
        url("make_key"),
        {"recipient": other.public, "way": "passphrase", "copy": wrapped(other), "replace": ""},
    )
    assert answer.status_code == 422
    assert "has a key already" in answer.content.decode()


def test_a_page_without_what_the_script_makes_makes_nothing(cast, client_of):
    answer = client_of(cast.partner).post(url("make_key"), {"recipient": "", "way": "passkey"})
    assert answer.status_code == 422
    assert not AgencyKey.objects.using("owner").exists()


def test_a_copy_given_to_a_colleague_shows_and_goes(cast, keys, client_of):
    client = client_of(cast.partner)
    key = AgencyKey.objects.using("owner").get()
    answer = client.post(
        url("add_copy", key.pk),
        {"way": "handover", "copy": wrapped(keys.desk), "officer": str(cast.investigator.pk)},
    )
    assert answer.status_code == 302
    given = WrappedKey.objects.using("owner").get(officer=cast.investigator)
    page = client_of(cast.investigator).get(url("desk_key")).content.decode()
    assert "One-time code of a colleague" in page
    client = client_of(cast.partner)
    assert client.post(url("remove_copy", given.pk)).status_code == 302
    assert not WrappedKey.objects.using("owner").filter(pk=given.pk).exists()


def test_another_desk_finds_neither_key_nor_copy(cast, keys, client_of):
    key = AgencyKey.objects.using("owner").get()
    copy = WrappedKey.objects.using("owner").get()
    client = client_of(cast.stranger)
    assert key.recipient not in client.get(url("desk_key")).content.decode()
    answer = client.post(url("add_copy", key.pk), {"way": "passkey", "copy": wrapped(keys.desk)})
    assert answer.status_code == 404
    assert client.post(url("remove_copy", copy.pk)).status_code == 404
    assert WrappedKey.objects.using("owner").count() == 1


def test_the_desk_takes_the_sealed_file(cast, accepted, client_of):
    client = client_of(cast.partner)
    page = client.get(url("envelope", accepted.pk)).content.decode()
    assert "data-open-sealed" in page
    assert FIRST not in page
    answer = client.post(url("take_sealed", accepted.pk))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].endswith(f'{accepted.reference}.handoff"')
    assert answer.content.startswith(b"age-encryption.org/v1\n")
    assert FIRST.encode() not in answer.content
    assert events("package.taken", accepted)[0].facts == {"side": "receiver"}
    assert client.get(url("take_sealed", accepted.pk)).status_code == 302
    # The way that opens here is closed to it.
    answer = client.post(url("open", accepted.pk))
    assert answer.status_code == 422
    assert "sealed to your desk" in answer.content.decode()


def test_the_sender_saves_the_archives_copy_and_prints_a_letter_without_case_data(
    cast, accepted, client_of
):
    client = client_of(cast.caseworker)
    page = client.get(url("handoff", accepted.pk)).content.decode()
    assert "two people open the archive" in page
    assert "Show what was sent" not in page
    answer = client.post(url("take_archived", accepted.pk))
    assert answer.content.startswith(b"age-encryption.org/v1\n")
    letter = client.get(url("letter", accepted.pk)).content.decode()
    assert stored(accepted).reference in letter
    assert "/TANGLAW+" in letter
    assert "Received by" in letter
    for word in (FIRST, NOTE, accepted.purpose):
        assert word not in letter
    assert events("handoff.letter_printed", accepted)
    for path in (url("take_archived", accepted.pk), url("letter", accepted.pk)):
        client = client_of(cast.south_caseworker)
        answer = client.get(path) if "letter" in path else client.post(path)
        assert answer.status_code == 404


def test_a_draft_has_no_letter(cast, story, client_of):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert client_of(cast.caseworker).get(url("letter", draft.pk)).status_code == 404


def test_the_archive_is_made_on_its_page_and_a_wrong_key_is_named(cast, client_of):
    client = client_of(cast.dpo)
    typed = {
        "first_holder": str(cast.dpo.pk),
        "first_key": Key().public,
        "second_holder": str(cast.auditor.pk),
        "second_key": "age1nonsense",
    }
    answer = client.post(url("archive"), typed)
    assert answer.status_code == 422
    assert "no public key" in answer.content.decode()
    assert not ArchiveKey.objects.using("owner").exists()
    answer = client.post(url("archive"), typed | {"second_key": Key().public})
    assert answer.status_code == 302
    made = ArchiveKey.objects.using("owner").get()
    page = client.get(url("archive")).content.decode()
    assert made.recipient in page
    assert "BEGIN AGE ENCRYPTED FILE" in page
    assert client_of(cast.caseworker).get(url("archive")).status_code == 403


def test_what_opens_it_without_us_is_there_for_everybody(cast, client_of):
    client = client_of(cast.partner)
    opener = client.get(url("opener"))
    assert b"Content-Security-Policy" in opener.content
    assert b"http://" not in opener.content.replace(b"http://www.w3.org", b"")
    assert b"def check_signature" in client.get(url("verifier")).content


def test_a_key_made_while_the_half_hour_ran_out_waits_to_be_kept(cast, client_of):
    """It is in that browser alone until it is sent: losing it there loses the desk's key."""
    client, key = client_of(cast.partner), Key()
    made = {"recipient": key.public, "way": "passphrase", "copy": wrapped(key), "replace": ""}
    confirm(client, cast.partner, minutes_ago=31)
    assert client.get(url("desk_key")).status_code == 302
    answer = client.post(url("make_key"), made)
    assert answer.status_code == 302
    assert not AgencyKey.objects.using("owner").exists()
    back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    confirm(client, cast.partner)
    page = client.get(back).content.decode()
    assert "Made, but not kept yet" in page
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.split("kept-title")[2]))
    again = {name: html.unescape(hidden[name]) for name in ("recipient", "way", "copy")}
    assert client.post(url("make_key"), again).status_code == 302
    assert AgencyKey.objects.using("owner").get().recipient == key.public
    assert WrappedKey.objects.using("owner").get().blob == made["copy"]


def test_taking_a_copy_away_asks_for_the_second_factor(cast, keys, client_of):
    client, copy = client_of(cast.partner), WrappedKey.objects.using("owner").get()
    confirm(client, cast.partner, minutes_ago=31)
    assert client.post(url("remove_copy", copy.pk)).status_code == 302
    assert not events("desk_key.copy_removed")


@pytest.mark.parametrize("sealed", [True, False])
def test_the_sender_reads_who_will_open_it(cast, story, client_of, sealed):
    if sealed:
        give_keys(cast)
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    page = client_of(cast.caseworker).get(url("send", draft.pk)).content.decode()
    assert ("sealed to the key of Northern" in page) is sealed
    assert ("has no key of its own yet" in page) is not sealed


def test_after_the_signing_key_was_replaced_each_package_is_held_against_its_own(
    cast, story, client_of
):
    give_keys(cast)
    handoffs, signers = [], []
    for _number in range(2):
        draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
        send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
        handoffs.append(accept_handoff(actor=cast.partner, handoff_id=draft.pk))
        signers.append(SigningKey.objects.using("owner").get(retired_at=None).public)
        write_as_owner("UPDATE handoffs_signingkey SET retired_at = now() WHERE retired_at IS NULL")
    assert signers[0] != signers[1]
    page = client_of(cast.partner).get(url("envelope", handoffs[0].pk)).content.decode()
    assert f'data-signatures="{signers[0]} {signers[1]}"' in html.unescape(page)
    # What left after a key was replaced is not proven by it.
    page = client_of(cast.partner).get(url("envelope", handoffs[1].pk)).content.decode()
    assert f'data-signatures="{signers[1]}"' in html.unescape(page)
    for handoff, signer in zip(handoffs, signers, strict=True):
        letter = client_of(cast.caseworker).get(url("letter", handoff.pk)).content.decode()
        assert signer in html.unescape(letter)
