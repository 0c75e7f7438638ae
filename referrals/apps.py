from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Referrals"

    def ready(self) -> None:
        from cases.erasing import register_erasure
        from cases.retention import register_kept_kind
        from cases.selectors import register_duty_origin
        from cases.selectors.copies import register_chapter
        from cases.selectors.person import register_identity_labels
        from cases.timeline import register_moments
        from referrals import erasure
        from referrals.copies import told_by_sources
        from referrals.htcds.fields import FIELDS
        from referrals.moments import duty_origin, moments_of_case
        from referrals.services.erasing import ask_when_due

        register_erasure(*erasure.STEPS)
        register_kept_kind("referral", ask_when_due)
        register_chapter(told_by_sources)
        register_identity_labels({name: field.label for name, field in FIELDS.items()})
        register_moments(moments_of_case)
        register_duty_origin(duty_origin)
