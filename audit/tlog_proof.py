"""Proofs that an event is in the log, as the text of https://c2sp.org/tlog-proof (v1).

Such a text stands alone: with the log's public key, and a witness's, anybody checks it offline.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.merkle import verify_inclusion
from audit.signed_note import TREE_SIZE, Checkpoint, Note, NoteError, decode64, encode64

HEADER = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """An entry's place, the hashes beside its way to the root, and the checkpoint with that root.

    `extra` is not covered by any signature; ours is the event's payload or nothing.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes | None = None

    def encode(self) -> str:
        """The proof as text."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode64(value) for value in self.hashes]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def parse(cls, text: str) -> LogProof:
        """Read a proof. What it claims is not yet checked: see `proves`.

        Raises:
            NoteError: it is not a proof of the specification's form.
        """
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines.pop(0) != HEADER:
            raise NoteError(f"the proof does not start with {HEADER}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise NoteError("the proof has no index")
        index = lines.pop(0).removeprefix("index ")
        if TREE_SIZE.fullmatch(index) is None:
            raise NoteError("the proof's index is not a plain decimal number")
        if len(lines) > MOST_HASHES:
            raise NoteError("the proof has more hashes than any log")
        return cls(int(index), tuple(decode64(line) for line in lines), note, extra)

    def proves(self, leaf: bytes) -> bool:
        """Whether the leaf is at this place under the checkpoint's root.

        The checkpoint's own signatures are checked with `open_checkpoint`.

        Raises:
            NoteError: the proof holds no checkpoint.
        """
        checkpoint = Checkpoint.parse(Note.parse(self.note).text)
        return verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
