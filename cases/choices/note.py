"""Codes of notes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoteKind(models.TextChoices):
    CONTACT = "contact", _("Contact")
    ASSESSMENT = "assessment", _("Assessment")
    PLAN = "plan", _("Plan")
    SERVICE = "service", _("Service")
    LEGAL = "legal", _("Legal")
    SUPERVISION = "supervision", _("Supervision")
    RISK = "risk", _("Risk")
    CONFERENCE = "conference", _("Case conference")
    SURVIVOR_OWN_WORDS = "survivor_own_words", _("Survivor’s own words")
    ADMINISTRATIVE = "administrative", _("Administrative")
    HEALTH = "health", _("Health and psychosocial care")
    # R-N9: only where a service needs it, and then apart from everything else.
    PRIVATE_MATTER = "private_matter", _("Immigration status or sexuality")
    # R-N2: when, what kind of place and which agency; never what was said.
    FORENSIC_INTERVIEW = "forensic_interview", _("Forensic interview held elsewhere")


# R-N4: these say more than where and when, so they start at L3.
RESTRICTED_KINDS = (
    NoteKind.ASSESSMENT,
    NoteKind.RISK,
    NoteKind.SURVIVOR_OWN_WORDS,
    NoteKind.HEALTH,
    NoteKind.PRIVATE_MATTER,
)
# What clinicians and legal officers read at L3, besides what is theirs or names them.
HEALTH_KINDS = (NoteKind.HEALTH,)
LEGAL_KINDS = (NoteKind.LEGAL, NoteKind.FORENSIC_INTERVIEW)


class InterviewPlace(models.TextChoices):
    """What kind of place a forensic interview was held in; never which one."""

    CHILD_FRIENDLY_ROOM = "child_friendly_room", _("A child-friendly interview room")
    CHILD_CENTRE = "child_centre", _("A child protection or advocacy centre")
    POLICE_STATION = "police_station", _("A police station")
    PROSECUTOR = "prosecutor", _("A prosecutor’s office")
    HOSPITAL = "hospital", _("A hospital or clinic")
    COURT = "court", _("A court")
    REMOTE = "remote", _("By video link")
    OTHER = "other", _("Another place")
