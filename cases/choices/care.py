"""Codes of placement, custody, and the protocol for suspected abuse material."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlacementKind(models.TextChoices):
    SHELTER = "shelter", _("Shelter")
    KIN = "kin", _("With relatives")
    FOSTER = "foster", _("Foster family")
    HOSPITAL = "hospital", _("Hospital")
    OWN_HOME = "own_home", _("Their own home")
    INDEPENDENT = "independent", _("Living independently")
    OTHER = "other", _("Elsewhere")


class PlacementEnd(models.TextChoices):
    MOVED = "moved", _("Moved to another place")
    REINTEGRATED = "reintegrated", _("Back with family or community")
    LEFT = "left", _("Left on their own")
    CAME_OF_AGE = "came_of_age", _("Came of age")
    OTHER = "other", _("For another reason")


class CustodyKind(models.TextChoices):
    PARENT = "parent", _("Parent")
    LEGAL_GUARDIAN = "legal_guardian", _("Legal guardian")
    KIN = "kin", _("Relative")
    STATE = "state", _("The state’s social welfare")
    COURT_APPOINTED = "court_appointed", _("Appointed by a court")


class FoundWhere(models.TextChoices):
    UPLOAD = "upload", _("In a file somebody tried to add here")
    TEXT = "text", _("In a text somebody tried to save here")
    DEVICE = "device", _("On a telephone, computer or drive")
    MESSAGE = "message", _("In an e-mail or a message")
    PAPER = "paper", _("On paper")
    OTHER = "other", _("Somewhere else")


class MaterialStep(models.TextChoices):
    """Steps of the protocol, in the order they are taken."""

    NOT_OPENED = "not_opened", _("Nobody opens it, copies it or passes it on")
    SEALED = "sealed", _("It is sealed where it is")
    POLICE_TOLD = "police_told", _("The police were told")
    CUSTODY_TRANSFERRED = "custody_transferred", _("The police took it over")
    DESTRUCTION_CERTIFIED = "destruction_certified", _("Its destruction here is certified")


# Which steps end with a paper of somebody else: its number is written down.
NEEDS_RECEIPT = (
    MaterialStep.POLICE_TOLD,
    MaterialStep.CUSTODY_TRANSFERRED,
    MaterialStep.DESTRUCTION_CERTIFIED,
)
