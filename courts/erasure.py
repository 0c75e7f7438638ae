"""What of the courts goes with a survivor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep
from cases.erasure_steps import gone

STEPS = [
    ErasureStep(
        "release_wishes",
        _("Whether the person wants to hear of a release, and has to come to a hearing"),
        ("courts.ReleaseWish.person", "courts.HearingAttendance.person"),
        (gone("courts_releasewish"), gone("courts_hearingattendance")),
    ),
]
