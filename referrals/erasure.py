"""The referrals' step of an erasure: what the source told of the person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep

THEIRS = (
    "FROM referrals_referral WHERE subject_person_id = v_person "
    "OR (v_whole AND case_id = ANY (v_cases))"
)

STEPS = [
    # Old copies held the name under the referral's own key: it ends. That something was referred,
    # when and of what kind stays, without words.
    ErasureStep(
        "referrals",
        _("Referrals about the person"),
        (
            "referrals.Referral.subject_person",
            "referrals.Referral.source_reference",
            "referrals.Referral.summary",
            "referrals.Referral.subject",
            "referrals.Referral.decision_note",
            # What was asked of the source and told to it ends with the referral's key.
            "referrals.SourceQuestion.question",
            "referrals.SourceQuestion.answer",
            "referrals.SourceFeedback.words",
        ),
        (
            "UPDATE referrals_referral SET subject = '', summary = '', source_reference = '', "
            "decision_note = '', source_name = '', subject_person_id = NULL "
            "WHERE subject_person_id = v_person OR (v_whole AND case_id = ANY (v_cases))",
        ),
        keys=f"SELECT 'referral', id {THEIRS}",
    )
]
