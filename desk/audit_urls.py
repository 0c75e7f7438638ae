from django.urls import path

from desk.views import audit_trail

app_name = "audit_trail"
urlpatterns = [
    path("audit/", audit_trail.AuditTrailPage.as_view(), name="events"),
    path("cases/<uuid:pk>/opened/", audit_trail.WhoOpenedThis.as_view(), name="who_opened"),
]
