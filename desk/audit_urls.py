from django.urls import path

from desk.views import access_report, archives, audit_trail, log_exports, openings, reviews, usage

app_name = "audit_trail"
urlpatterns = [
    path("audit/", audit_trail.AuditTrailPage.as_view(), name="events"),
    path("audit/check/", audit_trail.AskForCheck.as_view(), name="check"),
    path("audit/searches/", audit_trail.KeepSearch.as_view(), name="keep_search"),
    path("audit/searches/<uuid:pk>/", audit_trail.KeptSearch.as_view(), name="kept_search"),
    path(
        "audit/searches/<uuid:pk>/remove/",
        audit_trail.ForgetSearch.as_view(),
        name="forget_search",
    ),
    path("audit/export/", log_exports.ExportFound.as_view(), name="export"),
    path("audit/entries/<int:number>/proof/", log_exports.TakeProof.as_view(), name="proof"),
    path("audit/archives/", archives.ArchivesPage.as_view(), name="archives"),
    path("audit/archives/<int:first>/", archives.ArchivePage.as_view(), name="archive"),
    path("audit/usage/", usage.UsagePage.as_view(), name="usage"),
    path("audit/cases/<uuid:pk>/", openings.CaseInTheLog.as_view(), name="case"),
    path("audit/reviews/", reviews.ReviewsPage.as_view(), name="reviews"),
    path("audit/reviews/<uuid:pk>/", reviews.ReviewPage.as_view(), name="review"),
    path(
        "audit/people/<uuid:pk>/report/",
        access_report.AccessReportOfPerson.as_view(),
        name="report_of_person",
    ),
    path(
        "cases/people/<uuid:pk>/opened/",
        access_report.AccessReport.as_view(),
        name="access_report",
    ),
    path("cases/<uuid:pk>/opened/", openings.WhoOpenedThis.as_view(), name="who_opened"),
]
