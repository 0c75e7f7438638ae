from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from cases import erasure_steps
        from cases.erasing import register_erasure

        register_erasure(*erasure_steps.STEPS)
