"""Pin every Python package, with hashes and without a word of where it was fetched from."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--upgrade",
    "--quiet",
]


def main() -> int:
    """Write requirements.txt and requirements-dev.txt anew from their .in files."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
        subprocess.run(pip, check=True)
        # The second file is held to the versions of the first by its own `-c` line.
        for name in ("requirements", "requirements-dev"):
            print(f"Pinning {name}.txt …", flush=True)
            source, target = f"{name}.in", f"{name}.txt"
            compile_ = [str(python), "-m", "uv", "pip", "compile", *FLAGS, source, "-o", target]
            subprocess.run(compile_, cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
