"""Parts that arrange a page: head, cards, buttons, tabs, notices, panels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

from core.paging import Page
from core.ui.render import component, trimmed

BUTTONS = frozenset({"primary", "secondary", "quiet", "irreversible"})
NOTICES = {"quiet": "info", "attention": "attention", "irreversible": "warning"}


def _known(value: str, among: Iterable[str], what: str) -> str:
    """Refuse a misspelt kind at once instead of drawing something unstyled."""
    if value not in among:
        raise ValueError(f"{what} “{value}” is not one of {', '.join(sorted(among))}.")
    return value


def page_head(
    content: str, title: str, sentence: str = "", back: str = "", back_label: str = ""
) -> SafeString:
    """`{% page_head title sentence back=url back_label %}one primary action{% endpage_head %}`."""
    return component(
        "page_head",
        title=title,
        sentence=sentence,
        back=back,
        back_label=back_label,
        action=trimmed(content),
    )


def button(
    label: str,
    kind: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    form: str = "",
    small: bool = False,
    type: str = "submit",
) -> SafeString:
    """`{% button label kind=primary|secondary|quiet|irreversible icon name value form small %}`."""
    return component(
        "button",
        label=label,
        kind=_known(kind, BUTTONS, "Button"),
        icon=icon,
        name=name,
        value=value,
        form=form,
        small=small,
        type=type,
    )


def link_button(
    label: str, href: str, kind: str = "secondary", icon: str = "", small: bool = False
) -> SafeString:
    """`{% link_button label href kind icon small %}`: a link that looks like a button."""
    return component(
        "link_button",
        label=label,
        href=href,
        kind=_known(kind, BUTTONS, "Button"),
        icon=icon,
        small=small,
    )


def card(
    content: str,
    title: str = "",
    href: str = "",
    meta: str = "",
    icon: str = "",
    attention: bool = False,
    level: int = 3,
) -> SafeString:
    """`{% card title href meta icon attention level %}…{% endcard %}`; with `href` it all opens."""
    return component(
        "card",
        title=title,
        href=href,
        meta=meta,
        icon=icon,
        attention=attention,
        level=level,
        content=content,
    )


def notice(content: str, kind: str = "quiet", title: str = "", level: int = 2) -> SafeString:
    """`{% notice kind=quiet|attention|irreversible title %}…{% endnotice %}`."""
    icon = NOTICES[_known(kind, NOTICES, "Notice")]
    return component("notice", kind=kind, title=title, icon=icon, level=level, content=content)


def empty_state(
    content: str, title: str, icon: str = "inbox", href: str = "", action: str = "", level: int = 2
) -> SafeString:
    """`{% empty_state title icon href action %}what will appear here{% endempty_state %}`."""
    return component(
        "empty_state",
        title=title,
        icon=icon,
        href=href,
        action=action,
        level=level,
        content=content,
    )


def tabs(content: str, items: Iterable[Any], label: str, id: str = "tabs") -> SafeString:
    """`{% tabs items=… label=… id=… %}the open tab{% endtabs %}`.

    `items`: {label, url, current, icon?}. Without a script each tab is a link to a page. With
    one, the answer to the link, page or fragment, must hold the same component under the same id.
    """
    return component("tabs", items=list(items), label=label, id=id, content=content)


def steps(items: Iterable[str], current: int) -> SafeString:
    """`{% steps items current=2 %}`: where the reader is in a long form; counts from 1."""
    labels = list(items)
    if not 1 <= current <= len(labels):
        raise ValueError(f"Step {current} of {len(labels)} does not exist.")
    states = [
        {"label": label, "state": "done" if at < current else "now" if at == current else "next"}
        for at, label in enumerate(labels, start=1)
    ]
    return component(
        "steps", items=states, current=current, total=len(labels), label=labels[current - 1]
    )


def progress_line(label: str, value: int, most: int) -> SafeString:
    """`{% progress_line label value most %}`: how far a long job has come, in words and a line."""
    return component("progress_line", label=label, value=value, most=most)


def confirm(
    context: Context,
    content: str,
    title: str,
    action: str,
    button: str,
    kind: str = "quiet",
    cancel: str = "",
    level: int = 2,
) -> SafeString:
    """`{% confirm title action=url button kind cancel=url %}what will happen{% endconfirm %}`.

    A panel with a form that posts to `action`; fields may stand in the block.
    """
    return component(
        "confirm",
        title=title,
        action=action,
        button=button,
        kind=_known(kind, NOTICES, "Panel"),
        cancel=cancel,
        level=level,
        content=content,
        csrf_token=context.get("csrf_token"),
    )


def covered(content: str, title: str) -> SafeString:
    """`{% covered title %}…{% endcovered %}`: hard to read; opens part by part (R-X4)."""
    return component("covered", title=title, content=content)


def filter_chips(items: Iterable[Any], label: str) -> SafeString:
    """`{% filter_chips items label %}`; `items`: {label, url, current, icon?}."""
    return component("filter_chips", items=list(items), label=label)


def pagination(context: Context, page: Page, anchor: str = "list") -> SafeString:
    """`{% pagination page anchor %}`: earlier and later; keeps the filters and the place."""
    request = context.get("request")
    kept = request.GET.copy() if request is not None else None
    return component(
        "pagination",
        page=page,
        anchor=anchor,
        previous=_page_link(kept, page.previous) if page.previous else "",
        next=_page_link(kept, page.next) if page.next else "",
    )


def _page_link(kept: Any, number: int) -> str:
    if kept is None:
        return f"?page={number}"
    kept["page"] = str(number)
    return f"?{kept.urlencode()}"
