"""Every address the product answers, taken from the resolver, as URLs of the tests' world."""

from __future__ import annotations

import re

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.records import RECORDS

# Pages for whoever is not signed in.
PUBLIC = {
    "system_token",
    "account_login",
    "account_sign_on_return",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_trust",
    "exit",
    "after_exit",
    "lock",
    "appearance",
    "styleguide",
    "log:checkpoint",
    "public_reports:list",
    "public_reports:report",
    "public_reports:csv",
    "public_reports:json",
}
# The published log: hashes only, and no record's id. tests/audit/test_published_log.py walks it.
TILES = {"log:tile", "log:partial_tile"}
# Library pages whose ids are the reader's own second factors and sessions; and the API's schema,
# which is the same for everybody and slow to write.
LIBRARY = re.compile(r"^(account_|mfa_|usersessions_|api_schema$)")


def addresses():
    """[(view name, parameter names)] of every pattern."""
    found = []

    def walk(patterns, spaces, taken):
        for pattern in patterns:
            takes = taken | set(pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                space = [*spaces, pattern.namespace] if pattern.namespace else spaces
                walk(pattern.url_patterns, space, takes)
            elif isinstance(pattern, URLPattern) and pattern.name:
                found.append((":".join([*spaces, pattern.name]), tuple(sorted(takes))))

    walk(get_resolver().url_patterns, [], set())
    return sorted(set(found))


def _value(world, name, parameter):
    for prefix in sorted(RECORDS, key=len, reverse=True):
        if name.startswith(prefix) and parameter in RECORDS[prefix]:
            value = world
            for part in RECORDS[prefix][parameter].split("."):
                value = getattr(value, part)
            return value
    return None


def urls_of(world):
    """{view name: URL}; fails on an address nobody has thought about."""
    urls, unlisted = {}, []
    for name, parameters in addresses():
        if LIBRARY.match(name) and parameters:
            continue
        if "format" in parameters or name in TILES:
            continue
        values = {parameter: _value(world, name, parameter) for parameter in parameters}
        if None in values.values():
            unlisted.append(f"{name} {parameters}")
            continue
        urls[name] = reverse(name, kwargs=values)
    assert unlisted == [], "say in RECORDS which record these take"
    return urls
