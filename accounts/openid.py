"""OpenID Connect as far as signing in needs it: the code flow with PKCE, and a token checked whole.

Written here, because the library's client takes the ID token unsigned when it comes straight from
the provider and does not bind it to the browser by a nonce (docs/adr/0020-single-sign-on.md). The
product speaks to the provider itself: nothing of what a browser brings is believed before the
provider's signature, issuer, audience, times and nonce have been checked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from django.utils.translation import gettext_lazy as _

from accounts.provider_calls import NotReached, Patience, ask, check_address
from core.errors import DomainError

WELL_KNOWN = "/.well-known/openid-configuration"
# Signatures by a key that the provider alone has. No shared secret, and never none.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
LEEWAY_SECONDS = 60
# A token is used the moment it is made.
OLDEST_SECONDS = 600
# RFC 8176: what the person has, beside what they know.
POSSESSION = frozenset({"otp", "hwk", "swk", "sc", "fido"})
KNOWLEDGE = frozenset({"pwd", "pin", "kba"})
STRONG = frozenset(
    {
        "phr",
        "phrh",
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)
NO_PROVIDER = _("There is no OpenID provider at this address. Check it and try again.")


class SignOnRefused(DomainError):
    """What came back from the provider does not open anything. `why` is a code for the log."""

    code = "sign_on_refused"

    def __init__(self, why: str) -> None:
        super().__init__(
            str(_("That did not work. Try again, or sign in with your password or passkey."))
        )
        self.why = why


@dataclass(frozen=True)
class Endpoints:
    """What a provider says about itself."""

    issuer: str
    authorize: str
    token: str
    keys: str
    by_post: bool


@dataclass(frozen=True)
class Errand:
    """What is remembered, on the server, between going to the provider and coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Errand:
        return cls(*(secrets.token_urlsafe(32) for _each in range(3)))


@dataclass(frozen=True)
class Vouched:
    """What a provider said of whoever signed in there, after every check."""

    subject: str
    email: str
    second_factor: bool
    signed_in_at: int | None


def discover(issuer: str, patience: Patience | None = None) -> Endpoints:
    """Read what the provider at this address says about itself.

    Args:
        patience: what is left for all calls of a visit.

    Raises:
        DomainError: there is none, it names another issuer, or it asks for an unsafe way.
    """
    try:
        said = ask(issuer.rstrip("/") + WELL_KNOWN, patience or Patience.for_one_visit())
        found = Endpoints(
            issuer=said["issuer"],
            authorize=said["authorization_endpoint"],
            token=said["token_endpoint"],
            keys=said["jwks_uri"],
            by_post="client_secret_basic"
            not in said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        )
        if found.issuer != issuer:
            raise DomainError(str(NO_PROVIDER), field="issuer")
        for address in (found.authorize, found.token, found.keys):
            check_address(address)
    except (NotReached, KeyError, TypeError, AttributeError, ValueError, OSError):
        raise DomainError(str(NO_PROVIDER), field="issuer") from None
    return found


def way_out(
    found: Endpoints, errand: Errand, *, client_id: str, back: str, again: bool = False
) -> str:
    """The address at the provider that the person is sent to.

    Args:
        again: they have to show there once more who they are (a step up).
    """
    challenge = hashlib.sha256(errand.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": "openid email",
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if again:
        asked |= {"prompt": "login", "max_age": "0"}
    return f"{found.authorize}{'&' if '?' in found.authorize else '?'}{urlencode(asked)}"


def redeem(
    found: Endpoints,
    errand: Errand,
    patience: Patience,
    *,
    code: str,
    client_id: str,
    secret: str,
    back: str,
) -> Vouched:
    """Change the code for an ID token at the provider, and check it whole.

    Raises:
        SignOnRefused: anything about it is not as it must be.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": errand.verifier,
        "client_id": client_id,
    }
    basic = None
    if found.by_post:
        form["client_secret"] = secret
    else:
        basic = (client_id, secret)
    try:
        token = ask(found.token, patience, form=form, basic=basic)["id_token"]
        keys = ask(found.keys, patience)
    except (NotReached, KeyError):
        raise SignOnRefused("no_token") from None
    return read_token(token, keys, found=found, client_id=client_id, nonce=errand.nonce)


def read_token(
    token: str, keys: Mapping[str, Any], *, found: Endpoints, client_id: str, nonce: str
) -> Vouched:
    """Check an ID token (OpenID Connect Core 3.1.3.7) and take from it what signing in needs.

    Raises:
        SignOnRefused: with the reason as a code.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise SignOnRefused("algorithm")
        key = _key_for(header, keys)
        said = jwt.decode(
            token,
            key=key,
            algorithms=[header["alg"]],
            audience=client_id,
            issuer=found.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
        return _vouched(said, found=found, client_id=client_id, nonce=nonce)
    except jwt.PyJWTError as wrong:
        raise SignOnRefused(_reason(wrong)) from None
    except (ValueError, TypeError, AttributeError, OverflowError, UnsupportedAlgorithm):
        raise SignOnRefused("malformed") from None


def _vouched(said: Mapping[str, Any], *, found: Endpoints, client_id: str, nonce: str) -> Vouched:
    """What a token with a true signature says, where it was said to us, now, of somebody known."""
    if not hmac.compare_digest(str(said["nonce"]).encode(), nonce.encode()):
        raise SignOnRefused("nonce")
    many = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (many or "azp" in said) and said.get("azp") != client_id:
        raise SignOnRefused("audience")
    if time.time() - said["iat"] > OLDEST_SECONDS:
        raise SignOnRefused("expired")
    email = said.get("email")
    if not isinstance(email, str) or "@" not in email or said.get("email_verified") is not True:
        raise SignOnRefused("address_not_verified")
    when = said.get("auth_time")
    return Vouched(
        subject=hashlib.sha256(f"{found.issuer}|{said['sub']}".encode()).hexdigest(),
        email=email.strip().lower(),
        second_factor=_says_second_factor(said),
        signed_in_at=when if isinstance(when, int) and not isinstance(when, bool) else None,
    )


def _says_second_factor(said: Mapping[str, Any]) -> bool:
    """Whether the provider asserts that more than one factor was shown."""
    ways = said.get("amr")
    shown = {way for way in ways if isinstance(way, str)} if isinstance(ways, list) else set()
    return (
        "mfa" in shown
        or bool(shown & POSSESSION and shown & KNOWLEDGE)
        or said.get("acr") in STRONG
    )


def _key_for(header: Mapping[str, Any], keys: Mapping[str, Any]) -> Any:
    """The provider's key that the token names, of the kind its algorithm needs."""
    try:
        found = jwt.PyJWKSet.from_dict(dict(keys)).keys
    except (jwt.PyJWKSetError, jwt.PyJWKError):
        raise SignOnRefused("key") from None
    named = [key for key in found if key.key_id == header.get("kid")]
    if len(named) != 1 or named[0].key_type == "oct":
        raise SignOnRefused("key")
    return named[0].key


def _reason(wrong: jwt.PyJWTError) -> str:
    reasons = {
        jwt.ExpiredSignatureError: "expired",
        jwt.ImmatureSignatureError: "expired",
        jwt.InvalidIssuedAtError: "expired",
        jwt.InvalidAudienceError: "audience",
        jwt.InvalidIssuerError: "issuer",
        jwt.InvalidSignatureError: "signature",
        jwt.InvalidKeyError: "key",
        jwt.MissingRequiredClaimError: "claims",
        jwt.InvalidAlgorithmError: "algorithm",
    }
    return next((code for kind, code in reasons.items() if isinstance(wrong, kind)), "malformed")
