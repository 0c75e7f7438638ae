"""The published log: checkpoints and tiles of https://c2sp.org/tlog-tiles, hashes only.

Anybody may fetch these, and anything between us and them may cache them. They hold sizes, roots and
hashes; entries are never published. `OpenPagesMiddleware` answers them ahead of the session.
"""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_not_required
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit.stored_tree import TILE_WIDTH, StoredTree, TreeDamaged

FOR_SECONDS = "public, max-age=5"
FOR_AN_HOUR = "public, max-age=3600"
FOR_EVER = "public, max-age=31536000, immutable"
# 256^8 exceeds what a log can hold.
HIGHEST_LEVEL = 7
PLACE = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint with its cosignatures; 404 while the log is empty."""
    tree = StoredTree(connections["auditor"])
    newest = tree.newest()
    if newest is None:
        raise Http404
    return HttpResponse(
        tree.note_with_cosignatures(newest),
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": FOR_SECONDS},
    )


@login_not_required
@require_safe
def tile(request: HttpRequest, level: str, place: str, width: str = "") -> HttpResponse:
    """One tile of hashes, full or partial, as far as a checkpoint vouches for it; 404 beyond.

    A partial tile is kept for an hour only: its full one takes its place.
    """
    index = tile_index(place)
    wide = int(width) if width else TILE_WIDTH
    if int(level) > HIGHEST_LEVEL or not 0 < wide <= TILE_WIDTH:
        raise Http404
    tree = StoredTree(connections["auditor"])
    newest = tree.newest()
    end = (index * TILE_WIDTH + wide) * TILE_WIDTH ** int(level)
    if newest is None or end > newest.size:
        raise Http404
    try:
        hashes = tree.tile(int(level), index, wide)
    except TreeDamaged:
        raise Http404 from None
    return HttpResponse(
        hashes,
        content_type="application/octet-stream",
        headers={"Cache-Control": FOR_EVER if wide == TILE_WIDTH else FOR_AN_HOUR},
    )


def tile_place(index: int) -> str:
    """A tile's index as its path: 1234067 is `x001/x234/067`."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def tile_index(place: str) -> int:
    """The index that a path stands for.

    Raises:
        Http404: it is not the one way to write an index.
    """
    if PLACE.fullmatch(place) is None or len(place) > 30:
        raise Http404
    index = int(place.replace("x", "").replace("/", ""))
    if tile_place(index) != place:
        raise Http404
    return index
