"""The sealed file opens for whom it was made, by every way, and for nothing that was changed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pyrage
import pytest

from audit.signed_note import Note
from core.errors import DomainError
from handoffs.offline import verify_handoff
from handoffs.sealed_file import FORMAT, fields_of, note_text, seal
from tests.handoffs.sealing import SECRET, Key, files, outside, sealed, signer

NODE_SCRIPT = Path(__file__).with_name("open_handoff.mjs")
SCRIPT = Path(verify_handoff.__file__)
MUTATIONS = 1000


@pytest.fixture
def sender():
    return signer()


@pytest.fixture
def desk():
    return Key()


@pytest.fixture
def archive():
    return Key()


@pytest.fixture
def file(sender, desk, archive):
    return sealed(sender, desk, archive)


def again(data, desk, archive, *, change=None, without=None, also=()):
    """What somebody who could open it seals anew after changing something inside."""
    inside = pyrage.decrypt(data, [desk.private])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(inside)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name != without:
                new.writestr(name, change(name, content) if change else content)
        for name, content in also:
            new.writestr(name, content)
    to = [pyrage.x25519.Recipient.from_str(key.public) for key in (desk, archive)]
    return pyrage.encrypt(out.getvalue(), to)


def refusals(data, key_file, key, tmp_path, capsys) -> str:
    """What the program says of a file it refuses; it writes nothing then."""
    place = tmp_path / "it.handoff"
    place.write_bytes(data)
    out = tmp_path / "out"
    words = [str(place), "--identity", str(key_file), "--out", str(out)]
    assert verify_handoff.main([*words, *(["--key", str(key)] if key else [])]) == 1
    assert not out.exists()
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    return said.err


def test_nothing_of_it_stands_outside(file):
    for part in (SECRET, "Tanglaw", "H-7QK4-29", "Find the place"):
        assert part.encode() not in file.data


def test_the_receiver_and_the_archive_open_it(file, sender, desk, archive):
    for key in (desk, archive):
        opened = verify_handoff.check(file.data, str(key.private), str(sender.verifier))
        assert opened.files == files()
        assert opened.manifest["receiver"]["code"] == "NCRU"


def test_the_program_writes_what_was_sent_and_names_the_sender(
    file, sender, desk, tmp_path, capsys
):
    place = tmp_path / "it.handoff"
    place.write_bytes(file.data)
    out = tmp_path / "out"
    code = verify_handoff.main(
        [
            str(place),
            "--identity",
            str(desk.in_file(tmp_path)),
            "--key",
            str(sender.verifier),
            "--out",
            str(out),
        ]
    )
    assert code == 0
    assert {one.name: one.read_bytes() for one in out.iterdir()} == files()
    assert out.stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    assert "Tanglaw Foundation" in said
    assert file.file_digest.hex() in said
    assert SECRET not in said


def test_without_the_senders_key_it_says_that_nobody_is_proven(file, desk, tmp_path, capsys):
    place = tmp_path / "it.handoff"
    place.write_bytes(file.data)
    code = verify_handoff.main([str(place), "--identity", str(desk.in_file(tmp_path))])
    assert code == verify_handoff.UNPROVEN
    assert "letter" in capsys.readouterr().err


def changed(rng, content: bytes) -> bytes:
    """The same with one random change in it: a bit, an end, something put in, two bytes swapped."""
    data = bytearray(content)
    kind, at = rng.randrange(4), rng.randrange(len(data))
    if kind == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data = data[:at]
    elif kind == 2:
        data[at:at] = rng.randbytes(rng.randrange(1, 40))
    else:
        other = rng.randrange(len(data))
        data[at], data[other] = data[other], data[at] ^ 0x55
    return bytes(data)


def test_a_thousand_changes_of_the_file_are_all_refused(file, sender, desk, tmp_path):
    key_file, key = desk.in_file(tmp_path), str(sender.verifier)
    verify_handoff.check(file.data, key_file, key)
    rng = random.Random(5)
    for _number in range(MUTATIONS):
        data = changed(rng, file.data)
        if data == file.data:
            continue
        with pytest.raises(verify_handoff.Bad):
            verify_handoff.check(data, key_file, key)


def test_a_thousand_changes_inside_by_somebody_who_can_open_it_are_all_refused(
    file, sender, desk, archive
):
    """What age protects is taken off first, so that every check behind it has to hold alone."""
    key = str(sender.verifier)
    inside = pyrage.decrypt(file.data, [desk.private])
    to = [pyrage.x25519.Recipient.from_str(key.public) for key in (desk, archive)]
    with zipfile.ZipFile(io.BytesIO(inside)) as members:
        names = members.namelist()
    rng, met = random.Random(7), Counter()
    for number in range(MUTATIONS):
        name = names[number % len(names)]
        met[name] += 1
        before = {}

        def change(member, content, name=name, before=before):
            if member != name:
                return content
            before["same"] = (made := changed(rng, content)) == content
            return made

        data = again(file.data, desk, archive, change=change)
        if before["same"]:
            continue
        with pytest.raises(verify_handoff.Bad):
            verify_handoff.check(data, str(desk.private), key)
    assert set(met) == {"manifest.json", "manifest.note", *files()}

    # The ZIP around them: what it says beside its members (a date, who made it) is nobody's, so a
    # change there is refused or changes nothing that is handed out.
    true = verify_handoff.check(file.data, str(desk.private), key)
    refused = 0
    for _number in range(MUTATIONS):
        data = pyrage.encrypt(changed(rng, inside), to)
        try:
            opened = verify_handoff.check(data, str(desk.private), key)
        except verify_handoff.Bad:
            refused += 1
        else:
            assert (opened.files, opened.manifest) == (true.files, true.manifest)
    assert refused > MUTATIONS * 0.8


def crafted(maker, desk, manifest, *, packed=zipfile.ZIP_STORED, more=()):
    """What a stranger makes: any manifest, signed by themselves, sealed to the desk."""
    raw = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    reference = manifest.get("reference") if isinstance(manifest, dict) else "H-7QK4-29"
    note = Note(note_text(str(reference).encode("ascii", "replace").decode(), raw))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        archive.writestr("manifest.json", raw)
        archive.writestr("manifest.note", note.signed_by(maker).encode())
        for name, content in {**files(), **dict(more)}.items():
            archive.writestr(name, content)
    return pyrage.encrypt(out.getvalue(), [pyrage.x25519.Recipient.from_str(desk.public)])


def honest(maker, desk, **over):
    """The manifest of `crafted` that would hold."""
    described = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files().items()
    }
    said = {**outside(maker, desk), "format": FORMAT, "archive": desk.public, "files": described}
    return said | over


@pytest.mark.parametrize(
    "over",
    [
        {"purpose": None},
        {"purpose": ["a", "b"]},
        {"sent_at": 7},
        {"onward_sharing": {}},
        {"reference": "\ud800"},
        {"expires_on": "2099-W01-1"},
        {"expires_on": "never"},
        {"receiver": {"name": "us", "recipients": {}}},
        {"receiver": {"name": 3, "recipients": []}},
        {"receiver": []},
        {"sender": "us"},
        {"sender": {"name": "us", "key": "\ud800+00000000+AQ=="}},
        {"sender": {"key": "x"}},
        {"files": []},
        {"files": {"content.json": "all"}},
        {"files": {"content.json": {"sha256": "00"}}},
        {"files": {"content.json": {"sha256": "00", "size": "7"}}},
        {"format": None},
        {"archive": 0},
    ],
    ids=str,
)
def test_a_crafted_manifest_is_refused_in_one_sentence(desk, tmp_path, capsys, over):
    stranger = signer()
    data = crafted(stranger, desk, honest(stranger, desk, **over))
    assert refusals(data, desk.in_file(tmp_path), "", tmp_path, capsys).startswith("REFUSED: ")


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b"7", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"files": {}}'],
    ids=lambda raw: str(raw[:12]),
)
def test_what_is_no_manifest_is_refused_in_one_sentence(desk, tmp_path, capsys, raw):
    data = crafted(signer(), desk, raw)
    assert refusals(data, desk.in_file(tmp_path), "", tmp_path, capsys).startswith("REFUSED: ")


def test_members_that_are_packed_are_refused_as_the_page_refuses_them(desk, tmp_path, capsys):
    stranger = signer()
    data = crafted(stranger, desk, honest(stranger, desk), packed=zipfile.ZIP_DEFLATED)
    assert "packed" in refusals(data, desk.in_file(tmp_path), "", tmp_path, capsys)


def test_what_a_stranger_wrote_moves_no_cursor(desk, tmp_path, capsys):
    stranger = signer()
    evil = "\x1b[2J\x1b]0;owned\x07 \u202eevil\u2066 \r\nREFUSED"
    said = honest(stranger, desk, purpose=evil, onward_sharing=evil)
    said["sender"]["name"] = said["receiver"]["name"] = evil
    place = tmp_path / "it.handoff"
    place.write_bytes(crafted(stranger, desk, said))
    code = verify_handoff.main([str(place), "--identity", str(desk.in_file(tmp_path))])
    assert code == verify_handoff.UNPROVEN
    out = capsys.readouterr().out
    assert all(one.isprintable() for one in out.replace("\n", ""))
    assert len(out.splitlines()) == 8
    assert "\\x1b[2J" in out


def test_any_of_several_identities_may_be_the_right_one(file, sender, desk, tmp_path):
    place = tmp_path / "it.handoff"
    place.write_bytes(file.data)
    mine, other = desk.in_file(tmp_path), Key().in_file(tmp_path, "other.txt")
    for first, second in ((mine, other), (other, mine)):
        words = [str(place), "--identity", str(first), "--identity", str(second)]
        assert verify_handoff.main([*words, "--key", str(sender.verifier)]) == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("content.json", "content.json is not what its sender put into it"),
        ("content.html", "content.html is not what its sender put into it"),
        ("manifest.json", "its signature belongs to another manifest"),
        ("manifest.note", "signature"),
    ],
)
def test_what_a_receiver_changed_and_sealed_anew_is_refused(
    file, sender, desk, archive, tmp_path, capsys, name, says
):
    def change(member, content):
        if member != name:
            return content
        if name == "manifest.json":
            return content.replace(b"not allowed", b"all allowed")
        return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]

    data = again(file.data, desk, archive, change=change)
    said = refusals(data, desk.in_file(tmp_path), sender.verifier, tmp_path, capsys)
    assert says in said


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("how", ["another file", "one less", "the same name twice"])
def test_files_that_the_sender_did_not_put_in_are_refused(
    file, sender, desk, archive, tmp_path, capsys, how
):
    also = {"another file": [("more.json", b"{}")], "the same name twice": [("content.json", b"")]}
    data = again(
        file.data,
        desk,
        archive,
        without="content.html" if how == "one less" else None,
        also=also.get(how, ()),
    )
    assert refusals(data, desk.in_file(tmp_path), sender.verifier, tmp_path, capsys)


def test_signed_by_another_key_is_refused(sender, desk, archive, tmp_path, capsys):
    stranger = signer()
    said = outside(stranger, desk)
    said["sender"]["key"] = str(sender.verifier)
    forged = seal(said, files(), signer=stranger, recipients=[desk.public], archive=archive.public)
    assert "signature" in refusals(
        forged.data, desk.in_file(tmp_path), sender.verifier, tmp_path, capsys
    )
    honest_of_a_stranger = sealed(stranger, desk, archive)
    assert "another sender" in refusals(
        honest_of_a_stranger.data, desk.in_file(tmp_path), sender.verifier, tmp_path, capsys
    )


def test_replayed_to_another_desk_is_refused_there(file, sender, desk, archive, tmp_path, capsys):
    other = Key()
    inside = pyrage.decrypt(file.data, [desk.private])
    replayed = pyrage.encrypt(inside, [pyrage.x25519.Recipient.from_str(other.public)])
    said = refusals(replayed, other.in_file(tmp_path), sender.verifier, tmp_path, capsys)
    assert "another desk" in said


def test_the_key_of_another_agency_opens_nothing(file, sender, tmp_path, capsys):
    said = refusals(file.data, Key().in_file(tmp_path), sender.verifier, tmp_path, capsys)
    assert "not sealed to this key" in said


def test_after_its_last_day_it_is_refused_but_for_a_court(sender, desk, archive, tmp_path, capsys):
    old = sealed(sender, desk, archive, expires_on="2026-01-31")
    key_file = desk.in_file(tmp_path)
    said = refusals(old.data, key_file, sender.verifier, tmp_path, capsys)
    assert "expired on 2026-01-31" in said
    verify_handoff.check(old.data, key_file, str(sender.verifier), on=date(2026, 1, 31))
    verify_handoff.check(old.data, key_file, str(sender.verifier), expired_too=True)


def test_nothing_is_sealed_to_nobody(sender, desk, archive):
    with pytest.raises(DomainError, match="no key yet"):
        seal(outside(sender, desk), files(), signer=sender, recipients=[], archive=archive.public)
    with pytest.raises(DomainError, match="no key that"):
        seal(
            outside(sender, desk),
            files(),
            signer=sender,
            recipients=["age1nonsense"],
            archive=archive.public,
        )


def test_a_large_file_streams_through_unchanged(sender, desk, archive):
    large = random.Random(3).randbytes(3_000_000)
    held = {**files(), "scan.pdf": io.BytesIO(large)}
    made = seal(
        outside(sender, desk),
        held,
        signer=sender,
        recipients=[desk.public],
        archive=archive.public,
    )
    opened = verify_handoff.check(made.data, str(desk.private), str(sender.verifier))
    assert opened.files["scan.pdf"] == large


def test_the_fields_are_named_without_their_values():
    content = {"people": [{"code": "S-4F7K", "a/b": 1}], "case_summary": {"stage": "planning"}}
    assert list(fields_of(content)) == ["/case_summary/stage", "/people/0/a~1b", "/people/0/code"]


def test_node_opens_it_with_the_pages_own_code(file, sender, desk, archive, tmp_path):
    place = tmp_path / "it.handoff"
    place.write_bytes(file.data)

    def node(data, identity, key):
        place.write_bytes(data)
        return subprocess.run(
            ["node", str(NODE_SCRIPT), str(place), str(identity), str(key)],
            capture_output=True,
            text=True,
            check=False,
        )

    mine = desk.in_file(tmp_path)
    done = node(file.data, mine, sender.verifier)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert {name: text.encode() for name, text in got["files"].items()} == files()

    stranger = signer()
    for data, identity, key, reason in (
        (file.data[:-1], mine, sender.verifier, "key"),
        (file.data, Key().in_file(tmp_path, "other.txt"), sender.verifier, "key"),
        (file.data, mine, stranger.verifier, "sender"),
        (sealed(sender, desk, archive, expires_on="2026-01-01").data, mine, "", "expired"),
        (
            again(file.data, desk, archive, also=[("more.json", b"{}")]),
            mine,
            sender.verifier,
            "form",
        ),
        (
            again(
                file.data,
                desk,
                archive,
                change=lambda name, text: b"{}" if name == "content.json" else text,
            ),
            mine,
            sender.verifier,
            "changed",
        ),
    ):
        done = node(data, identity, key)
        assert done.returncode == 1
        assert done.stderr == f"REFUSED: {reason}\n"
        assert SECRET not in done.stdout


@pytest.mark.skipif(shutil.which("age") is None, reason="the age command is not on this machine")
def test_the_age_command_opens_it_and_the_program_works_on_it_alone(file, sender, desk, tmp_path):
    place, key_file = tmp_path / "it.handoff", desk.in_file(tmp_path)
    other_file = Key().in_file(tmp_path, "other.txt")
    place.write_bytes(file.data)
    plain = subprocess.run(
        ["age", "--decrypt", "--identity", str(key_file), str(place)],
        capture_output=True,
        check=True,
    ).stdout
    with zipfile.ZipFile(io.BytesIO(plain)) as members:
        assert members.read("content.json") == files()["content.json"]

    # Without pyrage: a folder before all others holds one that cannot be imported.
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "pyrage.py").write_text("raise ImportError('not here')\n")
    for data, code in ((file.data, 0), (file.data[:-3] + b"xyz", 1)):
        place.write_bytes(data)
        done = subprocess.run(
            [
                sys.executable,
                str(SCRIPT),
                str(place),
                "--identity",
                str(other_file),
                "--identity",
                str(key_file),
                "--key",
                str(sender.verifier),
            ],
            env={**os.environ, "PYTHONPATH": str(hidden)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
