"""Uploads stay in memory and end with the request; nothing is ever written to a disk (R-U1).

A view that takes a file says how large one may be (`takes_file`, see `core.views.Workspace`).
Everywhere else a file is not even read to its end: the handler looks at its first bytes, to say in
the log what kind of thing was sent, and drops it.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile, StopUpload
from django.http import Http404, HttpRequest
from django.urls import resolve

from core.sniffing import HEAD, kind_of

# For what stands around a file in a form: its other fields.
AROUND = 100_000
# Beyond this many times what may come, the rest is not read any more.
PATIENCE = 3


def room_for_a_file(request: HttpRequest) -> int:
    """The most bytes of a file that the view of this address takes from whoever asks; 0 for none.

    The form is read before the view runs, so the address decides and not the view's own code.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Http404:
        return 0
    # A page says its class as `view_class`, an address of the API as `cls`.
    view = getattr(match.func, "view_class", None) or getattr(match.func, "cls", None)
    return int(getattr(view, "takes_file", 0))


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Keeps one file in memory where one is asked for; stops early, has no fallback to a disk.

    What it finds out it leaves on the request: `upload_too_large`, or `upload_refused` with what
    kind of thing came where none may.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True
        self.received = 0
        self.most = room_for_a_file(self.request) if self.request is not None else 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.received = 0
        announced = int(self.request.META.get("CONTENT_LENGTH") or 0) if self.request else 0
        if self.most and announced > self.most + AROUND:
            self._too_large(announced)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.most:
            if self.request is not None:
                self.request.upload_refused = kind_of(raw_data[:HEAD])  # type: ignore[attr-defined]
            raise SkipFile
        self.received += len(raw_data)
        if self.received > self.most:
            self._too_large(self.received)
        self.file.write(raw_data)

    def _too_large(self, size: int) -> None:
        if self.request is not None:
            self.request.upload_too_large = True  # type: ignore[attr-defined]
        raise StopUpload(connection_reset=size > PATIENCE * self.most)

    def file_complete(self, file_size: int) -> Any:
        if not self.most:
            # An empty file where none may come.
            if self.request is not None and not hasattr(self.request, "upload_refused"):
                self.request.upload_refused = "empty"  # type: ignore[attr-defined]
            return None
        return super().file_complete(file_size)


class NoStorage(Storage):
    """The default storage: there is none, so a file field anywhere fails loudly."""

    def _save(self, name: str, content: Any) -> str:
        raise RuntimeError("files are not stored here")

    def exists(self, name: str) -> bool:
        return False
