from django.urls import path, re_path

from audit import views

app_name = "log"
LEVEL = r"(?P<level>0|[1-9]|[1-5][0-9]|6[0-3])"
PLACE = r"(?P<place>(?:x[0-9]{3}/)*[0-9]{3})"
WIDTH = r"(?P<width>[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    re_path(rf"^tile/{LEVEL}/{PLACE}$", views.tile, name="tile"),
    re_path(rf"^tile/{LEVEL}/{PLACE}\.p/{WIDTH}$", views.tile, name="partial_tile"),
]
