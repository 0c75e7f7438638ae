"""People and agencies: no case data, but who may change them is the act's business.

Here stand the functions by which row security knows the actor as `accounts.models.User` does:
their agency, teams, roles, permissions and clearance, all of them empty for a closed account. The
table of roles is written into the functions, so a change of `accounts/roles.py` is in force below
Python once `provision_database` has run.
"""

from accounts.roles import TABLE, every_permission, roles_with
from accounts.service_accounts import ROLES as SERVICE_ROLES
from core.walls import ACTOR, IN_ACT, Wall, changed, definer_function, listed, the_applications

DIRECTORY = "names of staff and agencies; scoped by visible_to, changed only inside an act"
SIGN_IN = "sign-in data of the person signing in; written by allauth before anybody is signed in"
SYSTEM_SIGN_IN = "hashes of secrets and tokens of partners' systems; asked before one is known"

LIVE = "m.starts_at <= now() AND (m.ends_at IS NULL OR m.ends_at > now())"
MY_MEMBERSHIPS = (
    "accounts_membership m JOIN accounts_user u ON u.id = m.user_id "
    f"WHERE u.id = {ACTOR} AND u.is_active AND {LIVE}"
)


def may(permission: str) -> str:
    """SQL condition: a role that the actor holds now carries the permission.

    Raises:
        ValueError: no role carries it, so the condition could never be met.
    """
    if permission not in every_permission():
        raise ValueError(f"no role may {permission}")
    return f"(SELECT liwanag_may('{permission}'))"


def _of_permissions() -> str:
    """permission → roles, as SQL."""
    return " ".join(
        f"WHEN '{permission}' THEN ARRAY[{listed(roles_with(permission))}]"
        for permission in every_permission()
    )


def _of_services() -> str:
    """Roles that an account holds by being that account, as SQL."""
    return "".join(
        f" UNION SELECT '{role}' FROM accounts_user WHERE id = {ACTOR} AND id = '{account}' "
        "AND is_active AND kind = 'service'"
        for account, roles in SERVICE_ROLES.items()
        for role in sorted(roles)
    )


FUNCTIONS = [
    definer_function(
        "liwanag_my_agency",
        "uuid",
        f"SELECT agency_id FROM accounts_user WHERE id = {ACTOR} AND is_active",
    ),
    definer_function(
        "liwanag_my_teams",
        "uuid[]",
        f"SELECT coalesce(array_agg(m.team_id), '{{}}') FROM {MY_MEMBERSHIPS}",
    ),
    definer_function(
        "liwanag_my_roles",
        "text[]",
        "SELECT coalesce(array_agg(held.role), '{}') FROM ("
        f"SELECT m.role::text FROM {MY_MEMBERSHIPS}{_of_services()}) held",
    ),
    definer_function(
        "liwanag_may",
        "boolean",
        f"SELECT coalesce(liwanag_my_roles() && CASE $1 {_of_permissions()} END, false)",
        arguments="a_permission text",
    ),
    definer_function(
        "liwanag_my_clearance",
        "integer",
        "SELECT coalesce(max(CASE held.role "
        + " ".join(f"WHEN '{role}' THEN {int(level)}" for role, (_may, level) in TABLE.items())
        + " ELSE 0 END), 0) FROM unnest(liwanag_my_roles()) held (role)",
    ),
    definer_function(
        "liwanag_reviews_all",
        "boolean",
        "SELECT liwanag_may('audit.read_log') AND EXISTS ("
        "SELECT FROM accounts_agency WHERE id = liwanag_my_agency() AND NOT is_partner)",
    ),
    definer_function(
        "liwanag_works_small",
        "boolean",
        "SELECT coalesce((SELECT small_profile FROM accounts_agency "
        "WHERE id = liwanag_my_agency()), false)",
    ),
    definer_function(
        "liwanag_agency_of",
        "uuid",
        "SELECT agency_id FROM accounts_user WHERE id = a_person",
        arguments="a_person uuid",
    ),
    definer_function(
        "liwanag_is_open",
        "boolean",
        "SELECT coalesce((SELECT is_active FROM accounts_agency WHERE id = an_agency), false)",
        arguments="an_agency uuid",
    ),
    definer_function(
        "liwanag_approves_for",
        "uuid[]",
        "SELECT coalesce(array_agg(a.id), '{}') FROM accounts_agency a "
        f"WHERE a.approver_id = {ACTOR} AND 'external_approver' = ANY (liwanag_my_roles())",
    ),
    definer_function(
        "liwanag_reviewed_teams",
        "uuid[]",
        f"SELECT coalesce(array_agg(m.team_id), '{{}}') FROM {MY_MEMBERSHIPS} "
        f"AND m.role IN ({listed(roles_with('audit.close_review'))})",
    ),
]

