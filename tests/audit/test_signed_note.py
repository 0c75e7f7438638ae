"""Signed notes and checkpoints against published examples, and what must be refused."""

from __future__ import annotations

import base64
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.signed_note import (
    Checkpoint,
    Note,
    NoteError,
    SignerKey,
    VerifierKey,
    open_checkpoint,
    sign_checkpoint,
)

# The example of c2sp.org/signed-note with its key.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501 - as published
# The two keys and the note of the reference implementation's tests (golang.org/x/mod/sumdb/note).
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
    "ox33WWd1RvMc+QQ=\n"
)
# The examples of c2sp.org/signed-note (an older edition) and tlog-cosignature, whose keys are not
# published: they show the form.
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501 - as published
SOFA = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - as published

peter_key = VerifierKey.parse(PETER_KEY)
enoch_key = VerifierKey.parse(ENOCH_KEY)


@pytest.fixture(scope="module")
def signer() -> SignerKey:
    return SignerKey("log.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return Checkpoint("log.example/audit", 42, bytes(range(100, 132)))


def test_the_published_example_verifies_under_its_published_key() -> None:
    note = Note.parse(SPEC_NOTE)

    assert note.text == "This is an example message.\n"
    assert note.verified_by([VerifierKey.parse(SPEC_KEY)]) == ("example.com/foo",)
    assert note.encode() == SPEC_NOTE


def test_signing_gives_the_reference_implementations_bytes() -> None:
    seed = base64.b64decode(PETER_SEED)[1:]
    signer = SignerKey("PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed))

    assert str(signer.verifier) == PETER_KEY
    assert Note(TEXT).signed_by(signer).encode() == TEXT + "\n" + PETER


def test_several_signatures_are_checked_each_under_its_own_key() -> None:
    note = Note.parse(TEXT + "\n" + PETER + ENOCH)

    assert note.verified_by([peter_key, enoch_key]) == ("PeterNeumann", "EnochRoot")
    assert note.verified_by([enoch_key]) == ("EnochRoot",)


def test_the_specifications_examples_are_read_and_written_back_byte_for_byte() -> None:
    poem, sofa = Note.parse(POEM), Note.parse(SOFA.encode())
    checkpoint = Checkpoint.parse(sofa.text)

    assert poem.encode() == POEM
    assert poem.text.endswith("sole:\n\ned è subito sera.\n")
    assert poem.signatures[0].key_id.hex() == "367ba04b"
    assert sofa.encode() == SOFA
    assert [signature.name for signature in sofa.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == sofa.text


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    note = Note.parse(TEXT + "\n" + PETER)
    same_name = VerifierKey("PeterNeumann", enoch_key.public_bytes)

    for keys in ([], [enoch_key], [same_name]):
        with pytest.raises(NoteError, match="not signed by any key"):
            note.verified_by(keys)


def test_one_false_signature_of_a_known_key_spoils_the_note() -> None:
    forged = ENOCH.replace("rwz+eBzm", "rwz+eBzn")
    note = Note.parse(TEXT + "\n" + PETER + forged)

    assert note.verified_by([peter_key]) == ("PeterNeumann",)
    with pytest.raises(NoteError, match="EnochRoot is false"):
        note.verified_by([peter_key, enoch_key])


def test_two_different_keys_under_one_name_and_id_are_refused() -> None:
    class Colliding(VerifierKey):
        key_id = peter_key.key_id  # type: ignore[assignment]

    twin = Colliding("PeterNeumann", enoch_key.public_bytes)
    with pytest.raises(NoteError, match="two keys share"):
        Note.parse(TEXT + "\n" + PETER).verified_by([peter_key, twin])


@pytest.mark.parametrize(
    "message",
    [
        "",
        TEXT,
        TEXT + "\n",
        PETER,
        "\n" + PETER,
        TEXT + PETER,
        TEXT + "\n" + PETER[:-1],
        TEXT + "\n" + PETER + "\n",
        TEXT + "\n" + PETER + "Unexpected line.\n",
        TEXT + "\n" + PETER.replace("\n", "\r\n"),
        "\x01" + TEXT + "\n" + PETER,
        "\t" + TEXT + "\n" + PETER,
        b"\xff" + (TEXT + "\n" + PETER).encode(),
        "\ud800" + TEXT + "\n" + PETER,
        TEXT + "\n" + PETER.replace("— ", "- "),
        TEXT + "\n" + PETER.replace("— ", "—"),
        TEXT + "\n" + PETER.replace("— ", "—  "),
        TEXT + "\n" + PETER.replace("PeterNeumann", "Peter Neumann"),
        TEXT + "\n" + PETER.replace("PeterNeumann", "Peter+Neumann"),
        TEXT + "\n" + PETER.replace("PeterNeumann", "Peter\u00a0Neumann"),
        TEXT + "\n" + PETER.replace("PeterNeumann", ""),
        TEXT + "\n" + PETER.replace("=\n", "\n"),
        TEXT + "\n" + PETER.replace("=\n", "==\n"),
        TEXT + "\n" + PETER.replace("=\n", "= \n"),
        TEXT + "\n" + PETER.replace("nAM=", "nAN="),
        TEXT + "\n" + PETER.replace("/", "_"),
        TEXT + "\n" + PETER.replace("UG/S", "UG /S"),
        TEXT + "\n— PeterNeumann \n",
        TEXT + "\n— PeterNeumann\n",
        TEXT + "\n— PeterNeumann x08gow==\n",
        TEXT + "\n" + PETER * 101,
        TEXT + "a" * 1_000_000 + "\n\n" + PETER,
    ],
)
def test_what_is_not_a_note_is_refused(message: str | bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(message)


def test_a_hundred_signatures_are_still_read() -> None:
    assert len(Note.parse(TEXT + "\n" + PETER * 100).signatures) == 100


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PETER_KEY[:-1],
        PETER_KEY + "\n",
        " " + PETER_KEY,
        PETER_KEY.replace("c74f20a3", "C74F20A3"),
        PETER_KEY.replace("c74f20a3", "c74f20a4"),
        PETER_KEY.replace("PeterNeumann", "PeterNeuman"),
        PETER_KEY.replace("Peter", "Peter "),
        PETER_KEY.replace("TW", "TX"),
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_verifier_key_that_is_not_exactly_one_is_refused(key: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(key)


def test_a_verifier_key_reads_back_as_it_was_written() -> None:
    assert str(VerifierKey.parse(PETER_KEY)) == PETER_KEY


def test_a_private_key_never_shows_in_its_text(signer: SignerKey) -> None:
    assert repr(signer) == f"SignerKey({signer.verifier})"
    assert bytes(range(32)).hex() not in repr(signer)


def test_a_signed_checkpoint_opens_for_its_log(signer: SignerKey, checkpoint: Checkpoint) -> None:
    note = sign_checkpoint(checkpoint, signer)

    opened = open_checkpoint(note, keys=[signer.verifier], origin="log.example/audit")

    assert opened == checkpoint
    assert note.startswith("log.example/audit\n42\n")


def test_a_checkpoint_of_another_log_is_refused(signer: SignerKey, checkpoint: Checkpoint) -> None:
    note = sign_checkpoint(checkpoint, signer)

    with pytest.raises(NoteError, match="another log"):
        open_checkpoint(note, keys=[signer.verifier], origin="log.example/other")


@pytest.mark.parametrize("size", ["042", "+42", "-1", "4_2", "٤٢", "", "42 ", "9" * 19, "9" * 30])
def test_a_size_in_any_other_form_is_refused(size: str, checkpoint: Checkpoint) -> None:
    text = checkpoint.text().replace("\n42\n", f"\n{size}\n")

    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("log.example/audit\n", "\n"),
        ("=\n", "=\nextension\n"),
        ("=\n", "="),
        ("=\n", "\n"),
        ("\n42\n", "\n42\n\n"),
        ("ZGVm", "ZGV"),
        ("ZGVm", ""),
    ],
)
def test_a_checkpoint_in_any_other_form_is_refused(
    old: str, new: str, checkpoint: Checkpoint
) -> None:
    text = checkpoint.text()
    assert old in text

    with pytest.raises(NoteError):
        Checkpoint.parse(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("a\nb", 1, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", 1, bytes(31)),
    ],
)
def test_a_checkpoint_that_cannot_be_written_is_not_signed(
    wrong: Checkpoint, signer: SignerKey
) -> None:
    with pytest.raises(NoteError):
        sign_checkpoint(wrong, signer)


@pytest.mark.parametrize("text", ["", "no newline", "bell\x07\n"])
def test_a_text_that_cannot_stand_in_a_note_is_not_signed(text: str, signer: SignerKey) -> None:
    with pytest.raises(NoteError):
        Note(text).signed_by(signer)


def test_every_change_of_one_bit_is_refused(signer: SignerKey, checkpoint: Checkpoint) -> None:
    note = sign_checkpoint(checkpoint, signer).encode()

    for position in range(len(note) * 8):
        mutated = bytearray(note)
        mutated[position // 8] ^= 1 << position % 8
        with pytest.raises(NoteError):
            open_checkpoint(bytes(mutated), keys=[signer.verifier], origin="log.example/audit")


def test_random_cuts_doublings_and_swaps_are_refused(
    signer: SignerKey, checkpoint: Checkpoint
) -> None:
    note = sign_checkpoint(checkpoint, signer).encode()
    chance = random.Random(6962)
    for _ in range(1_000):
        start, end = sorted(chance.sample(range(len(note) + 1), 2))
        middle = note[start:end]
        for mutated in (
            note[:start] + note[end:],
            note[:start] + middle * 2 + note[end:],
            note[:start] + middle[::-1] + note[end:],
        ):
            if mutated == note:
                continue
            with pytest.raises(NoteError):
                open_checkpoint(mutated, keys=[signer.verifier], origin="log.example/audit")
