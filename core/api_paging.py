"""Paging of the API, in a module of its own: the API framework imports it while it loads."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class CalmPagination(PageNumberPagination):
    """50 a page, at most 200."""

    page_size_query_param = "page_size"
    max_page_size = 200
