from django.urls import path

from desk.views import work

app_name = "desk"
urlpatterns = [path("", work.MyWorkPage.as_view(), name="my_work")]
