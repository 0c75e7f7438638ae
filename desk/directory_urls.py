from django.urls import path

from desk.views import directory

app_name = "directory"
urlpatterns = [
    path("people/", directory.PeoplePage.as_view(), name="people"),
    path("roles/", directory.RolesPage.as_view(), name="roles"),
]
