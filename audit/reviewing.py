"""Reviews: opened inside the act they are about, closed by somebody else with a finding."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from audit.events import case_of, check_facts
from audit.models import Review
from audit.review_kinds import Finding, kinds
from core.actors import Actor
from core.errors import DomainError

# The id of a review made from a mark, so that what is noticed twice is reviewed once.
MARKS = uuid.UUID("5a1e0000-0000-4000-8000-00000000f001")
# Its columns only: who opens a review may neither read it nor give its finding.
INSERT = """
    INSERT INTO audit_review (id, created_at, kind, about_type, about_id, case_id, team_ids,
        subject_id, agency_id, opened_act, facts, due_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s::uuid[], %s, %s, %s, %s::jsonb, %s)
    ON CONFLICT DO NOTHING
"""

LONGEST_REMARK = 400
# A fact of a review is a code or a count; a text could be a name.
CODE = re.compile(r"[a-z0-9_.:-]{0,80}", re.IGNORECASE)
NOT_IN_A_REMARK = (
    re.compile(r"\S@\S"),
    re.compile(r"\b(?:https?|ftp)\s*:|\bwww\.", re.IGNORECASE),
    # Telephone, docket and document numbers, and fingerprints of files.
    re.compile(r"(?:\d[\s()./-]?){7,}"),
    re.compile(r"\b[0-9a-f]{16,}\b", re.IGNORECASE),
)


def open_review(
    act: Act,
    *,
    kind: str,
    about: models.Model | None = None,
    case_id: uuid.UUID | None = None,
    team_ids: Sequence[uuid.UUID] = (),
    due_in: timedelta | None = None,
    facts: Mapping[str, Any] | None = None,
    subject: Actor | None = None,
    mark: str = "",
    at: datetime | None = None,
) -> uuid.UUID:
    """Have somebody else look at what is being done, inside the act that does it.

    The reviewers are the house's data protection officers and auditors, and the supervisors of the
    teams given; never the person it is about, who does not see it either.

    Args:
        act: the open act; the permission for what is done has been asked, or is before it ends.
        kind: one of `audit.review_kinds.kinds()`.
        about: the record that is looked at; gives the case where it has one.
        case_id: the case, where `about` does not say it.
        team_ids: the teams that work on the case, whose supervisors review it too.
        due_in: how long the reviewers have; by default what the kind says.
        facts: codes and counts that help the reviewer. Never personal data.
        subject: whose doing is reviewed; the act's actor when left out.
        mark: opens one review only, however often the same mark comes (a notice of a job that may
            run twice). Any text; only its sum is kept.
        at: now, when left out.

    Returns:
        The review's id. The actor may not be able to read it.

    Raises:
        KeyError: the kind is not registered.
        TypeError, ValueError: a fact is neither a code nor a count.
        DatabaseError: it could not be written; the act then fails too.
    """
    registered = kinds()[kind]
    at = at or timezone.now()
    facts = dict(facts or {})
    check_facts(facts)
    _check_codes(facts)
    subject = subject or act.actor
    review = Review(
        id=uuid.uuid5(MARKS, f"{kind}:{mark}") if mark else uuid.uuid4(),
        kind=kind,
        about_type=about._meta.label_lower if about is not None else "",
        about_id=about.pk if about is not None else None,
        case_id=case_id or (case_of(about) if about is not None else None),
        team_ids=list(team_ids),
        subject_id=subject.pk,
        agency_id=subject.agency_id,
        opened_act=act.id,
        facts=facts,
        due_at=at + (registered.due_in if due_in is None else due_in),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                review.pk,
                at,
                kind,
                review.about_type,
                review.about_id,
                review.case_id,
                review.team_ids,
                review.subject_id,
                review.agency_id,
                act.id,
                json.dumps(facts, sort_keys=True),
                review.due_at,
            ],
        )
        is_new = cursor.rowcount == 1
    if is_new:
        act.record("review.opened", review, facts={"kind": kind})
    return review.pk


def close_review(
    *,
    actor: Actor,
    review_id: uuid.UUID,
    finding: str,
    remark: str = "",
    at: datetime | None = None,
) -> Review:
    """Say what was found. It stands from then on: the database refuses to change it.

    Args:
        finding: a code of `Finding`.
        remark: what the next reader should know, without personal data; asked for wherever the
            finding is not plainly in order.

    Raises:
        Review.DoesNotExist: not the actor's to see, or about what they did themselves.
        Denied: the actor's role closes no reviews.
        DomainError: no finding, no reason for it, or a remark that cannot be kept.
        InvalidTransition: it has been closed already.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        review: Review = Review.objects.visible_to(actor).locked().get(pk=review_id)
        act.authorise("audit.close_review", review, verdict=review.subject_id != actor.pk)
        if finding not in Finding.values:
            raise DomainError(_("Choose what you found."), field="finding")
        remark = check_remark(remark)
        if finding != Finding.IN_ORDER and not remark:
            raise DomainError(
                _("Say in a sentence what you found, for whoever reads this in a year."),
                field="remark",
            )
        late = review.is_overdue(at)
        review.close(by_id=actor.pk, finding=finding, remark=remark, at=at)
        review.save(update_fields=["finding", "remark", "closed_by_id", "closed_at"])
        act.record(
            "review.closed",
            review,
            facts={
                "kind": review.kind,
                "finding": str(finding),
                "late": late,
                "remark": bool(remark),
            },
        )
    return review


def check_remark(text: str) -> str:
    """The remark without blank edges, when it may be kept in the clear and for good.

    A remark outlives the case it is about, so it names nobody. A name cannot be told from a word;
    addresses and numbers can, and are refused; the form says the rest.

    Raises:
        DomainError: it is too long, or holds an address or a number that leads to somebody.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST_REMARK:
        raise DomainError(
            _("Keep the remark to %(most)s characters.") % {"most": LONGEST_REMARK}, field="remark"
        )
    if any(pattern.search(text) for pattern in NOT_IN_A_REMARK):
        raise DomainError(
            _(
                "The remark holds an address or a number that leads to somebody. Leave it out: "
                "the review stays readable after the case is erased."
            ),
            field="remark",
        )
    return text


def _check_codes(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_codes(key)
            _check_codes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_codes(inner)
    elif isinstance(value, str) and not CODE.fullmatch(value):
        raise ValueError("a fact of a review is a code or a count, not a text")
