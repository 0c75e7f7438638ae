"""The supervisor: what it starts, starts again, gives up on and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import processes
from config.machine import command_of, wait_for
from config.processes import Child, Supervisor, choose_port

ROOT = Path(processes.__file__).parents[1]
STAY = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
RUN_IT = """
import sys
from pathlib import Path
from config.processes import Child, Supervisor
folder, *scripts = sys.argv[1:]
children = [
    Child(f"part-{n}", [sys.executable, "-c", script], Path(folder) / f"{n}.log")
    for n, script in enumerate(scripts)
]
supervisor = Supervisor(children, {}, lambda text: print(text, flush=True), grace=1.0)
code = supervisor.run(
    ready=lambda: all(child.process for child in children),
    announce=lambda: " ".join(str(child.process.pid) for child in children),
)
sys.exit(code)
"""

Start = Callable[..., tuple[subprocess.Popen[str], list[int]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor of the given scripts and return it with its children's numbers."""
    begun: list[subprocess.Popen[str]] = []

    def start(*scripts: str) -> tuple[subprocess.Popen[str], list[int]]:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", RUN_IT, str(tmp_path), *scripts],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append(supervisor)
        assert supervisor.stdout is not None
        return supervisor, [int(pid) for pid in supervisor.stdout.readline().split()]

    yield start
    for supervisor in begun:
        supervisor.kill()
        supervisor.communicate()


def gone(pid: int) -> bool:
    return "time.sleep" not in command_of(pid)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_every_child_and_is_no_failure(start: Start, told: signal.Signals) -> None:
    supervisor, pids = start(STAY, STAY)
    assert not any(gone(pid) for pid in pids)
    began = time.monotonic()
    supervisor.send_signal(told)
    assert supervisor.wait(timeout=10) == 0
    assert time.monotonic() - began < 3
    assert all(gone(pid) for pid in pids)


def test_a_child_that_ignores_being_asked_is_ended_after_the_grace_time(start: Start) -> None:
    supervisor, pids = start(STUBBORN)
    assert wait_for(lambda: _ignores(pids[0], signal.SIGTERM), seconds=5)
    began = time.monotonic()
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(timeout=10) == 0
    assert 1 <= time.monotonic() - began < 3
    assert gone(pids[0])


def test_the_grace_time_leaves_room_within_ten_seconds() -> None:
    assert processes.GRACE_SECONDS <= 9


def _ignores(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("this system does not show what a process ignores")
    mask = next(line for line in status.read_text().splitlines() if line.startswith("SigIgn"))
    return bool(int(mask.split()[1], 16) & (1 << (number - 1)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_children_end_when_the_supervisor_is_killed(start: Start) -> None:
    supervisor, pids = start(STAY)
    supervisor.kill()
    assert wait_for(lambda: gone(pids[0]), seconds=5)


def test_a_child_that_dies_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SETTLED_SECONDS", 0.0)
    said: list[str] = []
    child = Child("worker", [sys.executable, "-c", STAY], tmp_path / "worker.log")
    supervisor = Supervisor([child], dict(os.environ), said.append)
    seen: list[int] = []

    def kill_the_first_and_stop_at_the_second() -> bool:
        if child.process is not None and child.process.pid not in seen:
            seen.append(child.process.pid)
            child.process.kill()
            supervisor.stopping = len(seen) == 2
        return False

    assert supervisor.run(ready=kill_the_first_and_stop_at_the_second, announce=str) == 0
    assert len(seen) == 2
    assert said == ["The worker ended (code -9); it is started again."]


def test_a_child_that_cannot_start_ends_the_run_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LONGEST_PAUSE", 0.05)
    said: list[str] = []
    tally = tmp_path / "tally"
    script = f"open({str(tally)!r}, 'a').write('x'); raise SystemExit('no such setting')"
    children = [
        Child("worker", [sys.executable, "-c", STAY], tmp_path / "worker.log"),
        Child("sequencer", [sys.executable, "-c", script], tmp_path / "sequencer.log"),
    ]
    supervisor = Supervisor(children, dict(os.environ), said.append)
    assert supervisor.run(ready=lambda: False, announce=str) == 1
    assert len(tally.read_text()) == processes.TRIES
    assert "The sequencer can't start." in said[0]
    assert "no such setting" in said[1]
    assert children[0].process is not None
    assert children[0].process.returncode is not None


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert choose_port(port) > port
    assert choose_port(port) == port
