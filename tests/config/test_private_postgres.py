"""The private PostgreSQL: who may enter, from where, and what its log may hold."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import local_services
from config.env import Environment
from config.machine import command_of, make_private, wait_for
from config.private_postgres import PrivatePostgres, PrivateServerError, find_disguise

ROOT = Path(local_services.__file__).parents[1]
PG_BIN = Environment(os.environ).postgres_bin


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers") / "home"


@pytest.fixture(scope="module")
def services(home: Path) -> Iterator[local_services.Services]:
    with local_services.running(home, durable=False, pg_bin=PG_BIN) as services:
        yield services


def connect(services: local_services.Services, password: str, host: str = "127.0.0.1") -> None:
    psycopg.connect(
        host=host,
        port=services.postgres_port,
        user="postgres",
        password=password,
        dbname="liwanag",
        connect_timeout=3,
    ).close()


def test_the_right_password_opens_the_database(
    home: Path, services: local_services.Services
) -> None:
    connect(services, local_services.credentials(home)["superuser"])


@pytest.mark.parametrize("password", ["", "postgres", "x" * 43])
def test_a_wrong_password_is_refused(services: local_services.Services, password: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        connect(services, password)


def test_redis_refuses_a_wrong_password(home: Path, services: local_services.Services) -> None:
    port = services.redis_port
    assert port is not None
    assert services.redis(home).answers(port)
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        line.sendall(b"PING\r\nQUIT\r\n")
        assert line.recv(200).startswith(b"-NOAUTH")


def test_both_listen_on_the_loopback_interface_alone(services: local_services.Services) -> None:
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("this system does not list its listening ports in /proc")
    rows = [row.split() for row in listening.read_text().splitlines()[1:]]
    rows += [row.split() for row in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    for port in (services.postgres_port, services.redis_port):
        # State 0A is LISTEN; 0100007F is 127.0.0.1.
        found = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
        assert found == [f"0100007F:{port:04X}"]


def test_data_keys_and_passwords_are_closed_to_others(
    home: Path, services: local_services.Services
) -> None:
    for folder in (home, home / "postgresql", home / "redis", home / "run", home / "logs"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for file in (home / "credentials.json", home / "redis" / "redis.conf"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_no_password_appears_in_a_process_list(
    home: Path, services: local_services.Services
) -> None:
    commands = [command_of(int(entry.name)) for entry in Path("/proc").glob("[0-9]*")]
    assert any(str(home) in command for command in commands)
    for password in local_services.credentials(home).values():
        assert not any(password in command for command in commands)


def test_what_a_person_wrote_never_reaches_the_log(
    home: Path, services: local_services.Services
) -> None:
    password = local_services.credentials(home)["superuser"]
    with psycopg.connect(
        host="127.0.0.1",
        port=services.postgres_port,
        user="postgres",
        password=password,
        dbname="liwanag",
    ) as connection:
        connection.execute("CREATE TABLE words (word text UNIQUE)")
        connection.execute("INSERT INTO words VALUES ('canary-0001')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO words VALUES (%s)", ["canary-0001"])
        connection.rollback()
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute("SELECT 'canary-0002' FROM FROM")
    log = (home / "logs" / "postgresql.log").read_text()
    assert "duplicate key" in log
    assert "canary" not in log


def test_time_is_utc_and_letters_beyond_ascii_fold(
    home: Path, services: local_services.Services
) -> None:
    password = local_services.credentials(home)["superuser"]
    with psycopg.connect(
        host="127.0.0.1",
        port=services.postgres_port,
        user="postgres",
        password=password,
        dbname="liwanag",
    ) as connection:
        row = connection.execute("SELECT current_setting('timezone'), lower('ÑÉ')").fetchone()
    assert row == ("UTC", "ñé")


def test_a_pid_file_whose_number_another_program_took_does_not_stop_the_start(
    tmp_path: Path, home: Path, services: local_services.Services
) -> None:
    copy = tmp_path / "home"
    make_private(copy / "run")
    shutil.copytree(home / "postgresql", copy / "postgresql")
    shutil.copy(home / "credentials.json", copy)
    pid_file = copy / "postgresql" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with local_services.running(copy, durable=False, redis=False, pg_bin=PG_BIN) as second:
        connect(second, local_services.credentials(copy)["superuser"])


def test_data_of_another_version_is_named_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    server = PrivatePostgres(tmp_path, "secret", bin_folder=PG_BIN, durable=False)
    with pytest.raises(PrivateServerError, match="made by PostgreSQL 9"):
        server.start()
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_folder_without_postgresql_is_named(tmp_path: Path) -> None:
    server = PrivatePostgres(tmp_path, "secret", bin_folder=tmp_path / "bin", durable=False)
    with pytest.raises(PrivateServerError, match=f"There is no postgres in {tmp_path / 'bin'}"):
        server.start()


def test_root_never_runs_the_server_under_its_own_name(
    home: Path, services: local_services.Services
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root needs another name")
    way = find_disguise()
    assert way.prefix
    seen = subprocess.run([*way.prefix, "id", "-u"], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() != "0"


SERVE_AND_LOOK = """
import sys
from pathlib import Path
from config import local_services
home = Path(sys.argv[1])
with local_services.running(home, durable=False, redis=False) as services:
    assert services.postgres(home).answers(services.postgres_port)
    print((home / "postgresql" / "postmaster.pid").stat().st_uid)
"""
NOBODY = 65534
# An ordinary user who may read this checkout wherever it lies, and write nothing in it.
ORDINARY_USER = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
)


def serve_and_look(
    folder: Path, *, before: tuple[str, ...] = (), path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run PostgreSQL in `folder` and print the user its files belong to."""
    ran = subprocess.run(
        [*before, sys.executable, "-c", SERVE_AND_LOOK, str(folder / "home")],
        cwd=ROOT,
        env={"PATH": path or os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    pid_file = folder / "home" / "postgresql" / "postmaster.pid"
    assert wait_for(lambda: not pid_file.exists(), seconds=5)
    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that another user can reach, as pytest's own are closed."""
    made = Path(tempfile.mkdtemp(prefix="liwanag-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user to try this")


def test_an_ordinary_user_runs_the_server_directly(as_root: None, folder: Path) -> None:
    os.chown(folder, NOBODY, NOBODY)
    ran = serve_and_look(folder, before=ORDINARY_USER)
    assert ran.stdout.strip() == str(NOBODY), ran.stderr


def only(folder: Path, *programs: str) -> str:
    """Return a PATH on which only these programs are found."""
    shelf = folder / "bin"
    shelf.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found is not None
        (shelf / program).symlink_to(found)
    return str(shelf)


def test_root_becomes_another_user_where_namespaces_are_off(as_root: None, folder: Path) -> None:
    ran = serve_and_look(folder, path=only(folder, "setpriv", "true"))
    assert ran.stdout.strip() == str(NOBODY), ran.stderr


def test_root_is_told_what_to_do_where_nothing_works(as_root: None, folder: Path) -> None:
    ran = serve_and_look(folder, path=only(folder, "true"))
    assert ran.returncode != 0
    assert "Run as an ordinary user, or set DATABASE_URL." in ran.stderr
