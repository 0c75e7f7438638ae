"""What runs by the clock, and how often: seconds, or a time of day."""

from __future__ import annotations

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE = {
    "check-log": {"task": "desk.check_log", "schedule": 6 * 3600.0},
    "watch-log": {"task": "desk.watch_log", "schedule": 300.0},
    "resend-outbox": {"task": "audit.send_outbox", "schedule": 30.0},
    "escalate-danger": {"task": "referrals.escalate_danger", "schedule": 60.0},
    "drop-old-referral-drafts": {"task": "referrals.drop_old_drafts", "schedule": 3600.0},
    "tell-of-kept-lists": {"task": "referrals.tell_of_kept_lists", "schedule": 1800.0},
    "drop-old-imports": {"task": "referrals.drop_old_imports", "schedule": 3600.0},
    "alert-overdue-duties": {"task": "cases.alert_overdue_duties", "schedule": 300.0},
    "run-out-consents": {"task": "cases.run_out_consents", "schedule": 3600.0},
    "mail-notices": {"task": "accounts.mail_notices", "schedule": 300.0},
    "stop-uncovered": {"task": "handoffs.stop_uncovered", "schedule": 900.0},
    "remind-of-handoffs": {"task": "handoffs.remind_of_answers", "schedule": 6 * 3600.0},
    "expire-handoffs": {"task": "handoffs.expire_unanswered", "schedule": 3600.0},
    "drop-old-exports": {"task": "handoffs.drop_old_exports", "schedule": 900.0},
    "keep-desk-keys": {"task": "handoffs.keep_keys_in_order", "schedule": 900.0},
    "end-accounts": {"task": "accounts.close_ended_accounts", "schedule": 3600.0},
    "drop-old-sessions": {"task": "accounts.drop_old_sessions", "schedule": 6 * 3600.0},
    "list-due-for-review": {
        "task": "cases.list_due_for_review",
        "schedule": crontab(hour=18, minute=30),
    },
    "drop-old-drafts": {"task": "cases.drop_old_drafts", "schedule": 3600.0},
}
