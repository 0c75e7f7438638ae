"""Codes about people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ParticipantRole(models.TextChoices):
    SURVIVOR = "survivor", _("Survivor")
    AT_RISK_CHILD = "at_risk_child", _("Child at risk")
    ALLEGED_OFFENDER_SOURCE = "alleged_offender_source", _("Alleged offender, source side")
    ALLEGED_OFFENDER_DEMAND = "alleged_offender_demand", _("Alleged offender, demand side")
    CHILD_DISPLAYING_HSB = ("child_displaying_hsb", _("Child displaying harmful sexual behaviour"))
    WITNESS = "witness", _("Witness")
    REPORTER = "reporter", _("Reporter")
    PROTECTIVE_CAREGIVER = "protective_caregiver", _("Protective caregiver")
    HOUSEHOLD_MEMBER = "household_member", _("Household member")
    LEGAL_GUARDIAN = "legal_guardian", _("Legal guardian")
    SUPPORT_PERSON = "support_person", _("Support person")


ALLEGED_OFFENDERS = (
    ParticipantRole.ALLEGED_OFFENDER_SOURCE,
    ParticipantRole.ALLEGED_OFFENDER_DEMAND,
)


class LegalStatus(models.TextChoices):
    """Drives the word shown for an alleged offender; nobody is called one before a conviction."""

    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    PERSON_OF_INTEREST = "person_of_interest", _("Person of interest")
    SUSPECT = "suspect", _("Suspect")
    ARRESTED = "arrested", _("Arrested person")
    CHARGED = "charged", _("Charged person")
    ACCUSED = "accused", _("Accused")
    CONVICTED = "convicted", _("Convicted person")
    ACQUITTED = "acquitted", _("Acquitted person")
    DISCHARGED = "discharged", _("Discharged person")


class Gender(models.TextChoices):
    FEMININE = "Feminine", _("Feminine")
    MASCULINE = "Masculine", _("Masculine")
    TRANSGENDER_FEMININE = "TransgenderFeminine", _("Transgender feminine")
    TRANSGENDER_MASCULINE = "TransgenderMasculine", _("Transgender masculine")
    NON_CONFORMING = "NonConforming", _("Non-conforming")
    UNKNOWN = "NonSpecifiedUnknown", _("Not specified or unknown")


class IdentityPurpose(models.TextChoices):
    """Why somebody's identity is opened; stands in the log beside who and when (R-A3)."""

    CONTACT = "contact", _("To contact the person")
    SERVICE = "service", _("To arrange a service")
    COURT = "court", _("For a court date")
    HANDOFF = "handoff", _("To prepare a handoff")
    SAFETY = "safety", _("To keep somebody safe")
    CHECK_RECORD = "check_record", _("To check that the record is right")


# Whoever was cleared: their identity is sealed and no list names them (R-A6).
CLEARED = (LegalStatus.ACQUITTED, LegalStatus.DISCHARGED)

# From where a person stands to where they may stand next (domain.md 3.1, CaseParticipant).
LEGAL_STEPS: dict[str, tuple[str, ...]] = {
    LegalStatus.PERSON_OF_INTEREST: (LegalStatus.SUSPECT, LegalStatus.DISCHARGED),
    LegalStatus.SUSPECT: (LegalStatus.ARRESTED, LegalStatus.CHARGED, LegalStatus.DISCHARGED),
    # Released while the inquiry goes on, charged, or let go for good.
    LegalStatus.ARRESTED: (LegalStatus.CHARGED, LegalStatus.SUSPECT, LegalStatus.DISCHARGED),
    LegalStatus.CHARGED: (LegalStatus.ARRESTED, LegalStatus.ACCUSED, LegalStatus.DISCHARGED),
    LegalStatus.ACCUSED: (
        LegalStatus.CONVICTED,
        LegalStatus.ACQUITTED,
        LegalStatus.DISCHARGED,
    ),
    # A higher court may reverse a conviction, or send it back for a new trial.
    LegalStatus.CONVICTED: (LegalStatus.ACQUITTED, LegalStatus.ACCUSED),
    LegalStatus.ACQUITTED: (),
    # New evidence may open an inquiry again.
    LegalStatus.DISCHARGED: (LegalStatus.SUSPECT,),
}


class LedCategory(models.TextChoices):
    """Categories of Article 6 of the Law Enforcement Directive, kept apart by what follows."""

    SUSPECT = "suspect", _("Suspect")
    CONVICTED = "convicted", _("Convicted")
    VICTIM = "victim", _("Victim or possible victim")
    OTHER = "other", _("Other party")


class Source(models.TextChoices):
    """Where a fact comes from (domain.md 3.0, provenance)."""

    SURVIVOR_STATEMENT = "survivor_statement", _("The survivor said so")
    CAREGIVER = "caregiver", _("A caregiver said so")
    AGENCY_REPORT = "agency_report", _("Another agency reported it")
    DOCUMENT = "document", _("A document says so")
    COURT_RECORD = "court_record", _("A court record says so")
    WORKER_OBSERVATION = "worker_observation", _("A worker saw it")
    INFERENCE = "inference", _("Concluded from other facts")


