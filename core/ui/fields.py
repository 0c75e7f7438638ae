"""Forms: one column; label, hint, error, control; a summary at the top that links to each."""

from __future__ import annotations

from django import forms
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core.ui.render import component, trimmed

WIDTHS = {"": "", "short": " width-short", "medium": " width-medium", "code": " code-entry"}
LISTED = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    width: str = "",
    heading: bool = False,
    inline: bool = False,
) -> SafeString:
    """`{% field form.name label hint width=short|medium|code heading inline %}`.

    Radios and lists of boxes come as a fieldset with a legend. `heading` makes the label as large
    as a heading (one question a page); `inline` puts a few short answers side by side.
    """
    if not isinstance(bound, BoundField):
        raise TypeError("`field` draws a field of a form; the form has no field of that name.")
    if bound.is_hidden:
        return bound.as_widget()
    if hint:
        bound.help_text = conditional_escape(hint)  # the template trusts help_text
    widget = bound.field.widget
    # A placeholder vanishes when it is needed; the label says the same and stays.
    widget.attrs.pop("placeholder", None)
    return component(
        _template(widget),
        bound=bound,
        label=label or bound.label,
        optional=not bound.field.required,
        heading=heading,
        inline=inline,
        control="" if isinstance(widget, LISTED) else _control(bound, width),
        is_error=bool(bound.errors),
    )


def _template(widget: forms.Widget) -> str:
    if isinstance(widget, LISTED):
        return "field_options"
    if isinstance(widget, forms.CheckboxInput):
        return "field_box"
    if widget.use_fieldset:
        return "field_group"
    return "field"


def _control(bound: BoundField, width: str) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return bound.as_widget()
    own = widget.attrs.get("class", "")
    base = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return bound.as_widget(attrs={"class": f"{base}{WIDTHS[width]} {own}".strip()})


def form_errors(form: BaseForm, level: int = 2) -> SafeString | str:
    """`{% form_errors form %}`: what to put right, each line a link; "" when all is well.

    A form that stands in for one sent on an older version says what somebody else changed.
    """
    if getattr(form, "stands_in", False):
        return component(
            "changed_meanwhile",
            who=getattr(form, "met_whom", ""),
            changes=getattr(form, "met", []),
            level=level,
        )
    if not form.is_bound or not form.errors:
        return ""
    lines = [{"href": "", "text": text} for text in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or bound.auto_id
        if isinstance(bound.field.widget, LISTED):
            target = f"{bound.auto_id}_0"
        href = "" if bound.is_hidden else f"#{target}"
        lines += [{"href": href, "text": text} for text in bound.errors]
    linked = any(line["href"] for line in lines)
    return component("form_errors", lines=lines, linked=linked, level=level)


def form_panel(
    context: Context,
    content: str,
    form: BaseForm,
    button: str,
    action: str = "",
    kind: str = "primary",
    cancel: str = "",
    cancel_label: str = "",
    later: str = "",
    target: str = "",
    unsaved: bool = True,
    wide: bool = False,
    id: str = "",
) -> SafeString:
    """`{% form_panel form button=… action=url cancel=url later=… target=… %}…{% endform_panel %}`.

    The whole form: summary of errors, fields, buttons. An empty block draws every field in order;
    otherwise the block draws them with `{% field %}`. `later` ("Save and come back") adds
    a second button named "later".
    `target` (a CSS selector) sends it by HTMX and swaps that element; without a script it is an
    ordinary POST. `unsaved` shows "Not saved yet" until the server has answered.
    """
    return component(
        "form_panel",
        form=form,
        button=button,
        action=action,
        kind=kind,
        cancel=cancel,
        cancel_label=cancel_label,
        later=later,
        target=target,
        unsaved=unsaved,
        wide=wide,
        id=id,
        content=trimmed(content),
        hidden=[bound for bound in form.hidden_fields() if bound.html_name not in content],
        csrf_token=context.get("csrf_token"),
    )
