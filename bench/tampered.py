"""The longer run of `bench.tampering`: a log that people and jobs wrote, and one honest witness."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from audit import log_key
from audit.cosignature import WitnessKey
from audit.cosigning import ask_all, kept_checkpoint
from audit.sequencing import sequence_all
from bench.installation import clone, superuser
from bench.people import WORKER, person, team
from bench.report import Figure, Outcome, Target
from bench.talk import say
from bench.tampering import Tamperer
from bench.victims import Witness
from cases.services.cases import open_case
from cases.services.notes import write_note
from config import env

BATCHES = (3, 19, 8, 41, 1, 27, 12)
AT_ONCE = 1_000


def measure(count: int, seed: int) -> dict[str, Any]:
    """Do `count` mutations, each of which has to be found.

    Raises:
        Unnoticed: one was not; the message says which.
    """
    began = time.monotonic()
    witness = Witness(Path(env.home) / "tampered-witness")
    witness.start()
    try:
        settings.LIWANAG_WITNESSES = [witness.setting]
        with clone() as database, superuser(database) as admin:
            _write_a_log()
            assert [one.problem for one in ask_all(connections["sequencer"])] == [None]
            known = {
                "keys": log_key.verifier_keys(),
                "witnessed": [kept_checkpoint(witness.state, [WitnessKey.parse(witness.vkey)])],
            }
            tamperer = Tamperer(admin, log_key.load_signer(), random.Random(seed))
            tamperer.lower_the_walls()
            for wanted in range(AT_ONCE, count + AT_ONCE, AT_ONCE):
                tamperer.run(min(wanted, count), **known)
                say(f"    {tamperer.done.total():,} mutations, each of them found")
    finally:
        witness.stop()
    return Outcome(
        name="tampering",
        title=f"the log changed by somebody with all rights, {count:,} times",
        against="an untouched log, which verifies before and after",
        figures=[
            Figure("mutations that were not found", 0, "", target=Target("at most", 0)),
            Figure("ways of tampering", len(tamperer.done), ""),
            Figure("all of it", time.monotonic() - began, "s"),
        ],
        facts={
            "seed": str(seed),
            "mutations": tamperer.done.total(),
            **{f"found as {kind}": times for kind, times in sorted(tamperer.found.items())},
        },
    ).as_json()


def _write_a_log() -> None:
    worker = person(WORKER)
    case = open_case(actor=worker, team_id=team().pk, country="PH")
    for batch in BATCHES:
        for number in range(batch):
            write_note(
                actor=worker,
                case_id=case.pk,
                kind="contact",
                occurred_at=timezone.now() - timedelta(hours=1),
                facts_reported=f"The aunt called, for the {number + 1}th time.",
                facts_said_by="the aunt",
            )
        sequence_all(connections["sequencer"])
