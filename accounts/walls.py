"""People and agencies: no case data, but who may change them is the act's business."""

from accounts.roles import roles_with
from core.walls import ACTOR, Wall, definer_function

DIRECTORY = "names of staff and agencies; scoped by visible_to, changed only inside an act"
LIVE = "m.starts_at <= now() AND (m.ends_at IS NULL OR m.ends_at > now())"
MINE_IN = (
    "FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id "
    f"WHERE m.user_id = {ACTOR} AND u.is_active AND {LIVE} AND m.role IN "
)


def _listed(roles: list[str]) -> str:
    return "(" + ", ".join(f"'{role}'" for role in roles) + ")"


SIGN_IN = "sign-in data of the person signing in; written by allauth before anybody is signed in"

FUNCTIONS = [
    definer_function(
        "liwanag_my_agency", "uuid", f"SELECT agency_id FROM accounts_user WHERE id = {ACTOR}"
    ),
    definer_function(
        "liwanag_my_teams",
        "uuid[]",
        "SELECT coalesce(array_agg(team_id), '{}') FROM accounts_membership "
        f"WHERE user_id = {ACTOR} AND starts_at <= now() AND (ends_at IS NULL OR ends_at > now())",
    ),
    definer_function(
        "liwanag_reviews_all",
        "boolean",
        f"SELECT EXISTS (SELECT {MINE_IN} {_listed(roles_with('audit.read_log'))} AND EXISTS ("
        "SELECT FROM accounts_agency a WHERE a.id = u.agency_id AND NOT a.is_partner))",
    ),
    definer_function(
        "liwanag_reviewed_teams",
        "uuid[]",
        "SELECT coalesce(array_agg(m.team_id), '{}') "
        f"{MINE_IN} {_listed(roles_with('audit.close_review'))}",
    ),
]

# Reviews are the log's, but who reviews is a matter of roles and teams, which stand here.
NOT_MY_OWN = f"subject_id IS DISTINCT FROM {ACTOR}"
TO_REVIEW = (
    "((SELECT liwanag_reviews_all()) OR team_ids && (SELECT liwanag_reviewed_teams())::uuid[])"
)
OPENED = (
    "id, created_at, kind, about_type, about_id, case_id, team_ids, subject_id, agency_id, "
    "opened_act, facts, due_at"
)

WALLS = [
    Wall(
        "audit_review",
        # Opened without a finding by whoever acts; closed by those who see it.
        app=f"SELECT, INSERT ({OPENED}), UPDATE (finding, remark, closed_by_id, closed_at)",
        see=f"{NOT_MY_OWN} AND {TO_REVIEW}",
        write="coalesce(current_setting('liwanag.act', true), '') <> ''",
    ),
    Wall("accounts_agency", open_because=DIRECTORY),
    Wall("accounts_team", open_because=DIRECTORY),
    Wall("accounts_membership", open_because=DIRECTORY),
    Wall("accounts_datasharingagreement", open_because=DIRECTORY),
    Wall("accounts_user", open_because=DIRECTORY),
    Wall("accounts_invitation", open_because=DIRECTORY),
    Wall("auth_group", app="SELECT, INSERT, UPDATE", open_because=DIRECTORY),
    Wall("auth_group_permissions", app="SELECT", open_because="role groups hold nothing"),
    Wall("accounts_user_groups", app="SELECT", open_because="unused: teams go by membership"),
    Wall("accounts_user_user_permissions", app="SELECT", open_because="unused: roles decide"),
    Wall("account_emailaddress", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("account_emailconfirmation", app="SELECT, INSERT, DELETE", open_because=SIGN_IN),
    Wall("mfa_authenticator", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("usersessions_usersession", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
]
