"""Row-level security of referrals: the desk's team, and whoever sees the case."""

from audit.walls import log_name_functions
from core.walls import Wall

MY_TEAM = "team_id = ANY ((SELECT liwanag_my_teams())::uuid[])"
MINE = f"{MY_TEAM} OR case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"

FUNCTIONS = [*log_name_functions("referrals", "SELECT id, reference::text FROM referrals_referral")]

WALLS = [
    Wall("referrals_referral", see=MINE),
    Wall("referrals_referralevent", app="SELECT, INSERT", see=MINE),
    Wall("referrals_importbatch", see=MY_TEAM),
    Wall("referrals_importedrow", app="SELECT, INSERT", see=MY_TEAM),
]
