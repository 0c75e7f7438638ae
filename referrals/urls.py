"""Addresses of the referral desk."""

from django.urls import path

from referrals import views

app_name = "referrals"
urlpatterns = [
    path("", views.ReferralList.as_view(), name="list"),
    path("log/", views.LogReferral.as_view(), name="log"),
    path("import/", views.ImportSheet.as_view(), name="import"),
    path("<uuid:pk>/", views.ReferralPage.as_view(), name="referral"),
    path("<uuid:pk>/open-summary/", views.OpenSummary.as_view(), name="open_summary"),
    path("<uuid:pk>/start-triage/", views.StartTriage.as_view(), name="start_triage"),
    path("<uuid:pk>/duties/note/", views.NoteReferralDuty.as_view(), name="note_duty"),
    path("<uuid:pk>/accept/", views.AcceptReferral.as_view(), name="accept"),
    path("<uuid:pk>/decline/", views.DeclineReferral.as_view(), name="decline"),
]
