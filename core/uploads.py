"""Uploads stay in memory and end with the request; nothing is ever written to a disk (R-U1)."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

MOST_BYTES = 20 * 1024 * 1024


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Stops at 20 MB before the rest is read, and has no fallback to a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)


class NoStorage(Storage):
    """The default storage: there is none, so a file field anywhere fails loudly."""

    def _save(self, name: str, content: Any) -> str:
        raise RuntimeError("files are not stored here")

    def exists(self, name: str) -> bool:
        return False
