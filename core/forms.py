"""What every form of the product shares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# Said when nothing was chosen or written; the summary at the top links to the field by name.
CHOOSE = _("Choose an answer: %(label)s")
FILL_IN = _("Fill this in: %(label)s")
DJANGO_SAYS = forms.Field.default_error_messages["required"]
CHOOSERS = (forms.ChoiceField, forms.ModelChoiceField, forms.BooleanField)


class PlainForm(forms.Form):
    """A form that helps: errors name the field, browsers neither guess nor remember the answers.

    - `autocomplete="off"` on every control that does not say otherwise (R-P6);
    - no browser bubbles: the server says what is missing, in the reader's language;
    - a missing answer is reported with the words of its label.
    """

    use_required_attribute = False
    required_css_class = ""
    error_css_class = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("autocomplete", "off")
            if field.error_messages.get("required") is DJANGO_SAYS:
                words = CHOOSE if isinstance(field, CHOOSERS) else FILL_IN
                label = field.label or name.replace("_", " ").capitalize()
                field.error_messages["required"] = words % {"label": label}

    def add_rule_broken(self, message: str, field: str | None = None) -> None:
        """Put a broken rule of the domain beside its field; at the top where it has none."""
        self.add_error(field if field in self.fields else None, message)
