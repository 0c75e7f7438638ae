"""Who starts the private servers, who shares them and who stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import local_services
from config.env import Environment
from config.machine import command_of, wait_for

ROOT = Path(local_services.__file__).parents[1]
USER = """
import signal, sys, time
# Ctrl-C is ignored by what was started in the background, and by its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from config import local_services
services = local_services.ensure_running(Path(sys.argv[1]), pg_bin=None)
print(services.redis_port, flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose first and only server is Redis's, the quicker of the two."""
    return tmp_path / "home"


def redis_pid(home: Path) -> int:
    return int((home / "redis" / "redis.pid").read_text())


def join(home: Path) -> local_services.Membership:
    return local_services.join(home, durable=False, postgres=False, redis=True, pg_bin=None)


@pytest.fixture
def other_user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has joined the servers of `home`."""
    code = USER.replace("pg_bin=None", "postgres=False")
    user = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline().strip().isdigit()
    yield user
    user.kill()
    user.communicate()


def test_the_last_one_out_stops_the_servers(home: Path) -> None:
    first = join(home)
    second = join(home)
    assert first.services == second.services
    pid = redis_pid(home)

    local_services.leave(first)
    assert "redis-server" in command_of(pid)
    assert local_services.services_at(home) == second.services

    local_services.leave(second)
    assert "redis-server" not in command_of(pid)
    assert local_services.services_at(home) is None


def test_a_second_process_shares_what_the_first_started(
    home: Path, other_user: subprocess.Popen[str]
) -> None:
    pid = redis_pid(home)
    membership = join(home)
    assert redis_pid(home) == pid

    local_services.leave(membership)
    assert "redis-server" in command_of(pid)


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_stop_however_their_only_user_ends(
    home: Path, other_user: subprocess.Popen[str], kill: signal.Signals
) -> None:
    pid = redis_pid(home)
    other_user.send_signal(kill)
    assert wait_for(lambda: local_services.services_at(home) is None, seconds=10)
    assert "redis-server" not in command_of(pid)


def test_a_killed_user_leaves_the_servers_to_the_others(
    home: Path, other_user: subprocess.Popen[str]
) -> None:
    membership = join(home)
    other_user.kill()
    other_user.wait()
    server = membership.services.redis(home)
    assert membership.services.redis_port is not None
    assert server.answers(membership.services.redis_port)
    local_services.leave(membership)


def test_servers_that_died_are_started_again(home: Path) -> None:
    first = join(home)
    os.kill(redis_pid(home), signal.SIGKILL)
    assert first.services.redis_port is not None
    assert wait_for(
        lambda: not first.services.redis(home).answers(first.services.redis_port or 0), seconds=5
    )
    second = join(home)
    assert second.services.redis_port is not None
    assert second.services.redis(home).answers(second.services.redis_port)
    local_services.leave(first)
    local_services.leave(second)


def test_a_process_that_asks_twice_joins_once(home: Path) -> None:
    first = local_services.ensure_running(home, postgres=False)
    second = local_services.ensure_running(home, postgres=False)
    assert first == second
    assert home in local_services._joined
    local_services.leave(local_services._joined[home])
    assert local_services.services_at(home) is None


def test_homes_of_killed_test_runs_are_removed_and_used_ones_kept(tmp_path: Path) -> None:
    for name in ("used", "unused", "fresh"):
        local_services.leave(join(tmp_path / name))
    membership = join(tmp_path / "used")
    for name in ("used", "unused"):
        os.utime(tmp_path / name, (0, 0))

    local_services.remove_abandoned(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "used"]
    local_services.leave(membership)


def test_this_test_run_has_servers_of_its_own() -> None:
    own = Environment(os.environ)
    if not own.private_database:
        pytest.skip("this run uses the database of DATABASE_URL")
    assert own.home.parent.name == "tests"
    assert own.home != ROOT / ".local"
    assert local_services.services_at(own.home) is not None
