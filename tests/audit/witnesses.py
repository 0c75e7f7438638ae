"""Witnesses as they run in the world: processes of their own, reached over loopback."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[2] / "witness" / "liwanag_witness.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, in an interpreter that sees nothing of this repository."""
    return subprocess.run(
        [sys.executable, "-P", "-s", str(PROGRAM), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        timeout=60,
    )


@dataclass
class RunningWitness:
    """One witness in a folder; `start` and `stop` as often as wanted."""

    folder: Path
    name: str
    log_vkey: str
    vkey: str = ""
    port: int = 0
    options: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def make(self) -> RunningWitness:
        made = run("init", str(self.folder), "--name", self.name, "--log", self.log_vkey)
        assert made.returncode == 0, made.stderr
        self.vkey = made.stdout.strip()
        return self

    def start(self) -> RunningWitness:
        self.process = subprocess.Popen(
            [
                *[sys.executable, "-P", "-s", str(PROGRAM)],
                *["serve", str(self.folder), "--port", str(self.port), *self.options],
            ],
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("a"),
            text=True,
            cwd="/",
            env={"PATH": os.environ["PATH"]},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert " listens on " in line, (self.folder / "log").read_text()
        self.port = int(line.split()[-1])
        return self

    def stop(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    @property
    def setting(self) -> str:
        """Its entry of LIWANAG_WITNESSES."""
        return f"http://127.0.0.1:{self.port}|{self.vkey}"

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    def post(self, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
        """(status, content type, body) of one request."""
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            there.request("POST", path, body)
            answer = there.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
        finally:
            there.close()
