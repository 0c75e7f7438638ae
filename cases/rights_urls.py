"""Pages about people's rights over what is kept about them; most are the officer's."""

from django.urls import path

from cases.views import registers, retention, rights

app_name = "rights"
urlpatterns = [
    path("erasures/", rights.ErasureList.as_view(), name="erasures"),
    path("erasures/<uuid:pk>/", rights.ErasurePage.as_view(), name="erasure"),
    path("erasures/<uuid:pk>/approve/", rights.ApproveErasure.as_view(), name="approve_erasure"),
    path("erasures/<uuid:pk>/refuse/", rights.RefuseErasure.as_view(), name="refuse_erasure"),
    path("breaches/", registers.Breaches.as_view(), name="breaches"),
    path("breaches/report/", registers.ReportBreach.as_view(), name="report_breach"),
    path("requests/", registers.Requests.as_view(), name="requests"),
    path("processing/", registers.Processing.as_view(), name="processing"),
    path("transfers/", registers.Transfers.as_view(), name="transfers"),
    path("entries/<uuid:pk>/", registers.EntryPage.as_view(), name="entry"),
    path("entries/<uuid:pk>/change/", registers.AmendEntry.as_view(), name="amend_entry"),
    path("<slug:register>/new/", registers.OpenEntry.as_view(), name="open_entry"),
    path("<slug:register>/table/", registers.ExportRegister.as_view(), name="export_register"),
    path("<slug:register>/print/", registers.PrintRegister.as_view(), name="print_register"),
    path("kept/", retention.DueList.as_view(), name="retention"),
    path("kept/<uuid:pk>/", retention.DuePage.as_view(), name="due"),
    path("kept/<uuid:pk>/keep/", retention.KeepLonger.as_view(), name="keep_longer"),
    path(
        "kept/<uuid:pk>/erase/",
        retention.AskForItsErasure.as_view(),
        name="ask_for_its_erasure",
    ),
    path("holds/", rights.HoldList.as_view(), name="holds"),
]
