"""A partner's system as the world sees it: what it is given, and what it sends."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import PartnerSystem, Team, User
from accounts.services.partner_systems import LetIn, register_system
from referrals.services.submitting import submit_referral
from tests.client import WatchedClient

TOKEN = "/oauth/token/"
EVERYTHING = ["referrals:submit", "referrals:status", "handoffs:read", "handoffs:answer"]


def let_in(admin: User, agency: Any, *, scopes: Any = EVERYTHING, desk: Any = None, **over: Any):
    """A system of the agency; what it submits arrives at the north team unless told otherwise."""
    desk = desk or Team.objects.get(name="North team")
    return register_system(
        actor=admin,
        agency_id=agency.pk,
        scopes=scopes,
        desk_id=desk.pk,
        **{"name": "Hotline case system", **over},
    )


def ask_for_token(of: LetIn, *, secret: str = "", **over: Any) -> Any:
    """What the token address answers."""
    login = f"{of.system.client_id}:{secret or of.secret}".encode()
    headers = {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(login).decode()}"}
    headers |= {name: value for name, value in over.items() if name.isupper()}
    body = {name: value for name, value in over.items() if not name.isupper()}
    return Client().post(TOKEN, {"grant_type": "client_credentials", **body}, **headers)


def token_of(of: LetIn, **over: Any) -> str:
    answer = ask_for_token(of, **over)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


class SystemClient:
    """Sends requests with a token and nothing else; each is checked as a person's is."""

    def __init__(self, token: str, **headers: Any) -> None:
        self.client = WatchedClient()
        self.headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", **headers}

    def get(self, address: str) -> Any:
        return self.client.get(address, **self.headers)

    def post(self, address: str, body: Any = None, *, key: str = "", **headers: Any) -> Any:
        sent = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.client.post(
            address,
            body if isinstance(body, str) else json.dumps(body or {}),
            content_type="application/json",
            **self.headers,
            **sent,
            **headers,
        )


def most_requests() -> int:
    return int(settings.LIWANAG_PARTNER_REQUESTS_A_MINUTE)


def submitted_by_system(system: PartnerSystem) -> PartnerSystem:
    """Submit one referral as the system does."""
    submit_referral(
        actor=system.account,
        key="the-first-of-the-world",
        body=b"{}",
        values={
            "received_at": timezone.now(),
            "source_category": "inhope_hotline",
            "content_origin": "unknown",
            "immediate_danger": "unknown",
            "legal_basis": "public_task",
        },
    )
    return system
