"""Asking witnesses to cosign the log: https://c2sp.org/tlog-witness, the log's side.

A witness outside the organisation remembers how far the log was and cosigns only what continues
that, so that a log cut off or rewritten, even with its own key, no longer passes. The sequencer's
process asks every minute in a thread of its own; no answer of a witness, nor the lack of one, holds
up the sequencing. What is sent is a checkpoint and hashes.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.rows import tuple_row

from audit import log_key
from audit.cosignature import WitnessKey, parse_lines
from audit.database import AnyConnection, psycopg_connection
from audit.sequencing import AWAY
from audit.signed_note import Note, NoteError, Signature, encode64
from audit.stored_tree import SignedSize, StoredTree, TreeDamaged

# "liwanag" in ASCII, the third lock: two sequencers must not ask at once.
ASKING_LOCK = 0x6C6977616E616702
INTERVAL = 60.0
TIMEOUT = 5.0
MOST_BYTES = 64 * 1024
# A log that does not grow is cosigned again after this, so that the witness is known to be there.
RENEW_AFTER = timedelta(hours=1)
OVERDUE_AFTER = timedelta(days=1)
# How far a witness's clock may be ahead of ours.
CLOCKS = timedelta(minutes=5)

LAST_BY = """
    SELECT size, line FROM audit_cosignature WHERE witness = %s AND key_id = %s
    ORDER BY size DESC, cosigned_at DESC LIMIT 1
"""
KEEP = """
    INSERT INTO audit_cosignature (size, witness, key_id, cosigned_at, line)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
KEPT = """
    SELECT s.size, s.line, c.note FROM audit_cosignature s JOIN audit_checkpoint c USING (size)
    WHERE s.key_id = ANY(%s) ORDER BY s.size DESC, s.cosigned_at DESC LIMIT 200
"""

logger = logging.getLogger("liwanag.sequencer")


class WitnessFailed(Exception):
    """A witness gave no cosignature. The message names neither entries nor hashes."""


class WitnessContradicts(WitnessFailed):
    """A witness has seen another log under our name: entries were removed or changed."""


