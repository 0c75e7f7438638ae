"""The API's router: each app registers its own viewsets under /api/v1/."""

from importlib import import_module
from importlib.util import find_spec

from rest_framework.routers import DefaultRouter

# Paths, not patterns: an id that is no UUID is no address at all.
router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
for app in ("referrals", "cases", "handoffs", "courts", "reporting"):
    if find_spec(f"{app}.api") and find_spec(f"{app}.api.urls"):
        import_module(f"{app}.api.urls").register(router)
