"""Signing in with the account of one's agency: to its provider, and back."""

from __future__ import annotations

import hmac
import time
from dataclasses import asdict
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from accounts.asserted import is_asserted, note_asserted
from accounts.lockouts import is_news
from accounts.models import SignOnProvider, User
from accounts.openid import Errand, SignOnRefused, Vouched, discover, redeem, way_out
from accounts.provider_calls import Patience
from accounts.services.sign_on import come_in_by_sign_on, note_refused, secret_of
from accounts.sessions import SIGN_ON
from core.errors import DomainError

ERRAND = "sign_on"
LIVES_SECONDS = 600
# How fresh a sign-in at the provider must be to count for a step up.
FRESH_SECONDS = 120
# Anybody may knock here, and each time we ask the provider: from one network, and in all.
RATES = {"sign_on": "30/m/ip,120/m/key"}


def _back() -> str:
    return f"{settings.LIWANAG_PUBLIC_URL}{reverse('account_sign_on_return')}"


def _too_often(request: HttpRequest, provider: SignOnProvider) -> bool:
    """Whether the provider is not asked now; recorded once for each time it begins."""
    name = f"sign-on-{provider.pk}"
    if consume(request, app="liwanag", action="sign_on", config=RATES, key=name, limit_get=True):
        return False
    if is_news(name):
        note_refused(provider=provider, why="too_often")
    messages.error(request, _("Too many people are signing in just now. Try again in a minute."))
    return True


def _go(request: HttpRequest, provider: SignOnProvider, *, again: bool) -> HttpResponse:
    if _too_often(request, provider):
        return redirect("desk:my_work" if again else "account_login")
    try:
        found = discover(provider.issuer)
    except DomainError:
        note_refused(provider=provider, why="no_provider")
        messages.error(request, SignOnRefused("").message)
        return redirect("account_login")
    errand = Errand.new()
    asked = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    request.session[ERRAND] = asdict(errand) | {
        "provider": str(provider.pk),
        "at": int(time.time()),
        "again": again,
        "next": asked if safe else "",
    }
    client = provider.client_id
    return HttpResponseRedirect(way_out(found, errand, client_id=client, back=_back(), again=again))


@method_decorator(login_not_required, name="dispatch")
class GoToSignOn(View):
    """To the agency's provider. The address is what an administrator gives their people."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        provider = SignOnProvider.objects.filter(pk=pk, is_on=True).first()
        if provider is None:
            raise Http404
        return _go(request, provider, again=False)


class ConfirmBySignOn(View):
    """A step up for somebody whose second factor is the agency's: show it there once more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not is_asserted(request, user):
            raise Http404
        provider = SignOnProvider.objects.filter(
            agency=user.agency, is_on=True, trusts_second_factor=True
        ).first()
        if provider is None:
            raise Http404
        return _go(request, provider, again=True)


@method_decorator(login_not_required, name="dispatch")
class ReturnFromSignOn(View):
    """Back from the provider: everything is checked before anything is believed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        errand = request.session.pop(ERRAND, None)
        # An address that was opened twice, in another browser, or by somebody else's doing.
        if not isinstance(errand, dict) or time.time() - errand["at"] > LIVES_SECONDS:
            return self.refuse(request, None, "no_errand")
        provider = SignOnProvider.objects.filter(pk=errand["provider"], is_on=True).first()
        if provider is None:
            return self.refuse(request, None, "no_provider")
        try:
            vouched = self.ask(request, provider, errand)
            if errand["again"]:
                return self.confirm(request, provider, vouched, errand["next"])
            user = come_in_by_sign_on(provider=provider, vouched=vouched, at=timezone.now())
        except SignOnRefused as refused:
            return self.refuse(request, provider, refused.why)
        except DomainError:
            return self.refuse(request, provider, "no_provider")
        if request.user.is_authenticated and request.user.pk != user.pk:
            logout(request)
        by = {"provider": str(provider.pk), "version": provider.version}
        record_authentication(request, user, SIGN_ON, **by)
        if provider.trusts_second_factor and vouched.second_factor:
            note_asserted(request, user, signed_in_at=vouched.signed_in_at)
        after = errand["next"] or reverse("desk:my_work")
        answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=after))
        return answer

    def ask(
        self, request: HttpRequest, provider: SignOnProvider, errand: dict[str, Any]
    ) -> Vouched:
        if not hmac.compare_digest(request.GET.get("state", "").encode(), errand["state"].encode()):
            raise SignOnRefused("state")
        # RFC 9207: a provider that says who it is must be the one that was asked.
        if request.GET.get("iss", provider.issuer) != provider.issuer:
            raise SignOnRefused("issuer")
        if "error" in request.GET or not request.GET.get("code"):
            raise SignOnRefused("not_given")
        patience = Patience.for_one_visit()
        return redeem(
            discover(provider.issuer, patience),
            Errand(errand["state"], errand["nonce"], errand["verifier"]),
            patience,
            code=request.GET["code"],
            client_id=provider.client_id,
            secret=secret_of(provider),
            back=_back(),
        )

    def confirm(
        self, request: HttpRequest, provider: SignOnProvider, vouched: Vouched, way: str
    ) -> HttpResponse:
        """The same person again, just now, with a second factor."""
        user = request.user
        fresh = vouched.signed_in_at and time.time() - vouched.signed_in_at <= FRESH_SECONDS
        if not isinstance(user, User) or not (fresh and vouched.second_factor):
            raise SignOnRefused("not_shown_again")
        if not provider.links.filter(user=user, subject=vouched.subject).exists():
            raise SignOnRefused("another_subject")
        come_in_by_sign_on(provider=provider, vouched=vouched, at=timezone.now())
        note_asserted(request, user, signed_in_at=vouched.signed_in_at)
        return redirect(way or "desk:my_work")

    def refuse(
        self, request: HttpRequest, provider: SignOnProvider | None, why: str
    ) -> HttpResponse:
        if provider is not None:
            note_refused(provider=provider, why=why)
        messages.error(request, SignOnRefused(why).message)
        return redirect("desk:my_work" if request.user.is_authenticated else "account_login")
