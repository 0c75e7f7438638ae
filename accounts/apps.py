from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and agencies"

    def ready(self) -> None:
        # Signing in is allauth's act, not a service of ours; its signals are how the log hears.
        from accounts import sign_in_events

        sign_in_events.connect()
