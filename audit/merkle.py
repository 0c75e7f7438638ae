"""The Merkle tree of RFC 6962, section 2.1: roots, proofs and their verification.

Pure Python over SHA-256, with no Django and no database, so that it reads beside the RFC and can be
lifted into a verifier of its own. `D[n]` in the RFC is a sequence of entries; here everything
starts from their leaf hashes, so a tree never needs the entries themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
# MTH({}) = SHA-256() in section 2.1.
EMPTY_ROOT = sha256(b"").digest()

Range = tuple[int, int]
Subtree = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """MTH({d(0)}) = SHA-256(0x00 || d(0)): section 2.1."""
    return sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): section 2.1.

    The prefixes differ so that no leaf can be passed off as a node.
    """
    return sha256(NODE_PREFIX + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, leftmost first.

    Section 2.1 splits n leaves at the largest power of two below n, so a tree of n leaves is the
    chain of one complete subtree for each 1 bit of n. Those roots are all that is needed to append
    a leaf in O(log n) and to give the root, however many leaves stand behind them.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def restore(cls, size: int, peaks: Iterable[bytes]) -> Frontier:
        """Take up a stored frontier.

        Args:
            size: the number of leaves behind it.
            peaks: what `peaks` gave at that size.

        Raises:
            ValueError: these peaks cannot belong to a tree of that size.
        """
        frontier = cls()
        frontier._peaks = [bytes(peak) for peak in peaks]
        frontier.size = size
        if size < 0 or len(frontier._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves does not have {len(frontier._peaks)} peaks")
        if any(len(peak) != HASH_SIZE for peak in frontier._peaks):
            raise ValueError("a peak is not a SHA-256 hash")
        return frontier

    @property
    def peaks(self) -> list[bytes]:
        """The roots of the complete subtrees, leftmost and largest first."""
        return list(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        size, node = self.size, leaf
        # Each trailing 1 bit is a complete subtree as large as the one just finished: they merge.
        while size & 1:
            node = sha256(NODE_PREFIX + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """MTH of all leaves so far: section 2.1."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """MTH of a sequence of leaf hashes: section 2.1."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots are PATH(index, D[size]), deepest first: section 2.1.1.

    Each is `(start, end)` with `end` exclusive, so a caller can take their roots from wherever it
    keeps them.

    Raises:
        ValueError: there is no such leaf in a tree of that size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The subtrees whose roots are PROOF(first, D[second]), in order: section 2.1.2.

    Raises:
        ValueError: not 0 < first <= second; the RFC defines no proof from an empty tree.
    """
    if not 0 < first <= second:
        raise ValueError(f"there is no consistency proof from {first} to {second} leaves")
    ranges: list[Range] = []
    start, end = 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # SUBPROOF's flag b: the old root itself is left out while it is one whole subtree.
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(leaves: Sequence[bytes], index: int, size: int | None = None) -> list[bytes]:
    """PATH(index, D[size]) of section 2.1.1; `size` defaults to all leaves given."""
    size = _within(leaves, size)
    subtree = _subtrees(leaves)
    return [subtree(start, end) for start, end in inclusion_ranges(index, size)]


def consistency_proof(
    leaves: Sequence[bytes], first: int, second: int | None = None
) -> list[bytes]:
    """PROOF(first, D[second]) of section 2.1.2; `second` defaults to all leaves given."""
    second = _within(leaves, second)
    subtree = _subtrees(leaves)
    return [subtree(start, end) for start, end in consistency_ranges(first, second)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `proof` shows `leaf` at `index` in the tree of `size` leaves with this `root`.

    The proof is that of RFC 6962 section 2.1.1; the steps are those of RFC 9162 section 2.1.3.2,
    which obsoletes it and spells verification out.
    """
    if not 0 <= index < size or not _are_hashes((leaf, root, *proof)):
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and node == root


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether `proof` shows that the tree of `second` leaves only appended to that of `first`.

    The proof is that of RFC 6962 section 2.1.2; the steps are those of RFC 9162 section 2.1.4.2.
    Every tree is consistent with the empty one, which needs an empty proof and its true root.
    """
    if not 0 <= first <= second or not _are_hashes((first_root, second_root, *proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root


def _split(width: int) -> int:
    """The largest power of two smaller than `width`: k in section 2.1."""
    return 1 << (width - 1).bit_length() - 1


def _subtrees(leaves: Sequence[bytes]) -> Subtree:
    return lambda start, end: tree_root(leaves[start:end])


def _within(leaves: Sequence[bytes], size: int | None) -> int:
    if size is None:
        return len(leaves)
    if size > len(leaves):
        raise ValueError(f"only {len(leaves)} leaves are given, not {size}")
    return size


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
