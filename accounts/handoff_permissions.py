"""What may be done about handoffs: a part of the table in `accounts.roles`."""

from __future__ import annotations

HANDOFF_SEND = {
    # Whoever composes says on what basis; a second person approves it.
    "cases.record_ground",
    "handoffs.read_handoff",
    "handoffs.compose_handoff",
    "handoffs.send_handoff",
    "handoffs.revoke_handoff",
    "handoffs.reply_to_receiver",
    # By telephone, when a life depends on it; somebody else looks at it within 24 hours.
    "handoffs.tell_in_emergency",
}
# What holds restricted data leaves once somebody with this, who wrote nothing of it, agreed.
HANDOFF_LEAD = {
    "handoffs.authorise_handoff",
    # The key their agency signs with, where it may be in the wrong hands or is old.
    "handoffs.replace_signing_key",
}
HANDOFF_RECEIVE = {
    "handoffs.read_desk",
    "handoffs.open_package",
    "handoffs.accept_handoff",
    "handoffs.decline_handoff",
    "handoffs.confirm_stopped",
    "handoffs.ask_sender",
    "handoffs.complete_handoff",
    "handoffs.hold_key",
}
# A file of many cases; more than fifty people take somebody who may approve it, and did not ask.
EXPORT = {"handoffs.read_export", "handoffs.export_cases", "handoffs.take_export"}
EXPORT_APPROVE = {"handoffs.read_export", "handoffs.approve_export"}