class NotConfigured(Exception):
    """LIWANAG_WITNESSES cannot be used. The message says which entry and why."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: where it is asked and which key it signs with."""

    url: SplitResult
    key: WitnessKey

    @classmethod
    def parse(cls, entry: str) -> Witness:
        """Read `url|vkey`.

        Raises:
            NotConfigured: the address is neither https nor on this machine, or the key is none.
        """
        # An address may hold what should not be repeated, so messages name the key at most.
        address, _, key = entry.partition("|")
        try:
            url = urlsplit(address.rstrip("/"))
            known = url.port is None or url.port > 0
            witness = cls(url, WitnessKey.parse(key))
        except NoteError as error:
            raise NotConfigured(f"An entry of LIWANAG_WITNESSES is unreadable: {error}.") from None
        except ValueError:
            raise NotConfigured("An entry of LIWANAG_WITNESSES has no readable address.") from None
        name = witness.key.name
        if not known or not url.hostname or url.query or url.fragment or "@" in url.netloc:
            raise NotConfigured(f"The address of the witness {name} is not a plain URL.")
        if not (url.scheme == "https" or (url.scheme == "http" and _is_here(url.hostname))):
            raise NotConfigured(
                f"The address of the witness {name} must start with https://; plain http is for "
                "this machine alone."
            )
        return witness


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking one witness; `problem` is None when it cosigned, or had done so."""

    witness: str
    size: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LastCosigned:
    """How far witnesses vouch for the log.

    Attributes:
        size: entries under the newest cosigned checkpoint; 0 when there is none.
        at: when it was last cosigned; None when there is none.
        witnesses: the names of those who cosigned it.
        overdue: there are witnesses, and none has cosigned for a day.
    """

    size: int
    at: datetime | None
    witnesses: tuple[str, ...]
    overdue: bool


def configured() -> tuple[Witness, ...]:
    """The witnesses of this installation, from LIWANAG_WITNESSES.

    Raises:
        NotConfigured: an entry cannot be used.
    """
    return tuple(Witness.parse(entry) for entry in settings.LIWANAG_WITNESSES)


def witness_keys() -> list[WitnessKey]:
    """The keys of the witnesses of this installation.

    Raises:
        NotConfigured: see `configured`.
    """
    return [witness.key for witness in configured()]


def kept_checkpoint(state: str, keys: Iterable[WitnessKey]) -> str:
    """The checkpoint of this log in a witness's state file, its cosignature checked.

    Args:
        state: the file's text.
        keys: the witnesses that are known.

    Raises:
        NoteError: it is no such file, does not know this log, or no known witness cosigned it.
    """
    try:
        seen = json.loads(state)["logs"][log_key.origin()]
        note, line = str(seen["note"]), str(seen["cosignature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoteError("the witness's state is unreadable or does not know this log") from None
    if not list(_true(line, note, keys)):
        raise NoteError("the witness's checkpoint is not cosigned by a witness that is known")
    return note


def ask_all(connection: AnyConnection) -> list[Outcome]:
    """Have every witness cosign the newest checkpoint that it has not cosigned lately.

    Args:
        connection: the alias "sequencer", outside a transaction.

    Raises:
        NotConfigured: see `configured`.
        psycopg.Error: the database failed.
    """
    raw = psycopg_connection(connection)
    newest = StoredTree(raw).newest()
    if newest is None:
        return []
    return [_ask(raw, witness, newest) for witness in configured()]


def last_cosigned(now: datetime | None = None) -> LastCosigned:
    """How far the log is cosigned, every signature checked; read through the alias "auditor"."""
    keys = {witness.key.key_id: witness.key for witness in configured()}
    now = now or datetime.now(UTC)
    size, times = 0, dict[str, int]()
    with psycopg_connection(connections["auditor"]).cursor(row_factory=tuple_row) as cursor:
        for of_size, line, note in cursor.execute(KEPT, [list(keys)]):
            if times and of_size < size:
                break
            for name, seconds in _true(line, note, keys.values()):
                size = of_size
                times[name] = max(seconds, times.get(name, 0))
    at = datetime.fromtimestamp(max(times.values()), UTC) if times else None
    overdue = bool(keys) and (at is None or now - at > OVERDUE_AFTER)
    return LastCosigned(size, at, tuple(sorted(times)), overdue)


def start(stop: threading.Event, *, interval: float = INTERVAL) -> threading.Thread | None:
    """Ask all witnesses every `interval` seconds in a thread, until `stop` is set.

    Returns:
        The thread; None when no witnesses are configured.

    Raises:
        NotConfigured: see `configured`.
    """
    if not configured():
        logger.info("No witness is configured: nobody outside vouches for the audit log.")
        return None
    thread = threading.Thread(target=_rounds, args=(stop, interval), name="witnesses", daemon=True)
    thread.start()
    return thread


def _rounds(stop: threading.Event, interval: float) -> None:
    # A thread has connections of its own, so a witness's silence is not the sequencer's.
    connection = connections["sequencer"]
    told: dict[str, str | None] = {}
    while not stop.is_set():
        try:
            raw = psycopg_connection(connection)
            if _one(raw, "SELECT pg_try_advisory_lock(%s)", ASKING_LOCK)[0]:
                for outcome in ask_all(raw):
                    _tell(outcome, told)
                raw.execute("SELECT pg_advisory_unlock(%s)", [ASKING_LOCK])
        except AWAY as error:
            connection.close()
            logger.warning("The witnesses were not asked: %s.", type(error).__name__)
        except Exception:
            connection.close()
            logger.exception("The witnesses were not asked")
        stop.wait(interval)
    connection.close()


def _tell(outcome: Outcome, told: dict[str, str | None]) -> None:
    """Say what is new about a witness; a failure that stays is said once."""
    if outcome.witness in told and told[outcome.witness] == outcome.problem:
        return
    told[outcome.witness] = outcome.problem
    if outcome.problem:
        logger.error("Witness %s: %s", outcome.witness, outcome.problem)
    else:
        logger.info("Witness %s cosigns the audit log.", outcome.witness)


def _ask(raw: psycopg.Connection[Any], witness: Witness, newest: SignedSize) -> Outcome:
    name = witness.key.name
    last = raw.cursor(row_factory=tuple_row).execute(LAST_BY, [name, witness.key.key_id]).fetchone()
    size, line = last or (0, "")
    # Only a cosignature of this very log spares the asking: one of a log rewritten since does not.
    lately = time.time() - RENEW_AFTER.total_seconds()
    if size == newest.size and any(
        at > lately for _name, at in _true(line, newest.note, [witness.key])
    ):
        return Outcome(name, newest.size)
    try:
        if size > newest.size:
            raise WitnessContradicts(_removed(size, newest.size))
        signature, time_of = _submit(StoredTree(raw), witness, newest, size)
    except (WitnessFailed, TreeDamaged) as error:
        return Outcome(name, newest.size, f"{error}.")
    cosigned_at = datetime.fromtimestamp(time_of, UTC)
    raw.execute(KEEP, [newest.size, name, signature.key_id, cosigned_at, signature.line()])
    return Outcome(name, newest.size)


def _submit(
    tree: StoredTree, witness: Witness, newest: SignedSize, old: int
) -> tuple[Signature, int]:
    """Submit a checkpoint, once more if the witness names another size to start from."""
    answer = _post(witness.url, _body(tree, newest, old))
    if answer.status == 409 and answer.size is not None:
        if answer.size > newest.size:
            raise WitnessContradicts(_removed(answer.size, newest.size))
        if answer.size == old:
            raise WitnessContradicts(_other(old))
        old = answer.size
        answer = _post(witness.url, _body(tree, newest, old))
    if answer.status == 409 and answer.size == old == newest.size:
        raise WitnessContradicts(_other(old))
    if answer.status in (409, 422):
        raise WitnessContradicts(
            f"it refuses: the log does not continue the {old} entries it knows"
        )
    if answer.status != 200:
        raise WitnessFailed(f"it answered {answer.status}")
    text = Note.parse(newest.note).text
    try:
        signatures = parse_lines(answer.text)
    except NoteError as error:
        raise WitnessFailed(f"its answer cannot be read: {error}") from None
    for signature in signatures:
        at = witness.key.cosigned_at(text, signature)
        if at is not None:
            if at > time.time() + CLOCKS.total_seconds():
                raise WitnessFailed("its clock is ahead of ours")
            return signature, at
    raise WitnessFailed("its answer is not signed with the key configured for it")


def _body(tree: StoredTree, newest: SignedSize, old: int) -> bytes:
    proof = tree.consistency_proof(old, newest.size)
    lines = [f"old {old}", *map(encode64, proof), "", newest.note]
    return "\n".join(lines).encode()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str
    size: int | None


def _post(url: SplitResult, body: bytes) -> _Answer:
    """One POST without redirects, proxies or patience; http.client knows none of them."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    there = kind(url.hostname or "", url.port, timeout=TIMEOUT)
    try:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        there.request("POST", f"{url.path}/add-checkpoint", body, headers)
        response = there.getresponse()
        raw = response.read(MOST_BYTES + 1)
        text = raw.decode()
        kind_of = response.headers.get("Content-Type", "")
    except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
        raise WitnessFailed(f"it does not answer ({type(error).__name__})") from None
    finally:
        there.close()
    if len(raw) > MOST_BYTES:
        raise WitnessFailed("its answer is too long")
    number = text.removesuffix("\n")
    sized = kind_of.startswith("text/x.tlog.size") and number.isdecimal() and len(number) < 20
    return _Answer(response.status, text, int(number) if sized else None)


def _true(line: str, note: str, keys: Iterable[WitnessKey]) -> Iterator[tuple[str, int]]:
    """(witness, POSIX time) of the lines that truly cosign this note."""
    try:
        signatures, text = parse_lines(line), Note.parse(note).text
    except NoteError:
        return
    for signature in signatures:
        for key in keys:
            at = key.cosigned_at(text, signature)
            if at is not None:
                yield key.name, at


def _removed(witnessed: int, held: int) -> str:
    return f"it has cosigned {witnessed} entries and the log holds {held}: entries were removed"


def _other(size: int) -> str:
    return f"it has cosigned another log of {size} entries: entries were changed"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _one(raw: psycopg.Connection[Any], query: str, *parameters: Any) -> tuple[Any, ...]:
    row = raw.cursor(row_factory=tuple_row).execute(query, parameters).fetchone()
    return row or (None,)
