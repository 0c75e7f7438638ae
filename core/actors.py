"""Who acts. `accounts.User` is one; lower apps know only this shape."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """A person or a named service account."""

    @property
    def pk(self) -> UUID: ...

    @property
    def agency_id(self) -> UUID | None: ...

    @property
    def is_active(self) -> bool:
        """Whether the account is open; who has none may do and see nothing."""
        ...

    @property
    def of_the_house(self) -> bool:
        """Whether they belong to the agency that runs this installation, not to a partner."""
        ...

    @property
    def works_in_small_agency(self) -> bool:
        """Whether their agency decides alone what asks for two people, and is reviewed for it."""
        ...

    @property
    def approves_for(self) -> frozenset[UUID]:
        """The agencies whose lone decisions they look at from outside."""
        ...

    @property
    def acting_role(self) -> str:
        """The roles held now, joined by commas, for the audit event."""
        ...

    @property
    def clearance(self) -> int:
        """The highest level (`core.choices.Sensitivity`) read without being named."""
        ...

    def may(self, permission: str) -> bool:
        """Whether one of the roles held now carries `permission` (`app.verb_noun`)."""
        ...

    def teams_where_may(self, permission: str) -> frozenset[UUID]:
        """The teams in which a role held now carries `permission`."""
        ...
