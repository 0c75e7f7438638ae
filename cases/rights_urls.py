"""Pages about people's rights over what is kept about them; most are the officer's."""

from django.urls import path

from cases.views import rights

app_name = "rights"
urlpatterns = [
    path("erasures/", rights.ErasureList.as_view(), name="erasures"),
    path("erasures/<uuid:pk>/", rights.ErasurePage.as_view(), name="erasure"),
    path("erasures/<uuid:pk>/approve/", rights.ApproveErasure.as_view(), name="approve_erasure"),
    path("erasures/<uuid:pk>/refuse/", rights.RefuseErasure.as_view(), name="refuse_erasure"),
    path("holds/", rights.HoldList.as_view(), name="holds"),
]
