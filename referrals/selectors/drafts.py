"""One's own draft of a referral."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from referrals.models import ReferralDraft
from vault.opening import opened


@dataclass(frozen=True)
class OwnDraft:
    """A draft, opened for its author; `content` is empty where it does not open."""

    record: ReferralDraft
    content: dict[str, Any]
    readable: bool


def draft_of(actor: User) -> OwnDraft | None:
    """The draft of whoever asks, None where there is none."""
    record = ReferralDraft.objects.visible_to(actor).filter(author=actor).first()
    if record is None:
        return None
    told = opened(record, "content")
    content = told.value if told.readable and isinstance(told.value, dict) else {}
    return OwnDraft(record, content, told.readable)