class Kinship(models.TextChoices):
    """What one person is to another: the detail of domain.md 3.1, RelationshipLink."""

    PARENT = "parent", _("Parent")
    STEP_PARENT = "step_parent", _("Step-parent")
    CHILD = "child", _("Child")
    STEP_CHILD = "step_child", _("Step-child")
    SIBLING = "sibling", _("Sibling")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    AUNT_UNCLE = "aunt_uncle", _("Aunt or uncle")
    NIECE_NEPHEW = "niece_nephew", _("Niece or nephew")
    COUSIN = "cousin", _("Cousin")
    OTHER_RELATIVE = "other_relative", _("Other relative")
    CAREGIVER_NOT_RELATED = "caregiver_not_related", _("Caregiver who is not related")
    FAMILY_FRIEND = "family_friend", _("Friend of the family")
    PEER_FRIEND = "peer_friend", _("Friend")
    INTIMATE_PARTNER = "intimate_partner", _("Partner")
    NEIGHBOUR = "neighbour", _("Neighbour")
    TEACHER_OR_AUTHORITY = "teacher_or_authority", _("Teacher or person in authority")
    EMPLOYER_OR_RECRUITER = "employer_or_recruiter", _("Employer or recruiter")
    ONLINE_ONLY_CONTACT = "online_only_contact", _("Known online only")
    OTHER_ACQUAINTANCE = "other_acquaintance", _("Other acquaintance")
    STRANGER = "stranger", _("Stranger")
    UNKNOWN = "unknown", _("Not known")


class HtcdsRelationship(models.TextChoices):
    """HTCDS `vic_RelationshipToTrafficker`, letter for letter; the label is spelt right."""

    FAMILIAL = "Familial", _("Family")
    ACQUAINTED = "Acquainted", _("Acquainted")
    UNACQUAINTED = "Unaquainted", _("Not acquainted")


class Closeness(models.TextChoices):
    """The roll-up “family or friend” of the statistics."""

    FAMILY = "family", _("Family")
    FRIEND = "friend", _("Friend")
    NEITHER = "no", _("Neither")
    UNKNOWN = "unknown", _("Not known")


_FAMILY = (HtcdsRelationship.FAMILIAL, Closeness.FAMILY, "Family")
_OTHER = (HtcdsRelationship.ACQUAINTED, Closeness.NEITHER, "Other")
# detail → (HTCDS code, family or friend, CTDC value). What a caregiver who is not related and a
# partner count as is a matter of definition: they count as neither unless an installation says so.
ROLL_UPS: dict[str, tuple[str, str, str]] = {
    **dict.fromkeys(
        (
            Kinship.PARENT,
            Kinship.STEP_PARENT,
            Kinship.CHILD,
            Kinship.STEP_CHILD,
            Kinship.SIBLING,
            Kinship.GRANDPARENT,
            Kinship.GRANDCHILD,
            Kinship.AUNT_UNCLE,
            Kinship.NIECE_NEPHEW,
            Kinship.COUSIN,
            Kinship.OTHER_RELATIVE,
        ),
        _FAMILY,
    ),
    Kinship.CAREGIVER_NOT_RELATED: _OTHER,
    Kinship.FAMILY_FRIEND: (HtcdsRelationship.ACQUAINTED, Closeness.FRIEND, "Friend"),
    Kinship.PEER_FRIEND: (HtcdsRelationship.ACQUAINTED, Closeness.FRIEND, "Friend"),
    Kinship.INTIMATE_PARTNER: (
        HtcdsRelationship.ACQUAINTED,
        Closeness.NEITHER,
        "IntimatePartner",
    ),
    Kinship.NEIGHBOUR: _OTHER,
    Kinship.TEACHER_OR_AUTHORITY: _OTHER,
    Kinship.EMPLOYER_OR_RECRUITER: _OTHER,
    Kinship.ONLINE_ONLY_CONTACT: _OTHER,
    Kinship.OTHER_ACQUAINTANCE: _OTHER,
    Kinship.STRANGER: (HtcdsRelationship.UNACQUAINTED, Closeness.NEITHER, "Other"),
    Kinship.UNKNOWN: ("", Closeness.UNKNOWN, "Unknown"),
}
# Read from the other end: a parent's link is the child's too.
OTHER_END: dict[str, str] = {
    Kinship.PARENT: Kinship.CHILD,
    Kinship.STEP_PARENT: Kinship.STEP_CHILD,
    Kinship.CHILD: Kinship.PARENT,
    Kinship.STEP_CHILD: Kinship.STEP_PARENT,
    Kinship.GRANDPARENT: Kinship.GRANDCHILD,
    Kinship.GRANDCHILD: Kinship.GRANDPARENT,
    Kinship.AUNT_UNCLE: Kinship.NIECE_NEPHEW,
    Kinship.NIECE_NEPHEW: Kinship.AUNT_UNCLE,
}


class TokenKind(models.TextChoices):
    """By what somebody can be found, and so why they were."""

    NAME = "name", _("A name as it is written")
    SOUND = "sound", _("A name that sounds like it")
    IDENTIFIER = "identifier", _("A number, address or handle")


class PersonNeed(models.TextChoices):
    """What makes it possible for somebody to understand, to be understood and to come.

    What helps, never a diagnosis.
    """

    SIGN_LANGUAGE = "sign_language", _("Sign language")
    PLAIN_WORDS = "plain_words", _("Plain words, one question at a time")
    READ_ALOUD = "read_aloud", _("Read aloud: does not read, or not easily")
    LARGE_PRINT = "large_print", _("Large print or a screen reader")
    WRITING = "writing", _("In writing: does not hear well, or does not speak")
    PICTURES = "pictures", _("Picture cards or a communication board")
    MORE_TIME = "more_time", _("More time, and breaks")
    TRUSTED_PERSON = "trusted_person", _("Somebody they trust beside them")
    STEP_FREE = "step_free", _("A way without steps")
    OTHER = "other", _("Something else; ask them")
