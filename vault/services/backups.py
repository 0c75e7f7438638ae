"""Writing a backup with all it needs to open, handing the key to its escrow, and coming back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from audit.acting import acting
from audit.log_key import origin, verifier_keys
from audit.models import AuditCheckpoint
from core.actors import Actor
from core.errors import DomainError
from vault import backup_files
from vault.age import recipients
from vault.backup_files import Manifest
from vault.escrow import escrow_files
from vault.file_provider import KEY_FILE, FileKeyProvider
from vault.key_provider import key_provider
from vault.models import DataKey, KeyEpoch


def write_backup(
    *,
    actor: Actor,
    at: datetime,
    folder: Path,
    sealed_to: Sequence[str],
    program: str,
    variables: Mapping[str, str],
) -> Path:
    """Write an encrypted dump and its manifest into a folder.

    Args:
        sealed_to: age recipients; each of them alone opens the dump (and not yet its texts).
        program: PostgreSQL's pg_dump.
        variables: the environment it signs in by.

    Returns:
        The manifest's path.

    Raises:
        Denied: not a keeper of keys.
        DomainError: no recipient, or the dump failed; then no file is left.
    """
    parsed = recipients(sealed_to)
    dump, manifest = backup_files.names(folder, at.astimezone(UTC))
    with acting(actor) as act:
        act.authorise("vault.write_backup")
        epochs = dict(DataKey.objects.order_by().values_list("epoch").annotate(keys=Count("pk")))
        in_use = key_provider().epoch
        act.record("backup.started", facts={"recipients": len(parsed)})
    # Of before the dump, so that the log in the dump is at least as long.
    newest = AuditCheckpoint.objects.using("auditor").order_by("-size").first()
    digest, size = backup_files.dump_to(
        dump, program=program, variables=variables, sealed_to=parsed
    )
    Manifest(
        made_at=at.astimezone(UTC).isoformat(),
        dump=dump.name,
        sha256=digest,
        bytes=size,
        recipients=[str(one) for one in parsed],
        epochs=epochs,
        epoch_in_use=in_use,
        log_origin=origin(),
        log_keys=[str(key) for key in verifier_keys()],
        log_checkpoint=newest.note if newest else "",
    ).write(manifest)
    with acting(actor) as act:
        act.authorise("vault.write_backup")
        # The digest stands in the log: a dump that was exchanged later is told from the true one.
        act.record(
            "backup.written", facts={"sha256": digest, "bytes": size, "epochs": sorted(epochs)}
        )
    return manifest


def escrow_key(*, actor: Actor, folder: Path, holders: Sequence[str], split: bool) -> list[Path]:
    """Seal every key-encryption key that is still held to its two holders.

    Args:
        holders: two age recipients.
        split: both are needed to bring the key back; else either is enough.

    Raises:
        Denied: not a keeper of keys.
        DomainError: not two recipients, or a transit server holds the key.
    """
    if settings.LIWANAG_TRANSIT is not None:
        raise DomainError(
            _("The key is on the transit server and never leaves it: back that server up instead.")
        )
    with acting(actor) as act:
        act.authorise("vault.escrow_key")
        provider = FileKeyProvider(Path(settings.LIWANAG_KEYS_DIR) / KEY_FILE)
        older = KeyEpoch.objects.waiting().values_list("name", flat=True)
        epochs = [provider.epoch, *(name for name in older if provider.holds(name))]
        written = escrow_files(provider, list(dict.fromkeys(epochs)), folder, holders, split=split)
        act.record("key.escrowed", facts={"epochs": epochs, "split": split, "files": len(written)})
    return written


def record_restore(*, actor: Actor, manifest: Manifest) -> list[str]:
    """Say in the restored log where it came from.

    Returns:
        Epochs that wrap data keys here and whose key is not at hand: those texts stay closed.
    """
    with acting(actor) as act:
        act.authorise("vault.write_backup")
        act.record("backup.restored", facts={"sha256": manifest.sha256, "bytes": manifest.bytes})
        used = DataKey.objects.order_by().values_list("epoch", flat=True).distinct()
        return sorted(name for name in used if not key_provider().holds(name))
