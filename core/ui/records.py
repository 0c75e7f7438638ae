"""Parts that show records: rows, facts, statuses, people, timeline, what is masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.ui.dates import day_of, spell_day
from core.ui.render import component, read, trimmed
from core.ui.statuses import TONES, status_of

PROOFS = {
    "sealed": "proof",
    "pending": "waiting",
    "broken": "attention",
}


def status(code: str, label: str = "", tone: str = "", icon: str = "") -> SafeString:
    """`{% status "overdue" %}` or `{% status record.state label=record.get_state_display %}`."""
    known = status_of(code)
    chosen = tone or known.tone
    if chosen not in TONES:
        raise ValueError(f"Tone “{chosen}” is not one of {', '.join(sorted(TONES))}.")
    return component("status", label=label or known.label, icon=icon or known.icon, tone=chosen)


def row_list(content: str, label: str, left: str = "", right: str = "") -> SafeString:
    """`{% row_list label left right %}rows{% endrow_list %}`: the list that j and k walk through.

    `left` and `right` are the words of the head that stays in sight on wide screens.
    """
    return component("row_list", label=label, left=left, right=right, content=content)


def list_row(
    content: str,
    what: str,
    href: str,
    who: str = "",
    when: Any = "",
    icon: str = "",
) -> SafeString:
    """`{% list_row what href who when icon %}{% status … %}{% endlist_row %}`: two lines.

    `when` is shown as it comes: pass `{% due … as when_text %}` or plain words.
    """
    return component(
        "list_row", what=what, href=href, who=who, when=when, icon=icon, content=trimmed(content)
    )


def count_words(count: int, one: str, many: str, *parts: Any) -> str:
    """`{% count_words n _("referral") _("referrals") late _("overdue") %}`.

    Gives "14 referrals, 3 overdue".

    After the noun come pairs of number and word; a pair of zero is left out.
    """
    if not count:
        return _("No %(things)s") % {"things": many}
    words = [f"{count} {one if count == 1 else many}"]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    words += [f"{number} {word}" for number, word in pairs if number]
    return ", ".join(words)


def facts(items: Iterable[Any], columns: int = 1) -> SafeString:
    """`{% facts items columns=1|2 %}`: a definition list of (label, value) pairs.

    An empty value reads "Not recorded"; unknown, not asked and declined are values of their own.
    """
    pairs = []
    for item in items:
        label, value = (
            item if isinstance(item, tuple | list) else (read(item, "label"), read(item, "value"))
        )
        pairs.append({"label": label, "value": value, "missing": value is None or value == ""})
    return component("facts", pairs=pairs, columns=columns)


def table(content: str, caption: str, wide: bool = False) -> SafeString:
    """`{% table caption wide %}<thead>…<tbody>…{% endtable %}` for rows written by hand.

    Give each `<td>` a `data-label` (the column's words): on a phone every row is a card.
    `wide=True` keeps the columns and lets the table scroll sideways inside a labelled region.
    """
    return component("table", caption=caption, wide=wide, content=content)


def data_table(caption: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> SafeString:
    """`{% data_table caption columns rows %}`: `columns` {label, number?} or words; `rows` values.

    The first cell of each row is its heading. None is shown as "not shown" (a suppressed cell),
    never as zero or blank.
    """
    heads = [
        {"label": read(column, "label", column), "number": bool(read(column, "number", False))}
        if not isinstance(column, str)
        else {"label": column, "number": False}
        for column in columns
    ]
    body = [
        [{"head": head, "value": value} for head, value in zip(heads, row, strict=True)]
        for row in rows
    ]
    return component("data_table", caption=caption, heads=heads, body=body)


def timeline(events: Iterable[Any], empty: str = "", level: int = 3) -> SafeString:
    """`{% timeline events %}`: events newest first, grouped by the reader's day.

    Each event (object or mapping) has `at`, `sentence`, and optionally `icon`, `url`, `who`,
    `detail`, `proof` (sealed, pending, broken) with the entry's `number` and `proof_url`.
    """
    days = [
        {"name": spell_day(day), "events": [_event(event) for event in of_day]}
        for day, of_day in groupby(events, key=lambda event: day_of(read(event, "at")))
    ]
    return component(
        "timeline", days=days, level=level, empty=empty or _("Nothing has happened here yet.")
    )


def _event(event: Any) -> dict[str, Any]:
    names = ("at", "sentence", "url", "who", "detail", "proof", "number", "proof_url")
    return {"icon": read(event, "icon") or "dot", **{name: read(event, name) for name in names}}


def safety_strip(
    context: Context,
    url: str = "",
    shown: bool = False,
    how: str = "",
    when: str = "",
    whom: str = "",
    note: str = "",
) -> SafeString:
    """`{% safety_strip url=… shown how when whom note %}`: read before any contact (R-C1).

    Covered until opened: the button posts to `url`, the service writes the reading down, and the
    answer holds this strip again with `shown=True`. How, when and whom reach the page only then.
    """
    if not shown:
        how = when = whom = note = ""
    return component(
        "safety_strip",
        url=url,
        shown=shown,
        pairs=[(_("How"), how), (_("When"), when), (_("Whom"), whom)],
        note=note,
        csrf_token=context.get("csrf_token"),
    )


def masked(label: str, url: str = "", value: str = "", shown: bool = False) -> SafeString:
    """`{% masked label url=… %}`, then `{% masked label value=… shown=True %}` (R-P7).

    `label` completes the button: "Show telephone number". Unless `shown`, the value is not on the
    page. The answer to the POST must hold this component again, shown.
    """
    return component("masked", label=label, url=url, value=value if shown else "", shown=shown)


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    parts = [part for part in name.split() if part[0].isalnum()]
    if not parts:
        return "?"
    letters = parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")
    return letters.upper()


def person_chip(name: str, detail: str = "", only_initials: bool = False) -> SafeString:
    """`{% person_chip name detail only_initials %}`: initials instead of a photo (R-U6)."""
    return component(
        "person_chip",
        name=name,
        detail=detail,
        letters=initials(name),
        only_initials=only_initials,
    )


def proof_mark(
    state: str, number: int | str | None = "", at: Any = None, href: str | None = ""
) -> SafeString:
    """`{% proof_mark "sealed"|"pending"|"broken" number at href %}`: a mark that explains itself.

    `href` is where the entry's proof is taken out, for those who may.
    """
    if state not in PROOFS:
        raise ValueError(f"Proof “{state}” is not one of {', '.join(sorted(PROOFS))}.")
    return component(
        "proof_mark", state=state, icon=PROOFS[state], number=number or "", at=at, href=href
    )
