"""The only reader of os.environ: what differs from one machine to the next, in one place.

`Environment` reads a mapping once; the names at the foot of the module are this process's own, for
`from config import env`. Passwords are kept out of every `repr` and every message.

| variable | meaning | default |
|---|---|---|
| LIWANAG_HOME | where private servers, keys and logs live | `.local` in the checkout |
| LIWANAG_DEMO, LIWANAG_DEBUG | `1` turns the demo's content, or Django's debug pages, on | off |
| LIWANAG_TRAINING | `1` makes this a training room, with servers of its own | off |
| LIWANAG_TRAINING_URL | where people of this installation find their training room | none |
| LIWANAG_PUBLIC_URL | the address people use | http://localhost:8000 |
| LIWANAG_ALLOWED_HOSTS | further host names, separated by commas | none |
| LIWANAG_KEYS | the folder of the encryption and signing keys | `keys` in LIWANAG_HOME |
| LIWANAG_ARCHIVES | copies of the log's archives, for its pages | `archives` in LIWANAG_HOME |
| LIWANAG_TRANSIT | a Vault or OpenBao server for the key: `url|key|token file` | a key file |
| LIWANAG_BACKUP_RECIPIENTS | age recipients of backups, separated by commas | none |
| LIWANAG_RECOVERY_RECIPIENTS | the two holders of the key's escrow, likewise | none |
| LIWANAG_TRUSTED_PROXIES | how many proxies of ours stand before the web server | 0 |
| LIWANAG_LOG_ORIGIN | the name the audit log signs its checkpoints with | HOST/liwanag-audit |
| LIWANAG_WITNESSES | who cosigns the log: `url|vkey`, separated by commas | nobody |
| LIWANAG_WATCH | what counts as unusual reading: `cases_in_an_hour=25,rest_days=5+6` | as built |
| LIWANAG_MOST_CASES | how many different cases one person opens in an hour at most | 60 |
| LIWANAG_STAFF_NAMES | `1` names staff in what a person gets about their own record | roles only |
| LIWANAG_PG_BIN | the `bin` folder of another PostgreSQL for the private server | the bundled one |
| LIWANAG_HOTLINES | whom to call in a crisis: `words and number`, separated by `;` | none |
| LIWANAG_INDICATORS | a JSON file: signs of trafficking to look for | the product's own |
| LIWANAG_REPORTING_RULES | a JSON file: whom one must tell, how soon | the product's own |
| LIWANAG_CALENDAR | the country whose public holidays stop the desk's clocks | PH |
| LIWANAG_DAYS_OFF | further days off, as 2026-12-24, separated by commas | none |
| LIWANAG_POLICE_DESK | the police desk to call about suspected abuse material | none |
| LIWANAG_CLAMAV | ClamAV's socket: `/path` or `host:port`; no file while it is silent | none |
| LIWANAG_EMAIL_BACKEND, LIWANAG_EMAIL_FROM | how mail leaves, and from whom | the console |
| SECRET_KEY | Django's secret; needed with DATABASE_URL | made on first use |
| DATABASE_URL, REDIS_URL | servers of your own, in place of the private ones | private servers |
| DATABASE_URL_OWNER, _APP, _SEQUENCER, _AUDITOR, _REPORTING | one role's own login | DATABASE_URL |
| LIWANAG_DATABASE | another database on the same server, such as a restored copy | none |
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.local_services import Services, credentials, services_at
from config.logins import ConfigurationError, Login, login_from_url
from config.machine import make_private
from config.training import TrainingRoom

ROOT = Path(__file__).resolve().parent.parent

ROLES = ("owner", "app", "sequencer", "auditor", "reporting")
# Roles that log in by themselves on the private server; the owner is reached from its superuser.
LOGIN_ROLES = ("app", "sequencer", "auditor", "reporting")

# Where a connection goes while no private server runs: the resolver's error then names the reason.
NOT_RUNNING = "private-servers-are-not-running.invalid"


class Environment(TrainingRoom):
    """The settings of one process, read from `variables`."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def _read(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def _flag(self, name: str) -> bool:
        value = self._read(name, "0").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise ConfigurationError(f"{name} must be 1 or 0.")

    @cached_property
    def home(self) -> Path:
        """Where the private servers, keys and logs of this checkout live."""
        here = ROOT / ".local"
        own = here / "training" if self._flag("LIWANAG_TRAINING") else here
        return Path(self._read("LIWANAG_HOME", str(own))).expanduser().absolute()

    @cached_property
    def keys_dir(self) -> Path:
        """The folder of encryption and signing keys, closed to everyone else."""
        folder = Path(self._read("LIWANAG_KEYS", str(self.home / "keys"))).expanduser().absolute()
        make_private(folder).chmod(0o700)
        return folder

    @cached_property
    def archives_dir(self) -> Path:
        """Where the audit pages look for the files of archived entries; it need not be there."""
        given = self._read("LIWANAG_ARCHIVES", str(self.home / "archives"))
        return Path(given).expanduser().absolute()

    @cached_property
    def backup_recipients(self) -> list[str]:
        """age recipients to whom backups are sealed; each of them opens one alone."""
        return self._listed("LIWANAG_BACKUP_RECIPIENTS")

    @cached_property
    def recovery_recipients(self) -> list[str]:
        """age recipients of the two holders of the key-encryption key's escrow."""
        return self._listed("LIWANAG_RECOVERY_RECIPIENTS")

    def _listed(self, name: str) -> list[str]:
        return [part.strip() for part in self._read(name).split(",") if part.strip()]

    @cached_property
    def transit(self) -> dict[str, Any] | None:
        """The transit server that keeps the key-encryption key; None where a file does."""
        given = self._read("LIWANAG_TRANSIT")
        if not given:
            return None
        parts = [part.strip() for part in given.split("|")]
        if not 3 <= len(parts) <= 5 or not all(parts[:3]):
            raise ConfigurationError("LIWANAG_TRANSIT must look like url|key|token file.")
        url = urlsplit(parts[0])
        local = url.hostname in {"127.0.0.1", "localhost", "::1"}
        if url.scheme != "https" and not (url.scheme == "http" and local):
            raise ConfigurationError("LIWANAG_TRANSIT must start with https:// (http:// at home).")
        names = ("url", "key", "token_file", "mount", "ca_file")
        found: dict[str, Any] = {
            name: part for name, part in zip(names, parts, strict=False) if part
        }
        found["token_file"] = Path(found["token_file"]).expanduser()
        return found

    @cached_property
    def demo(self) -> bool:
        return self._flag("LIWANAG_DEMO") or self.training

    @cached_property
    def debug(self) -> bool:
        return self._flag("LIWANAG_DEBUG")

    @cached_property
    def public_url(self) -> str:
        url = self._read("LIWANAG_PUBLIC_URL", "http://localhost:8000").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(
                "LIWANAG_PUBLIC_URL must look like https://name or http://name."
            )
        return url

    @cached_property
    def allowed_hosts(self) -> list[str]:
        listed = [host.strip() for host in self._read("LIWANAG_ALLOWED_HOSTS").split(",")]
        public = urlsplit(self.public_url).hostname or ""
        hosts = ["localhost", "127.0.0.1", "[::1]", public, *listed]
        return [host for host in dict.fromkeys(hosts) if host]

    @cached_property
    def log_origin(self) -> str:
        """The name in the first line of every audit checkpoint; it must never change."""
        host = urlsplit(self.public_url).hostname or "localhost"
        return self._read("LIWANAG_LOG_ORIGIN", f"{host}/liwanag-audit")

    @cached_property
    def staff_names(self) -> bool:
        """Whether people read the names of staff in the report about their own record."""
        return self._flag("LIWANAG_STAFF_NAMES")

    @cached_property
    def watch(self) -> dict[str, int | tuple[int, ...]]:
        """Limits of `desk.watch_rules` that this installation sets for itself."""
        limits: dict[str, int | tuple[int, ...]] = {}
        for part in self._listed("LIWANAG_WATCH"):
            name, _sign, given = part.partition("=")
            numbers = given.strip().split("+")
            if not all(number.isascii() and number.isdigit() for number in numbers):
                raise ConfigurationError(
                    "LIWANAG_WATCH must look like cases_in_an_hour=25,rest_days=5+6."
                )
            days = tuple(int(number) for number in numbers)
            limits[name.strip()] = days if name.strip() == "rest_days" else days[0]
        return limits

    @cached_property
    def most_cases(self) -> int:
        """How many different cases one person opens in an hour at most (R-A8)."""
        given = self._read("LIWANAG_MOST_CASES", "60")
        if not (given.isascii() and given.isdigit() and int(given)):
            raise ConfigurationError("LIWANAG_MOST_CASES is a number, such as 60.")
        return int(given)

    @cached_property
    def trusted_proxies(self) -> int:
        """How many addresses at the end of X-Forwarded-For are our own proxies'."""
        given = self._read("LIWANAG_TRUSTED_PROXIES", "0")
        if not (given.isascii() and given.isdigit()):
            raise ConfigurationError("LIWANAG_TRUSTED_PROXIES is a number: 0, 1, 2 …")
        return int(given)

    @cached_property
    def certificate_header(self) -> str:
        """The header in which our proxy says the SHA-256 of a client's certificate; "" for none."""
        return self._read("LIWANAG_CERTIFICATE_HEADER").strip()

    @cached_property
    def certificate_proxies(self) -> list[str]:
        """The addresses from which that header counts, comma separated."""
        return self._listed("LIWANAG_CERTIFICATE_PROXIES")

    @cached_property
    def witnesses(self) -> list[str]:
        """Who is asked to cosign the audit log, each as `url|vkey`; read by `audit.cosigning`."""
        listed = [one.strip() for one in self._read("LIWANAG_WITNESSES").split(",")]
        return [one for one in listed if one]

    @cached_property
    def email_backend(self) -> str:
        return self._read("LIWANAG_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")

    @cached_property
    def hotlines(self) -> list[str]:
        """Words and numbers shown where somebody is in a crisis."""
        given = self._read("LIWANAG_HOTLINES")
        if not given and self.demo:
            given = "Demonstration helpline: 0000 000 000, day and night"
        return [line.strip() for line in given.split(";") if line.strip()]

    @cached_property
    def reporting_rules(self) -> Path | None:
        """The installation's own rules of whom to report to; read by `cases.reporting_rules`."""
        file = self._read("LIWANAG_REPORTING_RULES")
        return Path(file).expanduser().absolute() if file else None

    @cached_property
    def indicators(self) -> Path | None:
        """The installation's own list of signs; read by `referrals.indicators`."""
        file = self._read("LIWANAG_INDICATORS")
        return Path(file).expanduser().absolute() if file else None

    @cached_property
    def police_desk(self) -> str:
        """Words and number of the desk to call about suspected abuse material."""
        demo = "Northern Cyber Response Unit, duty desk, 0000 000 001" if self.demo else ""
        return self._read("LIWANAG_POLICE_DESK", demo)

    @cached_property
    def calendar(self) -> str:
        """The country whose public holidays stop the desk's clocks, by its two letters."""
        return self._read("LIWANAG_CALENDAR", "PH").strip().upper()

    @cached_property
    def days_off(self) -> frozenset[str]:
        """Further days on which the desk's clocks stand still, as ISO dates."""
        given = [one.strip() for one in self._read("LIWANAG_DAYS_OFF").split(",") if one.strip()]
        try:
            return frozenset(date.fromisoformat(one).isoformat() for one in given)
        except ValueError:
            raise ConfigurationError("LIWANAG_DAYS_OFF lists dates such as 2026-12-24.") from None

    @cached_property
    def clamav(self) -> str:
        """Where ClamAV's daemon listens: `/path` or `host:port`; empty where there is none."""
        return self._read("LIWANAG_CLAMAV")

    @cached_property
    def email_from(self) -> str:
        return self._read("LIWANAG_EMAIL_FROM", "workspace@localhost")

    @cached_property
    def postgres_bin(self) -> Path | None:
        """Another PostgreSQL's binaries for the private server, or None for the bundled ones."""
        folder = self._read("LIWANAG_PG_BIN")
        return Path(folder).expanduser().absolute() if folder else None

    @property
    def private_database(self) -> bool:
        """Whether PostgreSQL is the private server of this checkout."""
        return not self._read("DATABASE_URL")

    @property
    def private_redis(self) -> bool:
        """Whether Redis is the private server of this checkout."""
        return not self._read("REDIS_URL")

    def secret_key(self) -> str:
        """Return Django's SECRET_KEY.

        Beside the private database a key is made once and kept in a file nobody else can read; a
        database of your own needs a key of your own, or two web servers would make two.
        """
        given = self._read("SECRET_KEY")
        if given:
            return given
        if not self.private_database:
            raise ConfigurationError("Set SECRET_KEY: with DATABASE_URL none is made for you.")
        file = self.keys_dir / "secret_key"
        if not file.exists():
            draft = self.keys_dir / f"secret_key.{secrets.token_hex(8)}"
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_urlsafe(64))
            draft.chmod(0o400)
            # A hard link lands whole or not at all, so two first starts agree on one key.
            with suppress(FileExistsError):
                os.link(draft, file)
            draft.unlink()
        return file.read_text()

    def database(self, role: str) -> dict[str, Any]:
        """Return the DATABASES entry that acts as the PostgreSQL role `liwanag_<role>`."""
        if role not in ROLES:
            raise ConfigurationError(f"There is no database role {role!r}: choose from {ROLES}.")
        if not self.private_database:
            own = f"DATABASE_URL_{role.upper()}"
            if self._read(own):
                return self._elsewhere(login_from_url(own, self._read(own))).as_django(role=None)
            return self._shared_login().as_django(role=f"liwanag_{role}")
        self._refuse_lone_role_urls()
        if role == "owner":
            return self._private_login("superuser", "postgres").as_django(role="liwanag_owner")
        return self._private_login(role, f"liwanag_{role}").as_django(role=None)

    def admin_dsn(self) -> str:
        """Return the connection string of the login that provisions roles and grants."""
        if self.private_database:
            return self._private_login("superuser", "postgres").as_dsn()
        return self._shared_login().as_dsn()

    def role_passwords(self) -> dict[str, str] | None:
        """Return the password of each role that logs in by itself, for provisioning to set.

        None when every role is reached through the one login of DATABASE_URL. A login with a name
        of its own in DATABASE_URL_<ROLE> is its administrator's to set and is left out.
        """
        if self.private_database:
            known = credentials(self.home)
            return {role: known[role] for role in LOGIN_ROLES}
        passwords = {}
        for role in ROLES:
            variable = f"DATABASE_URL_{role.upper()}"
            if self._read(variable):
                login = login_from_url(variable, self._read(variable))
                if login.user == f"liwanag_{role}" and login.password:
                    passwords[role] = login.password
        return passwords or None

    def redis_url(self) -> str:
        """Return the URL of Redis, password included: never log it."""
        given = self._read("REDIS_URL")
        if given:
            return given
        services = self._services()
        if services is None or services.redis_port is None:
            return f"redis://{NOT_RUNNING}:6379/0"
        password = credentials(self.home)["redis"]
        return f"redis://:{password}@127.0.0.1:{services.redis_port}/0"

    def _services(self) -> Services | None:
        return services_at(self.home)

    def _private_login(self, credential: str, user: str) -> Login:
        services = self._services()
        if services is None or services.postgres_port is None:
            return Login(name="liwanag", user=user, password="", host=NOT_RUNNING, port="5432")
        login = Login(
            name="liwanag",
            user=user,
            password=credentials(self.home)[credential],
            host="127.0.0.1",
            port=str(services.postgres_port),
        )
        return self._elsewhere(login)

    def _shared_login(self) -> Login:
        return self._elsewhere(login_from_url("DATABASE_URL", self._read("DATABASE_URL")))

    def _elsewhere(self, login: Login) -> Login:
        """Return the login to the database that LIWANAG_DATABASE names, or as it was."""
        name = self._read("LIWANAG_DATABASE")
        return replace(login, name=name) if name else login

    def _refuse_lone_role_urls(self) -> None:
        for role in ROLES:
            variable = f"DATABASE_URL_{role.upper()}"
            if self._read(variable):
                raise ConfigurationError(f"{variable} is set without DATABASE_URL: set both.")


current = Environment(os.environ)


def __getattr__(name: str) -> Any:
    """`from config import env; env.home`: read when first asked for, not when imported."""
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(current, name)
