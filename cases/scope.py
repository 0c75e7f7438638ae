"""The scope of the case file as row security asks it, for the walls of its tables.

Written as array initplans, computed once a statement; the functions stand in `cases/walls.py`.
"""

from __future__ import annotations

from cases.choices import ALLEGED_OFFENDERS, CLEARED
from core.walls import listed

MY_CASES = "ANY ((SELECT liwanag_my_cases())::uuid[])"
# Emergency access left out: it opens nothing that is sealed (R-A2).
STANDING_CASES = "ANY ((SELECT liwanag_my_standing_cases())::uuid[])"
IN_MY_CASES = f"case_id = {MY_CASES}"
MY_PEOPLE = "ANY ((SELECT liwanag_my_people())::uuid[])"
# A grant `g` of sight, with its permission `p`, in force now.
LIVE = "p.codename = 'view_case' AND (g.until IS NULL OR g.until > now())"
# A place `p` of an alleged offender who was not cleared.
ACCUSED = f"p.role IN ({listed(ALLEGED_OFFENDERS)}) AND p.legal_status NOT IN ({listed(CLEARED)})"
