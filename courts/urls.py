"""Addresses of the court pages; the tab stands under its case."""

from django.urls import path

from courts.views import charges, hearings, law, operations, proceedings, sentences

app_name = "courts"
urlpatterns = [
    path("", proceedings.ProceedingList.as_view(), name="list"),
    path("calendar/", hearings.CourtCalendar.as_view(), name="calendar"),
    path("calendar/program/", hearings.CalendarFeedPage.as_view(), name="feed"),
    path("hearings/<uuid:pk>/", hearings.HearingPage.as_view(), name="hearing"),
    path("hearings/<uuid:pk>/end/", hearings.EndHearing.as_view(), name="end_hearing"),
    path(
        "hearings/<uuid:pk>/prepare/",
        hearings.PrepareHearing.as_view(),
        name="prepare_hearing",
    ),
    path("<uuid:pk>/hearing/", hearings.ScheduleHearing.as_view(), name="schedule_hearing"),
    path("laws/", law.StatuteList.as_view(), name="statutes"),
    path("laws/add/", law.AddStatute.as_view(), name="add_statute"),
    path("laws/<uuid:pk>/", law.ChangeStatute.as_view(), name="change_statute"),
    path("procedures/", law.ProcedureList.as_view(), name="procedures"),
    path("case/<uuid:pk>/", proceedings.CourtTab.as_view(), name="tab"),
    path("case/<uuid:pk>/open/", proceedings.OpenProceeding.as_view(), name="open"),
    path(
        "case/<uuid:pk>/operation/",
        operations.RecordOperation.as_view(),
        name="record_operation",
    ),
    path("case/<uuid:pk>/plan/", operations.PlanOperation.as_view(), name="plan_operation"),
    path("planned/<uuid:pk>/", operations.PlannedPage.as_view(), name="planned"),
    path("planned/<uuid:pk>/member/", operations.NameMember.as_view(), name="name_member"),
    path("planned/<uuid:pk>/call-off/", operations.CallOffOperation.as_view(), name="call_off"),
    path("operations/<uuid:pk>/", operations.OperationPage.as_view(), name="operation"),
    path(
        "operations/<uuid:pk>/change/",
        operations.ChangeOperation.as_view(),
        name="change_operation",
    ),
    path(
        "operations/<uuid:pk>/outcome/",
        operations.RecordOutcome.as_view(),
        name="record_outcome",
    ),
    path(
        "operations/<uuid:pk>/outcome/<uuid:outcome>/",
        operations.ReclassifyOutcome.as_view(),
        name="reclassify_outcome",
    ),
    path("<uuid:pk>/", proceedings.ProceedingPage.as_view(), name="proceeding"),
    path("<uuid:pk>/change/", proceedings.ChangeProceeding.as_view(), name="change"),
    path("<uuid:pk>/advance/", proceedings.AdvanceProceeding.as_view(), name="advance"),
    path("<uuid:pk>/charge/", charges.FileCharge.as_view(), name="file_charge"),
    path(
        "<uuid:pk>/charge/<uuid:charge>/amend/",
        charges.AmendCharge.as_view(),
        name="amend_charge",
    ),
    path(
        "<uuid:pk>/charge/<uuid:charge>/replace/",
        charges.ReplaceCharge.as_view(),
        name="replace_charge",
    ),
    path("<uuid:pk>/charge/<uuid:charge>/plea/", charges.EnterPlea.as_view(), name="enter_plea"),
    path(
        "<uuid:pk>/charge/<uuid:charge>/verdict/",
        charges.RecordVerdict.as_view(),
        name="record_verdict",
    ),
    path("<uuid:pk>/sentence/", sentences.RecordSentence.as_view(), name="record_sentence"),
    path(
        "<uuid:pk>/sentence/<uuid:part>/release/",
        sentences.RecordRelease.as_view(),
        name="record_release",
    ),
    path("<uuid:pk>/appeal/", sentences.FileAppeal.as_view(), name="file_appeal"),
    path(
        "<uuid:pk>/appeal/<uuid:part>/decide/",
        sentences.DecideAppeal.as_view(),
        name="decide_appeal",
    ),
    path("<uuid:pk>/award/", sentences.AwardCompensation.as_view(), name="award_compensation"),
    path(
        "<uuid:pk>/award/<uuid:part>/paid/",
        sentences.RecordPayment.as_view(),
        name="record_payment",
    ),
    path("<uuid:pk>/wish/<uuid:survivor>/", sentences.RecordWish.as_view(), name="record_wish"),
]
