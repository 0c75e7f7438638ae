"""Make everything a checkout needs: .venv, node_modules and the built pages' files.

Run by `make env` with any Python 3.11 or later and its standard library alone. Each step keeps a
fingerprint of what it was made from, so a second run only compares fingerprints. Exits 1 with the
reason when a step fails.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older interpreters are what this line is for
    print(
        "Liwanag needs Python 3.11 or later; this is {}.{}. "
        "Name another with `make PYTHON=/path/to/python3 …`.".format(*sys.version_info[:2])
    )
    sys.exit(1)

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.node import NodeMissingError, find_front_end_tools  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".made-from.json"
REQUIREMENTS = ROOT / "requirements-dev.txt"


class StepError(Exception):
    """A step failed; the message says why."""


def fingerprint(paths: list[Path], *facts: str) -> str:
    """Return a digest of the files' names and contents, and of other facts."""
    digest = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def say(text: str) -> None:
    print(text, flush=True)


def run(command: list[str], *, env: dict[str, str] | None = None, counted: str = "") -> None:
    """Run a step's program; show its output only when it fails, and count its packages."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for above
    kept: list[str] = []
    seen = 0
    for line in process.stdout:
        kept.append(line)
        if counted and line.startswith(counted):
            seen += 1
            if seen % 20 == 0:
                say(f"      {seen} packages fetched")
        elif counted and line.startswith("Installing collected"):
            say("      installing them")
    if process.wait() != 0:
        raise StepError(f"{' '.join(command[:4])} … failed:\n{''.join(kept[-40:])}")


def made_with(minor: str) -> bool:
    """Whether .venv is whole and of the Python version that runs this."""
    config = VENV / "pyvenv.cfg"
    if not (config.is_file() and PYTHON.exists()):
        return False
    lines = dict(
        (part.strip() for part in line.split("=", 1))
        for line in config.read_text().splitlines()
        if "=" in line
    )
    return lines.get("version", "").startswith(f"{minor}.")


def make_python(minor: str) -> None:
    """Make .venv and install the pinned packages, each checked against its hash."""
    if not made_with(minor):
        try:
            venv.create(VENV, clear=True, with_pip=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(VENV, ignore_errors=True)
            raise StepError(
                "This Python cannot make virtual environments with pip. "
                "On Debian and Ubuntu: apt install python3-venv"
            ) from None
    run(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-input",
            "--disable-pip-version-check",
            f"--requirement={REQUIREMENTS}",
        ],
        counted="Collecting ",
    )


def front_end() -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the words that run npm here, and the environment to run it in."""
    try:
        tools = find_front_end_tools()
    except NodeMissingError as problem:
        raise StepError(str(problem)) from None
    env = dict(os.environ)
    env["PATH"] = f"{tools.node.parent}{os.pathsep}{env.get('PATH', '')}"
    # A home that can't be written keeps no cache.
    if not os.access(Path.home(), os.W_OK):
        env["npm_config_cache"] = str(ROOT / ".local" / "npm-cache")
    return tools.npm, env


def make_packages(minor: str) -> None:
    """Install the front-end packages the lock names; none runs anything on being installed."""
    npm, env = front_end()
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], env=env)


def make_pages(minor: str) -> None:
    """Build style sheets, scripts and icons into assets/dist."""
    npm, env = front_end()
    run([*npm, "run", "build", "--silent"], env=env)


def sources_of_pages() -> list[Path]:
    """Return the files the pages' style sheets, scripts and icons are built from."""
    assets = ROOT / "assets"
    found = [path for path in assets.rglob("*") if path.is_file()]
    built = assets / "dist"
    return [ROOT / "package-lock.json", *(path for path in found if built not in path.parents)]


def main() -> int:
    """Bring the checkout up to date; return the exit code."""
    minor = "{}.{}".format(*sys.version_info[:2])
    packages = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    steps = [
        ("Python packages", make_python, fingerprint([REQUIREMENTS], minor), VENV),
        ("Front-end packages", make_packages, fingerprint(packages), ROOT / "node_modules"),
        ("Style sheets and scripts", make_pages, "", ROOT / "assets" / "dist"),
    ]
    (ROOT / ".local").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / ".local" / "env.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = json.loads(STAMPS.read_text()) if made_with(minor) and STAMPS.exists() else {}
        for number, (name, make, wanted, result) in enumerate(steps, 1):
            wanted = wanted or fingerprint(sources_of_pages())
            if made.get(name) == wanted and result.is_dir():
                continue
            say(f"[{number}/{len(steps)}] {name} …")
            began = time.monotonic()
            try:
                make(minor)
            except StepError as problem:
                say(str(problem))
                return 1
            made[name] = wanted
            STAMPS.write_text(json.dumps(made, indent=1))
            say(f"      done in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
