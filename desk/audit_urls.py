from django.urls import path

from desk.views import audit_trail, reviews

app_name = "audit_trail"
urlpatterns = [
    path("audit/", audit_trail.AuditTrailPage.as_view(), name="events"),
    path("audit/reviews/", reviews.ReviewsPage.as_view(), name="reviews"),
    path("audit/reviews/<uuid:pk>/", reviews.ReviewPage.as_view(), name="review"),
    path("cases/<uuid:pk>/opened/", audit_trail.WhoOpenedThis.as_view(), name="who_opened"),
]
