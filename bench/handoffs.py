"""Sealing a handoff and checking it, and a set of attachments streamed through the same."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.signed_note import SignerKey
from bench import child
from bench.measuring import in_turns
from bench.report import Figure, Outcome, Target, as_ratio
from handoffs.offline.verify_handoff import check
from handoffs.sealed_file import CONTENT, PAGE, READABLE, seal, seal_into

# times a turn, turns, bytes of the attachments
SIZES = {
    "toy": (2, 1, 1_000_000),
    "small": (20, 5, 20_000_000),
    "normal": (50, 15, 20_000_000),
    "full": (50, 15, 20_000_000),
}
TEXT = (
    "The aunt called to say that school starts on Monday. She asks who will bring the child, and "
    "whether the shelter still has the bag with the uniform. "
)
MILLISECONDS = Target("at most", 10)
MEGABYTES = Target("at most", 64)


def measure(size: str) -> dict[str, Any]:
    times, turns, attached = SIZES[size]
    keys = Keys()
    files = {
        CONTENT: (TEXT * 30).encode(),
        READABLE: (TEXT * 30).encode(),
        PAGE: (TEXT * 35).encode(),
    }
    plain = b"".join(files.values())
    with tempfile.TemporaryDirectory() as folder:
        identity = Path(folder) / "key.txt"
        identity.write_text(f"{keys.desk}\n")
        text = Path(folder) / "plain"
        text.write_bytes(plain)

        def product() -> float:
            began = time.perf_counter()
            for _ in range(times):
                data = keys.seal(files)
                check(data, identity, str(keys.signer.verifier))
            return (time.perf_counter() - began) * 1000 / times

        def by_age() -> float:
            began = time.perf_counter()
            for _ in range(times):
                keys.by_age(text, identity, Path(folder) / "out")
            return (time.perf_counter() - began) * 1000 / times

        has_age = shutil.which("age") is not None
        comparison = in_turns(
            product, by_age if has_age else keys.by_pyrage(plain, times), turns=turns, unit="ms"
        )
    streamed = [
        float(child.run("bench.handoffs:stream_once", attached=attached)["megabytes"])
        for _ in range(min(turns, 3))
    ]
    against = (
        "the age command encrypting and decrypting the same bytes, two processes a time"
        if has_age
        else "pyrage encrypting and decrypting the same bytes alone"
    )
    return Outcome(
        name="handoffs",
        title="a package of text sealed, signed, opened and checked",
        against=against,
        figures=[
            as_ratio("sealing and checking", comparison),
            Figure.of("the whole of it", comparison.product, "ms", MILLISECONDS),
            Figure.of("memory beside the attachments, streamed", streamed, "MB", MEGABYTES),
        ],
        facts={"bytes of text": len(plain), "bytes attached": attached},
    ).as_json()


class Keys:
    """A sender, a desk and an archive."""

    def __init__(self) -> None:
        self.signer = SignerKey("bench.example/log/SENDER", Ed25519PrivateKey.generate())
        self.desk = pyrage.x25519.Identity.generate()
        self.archive = str(pyrage.x25519.Identity.generate().to_public())

    @property
    def outside(self) -> dict[str, Any]:
        return {
            "reference": "H-7QK4-29",
            "purpose": "Find the place",
            "sent_at": "2026-11-29T10:00:00+08:00",
            "expires_on": (date.today() + timedelta(days=90)).isoformat(),  # noqa: DTZ011
            "onward_sharing": "not allowed",
            "sender": {"name": "A", "code": "SENDER", "key": str(self.signer.verifier)},
            "receiver": {"name": "B", "code": "DESK", "recipients": [str(self.desk.to_public())]},
        }

    def seal(self, files: dict[str, Any]) -> bytes:
        return seal(
            self.outside,
            files,
            signer=self.signer,
            recipients=[str(self.desk.to_public())],
            archive=self.archive,
        ).data

    def by_age(self, plain: Path, identity: Path, out: Path) -> None:
        to = ["-r", str(self.desk.to_public()), "-r", self.archive]
        subprocess.run(["age", *to, "-o", str(out), str(plain)], check=True)
        subprocess.run(
            ["age", "-d", "-i", str(identity), str(out)], check=True, capture_output=True
        )

    def by_pyrage(self, plain: bytes, times: int) -> Any:
        to = [pyrage.x25519.Recipient.from_str(self.archive), self.desk.to_public()]

        def bare() -> float:
            began = time.perf_counter()
            for _ in range(times):
                pyrage.decrypt(pyrage.encrypt(plain, to), [self.desk])
            return (time.perf_counter() - began) * 1000 / times

        return bare


def stream_once(attached: int) -> dict[str, Any]:
    """Seal a set of attachments from disk to disk, in this fresh process."""
    keys = Keys()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "scan.pdf"
        with place.open("wb") as out:
            for _ in range(attached // 100_000):
                out.write(chance.randbytes(100_000))
        keys.seal({CONTENT: b"{}", "scan.pdf": io.BytesIO(b"warm")})
        # From here on the peak is of the sealing alone.
        Path("/proc/self/clear_refs").write_text("5")
        before = kilobytes("VmRSS")
        with place.open("rb") as scan, (Path(folder) / "it.handoff").open("wb") as sealed:
            seal_into(
                sealed,
                keys.outside,
                {CONTENT: b"{}", "scan.pdf": scan},
                signer=keys.signer,
                recipients=[str(keys.desk.to_public())],
                archive=keys.archive,
            )
        after = kilobytes("VmHWM")
    return {"megabytes": (after - before) * 1024 / 1e6}


def kilobytes(of: str) -> int:
    """A figure of this process from the kernel."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{of}:"):
            return int(line.split()[1])
    raise RuntimeError(f"the kernel does not tell {of}")
