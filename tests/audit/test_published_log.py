"""Checkpoint and tiles as anybody gets them, and proofs that the stored tree gives."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.http import Http404
from django.test import Client

from audit import log_key
from audit.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from audit.signed_note import Checkpoint, open_checkpoint, sign_checkpoint
from audit.stored_tree import StoredTree, TreeDamaged, complete_parts
from audit.views import tile_index, tile_place
from tests.audit.conftest import Log

Superuser = psycopg.Connection[Any]
SIZE = 70_000


def fill(superuser: Superuser, sizes: list[int]) -> list[bytes]:
    """A log of made-up leaves under checkpoints of these sizes; gives its leaves."""
    leaves = [leaf_hash(number.to_bytes(8)) for number in range(sizes[-1])]
    signer, frontier = log_key.load_signer(), Frontier()
    with (
        superuser.cursor() as cursor,
        cursor.copy(
            "COPY audit_leaf (position, event_id, hash) FROM STDIN (FORMAT BINARY)"
        ) as copy,
    ):
        copy.set_types(["int8", "int8", "bytea"])
        for position, leaf in enumerate(leaves):
            copy.write_row((position, position + 1, leaf))
    for size in sizes:
        while frontier.size < size:
            frontier.append(leaves[frontier.size])
        checkpoint = Checkpoint(log_key.origin(), size, frontier.root())
        superuser.execute(
            "INSERT INTO audit_checkpoint (size, root, frontier, note) VALUES (%s, %s, %s, %s)",
            [size, checkpoint.root, frontier.peaks, sign_checkpoint(checkpoint, signer)],
        )
    return leaves


def test_everything_published_of_a_long_log_is_the_trees(log: Log, superuser: Superuser) -> None:
    chance = random.Random(7)
    # Long stretches without a checkpoint, and short ones: both ways to find a subtree are walked.
    steps = [*chance.sample(range(1, SIZE), 300), 40_000, 40_001, 65_536, SIZE]
    sizes = sorted(size for size in {*steps} if not 1_000 < size < 30_000)
    leaves = fill(superuser, sizes)
    client = Client()

    answer = client.get("/log/checkpoint")
    newest = open_checkpoint(answer.content, keys=log_key.verifier_keys(), origin=log_key.origin())
    assert (newest.size, newest.root) == (SIZE, tree_root(leaves))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=5"

    # The tiles of a tree of 70,000 are those of the specification's own example.
    shapes = {0: (273, 112), 1: (1, 17), 2: (0, 1)}
    for level, (full, width) in shapes.items():
        span = 256**level
        for index in {0, 1, full - 1, full} & set(range(full + 1)):
            partial = index == full
            url = f"/log/tile/{level}/{tile_place(index)}" + (f".p/{width}" if partial else "")
            places = range(index * 256, index * 256 + (width if partial else 256))
            answer = client.get(url)
            assert answer.status_code == 200, url
            assert answer["Content-Type"] == "application/octet-stream"
            assert ("immutable" in answer["Cache-Control"]) is not partial
            assert answer.content == b"".join(
                tree_root(leaves[place * span : (place + 1) * span]) for place in places
            ), url
            if partial:
                assert client.get(url.partition(".p/")[0]).status_code == 404
                beyond = url.replace(f".p/{width}", f".p/{width + 1}")
                assert client.get(beyond).status_code == 404

    tree = StoredTree(connections["auditor"])
    for _ in range(10):
        size = chance.choice(sizes)
        index, first = chance.randrange(size), chance.choice([s for s in sizes if s <= size])
        proof = tree.inclusion_proof(index, size)
        assert verify_inclusion(leaves[index], index, size, proof, tree_root(leaves[:size]))
        assert proof == inclusion_proof(leaves, index, size)
        steps = tree.consistency_proof(first, size)
        assert steps == consistency_proof(leaves, first, size)
        roots = tree_root(leaves[:first]), tree_root(leaves[:size])
        assert verify_consistency(first, size, steps, *roots)

    superuser.execute("ALTER TABLE audit_leaf DISABLE TRIGGER ALL")
    superuser.execute("DELETE FROM audit_leaf WHERE position = 69999")
    with pytest.raises(TreeDamaged):
        tree.inclusion_proof(69_998, SIZE)
    assert client.get("/log/tile/0/273.p/112").status_code == 404


def test_the_published_log_knows_nobody_and_says_nothing_else(
    log: Log, client_of: Any, cast: Any
) -> None:
    assert Client().get("/log/checkpoint").status_code == 404
    log.say(3, facts='{"canary": "kalapati"}')
    log.sequence()
    for client in (Client(), client_of(cast.caseworker), client_of(cast.auditor)):
        for url in ("/log/checkpoint", "/log/tile/0/000.p/3"):
            answer = client.get(url)
            assert answer.status_code == 200, url
            assert "Vary" not in answer
            assert "public" in answer["Cache-Control"]
            assert not answer.cookies
            assert b"kalapati" not in answer.content
        assert client.post("/log/checkpoint").status_code == 405
    for wrong in (
        "/log/",
        "/log/tile/0/000",
        "/log/tile/0/000.p/4",
        "/log/tile/0/000.p/03",
        "/log/tile/0/000.p/256",
        "/log/tile/00/000.p/3",
        "/log/tile/64/000.p/1",
        "/log/tile/63/000.p/1",
        "/log/tile/0/x000/000.p/3",
        "/log/tile/entries/000.p/3",
        "/log/tile/0/999",
    ):
        answer = Client().get(wrong)
        assert answer.status_code == 404, wrong
        assert answer["Cache-Control"] == "no-store", wrong


@pytest.mark.parametrize(
    ("index", "place"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]
)
def test_a_tiles_index_has_one_path(index: int, place: str) -> None:
    assert tile_place(index) == place
    assert tile_index(place) == index
    with pytest.raises(Http404):
        tile_index(f"x000/{place}")


def test_the_parts_of_a_range_are_complete_subtrees_side_by_side() -> None:
    for end in range(70):
        for start in range(end + 1):
            parts = complete_parts(start, end)
            assert [place for some in parts for place in range(*some)] == list(range(start, end))
            for a, b in parts:
                assert (b - a).bit_count() == 1
                assert a % (b - a) == 0
