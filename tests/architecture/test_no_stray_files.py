"""Files come in where a view asks for one, and nowhere else: pages, API, sign-in (R-U1)."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, resolve

from audit.models import AuditEvent
from core.api import ScopedViewSet
from core.uploads import MemoryOnlyUploadHandler, NoStorage
from core.views import Workspace
from tests.architecture.addresses import urls_of
from tests.papers.hostile_media import JPEG

CANARY = "Kulasisi"
# Who takes a file, and how large.
TAKES = {
    "cases.views.paper_files.KeepPaper",
    "referrals.api.imports.ImportViewSet",
    "referrals.views.imports.Import",
}


def sent():
    return {"file": SimpleUploadedFile(f"{CANARY}.pdf", JPEG, content_type="application/pdf")}


def name_of(view):
    return f"{view.__module__}.{view.__qualname__}"


def takes_file(url):
    found = resolve(url).func
    view = getattr(found, "view_class", None) or getattr(found, "cls", None)
    return getattr(view, "takes_file", 0) > 0


def test_only_listed_views_take_a_file():
    # Every view of every address is loaded first, whichever test comes before this one.
    assert get_resolver().url_patterns
    views = [Workspace, ScopedViewSet]
    for view in views:
        views += view.__subclasses__()
    assert {name_of(view) for view in views if view.takes_file} == TAKES
    assert all(view.takes_file <= 20 * 1024 * 1024 for view in views)


@pytest.mark.timeout(300)
def test_r_u1_no_other_address_takes_a_file(cast, world, client_of, caplog, visitor):
    urls = urls_of(world)
    client = client_of(cast.supervisor)
    let_in, walked = [], 0
    for name, url in urls.items():
        # The published log and reports are answered before anybody is asked who they are; they take
        # nothing.
        if takes_file(url) or name.startswith(("log:", "public_reports:")):
            continue
        walked += 1
        answer = client.post(url, sent())
        if answer.status_code != 415:
            let_in.append(f"{name}: {answer.status_code}")
    assert let_in == []
    events = AuditEvent.objects.filter(verb="file.refused")
    assert events.count() == walked > 100
    assert {event.facts["found"] for event in events} == {"picture"}
    assert {tuple(sorted(event.facts)) for event in events} == {("found", "size")}
    assert CANARY not in caplog.text
    # Other shapes of the same: a body that is the file, and a list of files.
    case = next(url for url in urls.values() if re.search(r"/cases/[0-9a-f-]{36}/risk/$", url))
    assert client.post(case, JPEG, content_type="image/jpeg").status_code == 415
    assert client.post(case, JPEG, content_type="application/octet-stream").status_code == 415
    assert client.post("/api/v1/papers/", JPEG, content_type="image/jpeg").status_code == 415
    many = {"file": [*sent().values(), *sent().values()]}
    assert client.post(case, many).status_code in (400, 415)
    # Whoever is not signed in is led to the sign-in, where none is taken either.
    assert visitor.post(case, sent()).status_code == 302
    assert visitor.post("/account/login/", sent()).status_code == 415


def test_uploads_have_no_way_to_a_disk(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["core.uploads.MemoryOnlyUploadHandler"]
    assert not hasattr(MemoryOnlyUploadHandler, "temporary_file_path")
    with pytest.raises(RuntimeError):
        NoStorage().save("a", None)
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == 1
