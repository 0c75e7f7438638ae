"""The witness program by itself: what it cosigns, what it refuses, what it remembers."""

from __future__ import annotations

import importlib.util
import json
import random
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.cosignature import WitnessKey, parse_lines
from audit.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
)
from audit.signed_note import Checkpoint, Note, NoteError, SignerKey, encode64, sign_checkpoint
from tests.audit.witnesses import PROGRAM, RunningWitness, run

ORIGIN = "test.example/log"
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(200)]
OTHERS = [*LEAVES[:5], leaf_hash(b"changed"), *LEAVES[6:]]


def load() -> Any:
    """The program as a module."""
    spec = importlib.util.spec_from_file_location("liwanag_witness", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def signer() -> SignerKey:
    return SignerKey(ORIGIN, Ed25519PrivateKey.generate())


@pytest.fixture
def witness(signer: SignerKey, tmp_path: Path) -> Iterator[RunningWitness]:
    one = RunningWitness(tmp_path / "w", "witness.example/w1", str(signer.verifier))
    one.make().start()
    yield one
    one.stop()


def request(
    signer: SignerKey, old: int, size: int, leaves: list[bytes] = LEAVES, proof: Any = None
) -> bytes:
    note = sign_checkpoint(Checkpoint(signer.verifier.name, size, tree_root(leaves[:size])), signer)
    if proof is None:
        proof = consistency_proof(leaves, old, size) if 0 < old <= size else []
    return "\n".join([f"old {old}", *map(encode64, proof), "", note]).encode()


def test_it_cosigns_what_continues_the_log_and_remembers_it_over_a_power_cut(
    witness: RunningWitness, signer: SignerKey
) -> None:
    key = WitnessKey.parse(witness.vkey)
    for old, size in ((0, 7), (7, 7), (7, 64), (64, 65), (65, 200)):
        status, _, answer = witness.post(request(signer, old, size))
        assert status == 200, answer
        (signature,) = parse_lines(answer)
        text = Checkpoint(ORIGIN, size, tree_root(LEAVES[:size])).text()
        assert key.cosigned_at(text, signature) is not None
        assert key.cosigned_at(text.replace("\n", "\n\n", 1), signature) is None
        # On the disk before the answer.
        assert witness.state["logs"][ORIGIN]["size"] == size
        assert witness.state["logs"][ORIGIN]["cosignature"] == answer
        witness.stop()
        witness.start()
    kept = witness.state["logs"][ORIGIN]
    assert Note.parse(kept["note"] + kept["cosignature"]).signatures[1].name == witness.name


def test_it_refuses_rollback_rewriting_wrong_keys_and_nonsense(
    witness: RunningWitness, signer: SignerKey
) -> None:
    stranger = SignerKey(ORIGIN, Ed25519PrivateKey.generate())
    elsewhere = SignerKey("other.example/log", Ed25519PrivateKey.generate())
    assert witness.post(request(signer, 0, 100))[0] == 200
    before = (witness.folder / "state.json").read_bytes()
    good = request(signer, 100, 150)
    proof = consistency_proof(LEAVES, 100, 150)
    sized = "text/x.tlog.size"
    for body, status, kind in (
        # A log that is shorter than what was cosigned, whatever it says of the old size.
        (request(signer, 50, 60), 409, sized),
        (request(signer, 0, 60), 409, sized),
        (request(signer, 100, 60, proof=[]), 400, None),
        # Stale: it builds on an older size than the last.
        (request(signer, 99, 150), 409, sized),
        # Another tree of the same size, or one that does not continue it.
        (request(signer, 100, 100, OTHERS), 409, sized),
        (request(signer, 100, 150, OTHERS), 422, None),
        (request(signer, 100, 150, proof=[]), 422, None),
        (request(signer, 100, 150, proof=proof[:-1]), 422, None),
        (request(signer, 100, 150, proof=[*proof, proof[0]]), 422, None),
        (request(signer, 100, 150, proof=[LEAVES[0]] * 64), 400, None),
        (request(signer, 100, 150, proof=[b"short"]), 400, None),
        # Another key, another log.
        (request(stranger, 100, 150), 403, None),
        (request(elsewhere, 100, 150), 404, None),
        (good.replace(b"\n150\n", b"\n151\n"), 403, None),
        # Not a request at all.
        (good.replace(b"old 100", b"old 0100"), 400, None),
        (good.replace(b"old ", b"new "), 400, None),
        (good.replace(b"\n150\n", b"\n0150\n"), 400, None),
        (good[:-1], 400, None),
        (good.replace("— ".encode(), b"- "), 400, None),
        (b"", 400, None),
        (b"\xff\xfe", 400, None),
        (b"x" * 70_000, 400, None),
    ):
        answer = witness.post(body)
        assert answer[0] == status, (body[:60], answer)
        if kind:
            assert answer[1:] == (kind, "100\n")
    assert witness.post(good, "/")[0] == 404
    assert (witness.folder / "state.json").read_bytes() == before

    # What the log signed against itself is kept, readable by the owner alone.
    kept = [json.loads(path.read_text()) for path in (witness.folder / "evidence").iterdir()]
    roots = {Checkpoint.parse(Note.parse(one["refused"]).text).root for one in kept}
    assert {tree_root(OTHERS[:100]), tree_root(OTHERS[:150])} <= roots
    assert "contradictions" in run("show", str(witness.folder)).stdout
    # And the honest log goes on.
    assert witness.post(good)[0] == 200


def test_of_many_at_once_only_one_continues_a_size(
    witness: RunningWitness, signer: SignerKey
) -> None:
    assert witness.post(request(signer, 0, 10))[0] == 200
    bodies = [request(signer, 10, size) for size in range(11, 27)]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: answers.append(witness.post(body)[0]))
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 15


