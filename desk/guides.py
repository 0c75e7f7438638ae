"""Short guides to a task, shown on the page where it is done and all together under Help.

A guide is a few steps in the words of the buttons. It stands beside what it is about, so it says
nothing that the page says itself; whoever may not do the task never sees it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role

Words = str | Promise


@dataclass(frozen=True)
class Guide:
    """How one task is done.

    Attributes:
        code: in its address.
        steps: what to do, in order, a sentence or two each.
        pages: names of the views on which it is offered; the first without an id is where to begin.
        permission: whoever may not do this is not told how; empty for everybody.
        mind: what goes wrong most, or what is best left alone.
        start: name of the page that begins it.
        words: terms of the glossary that it uses.
    """

    code: str
    title: Words
    steps: tuple[Words, ...]
    pages: tuple[str, ...]
    permission: str = ""
    mind: Words = ""
    start: str = ""
    words: tuple[str, ...] = ()


GUIDES: tuple[Guide, ...] = (
    Guide(
        code="leave-the-page",
        title=_("Leave at once when somebody comes near"),
        steps=(
            _("Press “Exit this page” at the top right, or the Shift key three times."),
            _("The page hides at once, a note you were writing is kept, and you are signed out."),
            _("Sign in again when you are alone. Drafts wait on My work."),
        ),
        pages=("desk:my_work",),
        mind=_("The page it leads to is an ordinary calendar. Nothing on it betrays this place."),
    ),
    Guide(
        code="find-something",
        title=_("Find a record or a person"),
        steps=(
            _("Open Find at the top, or press Ctrl and K."),
            _("Type a code or its first three letters: C for a case, R for a referral."),
            _("If your role opens identities, type a name, number or address as you know it."),
            _("Each match says why it was found. Open it to see whether it is the right one."),
        ),
        pages=("find",),
        start="find",
        mind=_("Spellings that sound alike are found too. Two people may share a name."),
    ),
    Guide(
        code="log-a-referral",
        title=_("Log a referral"),
        steps=(
            _("Open Referrals and press “Log a referral”."),
            _("Say who told you, when it reached you, and whether a child is in danger now."),
            _("Write what was said in plain words. Leave out pictures, links and account names."),
            _("What you do not know, mark as unknown. A blank is not an answer."),
            _("Press “Put it on the desk”. If a child is in danger, whoever is on call is told."),
        ),
        pages=("referrals:log", "referrals:list"),
        start="referrals:log",
        permission="referrals.log_referral",
        mind=_("Half a referral is kept for you. You can come back to it."),
        words=("referral", "source", "danger"),
    ),
    Guide(
        code="triage-a-referral",
        title=_("Decide on a referral"),
        steps=(
            _("Open it from My work: danger stands first, then what has waited longest."),
            _("Press “Start triage”. Look at what may be the same report under another code."),
            _("Ask the source if something is missing. The clock stands still until the answer."),
            _("Accept it into a case, decline it with a reason, or redirect it to another agency."),
            _("Tell the source what came of it. Then the referral can be closed."),
        ),
        pages=("referrals:referral", "referrals:accept", "referrals:decline"),
        start="referrals:list",
        permission="referrals.start_triage",
        mind=_("A child in danger is declined by two people, never by one."),
        words=("triage", "referral"),
    ),
    Guide(
        code="open-a-case",
        title=_("Open a case and add the people"),
        steps=(
            _("A case comes from an accepted referral, or from “Open a new case”."),
            _("Add each person with their role. Say what you know, mark the rest as unknown."),
            _("Names stand apart and sealed. Everywhere else people go by their code."),
            _("Write down how each survivor can be reached safely before anybody calls."),
        ),
        pages=("cases:open", "cases:add_person", "cases:people"),
        start="cases:open",
        permission="cases.open_case",
        words=("case", "survivor", "code"),
    ),
    Guide(
        code="reach-somebody-safely",
        title=_("Reach a survivor safely"),
        steps=(
            _("Open Safety in the person’s record and read the instructions to the end."),
            _("Plan the contact: how and when. What is outside the instructions is refused."),
            _("Call only within the safe hours. Say nothing on voicemail unless it is allowed."),
            _("Afterwards write whether the instructions were kept, and confirm that they hold."),
        ),
        pages=("cases:safety", "cases:plan_contact", "cases:set_safe_contact"),
        permission="cases.plan_contact",
        mind=_("Instructions run out after 30 days. Ask again before that."),
        words=("safe contact",),
    ),
    Guide(
        code="write-a-note",
        title=_("Write a note"),
        steps=(
            _("Choose the kind first: it decides who may read the note."),
            _("Keep apart what was said and by whom, what you saw, and what you think of it."),
            _("A survivor’s words go in quotation marks, without a conclusion beside them."),
            _("Read it once more and sign. A signed note stays; you correct it by an addendum."),
        ),
        pages=("cases:write_note", "cases:draft", "cases:add_to_note"),
        permission="cases.write_note",
        mind=_("A draft is kept on the server while you type, sealed, for you alone."),
        words=("levels", "addendum"),
    ),
    Guide(
        code="ask-for-consent",
        title=_("Ask for consent"),
        steps=(
            _("Press “Ask for consent” in the person’s record and choose who answers."),
            _("Read the questions aloud, in their language. Nothing is ticked beforehand."),
            _("Write down the child’s own answer as well. Their no counts."),
            _("Read the answers back. They can be taken back at any time, by one sentence to you."),
        ),
        pages=("cases:consents", "cases:consent_start", "cases:consent_talk", "cases:consent"),
        permission="cases.record_consent",
        mind=_("A no costs nobody a service. Say so before you ask."),
        words=("consent", "guardian"),
    ),
    Guide(
        code="note-a-duty-to-report",
        title=_("Report to the authorities in time"),
        steps=(
            _("Press “Note a duty to report” on the referral or the case and choose whom to tell."),
            _("The clock begins when you learned of it. My work shows how long is left."),
            _("Tell the authority by telephone or letter, then write down when, whom and how."),
            _("Ask for a receipt and enter its number."),
        ),
        pages=("cases:note_duty", "cases:duty", "referrals:note_duty"),
        permission="cases.record_duty",
        words=("duty to report",),
    ),
    Guide(
        code="send-a-handoff",
        title=_("Send a handoff to another agency"),
        steps=(
            _("Press “Compose a handoff” in the case. Choose the agency, why, and until when."),
            _("Choose kinds of data one by one. The right side shows exactly what they will see."),
            _("If consent does not cover it, the page says what is missing."),
            _("Send it. They are told only that something came. You are told when they answer."),
        ),
        pages=("handoffs:compose", "handoffs:handoff", "handoffs:send"),
        permission="handoffs.compose_handoff",
        mind=_("Less is safer. Send what their task needs, and nothing besides."),
        words=("handoff", "consent", "legal basis"),
    ),
    Guide(
        code="export-cases",
        title=_("Take out a file of many cases"),
        steps=(
            _("Press “Ask for an export” under Handoffs, Exports. Say what it is for, and why."),
            _("Choose kinds of data. Only those who agreed are in the file."),
            _("More than 50 people take a second person. You are told when it is ready."),
            _("Take the file within three days, and delete it when it is not needed any more."),
        ),
        pages=("handoffs:exports", "handoffs:request_export", "handoffs:export"),
        start="handoffs:exports",
        permission="handoffs.export_cases",
        words=("handoff", "consent"),
    ),
    Guide(
        code="answer-a-handoff",
        title=_("Answer a handoff"),
        steps=(
            _("Open Letterbox. Each envelope says who sends it, what for, and by when to answer."),
            _("Press “Accept the handoff”, or decline with a reason. If unsure, ask the sender."),
            _("Press “Open the package”. It is written down, and you are asked who you are."),
            _("Read how the survivor can be reached before you look at a number."),
            _("When your part is done, say what came of it."),
        ),
        pages=("handoffs:desk", "handoffs:envelope", "handoffs:accept", "handoffs:open"),
        start="handoffs:desk",
        permission="handoffs.accept_handoff",
        mind=_("Nothing of it may be passed on to others. If it ends, confirm that you stopped."),
        words=("handoff", "package", "safe contact"),
    ),
    Guide(
        code="follow-a-proceeding",
        title=_("Follow a case through the courts"),
        steps=(
            _("Open Court, or the Court tab of a case, and open a proceeding against one accused."),
            _("File each charge from the table of offences. It checks the day of the act."),
            _("Move the proceeding step by step, each with its day and its paper."),
            _("Record the verdict for each charge, then sentence, compensation and appeals."),
        ),
        pages=("courts:list", "courts:open", "courts:proceeding", "courts:advance"),
        start="courts:list",
        permission="courts.advance_proceeding",
        words=("proceeding", "charge"),
    ),
    Guide(
        code="decide-for-a-colleague",
        title=_("Be the second pair of eyes"),
        steps=(
            _("Open My work and then what waits for your decision: plans, closings, legal bases."),
            _("Read what is asked for and why. What you asked for yourself others decide."),
            _("Decide, or give it back with a sentence on what is missing."),
        ),
        pages=("desk:approvals", "cases:closure", "cases:approve_plan", "cases:ground"),
        start="desk:approvals",
        permission="cases.close_case",
    ),
    Guide(
        code="close-a-review",
        title=_("Look at what somebody did alone"),
        steps=(
            _("Open Audit and then Reviews. The oldest stands first, with the day it is due."),
            _("Read what happened from the log. Ask the person, outside this program, if unsure."),
            _("Say what you found. Name nobody in the remark: it outlives the case."),
        ),
        pages=("audit_trail:reviews", "audit_trail:review"),
        start="audit_trail:reviews",
        permission="audit.close_review",
        words=("review",),
    ),
    Guide(
        code="read-the-log",
        title=_("Read the log"),
        steps=(
            _("Open Audit. Search by person, code, kind or day; what you search is written down."),
            _("Each entry is a sentence: who did what, when and why."),
            _("The mark beside it says whether it stands under the seal. It can be taken out."),
            _("Press “Check the whole log now” to have the whole of it compared with its seal."),
        ),
        pages=("audit_trail:events", "audit_trail:check", "audit_trail:case"),
        start="audit_trail:events",
        permission="audit.read_log",
        words=("log", "seal"),
    ),
    Guide(
        code="ask-for-a-report",
        title=_("Ask for a report"),
        steps=(
            _("Open Reports and press “Ask for a report”. Choose a period and the measures."),
            _("Numbers that could point at somebody are not shown. That is meant so."),
            _("A second person publishes it. It then stays as it is, with the day it was true on."),
        ),
        pages=("reporting:list", "reporting:request", "reporting:release"),
        start="reporting:list",
        permission="reporting.request_release",
        words=("report", "not shown"),
    ),
    Guide(
        code="invite-a-colleague",
        title=_("Invite a colleague"),
        steps=(
            _("Open People and press “Invite a person”. Give the team and the role."),
            _("Look up what the role may do before you give it. You see no case by administering."),
            _("They get a link that opens once. They choose a passkey or a code app themselves."),
            _("If they leave, set their last day. Supervisors are asked to hand their work over."),
        ),
        pages=("directory:people", "directory:invite", "directory:give_role", "directory:account"),
        start="directory:people",
        permission="accounts.invite_user",
        words=("role", "team"),
    ),
    Guide(
        code="a-lost-phone",
        title=_("When somebody lost their phone"),
        steps=(
            _("Open their account under People and press “Sign them out everywhere”."),
            _("They sign in with one of their own recovery codes and add the new phone at once."),
            _("If they kept none, close the account and invite them under another address."),
        ),
        pages=("directory:account", "directory:sign_out_everywhere"),
        start="directory:people",
        permission="accounts.end_sessions",
        mind=_("Never ask anybody for a code, by whatever way, and give nobody yours."),
    ),
)

# What a newcomer in a role goes through first, in this order; others go through all they may do.
TOURS: dict[str, tuple[str, ...]] = {
    Role.CASEWORKER: (
        "leave-the-page",
        "log-a-referral",
        "triage-a-referral",
        "open-a-case",
        "reach-somebody-safely",
        "write-a-note",
        "ask-for-consent",
        "send-a-handoff",
    ),
    Role.PARTNER_OFFICER: ("leave-the-page", "answer-a-handoff", "find-something"),
    Role.LEGAL_OFFICER: ("leave-the-page", "follow-a-proceeding", "write-a-note", "find-something"),
    Role.MANAGER: ("leave-the-page", "ask-for-a-report", "find-something"),
    Role.AUDITOR: ("leave-the-page", "read-the-log", "close-a-review"),
    Role.AGENCY_ADMIN: ("leave-the-page", "invite-a-colleague", "a-lost-phone"),
}

_BY_CODE = {guide.code: guide for guide in GUIDES}


def guides_for(actor: User) -> list[Guide]:
    """All guides to what `actor` may do."""
    return [one for one in GUIDES if not one.permission or actor.may(one.permission)]


def guides_on(page: str, actor: User) -> list[Guide]:
    """The guides offered on a page, by the name of its view."""
    return [one for one in guides_for(actor) if page in one.pages]


def guide_of(code: str, actor: User) -> Guide | None:
    """One guide; None where there is none, or it is for others."""
    guide = _BY_CODE.get(code)
    return guide if guide in guides_for(actor) else None


def tour_of(actor: User) -> list[Guide]:
    """What `actor` goes through first, by the roles they hold now."""
    wanted: Iterable[str] = dict.fromkeys(
        code for role in sorted(actor.roles) for code in TOURS.get(role, ())
    )
    mine = guides_for(actor)
    told = [_BY_CODE[code] for code in wanted if _BY_CODE[code] in mine]
    return told or mine
