"""Addresses of the reports that everybody reads without signing in."""

from django.urls import path

from reporting import public_views as views

app_name = "public_reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("<str:reference>/", views.report, name="report"),
    path("<str:reference>/figures.csv", views.csv_file, name="csv"),
    path("<str:reference>/report.json", views.json_file, name="json"),
]
