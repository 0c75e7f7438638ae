from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CourtsConfig(AppConfig):
    name = "courts"
    verbose_name = "Courts"

    def ready(self) -> None:
        from cases.tabs import register_tab

        register_tab(_("Court"), "courts:tab", "courts.read_proceeding")
