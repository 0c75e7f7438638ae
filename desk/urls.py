from django.urls import path

from desk.views import approvals, printing, work

app_name = "desk"
urlpatterns = [
    path("", work.MyWorkPage.as_view(), name="my_work"),
    path("waiting/<slug:kind>/", work.WaitingPage.as_view(), name="waiting"),
    path("approvals/", approvals.Approvals.as_view(), name="approvals"),
    path("print/", printing.RecordPrint.as_view(), name="print"),
]
