"""Codes of harm and of what a survivor went through. HTCDS codes stand letter for letter."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class HarmType(models.TextChoices):
    LIVE_STREAMING = "live_streaming", _("Live-streaming of child sexual abuse")
    CSAM_PRODUCTION = "csam_production", _("Production of child sexual abuse material")
    CSAM_DISTRIBUTION = "csam_distribution", _("Distribution of child sexual abuse material")
    CSAM_POSSESSION = "csam_possession_access", _("Possession of child sexual abuse material")
    GROOMING = "grooming", _("Online grooming")
    SEXUAL_EXTORTION = "sexual_extortion", _("Sexual extortion of a child")
    SELF_GENERATED = "self_generated", _("Self-generated sexual content involving a child")
    EXPLOITATION_IN_PROSTITUTION = (
        "exploitation_prostitution",
        _("Exploitation of a child in prostitution"),
    )
    TRAVEL_AND_TOURISM = "travel_tourism", _("Sexual exploitation in travel and tourism")
    CONTACT_ABUSE = "contact_abuse", _("In-person child sexual abuse")
    DIGITALLY_GENERATED = "digitally_generated", _("Digitally generated abuse material")
    UNSOLICITED_MATERIAL = "unsolicited_material", _("Unsolicited material sent to a child")
    TRAFFICKING_LABOUR = "tip_labour", _("Trafficking for labour")
    TRAFFICKING_OTHER = "tip_other", _("Trafficking, other form")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class ContentOrigin(models.TextChoices):
    """The distinction the founding text asks regulators for; required, and may be unknown."""

    LIVESTREAMED_TRAFFICKING = "livestreamed_trafficking", _("Livestreamed trafficking")
    IN_PERSON_RECORDED = "in_person_recorded", _("Recorded in person")
    GROOMED_OR_COERCED = (
        "groomed_or_coerced_self_generated",
        _("Self-generated after grooming or coercion"),
    )
    SELF_GENERATED = (
        "self_generated_no_third_party_known",
        _("Self-generated, no third party known"),
    )
    GENERATED = "generated", _("Digitally generated")
    NOT_APPLICABLE = "not_applicable", _("No material involved")
    UNKNOWN = "unknown", _("Unknown")


class TraffickingStatus(models.TextChoices):
    """HTCDS `vic_TraffickingStatus`; codes letter for letter."""

    POSSIBLE = "PossibleVictimOfTrafficking", _("Possible victim of trafficking")
    ACTUAL = "ActualVictimOfTrafficking", _("Victim of trafficking")
    NOT_A_VICTIM = "NotAVictimOfTrafficking", _("Not a victim of trafficking")


class DecisionMaker(models.TextChoices):
    """HTCDS `vic_TraffickingStatusDecisionMakingOrg`."""

    POLICE = "Police", _("Police")
    NGO = "NGO", _("NGO")
    COURT = "CourtOrProsecution", _("Court or prosecution")
    GOVERNMENT = "NonPoliceGovernmentalOrganization", _("Government, other than the police")
    OTHER = "Other", _("Other")


class ControlMethod(models.TextChoices):
    """HTCDS `vic_MethodsOfControl`, with the one its text names and its list forgot."""

    PHYSICAL_THREATS = "PhysicalThreats", _("Threats of violence")
    THREATS_OF_LAW = "ThreatsLawEnforcement", _("Threats of the police")
    THREATENS_FAMILY = "ThreatensChildrenFamily", _("Threats to family or children")
    DEBT_BONDAGE = "DebtBondage", _("Debt bondage")
    FALSE_PROMISES = "FalsePromises", _("False promises")
    PHYSICAL_ABUSE = "PhysicalAbuse", _("Physical abuse")
    SEXUAL_ABUSE = "SexualAbuse", _("Sexual abuse")
    TAKES_EARNINGS = "TakesEarnings", _("Takes earnings")
    RESTRICTS_MONEY = "RestrictsFinancialAccess", _("Keeps them from money")
    RESTRICTS_CARE = "RestrictsMedicalCare", _("Keeps them from medical care")
    WITHHOLDS_NECESSITIES = "WithholdsNecessities", _("Withholds necessities")
    PSYCHOLOGICAL_ABUSE = "PsychologicalAbuse", _("Psychological abuse")
    SUBSTANCES = "PsychoactiveSubstance", _("Alcohol or drugs")
    EXCESSIVE_HOURS = "ExcessiveWorkingHours", _("Excessive working hours")
    WITHHOLDS_DOCUMENTS = "WithholdsDocuments", _("Withholds documents")
    OTHER = "Other", _("Other")
    RESTRICTS_MOVEMENT = "x_RestrictsMovement", _("Keeps them from leaving")


class RecruitmentMethod(models.TextChoices):
    """HTCDS `vic_MethodOfRecruitment`."""

    BUSINESS = "AtAPlaceOfBusiness", _("At a place of business")
    SCHOOL = "AtAnEducationalInstitution", _("At school")
    WORK = "AtWork", _("At work")
    SOCIAL_NETWORKS = "ThroughOnlineSocialNetworks", _("Through social networks online")
    ONLINE_ADVERTISEMENT = "ThroughAnOnlineAdvertisement", _("Through an advertisement online")
    TELEVISION = "ThroughATelevisionAdvert", _("Through an advertisement on television")
    NEWSPAPER = "ThroughANewspaperAdvert", _("Through an advertisement in a newspaper")
    FAMILY = "ThroughFamilyOrFamilyEvents", _("Through family")
    FRIENDS = "ThroughFriendsOrSocialEvents", _("Through friends")
    OTHER = "Other", _("Other")


class ExploitationType(models.TextChoices):
    """HTCDS `vic_TypeOfExploitation`."""

    FORCED_LABOUR = "ForcedLabour", _("Forced labour")
    SEXUAL = "SexualExploitation", _("Sexual exploitation")
    CHILD_LABOUR = "ChildLabour", _("Child labour")
    FORCED_MARRIAGE = "ForcedMarriage", _("Forced marriage")
    SERVITUDE = "Servitude", _("Servitude")
    MILITARY = "ForcedMilitaryByNonStateActors", _("Armed groups")
    ORGAN_REMOVAL = "OrganRemoval", _("Organ removal")
    BEGGING = "ForcedBegging", _("Forced begging")
    ADOPTION = "ForcedAdoption", _("Forced adoption")
    SURROGACY = "Surrogacy", _("Surrogacy")
    OTHER = "Other", _("Other")


class SexExploitationType(models.TextChoices):
    """HTCDS `vic_TypeOfSexExploitation`; the words shown are those of the Luxembourg Guidelines."""

    PROSTITUTION = "Prostitution", _("Exploitation in prostitution")
    MATERIAL = "Pornography", _("Sexual abuse or exploitation material")
    LIVE = "RemoteInteractiveServices", _("Live-streamed or other remote exploitation")
    PRIVATE = "PrivateSexualServices", _("Exploitation by one person in private")


class Platform(models.TextChoices):
    """HTCDS `vic_…WebsitesAndApps`, and kinds of place that its list has no name for."""

    FACEBOOK = "Facebook", "Facebook"
    INSTAGRAM = "Instagram", "Instagram"
    WHATSAPP = "WhatsApp", "WhatsApp"
    TELEGRAM = "Telegram", "Telegram"
    MESSENGER = "FacebookMessenger", "Facebook Messenger"
    VIBER = "Viber", "Viber"
    SNAPCHAT = "SnapChat", "Snapchat"
    LINE = "Line", "Line"
    FORSALE = "4Sale", "4Sale"
    WECHAT = "WeChat", "WeChat"
    QQ = "QQ", "QQ"
    QZONE = "QZone", "QZone"
    TIKTOK = "TikTok", "TikTok"
    TWITTER = "Twitter", _("X (Twitter)")
    OTHER = "Other", _("Other")
    VIDEO_CALL = "x_VideoCall", _("Another video-call app")
    LIVESTREAM = "x_Livestream", _("Another livestreaming place")
    GAMING = "x_Gaming", _("A game")
    IMMERSIVE = "x_Immersive", _("An immersive world")
    PAYMENT = "x_Payment", _("A payment app")
    DARK_WEB = "x_DarkWeb", _("The dark web")


class SafeguardedHow(models.TextChoices):
    OPERATION = "operation", _("By an operation of the police")
    REMOVAL = "social_services_removal", _("Removed by social services")
    SELF_EXIT = "self_exit", _("They got away themselves")
    FAMILY = "family_action", _("The family acted")
    OTHER = "other", _("In another way")


class Schooling(models.TextChoices):
    IN_SCHOOL = "in_school", _("In school")
    INTERRUPTED = "interrupted", _("Interrupted")
    OUT_OF_SCHOOL = "out_of_school", _("Out of school")
    NOT_OF_AGE = "not_of_age", _("Not of school age")
    UNKNOWN = "unknown", _("Unknown")
    NOT_ASKED = "not_asked", _("Not asked")
    DECLINED = "declined", _("Declined to say")


class MissingAnswer(models.TextChoices):
    """Why a figure is missing: never zero, and each a different thing (domain.md 3.0)."""

    UNKNOWN = "unknown", _("Unknown")
    NOT_ASKED = "not_asked", _("Not asked")
    DECLINED = "declined", _("Declined to say")


# What is sealed under the person's key: name → the codes it takes.
PARTICULARS: dict[str, Any] = {
    "control": ControlMethod,
    "recruitment": RecruitmentMethod,
    "exploitation": ExploitationType,
    "sex_exploitation": SexExploitationType,
}
FLAGS = (
    "paid",
    "directed_remotely",
    "in_person_facilitator",
    "recorded",
    "first_generation",
    "known_to_circulate",
    "private_channel",
    "e2ee",
)
PHASES = ("recruitment_platforms", "exploitation_platforms", "payment_platforms")
