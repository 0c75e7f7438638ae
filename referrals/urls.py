"""Addresses of the referral desk."""

from django.urls import path

from referrals.views import (
    acts,
    desk,
    erasing,
    imports,
    indicators,
    log,
    oncall,
    own_sheets,
    routing,
)

app_name = "referrals"
urlpatterns = [
    path("", desk.ReferralList.as_view(), name="list"),
    path("log/", log.LogReferral.as_view(), name="log"),
    path("log/discard/", log.DiscardDraft.as_view(), name="discard_draft"),
    path("paper-form/", log.PaperForm.as_view(), name="paper_form"),
    path("<uuid:pk>/log-another/", log.LogAnother.as_view(), name="log_another"),
    path("import/", imports.Import.as_view(), name="import"),
    path("imports/", imports.ImportList.as_view(), name="imports"),
    path("imports/<uuid:batch>/", imports.BatchPage.as_view(), name="import_batch"),
    path(
        "imports/<uuid:batch>/columns/",
        own_sheets.ChooseColumns.as_view(),
        name="choose_columns",
    ),
    path(
        "imports/<uuid:batch>/first-rows/",
        own_sheets.LookOverImport.as_view(),
        name="look_over_import",
    ),
    path("imports/<uuid:batch>/progress/", imports.BatchProgress.as_view(), name="import_progress"),
    path("imports/<uuid:batch>/rejects/", imports.TakeRejects.as_view(), name="take_rejects"),
    path("imports/<uuid:batch>/drop/", imports.DropRejects.as_view(), name="drop_rejects"),
    path("assign/", acts.AssignReferrals.as_view(), name="assign"),
    path("routing/", routing.Routing.as_view(), name="routing"),
    path("routing/<uuid:pk>/end/", routing.EndRoutingRule.as_view(), name="end_routing_rule"),
    path("on-call/", oncall.OnCall.as_view(), name="on_call"),
    path("on-call/<uuid:pk>/end/", oncall.EndOnCall.as_view(), name="end_on_call"),
    path("<uuid:pk>/", desk.ReferralPage.as_view(), name="referral"),
    path("<uuid:pk>/matches/", desk.Matches.as_view(), name="matches"),
    path("<uuid:pk>/indicators/", indicators.Indicators.as_view(), name="indicators"),
    path("<uuid:pk>/indicators/observe/", indicators.Observe.as_view(), name="observe"),
    path("<uuid:pk>/indicators/assess/", indicators.Assess.as_view(), name="assess"),
    path(
        "<uuid:pk>/indicators/payment/", indicators.RecordPayment.as_view(), name="record_payment"
    ),
    path(
        "<uuid:pk>/indicators/<uuid:entry>/take-back/",
        indicators.TakeBackObservation.as_view(),
        name="take_back_observation",
    ),
    path(
        "<uuid:pk>/payments/<uuid:entry>/take-back/",
        indicators.TakeBackPayment.as_view(),
        name="take_back_payment",
    ),
    path("<uuid:pk>/open-summary/", desk.OpenSummary.as_view(), name="open_summary"),
    path("<uuid:pk>/acknowledge/", acts.Acknowledge.as_view(), name="acknowledge"),
    path("<uuid:pk>/start-triage/", acts.StartTriage.as_view(), name="start_triage"),
    path("<uuid:pk>/ask-source/", acts.AskSource.as_view(), name="ask_source"),
    path("<uuid:pk>/chase-source/", acts.ChaseSource.as_view(), name="chase_source"),
    path("<uuid:pk>/record-answer/", acts.RecordAnswer.as_view(), name="record_answer"),
    path("<uuid:pk>/duties/note/", acts.NoteReferralDuty.as_view(), name="note_duty"),
    path("<uuid:pk>/accept/", acts.AcceptReferral.as_view(), name="accept"),
    path("<uuid:pk>/decline/", acts.DeclineReferral.as_view(), name="decline"),
    path("<uuid:pk>/redirect/", acts.RedirectReferral.as_view(), name="redirect"),
    path("<uuid:pk>/mark-duplicate/", acts.MarkDuplicate.as_view(), name="mark_duplicate"),
    path("<uuid:pk>/withdraw/", acts.WithdrawReferral.as_view(), name="withdraw"),
    path("<uuid:pk>/give-feedback/", acts.GiveFeedback.as_view(), name="give_feedback"),
    path("<uuid:pk>/close/", acts.CloseReferral.as_view(), name="close"),
    path("<uuid:pk>/reopen/", acts.ReopenReferral.as_view(), name="reopen"),
    path("<uuid:pk>/erase/", erasing.RequestReferralErasure.as_view(), name="request_erasure"),
]
