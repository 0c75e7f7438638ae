from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from cases.tabs import register_tab

        register_tab(_("Who opened this"), "audit_trail:who_opened", "cases.read_access")
