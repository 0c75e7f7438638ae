"""The figures of `reporting.justice` in words, bars and rows for the dashboard of outcomes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courts.choices import Stage
from reporting.justice import AHEAD, STILL_AFTER, Cohort, Pending, Waits


def context(cohort: Cohort, pending: Pending) -> dict[str, Any]:
    """What the page shows of a cohort and of what is pending."""
    return {
        "cohort": cohort,
        "way_code": "S-FUN",
        "way_finding": way_finding(cohort),
        "way_bars": way_bars(cohort),
        "way_rows": way_rows(cohort),
        "wait_rows": wait_rows(cohort),
        "safe_before": cohort.safe_before,
        "pending_rows": pending_rows(pending),
        "still_rows": [(Stage(stage).label, count) for stage, count in pending.still],
        "still_days": STILL_AFTER.days,
    }


def way_finding(cohort: Cohort) -> str:
    """The chart of the way in a sentence."""
    if not cohort.cases:
        return _("No referral of this period has led to a case so far.")
    reached = {one.step: one.cases for one in cohort.steps}
    return _(
        "%(referrals)s led to %(cases)s. A charge was filed in %(charge)s of them; in "
        "%(conviction)s a conviction stands."
    ) % {
        "referrals": ngettext("%(n)s referral", "%(n)s referrals", cohort.referrals)
        % {"n": cohort.referrals},
        "cases": ngettext("%(n)s case", "%(n)s cases", cohort.cases) % {"n": cohort.cases},
        "charge": reached["charge"],
        "conviction": reached["conviction"],
    }


def _steps() -> dict[str, str]:
    return {
        "operation": _("With an operation"),
        "arrest": _("With an arrest"),
        "charge": _("With a charge"),
        "conviction": _("With a conviction that stands"),
    }


def way_bars(cohort: Cohort) -> list[dict[str, Any]]:
    """One bar for the cases and one for those that reached each step."""
    words = _steps()
    return [
        {"label": _("Cases"), "value": cohort.cases},
        *(
            {"label": words[one.step], "value": one.cases, "main": one.step == "conviction"}
            for one in cohort.steps
        ),
    ]


def way_rows(cohort: Cohort) -> list[tuple[str, int, int, int]]:
    """Of each step: its words, cases that reached it, and those that did not, open and closed."""
    words = _steps()
    return [(words[one.step], one.cases, one.still_open, one.closed) for one in cohort.steps]


def wait_rows(cohort: Cohort) -> list[dict[str, Any]]:
    return [
        _wait(_("From referral to safety"), "S-R2R", _("survivors"), cohort.to_safety),
        _wait(_("From safety to the first charge"), "S-R2C", _("cases"), cohort.to_charge),
        _wait(
            _("From the charge to the first judgment"),
            "S-R2C",
            _("proceedings"),
            cohort.to_judgment,
        ),
    ]


def _wait(what: str, code: str, of: str, waits: Waits) -> dict[str, Any]:
    return {
        "what": what,
        "code": code,
        "of": of,
        "n": waits.n,
        "waiting": waits.waiting,
        "took": _days(waits),
    }


def _days(waits: Waits) -> str:
    if waits.median is None:
        return _("none so far")
    said = _("median %(median)s days") % {"median": f"{waits.median:g}"}
    if waits.quartiles:
        said += _("; half of them from %(low)s to %(high)s") % {
            "low": f"{waits.quartiles[0]:g}",
            "high": f"{waits.quartiles[1]:g}",
        }
    return said


def pending_rows(pending: Pending) -> list[tuple[str, int]]:
    """What lies before the courts today, in words and numbers."""
    days = {"days": AHEAD.days}
    return [
        (_("Proceedings that run"), pending.running),
        (_("Hearings of the next %(days)s days") % days, pending.hearings),
        (_("Our reports due in the next %(days)s days, not sent") % days, pending.reports),
        (
            _("Proceedings that stand still"),
            sum(count for _stage, count in pending.still),
        ),
    ]
