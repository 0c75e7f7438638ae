"""The Merkle tree against RFC 6962's reference values and an independent implementation."""

from __future__ import annotations

import itertools
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from audit import merkle

# The reference tree of Certificate Transparency's own tests: eight entries, each size's root.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
# (leaf, size) -> PATH and (old, new) -> PROOF, from the same reference tests.
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
PROOFS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SMALL = 64


def leaves_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4)) for number in range(count)]


def other(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_every_reference_tree_is_the_published_one(size: int) -> None:
    assert merkle.tree_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_an_inclusion_proof_is_the_published_one(index: int, size: int) -> None:
    proof = merkle.inclusion_proof(LEAVES, index, size)

    assert [node.hex() for node in proof] == PATHS[index, size]


@pytest.mark.parametrize(("first", "second"), PROOFS)
def test_a_consistency_proof_is_the_published_one(first: int, second: int) -> None:
    proof = merkle.consistency_proof(LEAVES, first, second)

    assert [node.hex() for node in proof] == PROOFS[first, second]


def test_a_leaf_cannot_pass_as_a_node() -> None:
    left, right = LEAVES[:2]

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
    assert merkle.leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert merkle.node_hash(left, right) == sha256(b"\x01" + left + right).digest()


@cache
def oracle(start: int, end: int) -> InmemoryTree:
    """Another implementation's tree of the numbers from `start` to below `end`."""
    return InmemoryTree.init_from_entries([number.to_bytes(4) for number in range(start, end)])


def subproof(m: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF as section 2.1.2 writes it, over the oracle's roots.

    The oracle's own consistency proofs cover the old tree by other subtrees than the RFC's.
    """
    n = end - start
    if m == n:
        return [] if whole else [oracle(start, end).get_root()]
    k = max(1 << power for power in range(n.bit_length()) if 1 << power < n)
    if m <= k:
        right = oracle(start + k, end).get_root()
        return [*subproof(m, start, start + k, whole=whole), right]
    left = oracle(start, start + k).get_root()
    return [*subproof(m - k, start + k, end, whole=False), left]


def test_roots_and_proofs_of_all_small_trees_equal_those_of_an_independent_implementation() -> None:
    leaves = leaves_of(SMALL)
    for size in range(1, SMALL + 1):
        tree = oracle(0, size)
        root = tree.get_root()
        assert merkle.tree_root(leaves[:size]) == root
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index, size)
            assert [leaves[index], *proof] == tree.prove_inclusion(index + 1, size).path
        for first in range(1, size + 1):
            proof = merkle.consistency_proof(leaves, first, size)
            old = oracle(0, first).get_root()
            assert proof == subproof(first, 0, size, whole=True)
            assert merkle.verify_consistency(first, size, proof, old, root)


def test_every_proof_of_every_small_tree_verifies() -> None:
    leaves = leaves_of(SMALL)
    roots = [merkle.tree_root(leaves[:size]) for size in range(SMALL + 1)]
    for size in range(1, SMALL + 1):
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index, size)
            assert merkle.verify_inclusion(leaves[index], index, size, proof, roots[size])
        for first in range(1, size + 1):
            proof = merkle.consistency_proof(leaves, first, size)
            assert merkle.verify_consistency(first, size, proof, roots[first], roots[size])


def test_an_inclusion_proof_proves_nothing_else() -> None:
    leaves = leaves_of(16)
    for size in range(1, 17):
        root = merkle.tree_root(leaves[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index, size)
            leaf = leaves[index]
            refused = [
                (other(leaf), index, size, proof, root),
                (leaf, index, size, proof, other(root)),
                (leaf, index, size, [*proof, leaf], root),
                (leaf, index, size, [leaf, *proof], root),
                (leaf, -1, size, proof, root),
                (leaf, size, size, proof, root),
                (leaf[:-1], index, size, proof, root),
            ]
            refused += [
                (leaf, index, size, [*proof[:at], other(node), *proof[at + 1 :]], root)
                for at, node in enumerate(proof)
            ]
            refused += [(leaf, index, size, proof[:at], root) for at in range(len(proof))]
            refused += [
                (leaf, elsewhere, size, proof, root)
                for elsewhere in range(size)
                if elsewhere != index
            ]
            for arguments in refused:
                assert not merkle.verify_inclusion(*arguments), arguments[1:3]


def test_a_consistency_proof_proves_nothing_else() -> None:
    leaves = leaves_of(16)
    roots = [merkle.tree_root(leaves[:size]) for size in range(17)]
    for first, second in itertools.combinations(range(1, 17), 2):
        proof = merkle.consistency_proof(leaves, first, second)
        old, new = roots[first], roots[second]
        refused = [
            (first, second, proof, other(old), new),
            (first, second, proof, old, other(new)),
            (first, second, [*proof, old], old, new),
            (second, first, proof, old, new),
            (-1, second, proof, old, new),
            (first, second, [node[:-1] for node in proof], old, new),
        ]
        refused += [
            (first, second, [*proof[:at], other(node), *proof[at + 1 :]], old, new)
            for at, node in enumerate(proof)
        ]
        refused += [(first, second, proof[:at], old, new) for at in range(len(proof))]
        refused += [
            (size, second, proof, old, new) for size in range(1, second + 1) if size != first
        ]
        for arguments in refused:
            assert not merkle.verify_consistency(*arguments), arguments[:2]


def test_a_rewritten_tree_has_no_consistency_proof_to_the_old_one() -> None:
    before, after = leaves_of(11), leaves_of(20)
    after[4] = merkle.leaf_hash(b"rewritten")
    proof = merkle.consistency_proof(after, 11, 20)

    assert not merkle.verify_consistency(
        11, 20, proof, merkle.tree_root(before), merkle.tree_root(after)
    )


def test_every_tree_grows_from_the_empty_one_and_from_itself() -> None:
    root = merkle.tree_root(LEAVES)

    assert merkle.verify_consistency(0, 8, [], merkle.EMPTY_ROOT, root)
    assert merkle.verify_consistency(8, 8, [], root, root)
    assert not merkle.verify_consistency(0, 8, [], root, root)
    assert not merkle.verify_consistency(0, 8, [root], merkle.EMPTY_ROOT, root)
    assert not merkle.verify_consistency(8, 8, [], root, other(root))
    assert not merkle.verify_consistency(8, 8, [root], root, root)


@given(st.lists(st.binary(max_size=8), max_size=70), st.integers(0, 70))
def test_a_stored_frontier_grows_into_the_same_tree(entries: list[bytes], cut: int) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    cut = min(cut, len(leaves))
    first = merkle.Frontier()
    for leaf in leaves[:cut]:
        first.append(leaf)
    second = merkle.Frontier.restore(first.size, first.peaks)
    for leaf in leaves[cut:]:
        second.append(leaf)

    assert second.size == len(leaves)
    assert second.root() == merkle.tree_root(leaves)


@pytest.mark.parametrize(
    ("size", "peaks"),
    [(1, []), (0, [bytes(32)]), (3, [bytes(32)]), (-1, [bytes(32)]), (1, [bytes(31)])],
)
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(ValueError):
        merkle.Frontier.restore(size, peaks)


def test_proofs_are_refused_for_what_the_tree_does_not_hold() -> None:
    for index, size in ((8, 8), (-1, 8), (0, 9), (0, 0)):
        with pytest.raises(ValueError):
            merkle.inclusion_proof(LEAVES, index, size)
    for first, second in ((0, 8), (5, 4), (1, 9)):
        with pytest.raises(ValueError):
            merkle.consistency_proof(LEAVES, first, second)


def test_a_proof_in_a_million_entries_stays_within_640_bytes() -> None:
    assert len(merkle.inclusion_ranges(123_456, 1_000_000)) * merkle.HASH_SIZE <= 640
