"""The API's router: each app registers its own viewsets under /api/v1/."""

from rest_framework.routers import DefaultRouter

from cases.api.urls import register as register_cases
from courts.api.urls import register as register_courts
from handoffs.api.urls import register as register_handoffs
from referrals.api.urls import register as register_referrals
from reporting.api.urls import register as register_reporting

# Ids are UUIDs by the address itself: anything else is no address, and reaches no service.
router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
for register in (
    register_referrals,
    register_cases,
    register_handoffs,
    register_courts,
    register_reporting,
):
    register(router)
