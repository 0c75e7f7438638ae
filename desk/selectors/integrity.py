""" "Was anything removed?", answered from the last check, the seals and the witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.cosigning import LastCosigned, NotConfigured, configured, last_cosigned
from audit.models import AuditArchive, AuditCheckpoint, LogCheck
from core.ui.dates import spell
from desk.audit_sentences import Sentence

# A check older than this is no answer for today.
STALE = timedelta(days=2)


@dataclass
class Integrity:
    """The answer in plain words.

    Attributes:
        is_good: nothing was found wrong, and somebody has looked lately.
        answer: one sentence.
        because: what it rests on.
        cannot_say: what it does not cover.
        archived: which old entries are not listed here, and where they are to be read.
    """

    is_good: bool
    answer: str
    because: list[str] = field(default_factory=list)
    cannot_say: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)


def integrity(actor: User, at: datetime, shown: Sequence[Sentence] = ()) -> Integrity:
    """Whether anything was removed or changed, as far as anybody can tell.

    Args:
        shown: the entries on the page, compared with their seals just now.
    """
    answer = _answer(actor, at, shown)
    answer.archived = archived_in_words()
    return answer


def _answer(actor: User, at: datetime, shown: Sequence[Sentence]) -> Integrity:
    check = LogCheck.objects.visible_to(actor).order_by("-created_at").first()
    broken = [entry for entry in shown if entry.proof == "broken"]
    if broken:
        numbers = ", ".join(str(entry.number) for entry in broken[:5])
        return Integrity(
            False,
            _("Yes: an entry on this page was changed after it was sealed."),
            [_("It is entry %(numbers)s.") % {"numbers": numbers}, _do_nothing()],
        )
    if check is not None and not check.ok:
        return Integrity(
            False,
            _("Something is wrong with the log."),
            [
                _("The check of %(when)s found this: %(sentence)s")
                % {"when": spell(check.created_at), "sentence": check.sentence},
                _do_nothing(),
            ],
        )
    return _good(check, at, shown)


def _good(check: LogCheck | None, at: datetime, shown: Sequence[Sentence]) -> Integrity:
    found = Integrity(False, _("Not known yet: nobody has checked the whole log."))
    if check is not None:
        found.is_good = at - check.created_at <= STALE
        found.answer = (
            _("No: nothing was removed or changed, as far as the last check can tell.")
            if found.is_good
            else _("Not known for today: the last check is too old to say.")
        )
        found.because.append(
            ngettext(
                "The whole log was checked on %(when)s: its one entry matched its sum and its "
                "signature.",
                "The whole log was checked on %(when)s: all %(entries)s entries matched their "
                "sums and their signatures.",
                check.entries,
            )
            % {"when": spell(check.created_at), "entries": f"{check.entries:,}"}
        )
    _say_witnesses(found)
    if shown:
        sealed = sum(entry.proof == "sealed" for entry in shown)
        found.because.append(
            _(
                "%(sealed)s of the %(shown)s entries on this page were compared with their seals "
                "just now, and match."
            )
            % {"sealed": sealed, "shown": len(shown)}
        )
    newest = AuditCheckpoint.objects.using("auditor").order_by("-size").first()
    newer = (newest.size if newest else 0) - (check.entries if check else 0)
    if newer > 0:
        found.cannot_say.append(
            ngettext(
                "One newer entry waits for the next check.",
                "%(newer)s newer entries wait for the next check.",
                newer,
            )
            % {"newer": f"{newer:,}"}
        )
    found.cannot_say.append(
        _(
            "An entry of the last second or so is not sealed yet, and what was read on paper or "
            "over a shoulder stands in no log."
        )
    )
    return found


def _say_witnesses(found: Integrity) -> None:
    cosigned = cosigned_so_far()
    if cosigned is None:
        found.cannot_say.append(
            _(
                "No outside witness is set up. Somebody with full rights in the database who also "
                "holds the log’s key could have cut off its end or rewritten it unseen."
            )
        )
    elif cosigned.overdue or cosigned.at is None:
        found.cannot_say.append(
            _(
                "No witness has signed for a day, so the newest entries are vouched for by "
                "this agency alone."
            )
        )
    else:
        found.because.append(
            _(
                "Outside this agency, %(names)s signed for %(size)s entries on %(when)s. None of "
                "these can disappear without them noticing."
            )
            % {
                "names": ", ".join(cosigned.witnesses),
                "size": f"{cosigned.size:,}",
                "when": spell(cosigned.at),
            }
        )


def archived_in_words() -> list[str]:
    """One line an archive: which entries left the live table, up to when, and what their file is.

    They are in no list and no count of these pages; `/audit/archives/` reads them where a copy of
    the file is at hand, `manage.py read_audit_archive` wherever it is.
    """
    lines = []
    for archive in AuditArchive.objects.using("auditor").order_by("first"):
        sealed = AuditCheckpoint.objects.using("auditor").filter(size__gte=archive.end)
        until = sealed.order_by("size").values_list("at", flat=True).first()
        lines.append(
            _(
                "Entries %(first)s to %(last)s, of before %(day)s, are in the archive file whose "
                "SHA-256 begins with %(mark)s. The data protection officer keeps it."
            )
            % {
                "first": f"{archive.first:,}",
                "last": f"{archive.end - 1:,}",
                "day": spell(until) if until else _("a day that is not known"),
                "mark": bytes(archive.sha256).hex()[:16],
            }
        )
    return lines


def cosigned_so_far() -> LastCosigned | None:
    """How far outside witnesses vouch for the log; None where none is set up or readable."""
    try:
        return last_cosigned() if configured() else None
    except NotConfigured:
        return None


def _do_nothing() -> str:
    return _(
        "Do not change or repair anything. Tell the data protection officer now, by telephone."
    )
