"""The Merkle tree as the database keeps it: any subtree's root without reading all leaves.

Every checkpoint's row holds its frontier, the roots of the complete subtrees on the tree's right
edge at that size. A complete subtree that is a left child is on the edge of every tree that ends
within its right sibling, so its root is found in a checkpoint of such a size; a right child is
hashed from its two halves. Only subtrees of a few hundred leaves are read leaf by leaf, so a proof
or tile of a log of a million entries costs a few dozen rows.

Nothing here is taken on trust by those who get it: a proof or tile verifies against a signed root
or it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import tuple_row

from audit.database import AnyConnection, psycopg_connection
from audit.merkle import (
    Range,
    consistency_ranges,
    inclusion_ranges,
    node_hash,
    tree_root,
)

TILE_WIDTH = 256
# Up to here, reading the leaves is as quick as looking for a frontier.
NARROW = 256

NEWEST = "SELECT size, root, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
OF_SIZE = "SELECT size, root, note FROM audit_checkpoint WHERE size = %s"
# The newest of them, since it says most: that nothing ahead of it was changed since.
NEWEST_COSIGNED = """
    SELECT c.size, c.root, c.note FROM audit_checkpoint c
    WHERE c.size > %s AND EXISTS (SELECT FROM audit_cosignature s WHERE s.size = c.size)
    ORDER BY c.size DESC LIMIT 1
"""
COSIGNATURES = """
    SELECT DISTINCT ON (witness, key_id) line FROM audit_cosignature WHERE size = %s
    ORDER BY witness, key_id, cosigned_at DESC
"""
LEAVES = "SELECT hash FROM audit_leaf WHERE position >= %s AND position < %s ORDER BY position"
PEAKS = """
    SELECT wanted.start, wanted.stop, held.size, held.frontier
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (start, stop)
    CROSS JOIN LATERAL (
        SELECT size, frontier FROM audit_checkpoint
        WHERE size >= wanted.stop AND size < 2 * wanted.stop - wanted.start
        ORDER BY size LIMIT 1
    ) AS held
"""


class TreeDamaged(Exception):
    """The database does not hold the tree it signed. The message names positions only."""


@dataclass(frozen=True, slots=True)
class SignedSize:
    """One checkpoint of the log: size, root and its signed note."""

    size: int
    root: bytes
    note: str


class StoredTree:
    """Proofs and tiles of the log, read through a connection that may read it.

    Args:
        connection: the alias "auditor" or "sequencer", or a psycopg connection with such rights.
    """

    def __init__(self, connection: AnyConnection) -> None:
        self._raw = psycopg_connection(connection)

    def newest(self) -> SignedSize | None:
        """The newest checkpoint; None while the log is empty."""
        return self._checkpoint(NEWEST)

    def checkpoint(self, size: int) -> SignedSize | None:
        """The checkpoint of this size, if there is one."""
        return self._checkpoint(OF_SIZE, size)

    def covering(self, index: int) -> SignedSize | None:
        """The newest cosigned checkpoint that covers an entry, else the newest that covers it."""
        found = self._checkpoint(NEWEST_COSIGNED, index) or self.newest()
        return found if found is not None and found.size > index else None

    def note_with_cosignatures(self, checkpoint: SignedSize) -> str:
        """The signed note with the newest cosignature of every witness below it."""
        lines = "".join(row[0] for row in self._rows(COSIGNATURES, checkpoint.size))
        return checkpoint.note + lines

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962 section 2.1.1."""
        return self.roots(inclusion_ranges(index, size))

    def consistency_proof(self, first: int, second: int) -> list[bytes]:
        """PROOF(first, D[second]) of RFC 6962 section 2.1.2; empty from the empty tree."""
        return self.roots(consistency_ranges(first, second)) if first else []

    def tile(self, level: int, index: int, width: int = TILE_WIDTH) -> bytes:
        """The hashes of one tile of https://c2sp.org/tlog-tiles, one after another."""
        span = TILE_WIDTH**level
        first = index * TILE_WIDTH
        if level == 0:
            return b"".join(self.leaves(first, first + width))
        places = range(first, first + width)
        return b"".join(self.roots([(place * span, (place + 1) * span) for place in places]))

    def roots(self, ranges: Iterable[Range]) -> list[bytes]:
        """The roots of subtrees as RFC 6962 splits them, complete or at the right edge.

        Raises:
            TreeDamaged: a leaf they need is not there.
        """
        parts = [complete_parts(start, end) for start, end in ranges]
        known = self._complete([part for some in parts for part in some])
        answer = []
        for some in parts:
            node = known[some[-1]]
            for part in reversed(some[:-1]):
                node = node_hash(known[part], node)
            answer.append(node)
        return answer

    def roots_of(self, parts: Sequence[Range]) -> list[bytes]:
        """The roots of complete subtrees, in the order given."""
        known = self._complete(parts)
        return [known[part] for part in parts]

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The leaf hashes from `start` to below `end`.

        Raises:
            TreeDamaged: one is not there.
        """
        found = [bytes(row[0]) for row in self._rows(LEAVES, start, end)]
        if len(found) != end - start:
            raise TreeDamaged(f"leaves between {start} and {end} are missing")
        return found

    def _complete(self, ranges: Sequence[Range]) -> dict[Range, bytes]:
        roots: dict[Range, bytes] = {}
        left: list[Range] = []
        split: list[Range] = []
        for start, end in dict.fromkeys(ranges):
            width = end - start
            if width <= NARROW:
                roots[start, end] = tree_root(self.leaves(start, end))
            elif start // width % 2 == 0:
                left.append((start, end))
            else:
                split.append((start, end))
        if left:
            roots |= self._peaks(left)
            split += [some for some in left if some not in roots]
        if split:
            below = self._complete([half for some in split for half in _halves(some)])
            for some in split:
                first, second = _halves(some)
                roots[some] = node_hash(below[first], below[second])
        return roots

    def _peaks(self, ranges: list[Range]) -> dict[Range, bytes]:
        starts, stops = zip(*ranges, strict=True)
        found = {}
        for start, stop, size, frontier in self._rows(PEAKS, list(starts), list(stops)):
            level = (stop - start).bit_length() - 1
            place = (size >> level).bit_count() - 1
            if place < len(frontier):
                found[start, stop] = bytes(frontier[place])
        return found

    def _checkpoint(self, query: str, *parameters: Any) -> SignedSize | None:
        for size, root, note in self._rows(query, *parameters):
            return SignedSize(size, bytes(root), note)
        return None

    def _rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._raw.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(query, parameters).fetchall()


def complete_parts(start: int, end: int) -> list[Range]:
    """A range of leaves as complete, aligned subtrees from left to right.

    For the subtrees of RFC 6962 these are its peaks; for any other range they are what a verifier
    needs to pass over the leaves without having them.
    """
    parts = []
    while start < end:
        width = 1 << (end - start).bit_length() - 1
        if start:
            width = min(width, start & -start)
        parts.append((start, start + width))
        start += width
    return parts


def _halves(some: Range) -> tuple[Range, Range]:
    middle = (some[0] + some[1]) // 2
    return (some[0], middle), (middle, some[1])
