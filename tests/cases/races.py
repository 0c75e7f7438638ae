"""The same thing done by several people at one moment, on connections of their own."""

from __future__ import annotations

import threading

from django.db import DatabaseError, connections

from core.errors import DomainError


def at_once(times, call):
    """What came of each: "done", or the name of what was raised."""
    ready, outcomes = threading.Barrier(times), []

    def do():
        try:
            ready.wait(timeout=30)
            call()
            outcomes.append("done")
        except (DomainError, DatabaseError) as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
