"""The one permission that grants of sight carry."""

from __future__ import annotations

from django.contrib.auth.models import Permission

from cases.querysets import VIEW


def view_permission() -> Permission:
    """The one permission that grants carry."""
    return Permission.objects.get(content_type__app_label="cases", codename=VIEW)
