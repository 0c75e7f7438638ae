"""Entries chosen from the log: every choice verifies, and nothing wrong passes."""

from __future__ import annotations

import io
import json
import random

import pytest
from django.db import connections

from audit import log_key
from audit.database import psycopg_connection
from audit.offline.verify_audit import Bad, verify
from audit.selection import write_selection
from audit.stored_tree import StoredTree


def select(places):
    raw = psycopg_connection(connections["auditor"])
    file = io.BytesIO()
    write_selection(raw, file, StoredTree(raw).newest(), places)
    return file.getvalue()


def check(data, trusted=()):
    keys = [str(key) for key in log_key.verifier_keys()]
    return verify(io.BytesIO(data), keys=keys, witness_keys=[], trusted=list(trusted))


def test_every_choice_verifies_and_no_mutation_does(log, tamper):
    for count in (3, 4, 600, 5):
        log.say(count)
        log.sequence()
    size = 612
    chance = random.Random(7)
    choices = [[0], [size - 1], [2, 3], [7, 300], list(range(5)), [0, 255, 256, 257, 511, 611]]
    choices += [sorted(chance.sample(range(size), chance.randint(1, 40))) for _ in range(20)]
    for places in choices:
        data = select(places)
        assert check(data)[0] == f"The selection verifies: {len(places)} entries out of {size:,}."
        numbers = [json.loads(line)["n"] for line in data.splitlines() if line.startswith(b'{"n"')]
        assert numbers == places
    # Compared with what was kept elsewhere: the newest, or where the file happens to stop.
    assert "continue what was kept" in " ".join(check(select([5]), [log.note()]))
    data = select([7, 300])
    lines = data.splitlines(keepends=True)
    refused = 0
    for _ in range(400):
        at = chance.randrange(len(lines))
        line = bytearray(lines[at])
        kind = chance.randrange(3)
        if kind == 0:
            line[chance.randrange(len(line) - 1)] ^= 1 << chance.randrange(7)
            changed = [*lines[:at], bytes(line), *lines[at + 1 :]]
        elif kind == 1:
            changed = lines[:at] + lines[at + 1 :]
        else:
            other = chance.randrange(len(lines))
            changed = list(lines)
            changed[at], changed[other] = changed[other], changed[at]
        if changed == lines:
            continue
        with pytest.raises((Bad, UnicodeError)):
            check(b"".join(changed))
        refused += 1
    assert refused > 300
    # An entry changed or removed in the database is named.
    event_id = log.order()[300]
    tamper.execute("UPDATE audit_event SET purpose = 'x' WHERE id = %s", [event_id])
    with pytest.raises(Bad, match=f"entry 300, event {event_id}"):
        check(select([7, 300]))
    tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])
    with pytest.raises(Bad, match="the event of entry 300 was removed"):
        check(select([7, 300]))
