"""Addresses of the court pages; the tab stands under its case."""

from django.urls import path

from courts import views

app_name = "courts"
urlpatterns = [
    path("", views.ProceedingList.as_view(), name="list"),
    path("case/<uuid:pk>/", views.CourtTab.as_view(), name="tab"),
    path("case/<uuid:pk>/open/", views.OpenProceeding.as_view(), name="open"),
    path("<uuid:pk>/", views.ProceedingPage.as_view(), name="proceeding"),
    path("<uuid:pk>/charge/", views.FileCharge.as_view(), name="file_charge"),
    path(
        "<uuid:pk>/charge/<uuid:charge>/verdict/",
        views.RecordVerdict.as_view(),
        name="record_verdict",
    ),
    path("<uuid:pk>/advance/", views.AdvanceProceeding.as_view(), name="advance"),
]
