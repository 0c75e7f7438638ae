"""What somebody had typed when they were asked who they are, kept on the server until they return.

Sealed, bound to the person, at most an hour and three at a time, in the session of their browser;
nothing of it is in the browser itself. A form is kept only to be shown again in its own fields: it
is never sent on the person's behalf.
"""

from __future__ import annotations

import json
import secrets
import time
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from accounts.models import User
from core.errors import Unreadable
from core.sealing import system_sealer

SESSION_KEY = "kept_forms"
PURPOSE = "kept_form"
# The name in the address under which a page asks for what was kept.
ASKED = "kept"
LIVES_SECONDS = 3600
MOST = 3
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "code", "credential"})


def keep_form(request: HttpRequest, user: User) -> str:
    """Keep the request's form for `user`. Returns the address at which it is shown again."""
    typed = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in NEVER_KEPT:
            typed.setlist(name, values)
    if not typed:
        return request.get_full_path()
    text = json.dumps({"path": request.path, "at": int(time.time()), "typed": typed.urlencode()})
    kept = dict(request.session.get(SESSION_KEY, {}))
    name = secrets.token_urlsafe(12)
    kept[name] = system_sealer().seal_text(PURPOSE, text, bound_to=user.pk)
    request.session[SESSION_KEY] = dict(list(kept.items())[-MOST:])
    return f"{request.path}?{urlencode({ASKED: name})}"


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
    if kept["path"] != request.path or time.time() - kept["at"] > LIVES_SECONDS:
        return None
    return QueryDict(kept["typed"])
