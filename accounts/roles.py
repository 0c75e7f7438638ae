"""The one role × permission table. Code, tests and the page "What each role may do" all read it.

A permission is `app.verb_noun`, the same word as the service that asks for it. What a role may do
says nothing about which records it sees: that is `visible_to`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.court_permissions import COURT_READ, COURT_WORK, OPERATIONS
from accounts.handoff_permissions import (
    EXPORT,
    EXPORT_APPROVE,
    HANDOFF_LEAD,
    HANDOFF_RECEIVE,
    HANDOFF_SEND,
)
from accounts.referral_permissions import REFERRAL_DESK, REFERRAL_LEAD, REFERRAL_READ
from core.choices import Sensitivity


class Role(models.TextChoices):
    """Roles of domain.md 3.1; the last three belong to service accounts."""

    CASEWORKER = "caseworker", _("Caseworker")
    CASE_SUPERVISOR = "case_supervisor", _("Case supervisor")
    INTAKE_OFFICER = "intake_officer", _("Intake officer")
    LIAISON_OFFICER = "liaison_officer", _("Liaison officer")
    PARTNER_OFFICER = "partner_officer", _("Partner officer")
    INVESTIGATOR = "investigator", _("Investigator")
    PROSECUTOR = "prosecutor", _("Prosecutor")
    LEGAL_OFFICER = "legal_officer", _("Legal officer")
    CLINICIAN = "clinician", _("Clinician")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Analyst")
    SURVIVOR_ADVISOR = "survivor_advisor", _("Survivor advisor")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Data protection officer")
    AUDITOR = "auditor", _("Auditor")
    AGENCY_ADMIN = "agency_admin", _("Agency administrator")
    EXTERNAL_APPROVER = "external_approver", _("External approver")
    IMPORT_SERVICE = "import_service", _("Import service")
    STATISTICS_SERVICE = "statistics_service", _("Statistics service")
    KEY_SERVICE = "key_service", _("Key keeper")
    WATCH_SERVICE = "watch_service", _("Log watch")
    HOUSEKEEPING_SERVICE = "housekeeping_service", _("Housekeeping service")
    PAPER_SERVICE = "paper_service", _("Paper service")
    # A partner agency's own systems (`accounts.models.PartnerSystem`).
    REFERRAL_SYSTEM = "referral_system", _("Partner system that submits referrals")
    HANDOFF_SYSTEM = "handoff_system", _("Partner system that answers handoffs")


# What asks for a second factor given in the last half hour: identities shown, data taken out, what
# leaves or is authorised. Views of these say `steps_up`; tests/architecture/test_step_up.py checks.
STEPS_UP = frozenset(
    {
        "accounts.assign_role",
        "accounts.invite_user",
        "accounts.set_profile",
        "accounts.set_up_sign_on",
        "accounts.register_system",
        "cases.approve_erasure",
        "cases.release_copy",
        "cases.show_copy",
        "cases.export_register",
        "cases.break_glass",
        "cases.show_identity",
        "cases.open_paper",
        "cases.copy_out_paper",
        "cases.approve_ground",
        "handoffs.authorise_handoff",
        "handoffs.replace_signing_key",
        "handoffs.send_handoff",
        "handoffs.open_package",
        "handoffs.preview_package",
        "handoffs.export_cases",
        "handoffs.approve_export",
        "handoffs.take_export",
        "referrals.take_rejects",
        "reporting.publish_release",
    }
)

SERVICE_ROLES = frozenset(
    {
        Role.IMPORT_SERVICE,
        Role.STATISTICS_SERVICE,
        Role.KEY_SERVICE,
        Role.WATCH_SERVICE,
        Role.HOUSEKEEPING_SERVICE,
        Role.PAPER_SERVICE,
        Role.REFERRAL_SYSTEM,
        Role.HANDOFF_SYSTEM,
    }
)

CASE_READ = {
    "cases.report_breach",
    "cases.read_case",
    "cases.read_person",
    "cases.read_access",
    # Whoever sees a case may find out that they are too close to it, or that somebody is in danger.
    "cases.declare_conflict",
    "cases.raise_crisis",
    "cases.report_material",
    "cases.read_consent",
    # The law binds whoever learns of it, whatever their role.
    "cases.read_duty",
    "cases.record_duty",
    # Whoever opens it minds what is flagged, and may flag what others are to mind.
    "cases.flag_case",
    # Whoever works on the case may be given something to do in it.
    "cases.read_task",
    "cases.set_task",
}
SAFETY = {
    "cases.read_safety",
    "cases.read_harm",
    "cases.plan_contact",
    "cases.write_safety_plan",
    "cases.lower_crisis",
    "cases.read_plan",
    "cases.write_plan",
    "cases.read_assessment",
    "cases.assess_survivor",
    "cases.read_conference",
    "cases.hold_conference",
    "cases.record_needs",
}
PAPERS = {"cases.read_paper", "cases.register_paper", "cases.open_paper"}
# Bringing a file in and taking a copy out are for fewer.
PAPER_FILES = {"cases.keep_paper", "cases.copy_out_paper"}
CASE_WORK = (
    CASE_READ
    | SAFETY
    | PAPERS
    | PAPER_FILES
    | {
        # In an emergency, a case of the agency that is not theirs to see (R-A2).
        "cases.break_glass",
        "cases.request_erasure",
        "cases.request_copy",
        "cases.show_copy",
        "cases.set_safe_contact",
        "cases.record_harm",
        "cases.place_person",
        "cases.open_case",
        "cases.add_participant",
        "cases.change_legal_status",
        "cases.show_identity",
        "cases.correct_identity",
        "cases.write_note",
        "cases.read_note",
        "cases.change_stage",
        "cases.move_justice_track",
        "cases.record_consent",
        "cases.record_ground",
        "cases.request_closure",
        # For oneself; for others a supervisor does it.
        "cases.set_cover",
        "audit.make_access_report",
    }
)
REPORT_READ = {"cases.report_breach", "reporting.read_release"}
# An auditor closes reviews too: what the data protection officer did is reviewed by somebody else.
AUDIT = {"cases.report_breach", "audit.read_log", "audit.close_review"}

# Role → (permissions, highest level of sensitivity read without being named).
TABLE: dict[str, tuple[frozenset[str], int]] = {
    Role.CASEWORKER: (
        frozenset(REFERRAL_DESK | CASE_WORK | HANDOFF_SEND | EXPORT | COURT_READ),
        Sensitivity.RESTRICTED,
    ),
    Role.CASE_SUPERVISOR: (
        frozenset(
            REFERRAL_DESK
            | CASE_WORK
            | HANDOFF_SEND
            | HANDOFF_LEAD
            | EXPORT
            | EXPORT_APPROVE
            | OPERATIONS
            | REPORT_READ
            | REFERRAL_LEAD
            | {
                "cases.assign_team",
                "cases.close_case",
                "cases.change_lead",
                "cases.restrict_case",
                "cases.manage_cover",
                "cases.reopen_case",
                "cases.lower_sensitivity",
                "cases.place_hold",
                "cases.release_copy",
                "cases.review_retention",
                "cases.override_safe_contact",
                "cases.declare_conflict_for",
                "cases.lift_conflict",
                "cases.destroy_paper",
                "cases.see_to_material",
                "cases.approve_ground",
                "cases.waive_duty",
                "cases.approve_plan",
                "audit.close_review",
            }
        ),
        Sensitivity.RESTRICTED,
    ),
    Role.INTAKE_OFFICER: (
        frozenset(REFERRAL_DESK | CASE_READ | {"cases.read_note"}),
        Sensitivity.CONFIDENTIAL,
    ),
    Role.LIAISON_OFFICER: (
        frozenset(REFERRAL_READ | CASE_READ | {"cases.read_note"} | HANDOFF_SEND | OPERATIONS),
        Sensitivity.CONFIDENTIAL,
    ),
    Role.PARTNER_OFFICER: (frozenset(HANDOFF_RECEIVE), Sensitivity.GENERAL),
    Role.INVESTIGATOR: (frozenset(HANDOFF_RECEIVE), Sensitivity.GENERAL),
    Role.PROSECUTOR: (frozenset(HANDOFF_RECEIVE), Sensitivity.GENERAL),
    Role.LEGAL_OFFICER: (
        frozenset(
            CASE_READ
            | COURT_WORK
            | PAPERS
            | PAPER_FILES
            | {
                "cases.read_note",
                "cases.write_note",
                "cases.change_legal_status",
                "cases.place_hold",
                "cases.read_legal_note",
                "cases.read_safety",
                "cases.read_harm",
                "cases.plan_contact",
                "cases.waive_duty",
                "cases.move_justice_track",
                "cases.read_plan",
                "cases.read_conference",
                "cases.hold_conference",
                "handoffs.read_handoff",
            }
        ),
        # L3 of the legal kind alone: `cases.querysets.note`.
        Sensitivity.CONFIDENTIAL,
    ),
    Role.CLINICIAN: (
        frozenset(
            CASE_READ
            | SAFETY
            | PAPERS
            | {
                "cases.read_note",
                "cases.read_health_note",
                "cases.write_note",
                "cases.show_identity",
            }
        ),
        # L3 of the health kind alone.
        Sensitivity.CONFIDENTIAL,
    ),
    Role.MANAGER: (
        frozenset(
            REPORT_READ
            | {"reporting.request_release", "reporting.withdraw_release", "reporting.read_outcomes"}
            | {"referrals.read_board"}
        ),
        Sensitivity.GENERAL,
    ),
    Role.ANALYST: (frozenset(REPORT_READ | {"reporting.request_release"}), Sensitivity.GENERAL),
    Role.SURVIVOR_ADVISOR: (
        frozenset(REPORT_READ | {"reporting.advise_release"}),
        Sensitivity.GENERAL,
    ),
    Role.DATA_PROTECTION_OFFICER: (
        frozenset(
            REPORT_READ
            | {
                "reporting.publish_release",
                "reporting.withdraw_release",
                "cases.review_emergency",
                "cases.read_erasure",
                "cases.review_retention",
                "cases.approve_erasure",
                "cases.read_register",
                "cases.write_register",
                "cases.export_register",
                "cases.report_breach",
                "audit.archive_log",
                "cases.report_material",
                "cases.see_to_material",
                "cases.oversee_grounds",
                "cases.approve_ground",
                "handoffs.keep_archive",
            }
            | EXPORT_APPROVE
            | AUDIT
            | {"audit.make_access_report"}
        ),
        Sensitivity.GENERAL,
    ),
    Role.AUDITOR: (frozenset(AUDIT), Sensitivity.GENERAL),
    # Of another agency: looks at what a small one decided alone, and at nothing else.
    Role.EXTERNAL_APPROVER: (frozenset({"audit.close_review"}), Sensitivity.GENERAL),
    Role.AGENCY_ADMIN: (
        frozenset(
            {
                "cases.report_breach",
                "accounts.read_directory",
                "accounts.invite_user",
                "accounts.assign_role",
                "accounts.close_account",
                "accounts.end_sessions",
                "accounts.lift_lock",
                "accounts.set_profile",
                "accounts.set_up_sign_on",
                "accounts.register_system",
            }
        ),
        Sensitivity.GENERAL,
    ),
    Role.IMPORT_SERVICE: (
        frozenset({"referrals.import_referrals", "referrals.read_referral"}),
        Sensitivity.CONFIDENTIAL,
    ),
    # Checks the log and notices unusual reading; sees no case and no person.
    Role.WATCH_SERVICE: (frozenset({"audit.watch_log"}), Sensitivity.GENERAL),
    Role.STATISTICS_SERVICE: (frozenset({"reporting.compute_release"}), Sensitivity.GENERAL),
    Role.KEY_SERVICE: (
        frozenset(
            {
                "vault.rotate_keys",
                "vault.retire_epoch",
                "vault.write_backup",
                "vault.escrow_key",
            }
        ),
        Sensitivity.GENERAL,
    ),
    Role.HOUSEKEEPING_SERVICE: (
        frozenset(
            {
                "cases.list_due",
                "cases.drop_old_drafts",
                "cases.alert_overdue_duties",
                "cases.run_out_consents",
                "handoffs.stop_uncovered",
                "handoffs.remind_of_answer",
                "handoffs.drop_exports",
                "accounts.close_ended_accounts",
                "referrals.compare_hidden",
                "referrals.tell_of_lists",
                "referrals.escalate_danger",
                "referrals.drop_imports",
                "referrals.drop_drafts",
            }
        ),
        Sensitivity.GENERAL,
    ),
    # Takes up files that wait and settles them; reads no case and no kept paper.
    Role.PAPER_SERVICE: (frozenset({"cases.clean_paper"}), Sensitivity.GENERAL),
    # What its token opens of these is said by its scopes (`accounts.partner_scopes`).
    Role.REFERRAL_SYSTEM: (frozenset({"referrals.submit_referral"}), Sensitivity.GENERAL),
    Role.HANDOFF_SYSTEM: (
        frozenset(HANDOFF_RECEIVE - {"handoffs.hold_key"}),
        Sensitivity.GENERAL,
    ),
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything the given roles may do together."""
    return frozenset().union(*(TABLE[role][0] for role in roles))


def clearance_of(roles: frozenset[str]) -> int:
    """The highest level read without being named: 1 to 3; nobody's role opens L4."""
    return max((TABLE[role][1] for role in roles), default=0)


def roles_with(permission: str) -> list[str]:
    """The roles that carry a permission, sorted; row-level security asks by them."""
    return sorted(
        str(role) for role, (permissions, _level) in TABLE.items() if permission in permissions
    )


def every_permission() -> list[str]:
    """All permissions of the table, sorted."""
    return sorted(permissions_of(frozenset(TABLE)))
