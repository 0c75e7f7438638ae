"""People and agencies: no case data, but who may change them is the act's business."""

from core.walls import ACTOR, Wall, definer_function

DIRECTORY = "names of staff and agencies; scoped by visible_to, changed only inside an act"
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
]

WALLS = [
    Wall("accounts_agency", open_because=DIRECTORY),
    Wall("accounts_team", open_because=DIRECTORY),
    Wall("accounts_membership", open_because=DIRECTORY),
    Wall("accounts_datasharingagreement", open_because=DIRECTORY),
    Wall("accounts_user", open_because=DIRECTORY),
    Wall("auth_group", app="SELECT, INSERT, UPDATE", open_because=DIRECTORY),
    Wall("auth_group_permissions", app="SELECT", open_because="role groups hold nothing"),
    Wall("accounts_user_groups", app="SELECT", open_because="unused: teams go by membership"),
    Wall("accounts_user_user_permissions", app="SELECT", open_because="unused: roles decide"),
    Wall("account_emailaddress", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("account_emailconfirmation", app="SELECT, INSERT, DELETE", open_because=SIGN_IN),
    Wall("mfa_authenticator", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
    Wall("usersessions_usersession", app="SELECT, INSERT, UPDATE, DELETE", open_because=SIGN_IN),
]
