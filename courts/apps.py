from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CourtsConfig(AppConfig):
    name = "courts"
    verbose_name = "Courts"

    def ready(self) -> None:
        from cases.clearing import register_clearing_guard
        from cases.closing import register_guard
        from cases.erasing import register_erasure, register_retention_reason
        from cases.selectors.copies import register_chapter
        from cases.tabs import register_tab
        from cases.timeline import register_moments
        from cases.tracks import register_justice_steps
        from courts.copies import told_by_courts
        from courts.erasure import STEPS
        from courts.guards import proceedings_left, still_tried
        from courts.moments import justice_steps_of, moments_of_case
        from courts.retention import proceedings_not_over

        register_erasure(*STEPS)
        register_retention_reason(proceedings_not_over)
        register_chapter(told_by_courts)
        register_moments(moments_of_case)
        register_justice_steps(justice_steps_of)
        register_guard(proceedings_left)
        register_clearing_guard(still_tried)
        register_tab(_("Court"), "courts:tab", "courts.read_proceeding")
