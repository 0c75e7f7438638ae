"""Every address of the product; each app lists its own."""

from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.api import router
from core.styleguide import styleguide
from desk.views import leaving

# TEMPORARY while apps arrive: one plain include a line when all are here.
APPS = ("referrals", "cases", "handoffs", "courts", "reporting")

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("desk.audit_urls")),
    path("", include("desk.directory_urls")),
    *(
        path(f"{app}/" if app != "courts" else "court/", include(f"{app}.urls"))
        for app in APPS
        if find_spec(f"{app}.urls")
    ),
    path("account/", include("accounts.sign_in_urls")),
    path("exit/", leaving.exit_page, name="exit"),
    path("calendar/", leaving.after_exit, name="after_exit"),
    path("appearance/", leaving.appearance, name="appearance"),
    path("styleguide/", styleguide, name="styleguide"),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
]
handler400 = "core.error_pages.bad_request"
handler403 = "core.error_pages.refused"
handler404 = "core.error_pages.not_found"
handler500 = "core.error_pages.broken"