def test_it_does_not_start_without_its_memory_or_beside_another(
    witness: RunningWitness, signer: SignerKey
) -> None:
    assert witness.post(request(signer, 0, 10))[0] == 200
    second = run("serve", str(witness.folder), "--port", "0")
    assert second.returncode == 1
    assert "Another witness" in second.stderr
    again = run("init", str(witness.folder), "--name", "x.example/w", "--log", witness.log_vkey)
    assert again.returncode == 1
    assert "holds a witness already" in again.stderr
    witness.stop()
    state = witness.folder / "state.json"
    kept = state.read_text()
    for damaged in (None, "", "{}", kept.replace('"size"', '"site"'), kept[:-20]):
        state.unlink(missing_ok=True)
        if damaged is not None:
            state.write_text(damaged)
        refused = run("serve", str(witness.folder), "--port", "0")
        assert refused.returncode == 1, damaged
        assert "lost its memory" in refused.stderr
    state.write_text(kept)
    key = witness.folder / "witness.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o400
    key.chmod(0o444)
    assert "open to others" in run("serve", str(witness.folder), "--port", "0").stderr


def test_its_own_check_of_a_proof_agrees_with_ours() -> None:
    """Two implementations, every small tree, and proofs damaged at random."""
    program = load()
    chance = random.Random(11)
    leaves = LEAVES[:40]
    roots = [tree_root(leaves[:size]) for size in range(41)]
    refused = 0
    for second in range(41):
        for first in range(second + 1):
            proof = consistency_proof(leaves, first, second) if first else []
            given = (first, roots[first], second, roots[second])
            assert program.continues(*given, proof)
            if not first:
                continue
            for _ in range(3):
                bad = list(proof)
                kind = chance.randrange(3)
                if kind == 0 and bad:
                    bad[chance.randrange(len(bad))] = chance.randbytes(32)
                elif kind == 1 and bad:
                    bad.pop(chance.randrange(len(bad)))
                else:
                    bad.insert(chance.randrange(len(bad) + 1), chance.randbytes(32))
                ours = verify_consistency(first, second, bad, roots[first], roots[second])
                assert program.continues(*given, bad) is ours is False
                refused += 1
    assert refused > 2_000
    assert program.EMPTY_ROOT == EMPTY_ROOT


def test_the_specifications_own_cosignature_verifies_by_its_form() -> None:
    """The example of tlog-cosignature, parsed: a type 4 id, a time, a signature."""
    blob = (
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe"
        "+mbIUBkBIfZ+qnA=="
    )
    (signature,) = parse_lines(f"— witness.example.com/w1 {blob}\n")
    assert int.from_bytes(signature.signature[:8]) == 1679315147
    assert len(signature.signature) == 72


@pytest.mark.parametrize(
    "text", ["", "nonsense\n", "— a b", "— a YQ==\nx\n", "- a YQ==\n", "— a YQ=\n"]
)
def test_an_answer_that_is_not_signature_lines_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_lines(text)


def test_a_cosigning_key_is_no_log_key_and_the_other_way_round(signer: SignerKey) -> None:
    key = WitnessKey("witness.example/w", signer.verifier.public_bytes)
    assert WitnessKey.parse(str(key)) == key
    for wrong in (str(signer.verifier), str(key)[:-4] + "AAA=", str(key).replace("+", "-")):
        with pytest.raises(NoteError):
            WitnessKey.parse(wrong)


def test_whatever_the_thief_of_the_logs_key_submits_an_honest_witness_refuses(
    signer: SignerKey, tmp_path: Path
) -> None:
    """1,000 logs altered at random, signed with the true key, with the best proof there is."""
    program = load()
    made = RunningWitness(tmp_path / "w", "witness.example/w1", str(signer.verifier)).make()
    witness = program.Witness(made.folder)
    known = 150
    witness.add_checkpoint(request(signer, 0, known))
    before = (made.folder / "state.json").read_bytes()
    chance = random.Random(17)
    for _ in range(1_000):
        leaves = list(LEAVES[:known])
        for _ in range(chance.randrange(1, 4)):
            place, kind = chance.randrange(len(leaves)), chance.randrange(4)
            if kind == 0:
                leaves[place] = chance.randbytes(32)
            elif kind == 1:
                del leaves[place]
            elif kind == 2:
                leaves.insert(place, chance.randbytes(32))
            else:
                del leaves[place:]
                leaves = leaves or [chance.randbytes(32)]
        leaves += [chance.randbytes(32) for _ in range(chance.randrange(0, 60))]
        if leaves[:known] == LEAVES[:known]:
            continue
        size = chance.choice([len(leaves), len(leaves), known]) if len(leaves) > known else None
        size = size or len(leaves)
        old = chance.choice([known, known, 0, size, chance.randrange(known + 20)])
        # The proof of the altered log, of the true one, or none.
        honest = [*LEAVES[:known], *leaves[known:size]]
        proofs = [[]]
        if 0 < old <= size:
            proofs.append(consistency_proof(leaves, old, size))
            proofs.append(consistency_proof(honest, min(old, len(honest)), len(honest)))
        with pytest.raises(program.Refusal):
            witness.add_checkpoint(request(signer, old, size, leaves, chance.choice(proofs)))
    assert (made.folder / "state.json").read_bytes() == before
    # Not for want of a good request.
    witness.add_checkpoint(request(signer, known, 200))
