"""Addresses of handoffs; the tab and composing stand under their case."""

from django.urls import path

from handoffs.views import authorising, desk, emergency, keys, sealed, sending, showing

app_name = "handoffs"
urlpatterns = [
    path("cases/<uuid:pk>/handoffs/", sending.HandoffTab.as_view(), name="tab"),
    path("cases/<uuid:pk>/handoffs/compose/", sending.ComposeHandoff.as_view(), name="compose"),
    path(
        "cases/<uuid:pk>/handoffs/compose/preview/",
        sending.PreviewChoices.as_view(),
        name="preview_choices",
    ),
    path(
        "cases/<uuid:pk>/handoffs/emergency/",
        emergency.TellInEmergency.as_view(),
        name="tell_in_emergency",
    ),
    path("handoffs/emergencies/<uuid:pk>/", emergency.Emergency.as_view(), name="emergency"),
    path("handoffs/", sending.HandoffList.as_view(), name="list"),
    path("handoffs/<uuid:pk>/", sending.HandoffPage.as_view(), name="handoff"),
    path("handoffs/<uuid:pk>/change/", sending.ChangeHandoff.as_view(), name="change"),
    path("handoffs/<uuid:pk>/send/", sending.SendHandoff.as_view(), name="send"),
    path("handoffs/<uuid:pk>/names/", showing.ShowNames.as_view(), name="show_names"),
    path("handoffs/<uuid:pk>/submit/", authorising.SubmitHandoff.as_view(), name="submit"),
    path("handoffs/<uuid:pk>/authorise/", authorising.AuthoriseHandoff.as_view(), name="authorise"),
    path(
        "handoffs/<uuid:pk>/authorise/names/",
        authorising.ShowNamesToAuthorise.as_view(),
        name="show_names_to_authorise",
    ),
    path("handoffs/<uuid:pk>/return/", authorising.ReturnHandoff.as_view(), name="return"),
    path("handoffs/<uuid:pk>/reply/", sending.ReplyToReceiver.as_view(), name="reply"),
    path("handoffs/<uuid:pk>/revoke/", sending.RevokeHandoff.as_view(), name="revoke"),
    path("handoffs/<uuid:pk>/sent/", showing.ShowSent.as_view(), name="show_sent"),
    path("handoffs/<uuid:pk>/sealed/", sealed.TakeArchived.as_view(), name="take_archived"),
    path("handoffs/<uuid:pk>/letter/", sealed.Letter.as_view(), name="letter"),
    path("handoffs/archive/", keys.Archive.as_view(), name="archive"),
    path("handoffs/archive/half/", keys.ArchiveHalf.as_view(), name="archive_half"),
    path("handoffs/open-handoff/", sealed.Opener.as_view(), name="opener"),
    path("handoffs/verify-handoff/", sealed.Verifier.as_view(), name="verifier"),
    path("handoffs/desk/key/", keys.DeskKey.as_view(), name="desk_key"),
    path("handoffs/desk/key/make/", keys.MakeKey.as_view(), name="make_key"),
    path("handoffs/desk/key/<uuid:pk>/copy/", keys.AddCopy.as_view(), name="add_copy"),
    path("handoffs/desk/copies/<uuid:pk>/remove/", keys.RemoveCopy.as_view(), name="remove_copy"),
    path("handoffs/desk/", desk.Desk.as_view(), name="desk"),
    path("handoffs/desk/<uuid:pk>/", desk.Envelope.as_view(), name="envelope"),
    path("handoffs/desk/<uuid:pk>/accept/", desk.AcceptHandoff.as_view(), name="accept"),
    path("handoffs/desk/<uuid:pk>/decline/", desk.DeclineHandoff.as_view(), name="decline"),
    path("handoffs/desk/<uuid:pk>/ask/", desk.AskSender.as_view(), name="ask_sender"),
    path("handoffs/desk/<uuid:pk>/complete/", desk.CompleteHandoff.as_view(), name="complete"),
    path("handoffs/desk/<uuid:pk>/stopped/", desk.ConfirmStopped.as_view(), name="confirm_stopped"),
    path("handoffs/desk/<uuid:pk>/sealed/", sealed.TakeSealed.as_view(), name="take_sealed"),
    path("handoffs/desk/<uuid:pk>/open/", desk.OpenPackage.as_view(), name="open"),
]
