"""The sign-in page, with the way through the house's own provider where there is one."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator

from accounts.models import SignOnProvider


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The library's page. Partners have an address of their own: it names nobody."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        of_the_house = SignOnProvider.objects.filter(is_on=True, agency__is_partner=False)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"house_sign_on": of_the_house.first()}
