"""ClamAV looks first, where it is set up; while it is silent nothing comes in.

Against a server of the test that speaks the daemon's protocol over real sockets.
"""

from __future__ import annotations

import socketserver
import struct
import threading

import pytest

from audit.models import AuditEvent
from cases.models import PaperFile
from cases.paper_words import FileRefused
from cases.papers import scanner
from cases.papers.refusals import Refused, Why
from cases.services.paper_files import keep_paper
from cases.services.papers import register_paper
from tests.factories import open_case

# The test sign that every scanner knows, put together here so that this file holds none itself.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
LETTER = b"Dear colleague,\nthe child travels on Monday.\n"
MOST = 5_000_000


class Daemon(socketserver.StreamRequestHandler):
    """INSTREAM as the daemon answers it: pieces with their length, a length of nothing, a line."""

    def handle(self):
        command = self.rfile.readline()
        if command != b"nINSTREAM\n":
            self.wfile.write(b"UNKNOWN COMMAND\n")
            return
        file = b""
        while True:
            (length,) = struct.unpack("!L", self.rfile.read(4))
            if length == 0:
                break
            file += self.rfile.read(length)
            if len(file) > MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\n")
                return
        self.server.seen.append(len(file))
        answer = self.server.answer
        if answer is None:
            answer = b"stream: Eicar-Test FOUND\n" if EICAR in file else b"stream: OK\n"
        self.wfile.write(answer)


class Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Tcp(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture(params=["path", "port"])
def daemon(request, tmp_path_factory, settings):
    if request.param == "path":
        path = str(tmp_path_factory.mktemp("c") / "s")
        server, where = Unix(path, Daemon), path
    else:
        server = Tcp(("127.0.0.1", 0), Daemon)
        where = f"127.0.0.1:{server.server_address[1]}"
    server.seen, server.answer = [], None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.LIWANAG_CLAMAV = where
    yield server
    server.shutdown()
    server.server_close()


def refusal_of(file):
    try:
        scanner.scan(file)
    except Refused as refused:
        return refused.why
    return None


def test_the_daemon_sees_the_whole_file_and_what_it_finds_is_refused(daemon):
    assert refusal_of(LETTER) is None
    assert refusal_of(b"0" * 1_500_001) is None
    assert daemon.seen == [len(LETTER), 1_500_001]
    assert refusal_of(EICAR) == Why.VIRUS
    assert refusal_of(LETTER + EICAR) == Why.VIRUS
    # Whatever is no clear "OK" keeps the file out.
    assert refusal_of(b"0" * (MOST + 1)) == Why.SCANNER_AWAY
    for answer in (b"", b"\n", b"stream: Limits exceeded ERROR\n", b"what?\n", b"OK\n", b"\xff\n"):
        daemon.answer = answer
        assert refusal_of(LETTER) == Why.SCANNER_AWAY, answer


def test_while_it_is_silent_nothing_comes_in(settings, tmp_path, monkeypatch):
    for where in (str(tmp_path / "nobody"), "127.0.0.1:9", "nonsense", "host:port", ":3310"):
        settings.LIWANAG_CLAMAV = where
        assert refusal_of(LETTER) == Why.SCANNER_AWAY, where
    settings.LIWANAG_CLAMAV = ""
    assert refusal_of(EICAR) is None


def test_a_paper_with_a_virus_is_refused_before_it_is_kept(cast, daemon):
    case = open_case(cast.caseworker)
    paper = register_paper(
        actor=cast.caseworker, case_id=case.pk, kind="letter", original_at="Folder 3"
    )
    values = {"actor": cast.caseworker, "paper_id": paper.pk}
    with pytest.raises(FileRefused) as refused:
        keep_paper(**values, content=EICAR)
    assert refused.value.why == Why.VIRUS
    daemon.answer = b"stream: gone ERROR\n"
    with pytest.raises(FileRefused) as refused:
        keep_paper(**values, content=LETTER)
    assert refused.value.why == Why.SCANNER_AWAY
    assert not PaperFile.objects.using("owner").exists()
    whys = {event.facts["why"] for event in AuditEvent.objects.filter(verb="paper.turned_away")}
    assert whys == {"virus", "scanner_away"}
    daemon.answer = None
    assert keep_paper(**values, content=LETTER).state == "received"
