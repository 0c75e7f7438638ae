"""The referrals' steps of an erasure: what the source told of the person, or of nobody's case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep

KIND = "referral"


def and_repeated(these: str) -> str:
    """SQL of the ids of referrals, and of all that were found to repeat them: those tell the same
    under keys of their own."""
    return (
        "WITH RECURSIVE theirs (id) AS ("
        f"SELECT f.id FROM referrals_referral f WHERE {these} "
        "UNION SELECT d.id FROM referrals_referral d JOIN theirs ON d.duplicate_of_id = theirs.id"
        ") SELECT theirs.id FROM theirs"
    )


def without_words(these: str) -> str:
    """SQL that clears what the source told and drops the tokens by which subjects are compared:
    that something was referred, when and of what kind stays. Its count is of referrals."""
    return (
        f"WITH tokens AS (DELETE FROM referrals_referraltokens WHERE referral_id IN ({these})), "
        f"matches AS (DELETE FROM referrals_hiddenmatch WHERE referral_id IN ({these}) "
        f"OR ours_id IN ({these}) OR person_id = v_person OR case_id = v_whole) "
        "UPDATE referrals_referral SET subject = '', summary = '', source_reference = '', "
        "decision_note = '', source_name = '', subject_person_id = NULL, reference_digest = NULL "
        f"WHERE id IN ({these})"
    )


THEIRS = and_repeated("f.subject_person_id = v_person OR f.case_id = v_whole")
# One that became no case, asked for by itself.
ITS_OWN = and_repeated("f.id = v_record")
WORDS = (
    "referrals.Referral.source_reference",
    "referrals.Referral.summary",
    "referrals.Referral.subject",
    "referrals.Referral.decision_note",
    # What was asked of the source and told to it ends with the referral's key.
    "referrals.SourceQuestion.question",
    "referrals.SourceQuestion.answer",
    "referrals.SourceFeedback.words",
    "referrals.IndicatorObservation.words",
    "referrals.IndicatorAssessment.rationale",
    # So does what a CyberTip called its platform.
    "referrals.CyberTip.platform_words",
)

STEPS = [
    # Old copies held the name under the referral's own key: it ends.
    ErasureStep(
        "referrals",
        _("Referrals about the person"),
        ("referrals.Referral.subject_person", "referrals.HiddenMatch.person", *WORDS),
        (without_words(THEIRS),),
        keys=f"SELECT 'referral', t.id FROM ({THEIRS}) t",
    ),
    ErasureStep(
        "lone_referral",
        _("Referrals that became no case"),
        WORDS,
        (without_words(ITS_OWN),),
        keys=f"SELECT 'referral', t.id FROM ({ITS_OWN}) t",
        kind=KIND,
    ),
]
