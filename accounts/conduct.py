"""The code of conduct: its words stand in `templates/account/_conduct.html`, under this version.

Changed words are a new version, and everybody is asked again. A test holds the two together.
"""

from __future__ import annotations

from accounts.models import User

VERSION = "2026-11"


def has_accepted(user: User) -> bool:
    """Whether the person accepted the words that hold now."""
    return user.conduct_version == VERSION
