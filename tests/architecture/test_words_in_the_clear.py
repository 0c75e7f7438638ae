"""R-P4, R-N7: a column of words is sealed, or somebody has said why it is nobody's secret.

A new free-text column arrives here by itself: make it an `EncryptedTextField`, give it its list of
codes as `choices`, or write down below why its words may stand in a dump of the database.
"""

from __future__ import annotations

from django.apps import apps
from django.db import models

from tests.architecture.test_scope import our_models

# What stands in the clear, and why.
REFERENCE = "a random reference"
PUBLIC_KEY = "a public key"
CODE = "a code, checked by its service"
STAFF = "the directory of staff and agencies, who are no survivors"
LOG = "ids, verbs and codes of the log, checked when written"
CLEAR_COLUMNS: dict[str, str] = {
    "accounts.PartnerSystem.name": "the partner's name of a machine",
    "accounts.PartnerSystem.client_id": "random; useless without the secret",
    "accounts.PartnerSystem.certificate": "a digest, checked by the database",
    "reporting.StatisticsRelease.reference": REFERENCE,
    "reporting.PrivacyCharge.population": CODE,
    "reporting.PublicReport.reference": REFERENCE,
    "reporting.PublicReport.withdrawn_reason": "published with the report it withdraws",
    "reporting.StatisticsRelease.title": "the title of what is published",
    "reporting.StatisticsRelease.measures": CODE,
    "reporting.StatisticsRelease.withdrawn_reason": "published with the release it withdraws",
    "handoffs.CaseExport.reference": REFERENCE,
    "courts.Proceeding.reference": REFERENCE,
    "courts.Proceeding.jurisdiction": CODE,
    "courts.Proceeding.court": "a public office; the docket number beside it is sealed",
    "courts.ProceedingEvent.pgh_label": CODE,
    "courts.ProceedingEvent.jurisdiction": CODE,
    "courts.ProceedingEvent.court": "a public office",
    "courts.ProcedureStep.procedure": CODE,
    "courts.ProcedureStep.code": CODE,
    "courts.ProcedureStep.label": "the law, the same for everybody",
    "courts.Statute.jurisdiction": CODE,
    "courts.Statute.code": CODE,
    "courts.Statute.title": "the law, the same for everybody",
    "courts.Statute.section": "the law, the same for everybody",
    "courts.Statute.description": "the law, the same for everybody",
    "courts.Statute.iccs": CODE,
    "courts.Statute.penalty": "the law, the same for everybody",
    "courts.StatuteEvent.pgh_label": CODE,
    "courts.StatuteEvent.title": "the law, the same for everybody",
    "courts.StatuteEvent.section": "the law, the same for everybody",
    "courts.StatuteEvent.penalty": "the law, the same for everybody",
    "courts.ChargeEvent.pgh_label": CODE,
    "courts.Hearing.zone": "a clock of a country",
    "courts.Operation.reference": REFERENCE,
    "courts.Operation.country": CODE,
    "courts.Operation.admin1": "a region or province, nothing nearer (R-P8)",
    "courts.Operation.coalition": "a coalition of agencies",
    "courts.OperationEvent.pgh_label": CODE,
    "courts.OperationEvent.country": CODE,
    "courts.OperationEvent.admin1": "a region or province, nothing nearer (R-P8)",
    "courts.OperationEvent.coalition": "a coalition of agencies",
    "courts.Appeal.court": "a public office",
    "courts.SentenceEvent.pgh_label": CODE,
    "courts.Charge.description": "a law, not a person",
    "courts.Charge.statute": "a law, not a person; counted by statistics",
    "courts.Charge.section": "a law, not a person; counted by statistics",
    "handoffs.Handoff.reference": REFERENCE,
    "handoffs.Handoff.withheld": CODE,
    "handoffs.HandoffEvent.pgh_label": CODE,
    "handoffs.Handoff.sealed_to": PUBLIC_KEY,
    "handoffs.EmergencyDisclosure.reference": REFERENCE,
    "handoffs.AgencyKey.recipient": PUBLIC_KEY,
    "handoffs.WrappedKey.blob": "an age file that its officer's passkey or passphrase opens",
    "handoffs.WrappedKey.hint": "which passkey opens it; says nothing of what it opens",
    "handoffs.SigningKey.public": PUBLIC_KEY,
    "handoffs.SigningKey.private_sealed": "sealed under the system's key",
    "handoffs.ArchiveKey.recipient": PUBLIC_KEY,
    "handoffs.ArchiveKey.first_half": "an age file that its holder alone opens",
    "handoffs.ArchiveKey.second_half": "an age file that its holder alone opens",
    "referrals.Referral.reference": REFERENCE,
    "referrals.Referral.source_name": "the office a referral came from",
    "referrals.Referral.redirected_to_name": "the office a referral was sent on to",
    "referrals.Referral.originating_country": CODE,
    "referrals.Referral.country": CODE,
    "referrals.RoutingRule.country": CODE,
    "referrals.HiddenMatch.reference": REFERENCE,
    "referrals.KeptList.show": CODE,
    "referrals.KeptList.country": CODE,
    "referrals.IndicatorObservation.code": CODE,
    "referrals.IndicatorObservation.version": CODE,
    "referrals.Payment.paid_on": "a date as well as it is known, of a payment and no person",
    "referrals.Payment.sender_country": CODE,
    "referrals.Payment.receiver_country": CODE,
    "referrals.CyberTip.reported_countries": CODE,
    "referrals.CyberTip.recipient_countries": CODE,
    "referrals.CyberTip.victim_countries": CODE,
    "referrals.ImportBatch.options": "how a file is read: two switches",
    "referrals.Referral.admin1": "a region or province, nothing nearer (R-P8)",
    "referrals.ReferralEvent.pgh_label": CODE,
    "cases.Case.reference": REFERENCE,
    "cases.Case.country": CODE,
    "cases.Case.admin1": "a region or province, nothing nearer (R-P8)",
    "cases.CaseEvent.pgh_label": CODE,
    "cases.CaseEvent.country": CODE,
    "cases.CaseEvent.admin1": "a region or province, nothing nearer (R-P8)",
    "cases.CaseUserObjectPermission.reason": CODE,
    "cases.CaseGroupObjectPermission.reason": CODE,
    "cases.Person.code": REFERENCE,
    "cases.Person.citizenships": CODE,
    "cases.Person.languages": CODE,
    "cases.Person.needs": CODE,
    "cases.Consent.language": "a language",
    "cases.Consent.countries": CODE,
    "cases.ConsentEvent.pgh_label": CODE,
    "cases.LegalGround.reference": REFERENCE,
    "cases.LegalGroundEvent.pgh_label": CODE,
    "cases.LegalHold.case_reference": REFERENCE,
    "cases.ErasureRequest.kind": CODE,
    "cases.IdentityCorrection.fields": "names of details, never what they said",
    "cases.PaperFile.refusal": CODE,
    "cases.ErasureRequest.reference": REFERENCE,
    "cases.ErasureRequest.case_reference": REFERENCE,
    "cases.ErasureRequest.person_code": "a random reference, gone with the erasure",
    "cases.ErasureRequest.receipt": "counts and times of what was erased",
    "cases.RegisterEntry.reference": REFERENCE,
    "cases.RetentionReview.kind": CODE,
    "cases.RetentionReview.reference": REFERENCE,
    "cases.RetentionReview.retention": CODE,
    "cases.ReportDuty.reference": REFERENCE,
    "cases.ReportDuty.rule": CODE,
    "cases.ReportDuty.authority": "an office, as the installation's rule names it",
    "cases.Assessment.instrument": CODE,
    "cases.Assessment.instrument_version": CODE,
    "cases.RelationshipLink.ctdc": CODE,
    "cases.Household.reference": REFERENCE,
    "cases.HouseholdMember.since": "a date as well as it is known, counted by statistics",
    "cases.HouseholdMember.until": "a date as well as it is known, counted by statistics",
    "cases.SurvivorContext.first_abuse": "a date as well as it is known, counted by statistics",
    "cases.SurvivorContext.last_abuse": "a date as well as it is known, counted by statistics",
    "cases.HarmRecord.since": "a date as well as it is known, counted by statistics",
    "cases.HarmRecord.until": "a date as well as it is known, counted by statistics",
    "cases.ContactReading.session_mark": "a digest",
    "vault.DataKey.epoch": REFERENCE,
    "vault.KeyEpoch.name": REFERENCE,
    "accounts.Agency.name": STAFF,
    "accounts.Agency.short_code": STAFF,
    "accounts.Agency.country": CODE,
    "accounts.Team.name": STAFF,
    "accounts.User.password": "a hash",
    "accounts.User.email": STAFF,
    "accounts.User.name": STAFF,
    "accounts.User.conduct_version": CODE,
    "accounts.SignOnProvider.issuer": STAFF,
    "accounts.SignOnProvider.client_id": "the name under which the agency's provider knows us",
    "accounts.SignOnProvider.sealed_secret": "sealed by the vault for its row",
    "accounts.SignOnLink.subject": "a digest of issuer and subject",
    "accounts.DataSharingAgreement.reference": STAFF,
    "accounts.DataSharingAgreement.scope": STAFF,
    "accounts.DataSharingAgreement.categories": CODE,
    "audit.AuditEvent.db_user": LOG,
    "audit.AuditEvent.role": LOG,
    "audit.AuditEvent.verb": LOG,
    "audit.AuditEvent.object_type": LOG,
    "audit.AuditEvent.fields": LOG,
    "audit.AuditEvent.facts": LOG,
    "audit.AuditEvent.purpose": LOG,
    "audit.AuditEvent.outcome": LOG,
    "audit.AuditCheckpoint.note": LOG,
    "audit.AuditCosignature.witness": LOG,
    "audit.AuditCosignature.line": LOG,
    "audit.AuditRetention.what": LOG,
    "audit.AuditRetention.afterwards": LOG,
    "audit.AuditRetention.why": LOG,
    "audit.StructureSnapshot.state": "the structure of the database",
    "audit.OutboxMessage.task": CODE,
    "audit.OutboxMessage.ids": "ids",
    "audit.Review.kind": CODE,
    "audit.Review.about_type": CODE,
    "audit.Review.facts": "codes and counts, checked when written",
    "audit.Review.remark": "kept for good: addresses and numbers are refused, names asked "
    "not to be written (`audit.reviewing.check_remark`)",
    "audit.LogCheck.cosigned": LOG,
    "audit.LogCheck.problem": LOG,
    "audit.LogCheck.sentence": LOG,
    "audit.SavedSearch.name": "an auditor's own name for a search",
    "audit.SavedSearch.asked": "codes and ids of a search",
}


def is_sealed(field):
    return type(field).__module__ == "vault.fields"


def words_in_the_clear():
    """Columns of text, lists and documents: no choices, not sealed, no id."""
    for model in our_models():
        for field in model._meta.local_concrete_fields:
            inner = getattr(field, "base_field", field)
            textual = isinstance(inner, models.CharField | models.TextField | models.JSONField)
            if textual and not inner.choices and not is_sealed(field):
                yield f"{model._meta.label}.{field.name}"


def test_r_p4_a_column_of_words_is_sealed_or_nobodys_secret():
    clear = set(words_in_the_clear())
    assert not clear - set(CLEAR_COLUMNS), f"seal these: {sorted(clear - set(CLEAR_COLUMNS))}"
    assert not set(CLEAR_COLUMNS) - clear, f"gone: {sorted(set(CLEAR_COLUMNS) - clear)}"


def test_what_tells_of_people_is_sealed():
    """The list above is short beside what is sealed, and holds no note, name or address."""
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if is_sealed(field)
    }
    assert len(sealed) > 40, len(sealed)
    assert {"cases.PersonIdentity.details", "cases.CaseNote.facts_reported"} <= sealed
