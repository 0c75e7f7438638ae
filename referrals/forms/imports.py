"""Bringing files to be imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.choices import ImportFormat
from referrals.forms.intake import explained, offer_teams
from referrals.htcds import AddressColumns
from referrals.services.intake import LINE_LIMIT

FORMATS: dict[str, Any] = {
    ImportFormat.HTCDS: _(
        "A sheet of the Human Trafficking Case Data Standard, as a workbook (XLSX, XLSM) or a text "
        "table (CSV in UTF-8). Every row becomes a referral."
    ),
    ImportFormat.OWN: _(
        "A table with headings of your own (XLSX, CSV in UTF-8). On the next page you say what its "
        "columns hold, and see how the first rows are read."
    ),
    ImportFormat.ODK: _(
        "A submission of the official survey form as XML, or the table (XLSX, CSV) that ODK or "
        "KoBo exports."
    ),
    ImportFormat.CYBERTIP: _(
        "One report as it was sent. Kind, date, platform, countries and urgency are taken; names, "
        "accounts, addresses, chats and hashes are left out and counted."
    ),
}


class ImportForm(PlainForm):
    """What is brought, and whether to keep what it says. The file stands last: what is before it
    is still there when the file is too large to be read."""

    fields: dict[str, Any]

    format = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(code.value, explained(code.label, words)) for code, words in FORMATS.items()],  # type: ignore[attr-defined]
        initial=ImportFormat.HTCDS,
        widget=forms.RadioSelect,
    )
    team: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Whose desk?"), queryset=None, empty_label=_("Choose")
    )
    dry_run = forms.BooleanField(
        label=_("Only check it, keep nothing"), required=False, initial=False
    )
    ignore_unknown = forms.BooleanField(
        label=_("Leave out columns that HTCDS does not have"), required=False
    )
    address_columns = forms.ChoiceField(
        label=_("If the sheet lost its row of labels, which order do its address columns have?"),
        choices=[
            ("", _("It has its labels")),
            (AddressColumns.NAMES.value, _("As the first row names them")),
            (AddressColumns.LABELS.value, _("As the official labels")),
        ],
        required=False,
    )
    into_cases = forms.BooleanField(
        label=_("We work on these already: open a case for each"),
        help_text=_(
            "For open cases of an older book or program. Leave closed ones out of the file."
        ),
        required=False,
    )
    report_number = forms.CharField(
        label=_("Number of the CyberTip"),
        help_text=_("Where the name of the file does not have it. It is kept sealed."),
        max_length=LINE_LIMIT,
        required=False,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "At most 20 MB. It is kept sealed until it has been read, some minutes at most, and "
            "then dropped."
        ),
        error_messages={"empty": _("This file is empty. Choose another.")},
    )

    def __init__(
        self, *args: Any, teams: QuerySet[Any], too_large: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["file"].error_messages["required"] = _(
                "This file is larger than 20 MB. Nothing was read; split it and try again."
            )
        offer_teams(self.fields["team"], teams)

    @property
    def shows_unusual(self) -> bool:
        """Whether the closed part holds something to be seen."""
        names = ("ignore_unknown", "address_columns", "report_number", "into_cases")
        return self.is_bound and any(self[n].errors or self[n].value() for n in names)
