"""Walls of papers and of their files: `cases.walls` takes them in."""

from __future__ import annotations

from accounts.walls import may
from cases.models.paper_file import STEPS
from core.walls import Wall, step_out_of_order


def paper_walls(in_my_cases: str) -> list[Wall]:
    """The walls of papers.

    Args:
        in_my_cases: SQL condition for rows of cases that the actor sees.
    """
    paper = f"{may('cases.read_paper')} AND {in_my_cases}"
    cleans = may("cases.clean_paper")
    return [
        Wall("cases_paper", app="SELECT, INSERT, UPDATE (original_at)", see=paper),
        Wall(
            "cases_paperfile",
            app="SELECT, INSERT, UPDATE (state, refusal, pages, size, settled_at, original_digest)",
            see=f"{cleans} OR ({paper})",
            frozen={"a_settled_file_stays": step_out_of_order(STEPS, "state")},
        ),
        # As it was brought: written by whoever brings it, read and dropped by the service alone.
        Wall(
            "cases_paperwaiting",
            app="SELECT, INSERT, DELETE",
            see=cleans,
            write=f"{may('cases.keep_paper')} AND {in_my_cases}",
            never="UPDATE",
        ),
        # What is kept: written by the service alone, read and destroyed by named roles.
        Wall(
            "cases_papercontent",
            app="SELECT, INSERT, DELETE",
            see=f"{may('cases.open_paper')} AND {in_my_cases}",
            write=cleans,
            never="UPDATE",
        ),
    ]
