"""The words of this place, explained in one sentence each: beside the guides that use them, and all
on one page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code → (the word as it is read, what it means)
TERMS: dict[str, tuple[str | Promise, str | Promise]] = {
    "addendum": (
        _("addendum"),
        _("A later note that corrects or completes a signed one. The first stays readable."),
    ),
    "case": (
        _("case"),
        _("One situation of exploitation, with everybody in it. Siblings may share a case."),
    ),
    "charge": (_("charge"), _("One offence that one accused is taken to court for.")),
    "code": (
        _("code"),
        _("Letters and digits that stand for a person or a record, so that no name is needed."),
    ),
    "consent": (
        _("consent"),
        _("A free yes to one purpose and one receiver, for a time. It can be taken back."),
    ),
    "danger": (
        _("danger now"),
        _("A child may come to harm within hours. Those on call are told at once, at night too."),
    ),
    "duty to report": (
        _("duty to report"),
        _("What the law makes us tell an authority, within a time that begins when we learn it."),
    ),
    "guardian": (
        _("guardian"),
        _("Who may answer for a child. Never somebody implicated, or living with one who is."),
    ),
    "handoff": (
        _("handoff"),
        _("Chosen parts of a case, sent sealed to one agency for one purpose."),
    ),
    "legal basis": (
        _("legal basis"),
        _("What allows sharing where it is not consent: a law, a duty, a life in danger."),
    ),
    "levels": (
        _("L1 to L4"),
        _("How closed a text is: general, confidential, restricted, sealed for named people."),
    ),
    "log": (
        _("log"),
        _("Who did or opened what, when and why. Nobody can change it, or take anything out."),
    ),
    "not shown": (
        _("not shown"),
        _("A number so small that it could point at a person. It is not zero."),
    ),
    "package": (
        _("package"),
        _("What a handoff holds, frozen when it was sent."),
    ),
    "proceeding": (
        _("proceeding"),
        _("One accused before the courts of one country."),
    ),
    "referral": (
        _("referral"),
        _("Something that reached us about a child at risk, before we know whether it is ours."),
    ),
    "report": (
        _("report"),
        _("Numbers of a period, looked over by a second person and frozen."),
    ),
    "review": (
        _("review"),
        _("A second person looks afterwards at what somebody did alone."),
    ),
    "role": (
        _("role"),
        _("What somebody may do. Which records they see is decided apart from it."),
    ),
    "safe contact": (
        _("safe contact"),
        _("How, when and by whom a survivor may be reached without danger."),
    ),
    "seal": (
        _("seal"),
        _("A signed sum over the log. If an entry were changed, the sum would no longer fit."),
    ),
    "source": (_("source"), _("Who told us: a school, a hotline, the police, a child.")),
    "survivor": (
        _("survivor"),
        _("Who was harmed. “Victim” is kept for what the law and statistics call so."),
    ),
    "team": (_("team"), _("Colleagues who work on cases together and see them by that.")),
    "triage": (
        _("triage"),
        _("Deciding whether a referral is ours, how urgent it is, and what becomes of it."),
    ),
}
