"""A training room: an installation of its own with made-up content, beside the real one."""

from __future__ import annotations

from functools import cached_property

from config.logins import ConfigurationError

# What is the real installation's would be written to, or dropped in the night.
OF_THE_REAL_ONE = ("DATABASE_URL", "REDIS_URL", "LIWANAG_KEYS", "LIWANAG_TRANSIT")


class TrainingRoom:
    """What the environment says of one; a part of `config.env.Environment`."""

    def _read(self, name: str, default: str = "") -> str:
        raise NotImplementedError

    def _flag(self, name: str) -> bool:
        raise NotImplementedError

    @cached_property
    def training(self) -> bool:
        """Whether this is a training room."""
        if not self._flag("LIWANAG_TRAINING"):
            return False
        for name in OF_THE_REAL_ONE:
            if self._read(name):
                raise ConfigurationError(
                    f"A training room has its own private servers and keys: take {name} away."
                )
        return True

    @cached_property
    def training_url(self) -> str:
        """Where people of this installation find their training room; empty where there is none."""
        return self._read("LIWANAG_TRAINING_URL")
