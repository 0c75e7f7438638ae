"""Every address of the product; each app lists its own."""

from django.urls import include, path

urlpatterns = []
handler400 = "core.error_pages.bad_request"
handler403 = "core.error_pages.refused"
handler404 = "core.error_pages.not_found"
handler500 = "core.error_pages.broken"
