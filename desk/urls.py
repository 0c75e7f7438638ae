from django.urls import path

from desk.views import approvals, help, printing, work

app_name = "desk"
urlpatterns = [
    path("", work.MyWorkPage.as_view(), name="my_work"),
    path("waiting/<slug:kind>/", work.WaitingPage.as_view(), name="waiting"),
    path("approvals/", approvals.Approvals.as_view(), name="approvals"),
    path("help/", help.HelpPage.as_view(), name="help"),
    path("help/words/", help.WordsPage.as_view(), name="words"),
    path("help/<slug:guide>/", help.GuidePage.as_view(), name="guide"),
    path("print/", printing.RecordPrint.as_view(), name="print"),
]
