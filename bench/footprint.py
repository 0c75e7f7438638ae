"""How much memory the processes under one process hold, by what they are."""

from __future__ import annotations

import subprocess

# A word of the command line → which of the product's processes it is.
KINDS = {"granian": "web", " worker ": "worker", " beat ": "beat", "run_sequencer": "sequencer"}


def megabytes_under(root: int) -> dict[str, float]:
    """Resident memory in MB of the descendants of `root`, each kind with its own children."""
    listed = subprocess.run(
        # -ww: a terminal's width must not cut off what says which process it is.
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,rss=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    parents: dict[int, int] = {}
    kinds: dict[int, str] = {}
    sizes: dict[int, float] = {}
    for line in listed.splitlines():
        pid, parent, kilobytes, command = line.split(maxsplit=3)
        parents[int(pid)] = int(parent)
        sizes[int(pid)] = int(kilobytes) * 1024 / 1e6
        kinds[int(pid)] = next((kind for word, kind in KINDS.items() if word in command), "")
    totals: dict[str, float] = {}
    for number, size in sizes.items():
        if kinds[number] and _is_under(number, root, parents):
            totals[kinds[number]] = totals.get(kinds[number], 0.0) + size
    return totals


def _is_under(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root
