"""A thousand things a superuser could do to the log, each found with one honest witness."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from audit import log_key
from audit.cosignature import WitnessKey
from audit.cosigning import ask_all, kept_checkpoint
from bench.tampering import Tamperer, Unnoticed
from tests.audit.conftest import Log
from tests.audit.witnesses import RunningWitness

Superuser = psycopg.Connection[Any]
MUTATIONS = 1_020


@pytest.fixture
def witness(settings: Any, keys_dir: Path, tmp_path: Path) -> Iterator[RunningWitness]:
    key = str(log_key.verifier_keys()[-1])
    one = RunningWitness(tmp_path / "witness", "partner.example/witness", key).make().start()
    settings.LIWANAG_WITNESSES = [one.setting]
    yield one
    one.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_one_of_a_thousand_mutations_is_found_with_one_honest_witness(
    log: Log, superuser: Superuser, witness: RunningWitness
) -> None:
    chance = random.Random(20261125)
    for count in (1, 17, 8, 30, 3, 25, 12):
        log.say(count, facts=f'{{"rows": {count}}}')
        log.sequence()
    assert [one.problem for one in ask_all(connections["sequencer"])] == [None]
    # From the witness's own machine, by a way the administrator does not control.
    state = (witness.folder / "state.json").read_text()
    known = {
        "keys": log_key.verifier_keys(),
        "witnessed": [kept_checkpoint(state, [WitnessKey.parse(witness.vkey)])],
    }
    tamperer = Tamperer(superuser, log_key.load_signer(), chance)
    tamperer.lower_the_walls()

    tamperer.run(MUTATIONS, **known)

    assert tamperer.done.total() >= 1_000
    # Every column there is, every kind of attack, and every kind of finding.
    assert len(tamperer.done) >= 24 + 18
    assert min(tamperer.done.values()) >= 10, tamperer.done
    assert {"changed", "missing", "reordered", "truncated", "rewritten", "unsequenced"} <= set(
        tamperer.found
    ), tamperer.found

    # Without the witness the same attacks pass: it is what finds them, so this can fail.
    with pytest.raises(Unnoticed, match=r"stolen key|cut the tail"):
        Tamperer.run(tamperer, 2 * MUTATIONS, keys=known["keys"])
