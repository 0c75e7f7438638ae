"""What of the courts goes with a survivor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep
from cases.erasure_steps import gone

STEPS = [
    ErasureStep(
        "release_wishes",
        _("Whether the person wants to hear of a release"),
        ("courts.ReleaseWish.person",),
        (gone("courts_releasewish"),),
    ),
]
