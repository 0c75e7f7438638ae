"""What the variables mean, and that no message repeats a password."""

from __future__ import annotations

import stat
import traceback
from pathlib import Path

import pytest

from config.env import NOT_RUNNING, ConfigurationError, Environment
from config.local_services import credentials

URL = "postgresql://deploy:s%40fe@db.example.org:5433/cases?sslmode=require"


def read(home: Path, **variables: str) -> Environment:
    return Environment({"LIWANAG_HOME": str(home), **variables})


@pytest.mark.parametrize("role", ["owner", "app", "sequencer", "auditor", "reporting"])
def test_one_url_serves_every_role_by_setting_it(tmp_path: Path, role: str) -> None:
    entry = read(tmp_path, DATABASE_URL=URL).database(role)
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "cases",
        "USER": "deploy",
        "PASSWORD": "s@fe",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "options": f"-c role=liwanag_{role}"},
    }


def test_a_role_with_a_url_of_its_own_logs_in_as_itself(tmp_path: Path) -> None:
    own = "postgresql://liwanag_app:other@db.example.org/cases"
    machine = read(tmp_path, DATABASE_URL=URL, DATABASE_URL_APP=own)
    entry = machine.database("app")
    assert (entry["USER"], entry["PASSWORD"], entry["OPTIONS"]) == ("liwanag_app", "other", {})
    assert machine.database("auditor")["USER"] == "deploy"
    assert machine.role_passwords() == {"app": "other"}


def test_another_database_of_the_same_server_serves_every_role(tmp_path: Path) -> None:
    own = "postgresql://liwanag_app:other@db.example.org/cases"
    machine = read(tmp_path, DATABASE_URL=URL, DATABASE_URL_APP=own, LIWANAG_DATABASE="copy")
    assert [machine.database(role)["NAME"] for role in ("owner", "app", "auditor")] == ["copy"] * 3
    assert "dbname='copy'" in machine.admin_dsn()


def test_without_role_urls_provisioning_sets_no_password(tmp_path: Path) -> None:
    assert read(tmp_path, DATABASE_URL=URL).role_passwords() is None


def test_the_private_roles_have_passwords_of_their_own(tmp_path: Path) -> None:
    passwords = read(tmp_path).role_passwords()
    assert passwords is not None
    assert set(passwords) == {"app", "sequencer", "auditor", "reporting"}
    kept = credentials(tmp_path)
    assert len(set(kept.values())) == len(kept)
    assert credentials(tmp_path) == kept


def test_a_connection_without_servers_names_the_reason(tmp_path: Path) -> None:
    machine = read(tmp_path)
    assert machine.database("app")["HOST"] == NOT_RUNNING
    assert NOT_RUNNING in machine.redis_url()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://deploy:s3cret@db.example.org/cases",
        "postgresql://deploy:s3cret@db.example.org",
        "postgresql://deploy:s3cret@db.example.org:port/cases",
        "postgresql://deploy:s3cret@[db/cases",
    ],
)
def test_an_unreadable_url_is_refused_without_repeating_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^DATABASE_URL ") as refusal:
        read(tmp_path, DATABASE_URL=url).database("app")
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))


def test_a_role_url_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL_APP is set without DATABASE_URL"):
        read(tmp_path, DATABASE_URL_APP=URL).database("app")


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no database role 'root'"):
        read(tmp_path).database("root")


def test_the_secret_key_is_made_once_and_closed(tmp_path: Path) -> None:
    first = read(tmp_path).secret_key()
    assert len(first) > 60
    assert read(tmp_path).secret_key() == first
    assert stat.S_IMODE((tmp_path / "keys" / "secret_key").stat().st_mode) == 0o400
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_database_of_ones_own_needs_a_secret_key_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Set SECRET_KEY"):
        read(tmp_path, DATABASE_URL=URL).secret_key()
    assert read(tmp_path, DATABASE_URL=URL, SECRET_KEY="given").secret_key() == "given"
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("switch", ["demo", "debug"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(tmp_path: Path, switch: str) -> None:
    name = f"LIWANAG_{switch.upper()}"
    assert getattr(read(tmp_path, **{name: "1"}), switch) is True
    assert getattr(read(tmp_path), switch) is False
    with pytest.raises(ConfigurationError, match=f"{name} must be 1 or 0"):
        getattr(read(tmp_path, **{name: "maybe"}), switch)


def test_the_public_name_is_an_allowed_host(tmp_path: Path) -> None:
    machine = read(
        tmp_path,
        LIWANAG_PUBLIC_URL="https://work.example.org/",
        LIWANAG_ALLOWED_HOSTS="a.example.org, b.example.org",
    )
    assert machine.public_url == "https://work.example.org"
    assert machine.allowed_hosts[-3:] == ["work.example.org", "a.example.org", "b.example.org"]
    assert machine.log_origin == "work.example.org/liwanag-audit"


def test_an_address_without_a_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="LIWANAG_PUBLIC_URL must look like"):
        assert read(tmp_path, LIWANAG_PUBLIC_URL="work.example.org").public_url


def test_witnesses_are_a_list(tmp_path: Path) -> None:
    listed = "https://a.example|a+1+x , http://127.0.0.1:8811|b+2+y,"
    expected = ["https://a.example|a+1+x", "http://127.0.0.1:8811|b+2+y"]
    assert read(tmp_path, LIWANAG_WITNESSES=listed).witnesses == expected
    assert read(tmp_path).witnesses == []


def test_proxies_are_counted_by_a_number():
    assert Environment({"LIWANAG_TRUSTED_PROXIES": "2"}).trusted_proxies == 2
    assert Environment({}).trusted_proxies == 0
    with pytest.raises(ConfigurationError, match="LIWANAG_TRUSTED_PROXIES"):
        _ = Environment({"LIWANAG_TRUSTED_PROXIES": "one"}).trusted_proxies


def test_limits_of_unusual_reading_are_numbers_by_name():
    given = "cases_in_an_hour=25, rest_days=5+6, first_hour = 7"
    assert Environment({"LIWANAG_WATCH": given}).watch == {
        "cases_in_an_hour": 25,
        "rest_days": (5, 6),
        "first_hour": 7,
    }
    assert Environment({}).watch == {}
    for wrong in ("cases_in_an_hour", "cases_in_an_hour=many", "first_hour=-1"):
        with pytest.raises(ConfigurationError, match="LIWANAG_WATCH"):
            _ = Environment({"LIWANAG_WATCH": wrong}).watch
