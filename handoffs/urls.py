"""Addresses of handoffs; the tab and composing stand under their case."""

from django.urls import path

from handoffs.views import desk, sending, showing

app_name = "handoffs"
urlpatterns = [
    path("cases/<uuid:pk>/handoffs/", sending.HandoffTab.as_view(), name="tab"),
    path("cases/<uuid:pk>/handoffs/compose/", sending.ComposeHandoff.as_view(), name="compose"),
    path(
        "cases/<uuid:pk>/handoffs/compose/preview/",
        sending.PreviewChoices.as_view(),
        name="preview_choices",
    ),
    path("handoffs/", sending.HandoffList.as_view(), name="list"),
    path("handoffs/<uuid:pk>/", sending.HandoffPage.as_view(), name="handoff"),
    path("handoffs/<uuid:pk>/change/", sending.ChangeHandoff.as_view(), name="change"),
    path("handoffs/<uuid:pk>/send/", sending.SendHandoff.as_view(), name="send"),
    path("handoffs/<uuid:pk>/names/", showing.ShowNames.as_view(), name="show_names"),
    path("handoffs/<uuid:pk>/revoke/", sending.RevokeHandoff.as_view(), name="revoke"),
    path("handoffs/<uuid:pk>/sent/", showing.ShowSent.as_view(), name="show_sent"),
    path("handoffs/desk/", desk.Desk.as_view(), name="desk"),
    path("handoffs/desk/<uuid:pk>/", desk.Envelope.as_view(), name="envelope"),
    path("handoffs/desk/<uuid:pk>/accept/", desk.AcceptHandoff.as_view(), name="accept"),
    path("handoffs/desk/<uuid:pk>/decline/", desk.DeclineHandoff.as_view(), name="decline"),
    path("handoffs/desk/<uuid:pk>/stopped/", desk.ConfirmStopped.as_view(), name="confirm_stopped"),
    path("handoffs/desk/<uuid:pk>/open/", desk.OpenPackage.as_view(), name="open"),
]
