from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Referrals"

    def ready(self) -> None:
        from cases.timeline import register_moments
        from referrals import erasure
        from referrals.moments import moments_of_case

        erasure.register()
        register_moments(moments_of_case)
