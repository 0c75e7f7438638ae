"""Background jobs of the referral desk."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.jobs import AuditedTask, steady_task
from core.errors import Denied
from referrals.import_progress import import_progress
from referrals.models import ImportBatch
from referrals.services import drafts, hidden_matches, import_jobs, kept_lists, oncall
from vault.errors import KeyUnavailable


@steady_task("referrals.escalate_danger", quiet_when_idle=True)
def escalate_danger() -> int:
    """Call more people where nobody answered. May run twice: a step is told of once."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return oncall.escalate_danger(actor=keeper, at=timezone.now())


@steady_task("referrals.compare_hidden")
def compare_hidden(referral_id: str) -> None:
    """Compare a new referral with what its desk may not see. May run twice: told of once."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    hidden_matches.compare_hidden(actor=keeper, referral_id=uuid.UUID(referral_id))


@steady_task("referrals.tell_of_kept_lists", quiet_when_idle=True)
def tell_of_kept_lists() -> int:
    """Send word of kept lists. May run twice: each is told of once in its span."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return kept_lists.tell_of_kept_lists(actor=keeper, at=timezone.now())


class ImportJob(AuditedTask):
    """The job of an import. Where it ends for good without having finished, its page says so."""

    abstract = True

    def on_failure(self, exc: Any, task_id: Any, args: Any, kwargs: Any, einfo: Any) -> None:
        batch, actor = uuid.UUID(args[0]), User.objects.get(pk=args[1])
        # Whoever left the team meanwhile sees the import no more: it is given up after a day.
        with suppress(Denied, ImportBatch.DoesNotExist):
            import_jobs.stop_import(actor=actor, batch_id=batch)
        import_progress.tell(batch, 0, 0, settled=True)


@steady_task("referrals.run_import", base=ImportJob, also=(KeyUnavailable,))
def run_import(batch_id: str, user_id: str) -> None:
    """Read what somebody brought, in their name. May run twice: what is there is passed over."""
    batch = uuid.UUID(batch_id)
    import_jobs.run_import(
        actor=User.objects.get(pk=user_id),
        batch_id=batch,
        progress=lambda done, of: import_progress.tell(batch, done, of),
    )
    import_progress.tell(batch, 0, 0, settled=True)


@steady_task("referrals.drop_old_imports", quiet_when_idle=True)
def drop_old_imports() -> int:
    """Drop what imports left behind. May run twice: then there is nothing left to drop."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return import_jobs.drop_old_imports(actor=keeper, at=timezone.now())


@steady_task("referrals.drop_old_drafts", quiet_when_idle=True)
def drop_old_drafts() -> int:
    """Drop drafts nobody came back to. May run twice: then there is none left."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return drafts.drop_old_drafts(actor=keeper, at=timezone.now())
