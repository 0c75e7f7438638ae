"""Two at once about one account: each waits for the other, and neither undoes the other."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.invitation_links import token_of
from accounts.models import Invitation, User
from accounts.service_accounts import HOUSEKEEPER_ID
from accounts.services.directory import close_ended_accounts
from accounts.services.invitations import accept_invitation, invite_user
from audit.acting import acting


@pytest.fixture
def meanwhile(superuser):
    """`meanwhile(deed)` starts a deed elsewhere and comes back once it waits for a lock of ours;
    what it gives can be called for the deed's result."""
    waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """

    def start(deed):
        found = []

        def run():
            try:
                found.append(deed())
            except Exception as error:  # noqa: BLE001 - told to the test, in its own thread
                found.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        until = time.monotonic() + 20
        while not superuser.execute(waiting).fetchone()[0]:
            assert time.monotonic() < until, "it did not wait"
            assert thread.is_alive(), found
            time.sleep(0.02)

        def result():
            thread.join(timeout=20)
            return found[0]

        return result

    return start


def test_who_gets_a_new_last_day_while_accounts_are_closed_stays(cast, meanwhile):
    user, yesterday = cast.analyst, timezone.localdate() - timedelta(days=1)
    with acting(cast.admin) as act:
        act.authorise("accounts.close_account")
        User.objects.filter(pk=user.pk).update(ends_on=yesterday)
        act.record("account.end_set", user)
    housekeeper = User.objects.get(pk=HOUSEKEEPER_ID)
    with acting(cast.admin) as act:
        act.authorise("accounts.close_account")
        User.objects.locked().filter(pk=user.pk).update(ends_on=None)
        act.record("account.end_set", user)
        closed = meanwhile(
            lambda: close_ended_accounts(actor=housekeeper, today=timezone.localdate())
        )
    assert closed() == 0
    assert User.objects.get(pk=user.pk).is_active


def test_joining_waits_for_whoever_changes_the_account_and_holds_nothing_they_need(cast, meanwhile):
    user = invite_user(
        actor=cast.admin,
        agency_id=cast.agency.pk,
        name="Tomas Neri",
        email="new@people.example",
        by_mail=False,
    )
    invitation = user.invitations.get()
    with acting(cast.admin) as act:
        act.authorise("accounts.close_account")
        User.objects.locked().get(pk=user.pk)
        joined = meanwhile(
            lambda: accept_invitation(
                token=token_of(invitation.pk), password=None, at=timezone.now()
            )
        )
        # Not two that wait for each other: the invitation is still to be had.
        Invitation.objects.select_for_update(nowait=True).get(pk=invitation.pk)
        act.record("account.end_set", user)
    assert joined() == user