# For a table whose rows say `decided_alone`: only somebody of a small agency may say so, by a
# change (`Wall.frozen`) or with a new row (`Wall.write`).
ALONE_IF_SMALL = {
    "only_small_agencies_decide_alone": the_applications(
        "NEW.decided_alone AND NOT liwanag_works_small()"
    )
}
NOT_ALONE_UNLESS_SMALL = "(NOT decided_alone OR (SELECT liwanag_works_small()))"
# Reviews are the log's, but who reviews is a matter of roles and teams, which stand here.
NOT_MY_OWN = f"subject_id IS DISTINCT FROM {ACTOR}"
TO_REVIEW = (
    "((SELECT liwanag_reviews_all()) OR team_ids && (SELECT liwanag_reviewed_teams())::uuid[] "
    "OR kind = 'acted_alone' AND agency_id = ANY ((SELECT liwanag_approves_for())::uuid[]))"
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
        write=IN_ACT,
        never="DELETE",
        frozen={"a_finding_stands": "OLD.closed_at IS NOT NULL"},
    ),
    # Whoever asks for a release locks the agency, which takes the right to change one column.
    Wall(
        "accounts_agency",
        app="SELECT, INSERT, UPDATE (is_active, small_profile, approver_id)",
        open_because=DIRECTORY,
        # Who decides alone in an agency is set by its own administrator, and looked at by others.
        frozen={
            "the_agency_itself_says_how_it_decides": the_applications(
                f"{changed('small_profile', 'approver_id')} "
                "AND NOT (NEW.id IS NOT DISTINCT FROM liwanag_my_agency() "
                f"AND liwanag_may('accounts.set_profile'))"
            ),
            "an_approver_is_of_another_agency": (
                "OLD.approver_id IS DISTINCT FROM NEW.approver_id "
                "AND liwanag_agency_of(NEW.approver_id) = NEW.id"
            ),
        },
        born={"an_agency_begins_with_two_people": "NEW.small_profile"},
    ),
    # An import locks its team.
    Wall("accounts_team", app="SELECT, INSERT, UPDATE (name)", open_because=DIRECTORY),
    Wall("accounts_membership", app="SELECT, INSERT, UPDATE (ends_at)", open_because=DIRECTORY),
    Wall(
        "accounts_datasharingagreement",
        app="SELECT, INSERT, UPDATE (valid_until)",
        open_because=DIRECTORY,
        never="DELETE",
        frozen={
            "an_agreement_only_ends_earlier": (
                f"{changed('valid_until')} AND (NEW.valid_until IS NULL "
                "OR NEW.valid_until > coalesce(OLD.valid_until, 'infinity'::date))"
            )
        },
    ),
    Wall(
        "accounts_user",
        app="SELECT, INSERT, UPDATE (password, last_login, is_active, ends_on, conduct_version, "
        "conduct_accepted_at)",
        open_because=DIRECTORY,
    ),
    Wall(
        "accounts_invitation",
        app="SELECT, INSERT, UPDATE (accepted_at, withdrawn_at)",
        open_because=DIRECTORY,
        never="DELETE",
    ),
    Wall(
        "accounts_signinlock",
        app="SELECT, INSERT, UPDATE (lifted_at, lifted_by_id)",
        open_because="who was locked out, and until when; written before anybody is signed in",
        never="DELETE",
    ),
    Wall(
        "accounts_notice",
        app="SELECT, INSERT, UPDATE (seen_at, mailed_at)",
        open_because="who was told of which act, by the act's id; jobs write it for everybody",
        never="DELETE",
    ),
    Wall(
        "accounts_noticechoice",
        app="SELECT, INSERT, UPDATE (by_mail, daily_at, quiet_from, quiet_until)",
        open_because="how somebody wants their mail; jobs read it for everybody",
        never="DELETE",
    ),
    Wall(
        "accounts_signonprovider",
        app="SELECT, INSERT, UPDATE (issuer, client_id, sealed_secret, trusts_second_factor, "
        "is_on, version)",
        open_because="read before anybody is signed in; its secret is sealed by the vault",
        never="DELETE",
    ),
    Wall(
        "accounts_signonlink",
        app="SELECT, INSERT",
        open_because=SIGN_IN,
        never="UPDATE, DELETE",
    ),
    Wall(
        "accounts_partnersystem",
        app="SELECT, INSERT, UPDATE (ended_at)",
        open_because="asked before a system is known; its secret is a hash, kept by the library",
        never="DELETE",
        frozen={"a_system_ends_once": "OLD.ended_at IS NOT NULL"},
    ),
    Wall(
        "oauth2_provider_application",
        app="SELECT, INSERT, UPDATE (client_secret, updated)",
        open_because=SYSTEM_SIGN_IN,
        never="DELETE",
        born={
            "a_client_comes_with_its_system": (
                f"NOT ({IN_ACT}) OR NEW.authorization_grant_type <> 'client-credentials' "
                "OR NOT NEW.hash_client_secret"
            )
        },
        frozen={"a_secret_is_replaced_within_an_act": f"NOT ({IN_ACT})"},
    ),
    Wall(
        "oauth2_provider_accesstoken",
        app="SELECT, INSERT, DELETE",
        open_because=SYSTEM_SIGN_IN,
        never="UPDATE",
        # Kept as a checksum alone (RFC 9700).
        born={"a_token_is_not_kept": "NEW.token <> ''"},
    ),
    *(
        Wall(f"oauth2_provider_{table}", app="", open_because="unused: client credentials alone")
        for table in ("grant", "refreshtoken", "idtoken", "devicegrant")
    ),
    Wall("auth_group", app="SELECT, INSERT", open_because=DIRECTORY),
    Wall("auth_group_permissions", app="", open_because="unused: role groups hold nothing"),
    Wall("accounts_user_groups", app="", open_because="unused: teams go by membership"),
    Wall("accounts_user_user_permissions", app="", open_because="unused: roles decide"),
    Wall("account_emailaddress", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("account_emailconfirmation", app="SELECT, INSERT, DELETE", open_because=SIGN_IN),
    Wall("mfa_authenticator", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("usersessions_usersession", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
]
