"""Pages are compressed for our own pages, and for no other site (ADR 25)."""

from __future__ import annotations

import gzip

import pytest

ASKED = {"Accept-Encoding": "gzip, deflate, br"}


def _encoding(client, path, **headers):
    return client.get(path, headers=ASKED | headers).headers.get("Content-Encoding")


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_are_small(cast, client_of, site):
    client = client_of(cast.intake)
    response = client.get("/referrals/", headers=ASKED | {"Sec-Fetch-Site": site})
    assert response.headers["Content-Encoding"] == "gzip"
    plain = gzip.decompress(response.content)
    assert b"<h1" in plain
    assert len(response.content) < len(plain) / 2


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_what_another_site_asks_for_is_not(cast, client_of, site):
    said = {} if site is None else {"Sec-Fetch-Site": site}
    assert _encoding(client_of(cast.intake), "/referrals/", **said) is None


def test_what_others_may_cache_is_left_as_it_is(database, client):
    public = client.get("/reports/", headers=ASKED | {"Sec-Fetch-Site": "same-origin"})
    assert public.status_code == 200
    assert "no-store" not in public.headers["Cache-Control"]
    assert "Content-Encoding" not in public.headers
