"""Addresses of the report pages."""

from django.urls import path

from reporting import measure_views, outcome_views, views

app_name = "reporting"
urlpatterns = [
    path("", views.ReleaseList.as_view(), name="list"),
    path("outcomes/", outcome_views.Outcomes.as_view(), name="outcomes"),
    path("measures/", measure_views.Measures.as_view(), name="measures"),
    path("request/", views.RequestRelease.as_view(), name="request"),
    path("<uuid:pk>/", views.ReleasePage.as_view(), name="release"),
    path("request-public/", views.RequestPublicReport.as_view(), name="request_public"),
    path("<uuid:pk>/advise/", views.AdviseRelease.as_view(), name="advise"),
    path("<uuid:pk>/publish/", views.PublishRelease.as_view(), name="publish"),
    path("<uuid:pk>/withdraw/", views.WithdrawRelease.as_view(), name="withdraw"),
    path("<uuid:pk>/csv/", views.DownloadCsv.as_view(), name="download_csv"),
    path("<uuid:pk>/json/", views.DownloadJson.as_view(), name="download_json"),
]
