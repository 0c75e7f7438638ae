"""Every address of the product; each app lists its own."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.partner_tokens import SystemTokenView
from config.api import router
from core.styleguide import styleguide
from desk.views import find, leaving

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("desk.audit_urls")),
    path("", include("desk.directory_urls")),
    path("", include("handoffs.urls")),
    path("referrals/", include("referrals.urls")),
    path("cases/", include("cases.urls")),
    path("data-rights/", include("cases.rights_urls")),
    path("court/", include("courts.urls")),
    path("reporting/", include("reporting.urls")),
    path("reports/", include("reporting.public_urls")),
    path("account/", include("accounts.sign_in_urls")),
    path("log/", include("audit.urls")),
    path("notices/", include("desk.notice_urls")),
    path("find/", find.FindPage.as_view(), name="find"),
    path("exit/", leaving.exit_page, name="exit"),
    path("lock/", leaving.lock, name="lock"),
    path("still-here/", leaving.still_here, name="still_here"),
    path("calendar/", leaving.after_exit, name="after_exit"),
    path("appearance/", leaving.appearance, name="appearance"),
    path("styleguide/", styleguide, name="styleguide"),
    path("oauth/token/", SystemTokenView.as_view(), name="system_token"),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
]
handler400 = "core.error_pages.bad_request"
handler403 = "core.error_pages.refused"
handler404 = "core.error_pages.not_found"
handler500 = "core.error_pages.broken"
