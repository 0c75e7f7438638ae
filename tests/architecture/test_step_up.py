"""Identities, exports and authorisations ask for a second factor given in the last half hour.

The walk reads every view of the product: one that calls a delicate service, carries a delicate
permission or hands out a file says `steps_up`, or stands below with a reason.
"""

from __future__ import annotations

import inspect
import re

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import STEPS_UP, every_permission
from core.api import ScopedViewSet
from core.views import Workspace

# A permission whose verb sounds delicate and is not, and why.
SOUNDS_DELICATE = {
    "cases.open_case": "makes a case",
    "cases.approve_plan": "a second look at a plan: nothing leaves and nobody is named",
    "courts.open_proceeding": "makes a proceeding",
}
DELICATE = re.compile(r"\.(show|open|export|download|send|publish|release|authorise|approve)_")
# What hands out a file that needs no second factor, and why.
OPEN_FILES = {
    "handoffs.views.sealed.Opener": "a program, the same for everybody",
    "handoffs.views.sealed.Verifier": "a program, the same for everybody",
    "reporting.views.DownloadCsv": "a published statistic, suppressed for everybody to read",
    "reporting.views.DownloadJson": "a published statistic, suppressed for everybody to read",
}
SERVICES = {permission.split(".")[1] for permission in STEPS_UP}
CALLS = re.compile(rf"\b({'|'.join(sorted(SERVICES))})\(\s*actor=")
HANDS_OUT = re.compile(r"Content-Disposition|FileResponse")


def _views():
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                view = getattr(pattern.callback, "view_class", None) or getattr(
                    pattern.callback, "cls", None
                )
                if view is not None and issubclass(view, Workspace | ScopedViewSet):
                    found.add(view)

    walk(get_resolver().url_patterns)
    return sorted(found, key=lambda view: f"{view.__module__}.{view.__qualname__}")


def _own_source(view):
    """The source of the class and of its bases within the product, the two view bases apart."""
    bases = [base for base in view.__mro__ if base.__module__.split(".")[0] != "core"]
    return "\n".join(
        inspect.getsource(base)
        for base in bases
        if base.__module__.split(".")[0] not in ("django", "rest_framework", "builtins")
    )


def _name(view):
    return f"{view.__module__}.{view.__qualname__}"


def test_every_page_that_shows_takes_out_or_authorises_steps_up():
    pages = [view for view in _views() if issubclass(view, Workspace)]
    assert len(pages) > 30
    asked, missing = set(), []
    for page in pages:
        source = _own_source(page)
        delicate = page.permission in STEPS_UP or CALLS.search(source)
        file = HANDS_OUT.search(source) and _name(page) not in OPEN_FILES
        if (delicate or file) and not page.steps_up:
            missing.append(_name(page))
        if page.steps_up:
            asked.add(page.permission)
    assert missing == [], "say steps_up = True"
    assert {"cases.show_identity", "handoffs.send_handoff", "reporting.publish_release"} <= asked


def test_every_api_action_that_shows_takes_out_or_authorises_steps_up():
    missing, asked = [], set()
    for viewset in (view for view in _views() if issubclass(view, ScopedViewSet)):
        asked |= viewset.steps_up
        for base in viewset.__mro__:
            if base.__module__.split(".")[0] in ("core", "rest_framework", "django", "builtins"):
                continue
            for name, member in vars(base).items():
                if not inspect.isfunction(member) or name in viewset.steps_up:
                    continue
                source = inspect.getsource(member)
                if CALLS.search(source) or HANDS_OUT.search(source):
                    missing.append(f"{_name(viewset)}.{name}")
    assert missing == [], "name it in steps_up"
    assert {"show_identity", "send", "package", "publish"} <= asked


def test_a_permission_that_sounds_delicate_is_or_has_a_reason():
    sounds = {permission for permission in every_permission() if DELICATE.search(permission)}
    assert sounds - STEPS_UP - set(SOUNDS_DELICATE) == set()
    assert set(SOUNDS_DELICATE) <= sounds, "a reason for what is gone"
    assert set(OPEN_FILES) <= {_name(view) for view in _views()}, "a reason for what is gone"
