"""How a component becomes markup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


def component(name: str, /, **values: Any) -> SafeString:
    """Render `templates/components/<name>.html` with exactly these values and nothing else.

    A component sees no request and no page context: what it shows is what its caller passed.
    """
    markup = get_template(f"components/{name}.html").render(values)
    return mark_safe(markup)  # noqa: S308 - what Django rendered is escaped


def read(item: Any, name: str, default: Any = "") -> Any:
    """A value of a mapping or of an object, so that callers may pass either."""
    if isinstance(item, Mapping):
        return item.get(name, default)
    return getattr(item, name, default)


def trimmed(content: str) -> SafeString:
    """The rendered body of a block tag without the white space around it, still safe.

    `str.strip` on safe markup gives an unsafe string, which the component would escape.
    """
    return mark_safe(content.strip())  # noqa: S308 - rendered by Django, escaped on the way
