"""Shuts a process in for good: memory, time, files, network, other processes (Linux).

Called after everything needed is imported and before the first byte of a stranger's file is read.
What each part gives where it is permitted:

- limits: memory and time end; no file can be opened (no descriptor is left to open one with), none
  can grow, no process can be started. These need no privilege and always hold;
- namespaces of its own: no network, not even the machine itself;
- a filter of system calls: what is not listed is refused, so that a hole in a decoder reaches
  nothing to use it with.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import struct
from dataclasses import dataclass

from cases.papers.limits import ADDRESS_SPACE, CPU_SECONDS

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 4, 38, 22
SECCOMP_MODE_FILTER = 2
ALLOW, REFUSE_EPERM, KILL = 0x7FFF0000, 0x00050001, 0x80000000
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06

# Name of the machine → its code in the filter, and the calls by number: reading and writing what
# is open, memory, time, signals to itself, randomness, ending.
CALLS: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        (
            *(0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 28, 35, 39, 60, 96, 98, 100),
            *(131, 186, 201, 202, 204, 219, 228, 230, 231, 234, 318, 324, 334),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(57, 62, 63, 64, 80, 93, 94, 98, 101, 113, 115, 123, 124, 128, 131, 132, 134, 135),
            *(139, 153, 165, 169, 172, 178, 214, 215, 216, 222, 226, 233, 278, 283, 293),
        ),
    ),
}


@dataclass(frozen=True)
class Locks:
    """Which of the locks that need a permission hold; the limits always do."""

    namespaces: bool
    filter: bool


def lock_in() -> Locks:
    """Shut this process in. There is no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespaces = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    _limit()
    return Locks(namespaces=namespaces, filter=_filter(libc))


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        # 0, 1 and 2 are taken: nothing else can be opened, no file and no socket.
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def _filter(libc: ctypes.CDLL) -> bool:
    known = CALLS.get(platform.machine())
    if known is None:
        return False
    machine, calls = known

    def step(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    steps = [
        # Another kind of call than this machine's own, or of its 32-bit ways, ends the process.
        step(LOAD, 0, 0, 4),
        step(EQUAL, 1, 0, machine),
        step(RETURN, 0, 0, KILL),
        step(LOAD, 0, 0, 0),
        step(AT_LEAST, 0, 1, 0x40000000),
        step(RETURN, 0, 0, KILL),
    ]
    for call in calls:
        steps += [step(EQUAL, 0, 1, call), step(RETURN, 0, 0, ALLOW)]
    steps.append(step(RETURN, 0, 0, REFUSE_EPERM))
    program = b"".join(steps)
    held = ctypes.create_string_buffer(program, len(program))
    given = _Program(len(steps), ctypes.cast(held, ctypes.c_void_p))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done = libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(given), 0, 0)
    return int(done) == 0
