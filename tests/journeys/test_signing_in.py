"""Signing in with a passkey and out again, on a wide screen and on a phone, and what goes wrong."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from tests.journeys.people import PHONE, WIDE, Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def device_of(somebody: Person) -> tuple[Any, str]:
    """A device with a screen lock in the person's browser: (the browser's own door, its name)."""
    door = somebody.context.new_cdp_session(somebody.page)
    door.send("WebAuthn.enable")
    device = door.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return door, device["authenticatorId"]


def add_a_passkey(somebody: Person) -> None:
    somebody.go("/account/2fa/")
    somebody.look("second-step", heading="Second step and recovery codes", dark=True)
    somebody.follow("Add a passkey")
    somebody.look("add-a-passkey", heading="Add a passkey", dark=True)
    somebody.fill("What do you call this device?", "My phone")
    somebody.click("Make the passkey")
    expect(somebody.heading("Your recovery codes")).to_be_visible()
    somebody.look("recovery-codes", dark=True)
    somebody.follow("I have them, go on")


def sign_out(somebody: Person) -> None:
    somebody.page.locator(".user-menu > summary").click()
    somebody.click("Sign out", within=somebody.page.locator(".user-menu"))
    expect(somebody.heading("Sign in")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_a_passkey_to_signing_out(person: Callable[..., Person], size: Any) -> None:
    who = "caseworker" if size is WIDE else "legal"
    worker = person(who, size=size)
    worker.sign_in()
    device_of(worker)
    add_a_passkey(worker)
    sign_out(worker)
    worker.look("sign-in", dark=True)

    worker.click("Sign in with a passkey")
    expect(worker.heading("My work")).to_be_visible()
    worker.visit("Cases")
    expect(worker.heading("Cases")).to_be_visible()
    worker.go("/account/2fa/webauthn/")
    worker.sees("My phone")
    worker.look("passkeys", dark=True)
    worker.go("/account/sessions/")
    worker.look("sessions", heading="Where you are signed in", dark=True)
    sign_out(worker)

    worker.page.go_back()
    expect(worker.heading("Sign in")).to_be_visible()
    worker.never_sees("Where you are signed in")


def test_a_passkey_from_another_site_opens_nothing(person: Callable[..., Person]) -> None:
    visitor = person("clinician")
    visitor.go("/account/login/")
    door, device = device_of(visitor)
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    door.send(
        "WebAuthn.addCredential",
        {
            "authenticatorId": device,
            "credential": {
                "credentialId": base64.b64encode(b"of another site").decode(),
                "isResidentCredential": True,
                "rpId": "elsewhere.example",
                "privateKey": base64.b64encode(key).decode(),
                "userHandle": base64.b64encode(b"somebody").decode(),
                "signCount": 0,
            },
        },
    )
    visitor.click("Sign in with a passkey")
    visitor.sees("No passkey was given. Try again, or use another way.")
    visitor.look("passkey-refused")
    visitor.go("/cases/")
    expect(visitor.heading("Sign in")).to_be_visible()


def test_without_a_script_the_pages_say_so_and_a_code_confirms(
    person: Callable[..., Person],
) -> None:
    worker = person("south_caseworker", script=False)
    worker.go("/account/login/")
    worker.sees("Passkeys need JavaScript")
    expect(worker.page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    worker.sign_in()
    worker.go("/account/2fa/webauthn/add/")
    worker.sees("Passkeys need JavaScript")
