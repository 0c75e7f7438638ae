from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoffsConfig(AppConfig):
    name = "handoffs"
    verbose_name = "Handoffs"

    def ready(self) -> None:
        from accounts.services.leaving import register_leaving
        from cases.closing import register_guard
        from cases.erasing import register_erasure
        from cases.selectors.copies import register_chapter
        from cases.services.consequences import register_consequence
        from cases.tabs import register_tab
        from cases.timeline import register_moments
        from handoffs import erasure
        from handoffs.copies import given_to
        from handoffs.guards import handoffs_left
        from handoffs.selectors import moments_of_case
        from handoffs.services.keys import drop_copies_of_those_who_left
        from handoffs.services.stopping import stop_uncovered

        register_erasure(*erasure.STEPS)
        register_chapter(given_to)
        register_tab(_("Handoffs"), "handoffs:tab", "handoffs.read_handoff")
        register_moments(moments_of_case)
        register_consequence(stop_uncovered)
        register_guard(handoffs_left)
        register_leaving(drop_copies_of_those_who_left)
