"""Checking the whole audit log from its rows: every leaf, every root, every signature.

The check trusts nothing in the database but what it recomputes. What hashes alone cannot show (a
tail cut off together with its checkpoints, a log rewritten by whoever holds the key) needs a
checkpoint kept elsewhere: the trusted note.

Rows are streamed in the order of the log under one snapshot, so memory stays flat and a sequencer
may go on working.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from audit import log_key
from audit.archived import ArchivedEntries, archives_of
from audit.cosignature import WitnessKey
from audit.database import AnyConnection, psycopg_connection
from audit.findings import Report
from audit.signed_note import VerifierKey
from audit.verification_queries import SNAPSHOT
from audit.verification_walk import Found, Progress, Walk


def verify(
    connection: AnyConnection,
    *,
    trusted_note: str | None = None,
    witnessed: Iterable[str] = (),
    keys: Iterable[VerifierKey] | None = None,
    witness_keys: Iterable[WitnessKey] = (),
    archives: Iterable[Path] | None = (),
    progress: Progress | None = None,
) -> Report:
    """Recompute the whole log and compare.

    Args:
        connection: the alias "auditor" or a psycopg connection that may read the log, outside a
            transaction.
        trusted_note: a checkpoint of this log that was kept outside it; without one a truncated
            tail and a rewrite with the log's own key cannot be seen.
        witnessed: further checkpoints kept outside the log, such as a witness's; trusted likewise.
        keys: the public keys to trust; the ones beside the log's key when left out.
        witness_keys: whose newest cosignature in the database must be of this log.
        archives: the files of what was archived and removed; None to pass over what stands in
            them by its leaves alone.
        progress: called now and then with entries done and entries in all.

    Raises:
        LogKeyError: no keys were given and the log's own cannot be read.
        NotAnArchive: a file is none of this log's archives.
        OSError: a file cannot be read.
        psycopg.Error: the database failed.
    """
    trusted_keys = tuple(log_key.verifier_keys() if keys is None else keys)
    report = Report()
    raw = psycopg_connection(connection)
    with raw.transaction():
        raw.execute(SNAPSHOT)
        try:
            notes = [*([trusted_note] if trusted_note is not None else []), *witnessed]
            archived = ArchivedEntries(archives_of(raw), archives or (), trusted_keys)
            known = (trusted_keys, tuple(witness_keys), notes)
            Walk(raw, report, *known, archived, archives is None, progress).run()
        except Found as found:
            report.problem = found.problem
    return report
