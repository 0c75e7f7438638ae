"""What somebody had typed when they were asked who they are, kept on the server until they return.

Sealed, bound to the person, three at a time, in the session of their browser; nothing of it is in
the browser itself. For an hour where a second factor was asked for, for three days where the
session ended by itself (a form left open overnight). A form is kept only to be shown again in its
own fields: it is never sent on the person's behalf.
"""

from __future__ import annotations

import json
import secrets
import time
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Unreadable
from core.sealing import system_sealer

SESSION_KEY = "kept_forms"
PURPOSE = "kept_form"
# The name in the address under which a page asks for what was kept.
ASKED = "kept"
LIVES_SECONDS = 3600
OVERNIGHT_SECONDS = 3 * 24 * 3600
MOST = 3
NEVER_KEPT = frozenset(
    {"csrfmiddlewaretoken", "password", "code", "credential", "kept_path", "next"}
)
# Sign-in and its neighbours: nothing of these is ever kept.
NEVER_OF = ("/account/", "/api/", "/exit/", "/lock/", "/still-here/", "/appearance/")


def keep_form(
    request: HttpRequest, user: User, *, path: str = "", seconds: int = LIVES_SECONDS
) -> str:
    """Keep the request's form for `user`. Returns the address at which it is shown again.

    Args:
        path: where the form belongs, when it was not sent there (the lock of an idle page).
        seconds: for how long.
    """
    path = path or request.path
    typed = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in NEVER_KEPT:
            typed.setlist(name, values)
    if not typed:
        return path
    ended = seconds != LIVES_SECONDS
    kept_at = int(time.time())
    text = json.dumps(
        {"path": path, "until": kept_at + seconds, "ended": ended, "typed": typed.urlencode()}
    )
    kept = dict(request.session.get(SESSION_KEY, {}))
    name = secrets.token_urlsafe(12)
    kept[name] = system_sealer().seal_text(PURPOSE, text, bound_to=user.pk)
    request.session[SESSION_KEY] = dict(list(kept.items())[-MOST:])
    return f"{path}?{urlencode({ASKED: name})}"


def keep_overnight(request: HttpRequest, user: User, *, path: str = "") -> str | None:
    """Keep a form whose session ended by itself. None where there is nothing to come back to."""
    path = path or request.path
    if not path.startswith("/") or path.startswith(NEVER_OF) or not can_be_opened(path):
        return None
    return keep_form(request, user, path=path, seconds=OVERNIGHT_SECONDS)


def can_be_opened(path: str) -> bool:
    """Whether there is a page at this address; some take forms alone."""
    try:
        view = resolve(urlsplit(path).path).func
    except Resolver404:
        return False
    methods = getattr(view, "view_class", None)
    return methods is None or hasattr(methods, "get")


def kept_form(request: HttpRequest) -> QueryDict | None:
    """What this person had typed at this address, if it was kept and is not too old.

    None as well where it was kept for somebody else: it does not open for anybody but its writer.
    """
    sealed = request.session.get(SESSION_KEY, {}).get(request.GET.get(ASKED, ""))
    if sealed is None or not isinstance(request.user, User):
        return None
    try:
        kept = json.loads(system_sealer().open_text(PURPOSE, sealed, bound_to=request.user.pk))
    except Unreadable:
        return None
    if kept["path"] != request.path or time.time() > kept["until"]:
        return None
    if kept["ended"]:
        messages.info(
            request,
            _("What you had typed is here again. It was not sent: look through it, then send it."),
        )
    return QueryDict(kept["typed"])
