"""Two siblings of one case, and asking for one of them to be erased."""

from __future__ import annotations

from django.utils import timezone

from cases.services.erasure import request_erasure

ONE, OTHER = "canary-tala-5512", "canary-mayumi-8871"


def now():
    return timezone.now()


def ask(actor, place, **over):
    facts = {"ground": "person_asked", "whole_case": False, "at": now()}
    return request_erasure(actor=actor, participant_id=place.pk, **facts | over)
