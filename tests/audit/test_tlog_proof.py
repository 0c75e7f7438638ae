"""The text of one proof: its size, its speed, and that nothing but it is read as one."""

from __future__ import annotations

import io
import random
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.cosignature import COSIGNATURE, WitnessKey
from audit.merkle import inclusion_ranges, leaf_hash, node_hash
from audit.offline import verify_audit
from audit.signed_note import (
    Checkpoint,
    Note,
    NoteError,
    Signature,
    SignerKey,
    VerifierKey,
    open_checkpoint,
    sign_checkpoint,
)
from audit.tlog_proof import LogProof

ORIGIN = "cases.example.org/liwanag-audit"
PAYLOAD = b'{"id":7}'
MILLION = 1_000_000


def cosign(name: str, private: Ed25519PrivateKey, text: str, at: int) -> tuple[WitnessKey, str]:
    key = WitnessKey(name, private.public_key().public_bytes_raw())
    signature = private.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return key, Signature(name, key.key_id, at.to_bytes(8) + signature).line()


def proof_in_a_million(index: int) -> tuple[LogProof, VerifierKey, WitnessKey]:
    """A true proof; the rest of the tree is made up to fit."""
    chance = random.Random(index)
    node, hashes = leaf_hash(PAYLOAD), []
    for start, _end in inclusion_ranges(index, MILLION):
        hashes.append(chance.randbytes(32))
        node = node_hash(hashes[-1], node) if start < index else node_hash(node, hashes[-1])
    checkpoint = Checkpoint(ORIGIN, MILLION, node)
    signer = SignerKey(ORIGIN, Ed25519PrivateKey.generate())
    key, line = cosign(
        "witness.partner.example", Ed25519PrivateKey.generate(), checkpoint.text(), 1_800_000_000
    )
    note = sign_checkpoint(checkpoint, signer) + line
    return LogProof(index, tuple(hashes), note), signer.verifier, key


@pytest.mark.parametrize("index", [0, 123_456, MILLION // 2, MILLION - 1])
def test_a_proof_in_a_million_entries_is_small_and_quick_to_check(index: int) -> None:
    proof, key, witness = proof_in_a_million(index)
    text = proof.encode()
    assert len(text.encode()) <= 1_500
    assert sum(map(len, proof.hashes)) <= 640
    leaf, best = leaf_hash(PAYLOAD), 1.0
    for _ in range(30):
        began = time.perf_counter()
        read = LogProof.parse(text)
        assert read.proves(leaf)
        note = open_checkpoint(read.note, keys=[key], origin=ORIGIN)
        assert witness.verifies(note.text(), Signature(*last_signature(read.note)))
        best = min(best, time.perf_counter() - began)
    assert best <= 0.001
    assert not read.proves(leaf_hash(b"{}"))


def last_signature(note: str) -> tuple[str, bytes, bytes]:
    signature = Note.parse(note).signatures[-1]
    return signature.name, signature.key_id, signature.signature


def test_the_auditors_own_program_reads_the_same_proof() -> None:
    made, key, witness = proof_in_a_million(123_456)
    proof = LogProof(made.index, made.hashes, made.note, PAYLOAD)
    assert LogProof.parse(proof.encode()) == proof

    def check(text: str) -> list[str]:
        keys, witnesses = [str(key)], [str(witness)]
        file = io.BytesIO(text.encode())
        return verify_audit.verify(file, keys=keys, witness_keys=witnesses, trusted=[])

    assert check(proof.encode()) == ["Event 7 is entry 123456 of the 1,000,000 in the log."]
    chance = random.Random(3)
    text = proof.encode()
    refused = 0
    for _ in range(300):
        place = chance.randrange(len(text))
        changed = text[:place] + chance.choice("Aa0 \n—") + text[place + 1 :]
        if changed == text:
            continue
        with pytest.raises(verify_audit.Bad):
            check(changed)
        refused += 1
    assert refused > 250
    with pytest.raises(verify_audit.Bad, match="not carry its event"):
        check(made.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 123456", "index 0123456"),
        ("index 123456", "index -1"),
        ("index 123456", "place 123456"),
        ("index 123456\n", ""),
        ("index 123456\n", "index 123456\n====\n"),
        ("\n\n", "\n"),
    ],
)
def test_what_is_not_of_the_specifications_form_is_refused(old: str, new: str) -> None:
    text = proof_in_a_million(123_456)[0].encode()
    assert old in text
    with pytest.raises(NoteError):
        LogProof.parse(text.replace(old, new)).proves(leaf_hash(PAYLOAD))


def test_the_kinds_of_signature_are_those_of_the_specification() -> None:
    assert COSIGNATURE == verify_audit.WITNESS == b"\x04"
