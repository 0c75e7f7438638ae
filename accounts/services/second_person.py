"""What follows when somebody decided alone under the small-agency profile."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import models

from accounts.second_person import Matter, Standing
from audit.acting import Act
from audit.reviewing import open_review


def look_afterwards(
    act: Act,
    standing: Standing,
    *,
    matter: Matter,
    about: models.Model,
    team_ids: Sequence[UUID] = (),
) -> None:
    """Open the review of what was decided alone; nothing where two people decided."""
    if standing.alone:
        open_review(
            act, kind="acted_alone", about=about, team_ids=team_ids, facts={"matter": str(matter)}
        )
