from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoffsConfig(AppConfig):
    name = "handoffs"
    verbose_name = "Handoffs"

    def ready(self) -> None:
        from cases.tabs import register_tab
        from cases.timeline import register_moments
        from handoffs import erasure
        from handoffs.selectors import moments_of_case

        erasure.register()
        register_tab(_("Handoffs"), "handoffs:tab", "handoffs.read_handoff")
        register_moments(moments_of_case)
