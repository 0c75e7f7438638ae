"""One PostgreSQL login, read from a URL. Passwords are kept out of every `repr` and message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class ConfigurationError(Exception):
    """A variable is missing or unreadable. The message names it and never its value."""


@dataclass(frozen=True)
class Login:
    """One PostgreSQL login, taken from a URL or from the private server."""

    name: str
    user: str
    host: str
    port: str
    password: str = field(repr=False)
    options: dict[str, str] = field(default_factory=dict)

    def as_django(self, role: str | None) -> dict[str, Any]:
        """Return an entry for DATABASES; `role` is set on connecting when it is not None."""
        options = dict(self.options)
        if role is not None:
            options["options"] = f"{options.get('options', '')} -c role={role}".strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": options,
        }

    def as_dsn(self) -> str:
        """Return a libpq connection string. It holds the password: never log it."""
        parts = {
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            **self.options,
        }
        return " ".join(f"{key}={_quoted(value)}" for key, value in parts.items() if value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def login_from_url(variable: str, url: str) -> Login:
    """Read postgresql://user:password@host:port/name?option=value, naming only the variable."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError(f"{variable} is not a readable URL.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ConfigurationError(f"{variable} must start with postgresql://.")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ConfigurationError(f"{variable} must end with the name of a database.")
    return Login(
        name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=unquote(parts.hostname or ""),
        port=str(port or ""),
        options=dict(parse_qsl(parts.query)),
    )
