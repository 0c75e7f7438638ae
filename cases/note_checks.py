"""What somebody should look at once more before a note is signed. Nothing here blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cases.models import Case
from cases.policies import default_sensitivity
from cases.third_parties import parts_naming_others
from cases.wording import Suggestion, suggestions
from core.actors import Actor
from core.choices import Sensitivity

TEXTS = (
    "facts_reported",
    "facts_said_by",
    "observations",
    "professional_assessment",
    "actions",
)
# Beyond this an L3 note is asked whether all of it is needed (R-N8).
MUCH_AT_L3 = 1_200


@dataclass(frozen=True)
class SecondLook:
    """What was noticed.

    Attributes:
        words: part → words to reconsider (R-N3).
        names_in: the parts that name somebody else of the case (R-N6).
        long: an L3 note says much (R-N8).
        seal: says what was noticed, so that the same is not asked twice; "" when nothing was.
    """

    words: dict[str, list[Suggestion]] = field(default_factory=dict)
    names_in: list[str] = field(default_factory=list)
    long: bool = False

    @property
    def seal(self) -> str:
        if not (self.words or self.names_in or self.long):
            return ""
        noticed = [
            (part, [word.written for word in found]) for part, found in sorted(self.words.items())
        ]
        told = repr((noticed, sorted(self.names_in), self.long))
        return hashlib.blake2s(told.encode(), digest_size=8).hexdigest()


def look_again(
    actor: Actor,
    case: Case,
    texts: Mapping[str, str],
    *,
    kind: str,
    sensitivity: int | None,
    person_id: UUID | None,
) -> SecondLook:
    """What to look at once more in the texts of a note about a visible case."""
    texts = {part: texts[part] for part in TEXTS if texts.get(part)}
    words = {part: suggestions(text, kind=kind) for part, text in texts.items()}
    level = max(sensitivity or 0, default_sensitivity(kind))
    return SecondLook(
        words={part: found for part, found in words.items() if found},
        names_in=parts_naming_others(actor, case, texts, person_id=person_id),
        long=level >= Sensitivity.RESTRICTED and sum(map(len, texts.values())) > MUCH_AT_L3,
    )
