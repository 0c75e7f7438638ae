from django.urls import path

from desk.views import notices

app_name = "notices"
urlpatterns = [
    path("", notices.NoticesPage.as_view(), name="list"),
    path("seen/", notices.MarkSeen.as_view(), name="mark_seen"),
    path("how/", notices.ChooseNotices.as_view(), name="choose"),
]
