"""Code lists of a referral (domain.md 3.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# A harm is the same word in a referral and in a case.
from cases.choices import ContentOrigin as ContentOrigin
from cases.choices import HarmType as HarmType


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RECEIVED = "received", _("Received")
    IN_TRIAGE = "in_triage", _("In triage")
    NEEDS_INFORMATION = "needs_information", _("Waiting for information")
    ACCEPTED = "accepted", _("Accepted")
    LINKED_TO_CASE = "linked_to_case", _("Linked to a case")
    DECLINED = "declined", _("Declined")
    REDIRECTED = "redirected", _("Redirected")
    DUPLICATE = "duplicate", _("Duplicate")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


class SourceCategory(models.TextChoices):
    FOREIGN_LAW_ENFORCEMENT = "foreign_law_enforcement", _("Foreign law enforcement")
    DOMESTIC_LAW_ENFORCEMENT = "domestic_law_enforcement", _("Domestic law enforcement")
    NCMEC_CYBERTIP = "ncmec_cybertip", _("NCMEC CyberTip")
    INHOPE_HOTLINE = "inhope_hotline", _("INHOPE hotline")
    TECH_PLATFORM = "tech_platform", _("Technology platform")
    FINANCIAL_INSTITUTION = "financial_institution", _("Bank or remittance agency")
    FIU = "fiu", _("Financial intelligence unit")
    SOCIAL_WELFARE = "social_welfare", _("Social welfare")
    SCHOOL = "school", _("School")
    HEALTH = "health", _("Health service")
    NGO = "ngo", _("NGO")
    COMMUNITY_MEMBER = "community_member", _("Community member")
    SURVIVOR_SELF = "survivor_self", _("Survivor themselves")
    FAMILY_MEMBER = "family_member", _("Family member")
    MEDIA = "media", _("Media")
    PROACTIVE_INVESTIGATION = "proactive_investigation", _("Proactive investigation")
    SPIN_OFF = "spin_off_of_other_case", _("Another case")
    COURT = "court", _("Court")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class DetectionMethod(models.TextChoices):
    HASH_MATCHING = "hash_matching", _("Hash matching")
    CLASSIFIER = "classifier", _("Classifier")
    LIVE_DETECTION = "live_detection", _("Live detection")
    USER_REPORT = "user_report", _("User report")
    FINANCIAL_MONITORING = "financial_monitoring", _("Financial monitoring")
    UNDERCOVER = "undercover", _("Undercover work")
    DEVICE_FORENSICS = "device_forensics", _("Device forensics")
    DISCLOSURE_BY_CHILD = "disclosure_by_child", _("Disclosure by a child")
    THIRD_PARTY_OBSERVATION = "third_party_observation", _("Somebody noticed")
    HOTLINE_REPORT = "hotline_report", _("Hotline report")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class DeclineReason(models.TextChoices):
    OUT_OF_SCOPE = "out_of_scope", _("Outside what we do")
    NO_CHILD_INVOLVED = "no_child_involved", _("No child is involved")
    NOT_ENOUGH_INFORMATION = "not_enough_information", _("Not enough information")
    NO_ANSWER = "no_answer", _("The source did not answer")
    HANDLED_ELSEWHERE = "handled_elsewhere", _("Another agency handles it")


class Channel(models.TextChoices):
    """How the desk reached a source. The words themselves never leave by this program."""

    PORTAL = "portal", _("Their portal or secure mailbox")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Letter")
    IN_PERSON = "in_person", _("In person")


class OnCallPlace(models.IntegerChoices):
    FIRST = 1, _("Called first")
    SECOND = 2, _("Called when the first does not answer")


class OverrideReason(models.TextChoices):
    """Why a referral does not go where the rules send it."""

    KNOWN_TO_US = "known_to_us", _("We work with the child or the family already")
    CONFLICT = "conflict", _("Somebody of that team is too close to it")
    NO_CAPACITY = "no_capacity", _("That team cannot take it now")
    LANGUAGE = "language", _("We speak the language that is needed")
    NEARER = "nearer", _("We are nearer to the child")
    SOURCE_ASKED = "source_asked", _("The source asked for us")


class Digest(models.TextChoices):
    """How often somebody hears that something stands in a list they keep."""

    NEVER = "never", _("No")
    DAILY = "daily", _("Every day, if something stands there")
    WEEKLY = "weekly", _("Every week, if something stands there")


class MatchReason(models.TextChoices):
    """Why what another team has may be about the same child."""

    REPORT = "report", _("Its source gave it the same number.")
    IDENTIFIER = "identifier", _("A number, address or document of theirs is the same.")
    NAME = "name", _("A name of theirs is written so.")


class MatchAnswer(models.TextChoices):
    """What the team that knows somebody answers. Only the first is told to the other desk."""

    TALK = "talk", _("Ask them to talk to me")
    SOMEBODY_ELSE = "somebody_else", _("It is somebody else")
    KEEP_QUIET = "keep_quiet", _("It may be the same, and they are not to know")


class IndicatorSector(models.TextChoices):
    TECHNICAL = "technical", _("Technical")
    FINANCIAL = "financial", _("Financial")
    BEHAVIOURAL = "behavioural", _("Behaviour")


class IndicatorStatus(models.TextChoices):
    """Who has checked that a sign tells anything."""

    NOT_VALIDATED = "not_validated", _("Not checked by anybody")
    BY_SOURCE = "by_source", _("Published by its source, not checked by us")
    BY_US = "by_us", _("Checked by us")


class Confidence(models.TextChoices):
    LOW = "low", _("Low")
    MODERATE = "moderate", _("Moderate")
    HIGH = "high", _("High")


class PaymentChannel(models.TextChoices):
    MONEY_TRANSFER = "money_transfer_operator", _("Money transfer operator")
    BANK = "bank", _("Bank")
    E_WALLET = "e_wallet", _("E-wallet")
    CARD = "card", _("Card")
    CRYPTO = "crypto", _("Cryptocurrency")
    GIFT_CARD = "gift_card", _("Gift card")
    CASH = "cash", _("Cash")
    IN_KIND = "in_kind", _("In kind")
    UNKNOWN = "unknown", _("Unknown")


class PaymentCurrency(models.TextChoices):
    """ISO 4217: those that payments of this kind are made in, and coins by their usual name."""

    PHP = "PHP", "PHP"
    AUD = "AUD", "AUD"
    BTC = "BTC", "BTC"
    CAD = "CAD", "CAD"
    CHF = "CHF", "CHF"
    DKK = "DKK", "DKK"
    EUR = "EUR", "EUR"
    GBP = "GBP", "GBP"
    HKD = "HKD", "HKD"
    IDR = "IDR", "IDR"
    INR = "INR", "INR"
    JPY = "JPY", "JPY"
    NOK = "NOK", "NOK"
    NZD = "NZD", "NZD"
    SEK = "SEK", "SEK"
    SGD = "SGD", "SGD"
    THB = "THB", "THB"
    USD = "USD", "USD"
    USDT = "USDT", "USDT"
    VND = "VND", "VND"


class AlertStep(models.IntegerChoices):
    """How far an alert went: nobody answered the step before."""

    ON_CALL = 1, _("Whoever is on call")
    SECOND_AND_SUPERVISORS = 2, _("The second on call and the supervisors")
    WHOLE_DESK = 3, _("Everybody of the desk")


class QuestionEnd(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    NO_ANSWER = "no_answer", _("No answer")
    WITHDRAWN = "withdrawn", _("The source took the referral back")


class SilenceReason(models.TextChoices):
    """Why a source hears nothing about the end."""

    CANNOT_BE_REACHED = "cannot_be_reached", _("The source is unknown or cannot be reached")
    WOULD_ENDANGER = "would_endanger", _("It could put a child or somebody else in danger")
    WOULD_HARM_INVESTIGATION = "would_harm_investigation", _("It could harm an investigation")
    FORBIDDEN_BY_LAW = "forbidden_by_law", _("A law or an order forbids it")
    NOT_AGREED = "not_agreed", _("The person it is about did not agree")


class Outcome(models.TextChoices):
    """What came of a referral, in the words a source may hear."""

    CHILDREN_SAFEGUARDED = "children_safeguarded", _("Children were brought to safety")
    IN_CASE_WORK = "in_case_work", _("It became part of our work with a child")
    INVESTIGATION_OPENED = "investigation_opened", _("The police investigate")
    SERVICES_GIVEN = "services_given", _("Somebody receives help")
    PASSED_ON = "passed_on", _("It was passed on to the agency that can act")
    KNOWN_ALREADY = "known_already", _("It was known to us already")
    NO_CHILD_FOUND = "no_child_found", _("No child at risk was found")
    OUTSIDE_MANDATE = "outside_mandate", _("It is outside what we may do")
    NOT_ENOUGH_TO_ACT = "not_enough_to_act", _("There was not enough to act on")


class ImportFormat(models.TextChoices):
    HTCDS = "htcds", _("HTCDS case sheet")
    OWN = "own", _("Our own spreadsheet")
    ODK = "odk", _("Submission of the HTCDS survey form (ODK, KoBo)")
    CYBERTIP = "cybertip", _("CyberTipline report (XML)")


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("Columns to be chosen")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    REFUSED = "refused", _("Not taken")
    STOPPED = "stopped", _("Stopped halfway")


class IncidentType(models.TextChoices):
    """What a platform reported to the CyberTipline, in the terms of this house."""

    CSAM = "csam", _("Child sexual abuse material")
    TRAFFICKING = "trafficking", _("Trafficking of a child for sexual exploitation")
    TRAVEL_AND_TOURISM = "travel_tourism", _("Sexual exploitation in travel and tourism")
    CONTACT_ABUSE = "contact_abuse", _("In-person child sexual abuse")
    MISLEADING_DOMAIN = "misleading_domain", _("A misleading web address")
    MISLEADING_WORDS = "misleading_words", _("Misleading words or pictures")
    GROOMING = "grooming", _("Online grooming")
    UNSOLICITED_MATERIAL = "unsolicited_material", _("Unsolicited material sent to a child")


class Platform(models.TextChoices):
    """Where it happened online, as a CyberTip names it. What is none of these is sealed."""

    FACEBOOK = "facebook", "Facebook"
    MESSENGER = "messenger", "Messenger"
    INSTAGRAM = "instagram", "Instagram"
    WHATSAPP = "whatsapp", "WhatsApp"
    THREADS = "threads", "Threads"
    TIKTOK = "tiktok", "TikTok"
    SNAPCHAT = "snapchat", "Snapchat"
    YOUTUBE = "youtube", "YouTube"
    GOOGLE = "google", _("Google (mail, drive, photos, chat)")
    X = "x", _("X, formerly Twitter")
    DISCORD = "discord", "Discord"
    TELEGRAM = "telegram", "Telegram"
    SIGNAL = "signal", "Signal"
    SKYPE = "skype", "Skype"
    ZOOM = "zoom", "Zoom"
    VIBER = "viber", "Viber"
    LINE = "line", "LINE"
    WECHAT = "wechat", "WeChat"
    KIK = "kik", "Kik"
    OMEGLE = "omegle", "Omegle"
    WIZZ = "wizz", "Wizz"
    VKONTAKTE = "vkontakte", "VKontakte"
    ROBLOX = "roblox", "Roblox"
    MINECRAFT = "minecraft", "Minecraft"
    FORTNITE = "fortnite", "Fortnite"
    TWITCH = "twitch", "Twitch"
    STEAM = "steam", "Steam"
    PLAYSTATION = "playstation", "PlayStation"
    XBOX = "xbox", "Xbox"
    REDDIT = "reddit", "Reddit"
    TUMBLR = "tumblr", "Tumblr"
    PINTEREST = "pinterest", "Pinterest"
    LINKEDIN = "linkedin", "LinkedIn"
    IMGUR = "imgur", "Imgur"
    MICROSOFT = "microsoft", _("Microsoft (mail, drive, Teams)")
    APPLE = "apple", _("Apple (iCloud, iMessage)")
    DROPBOX = "dropbox", "Dropbox"
    MEGA = "mega", "MEGA"
    ONLYFANS = "onlyfans", "OnlyFans"
    PORNHUB = "pornhub", "Pornhub"
    CHATURBATE = "chaturbate", "Chaturbate"
    BIGO = "bigo_live", "BIGO LIVE"
    TANGO = "tango", "Tango"
    PAYPAL = "paypal", "PayPal"
    CASH_APP = "cash_app", "Cash App"
    GCASH = "gcash", "GCash"
    OTHER = "other", _("Another one")


class TipAnnotation(models.TextChoices):
    """What a platform ticked beside the incident type."""

    SEXUAL_EXTORTION = "sexual_extortion", _("Sexual extortion")
    SOLICITATION = "solicitation", _("Abuse material was asked for")
    BETWEEN_CHILDREN = "between_children", _("Between children")
    SPAM = "spam", _("Sent to many at once")
    SADISTIC = "sadistic", _("Sadistic online exploitation")
