"""What is recorded about the charges of a proceeding."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.selectors import who_wrote
from courts.forms.charge import (
    AmendChargeForm,
    EnterPleaForm,
    FileChargeForm,
    RecordVerdictForm,
    ReplaceChargeForm,
)
from courts.models import Charge, Proceeding, Verdict
from courts.selectors.law import law_choices
from courts.selectors.proceeding import verdict_choices
from courts.services import charges, verdicts
from courts.views.proceedings import ProceedingAct

# What raises the version of a charge.
CHANGES = ("charge.changed", "charge.plea_entered", "charge.replaced", "verdict.recorded")


class FileCharge(ProceedingAct):
    permission = "courts.file_charge"
    form_class = FileChargeForm
    title = _("Record a charge")
    button = _("Record the charge")
    success_message = _("The charge is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"laws": law_choices(self.request.user, record.jurisdiction)}

    def perform(self, data: dict[str, Any]) -> Charge:
        return charges.file_charge(actor=self.request.user, proceeding_id=self.kwargs["pk"], **data)


class ChargeAct(ProceedingAct):
    """Something recorded about one charge; it must be one of the proceeding's own."""

    template_name = "courts/charge_act.html"

    def find(self) -> Proceeding:
        proceeding = super().find()
        own = {charge.pk: charge for charge in proceeding.charges.all()}
        if self.kwargs["charge"] not in own:
            raise Charge.DoesNotExist
        self.charge = own[self.kwargs["charge"]]
        return proceeding

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"charge": self.charge}

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, self.kwargs["charge"], *CHANGES)


class AmendCharge(ChargeAct):
    permission = "courts.amend_charge"
    form_class = AmendChargeForm
    title = _("Put a charge right")
    button = _("Save the charge")
    success_message = _("The charge is put right; what it said before is kept.")

    def form_options(self, record: Any) -> dict[str, Any]:
        names = charges.NAMES
        return {
            "version": self.charge.version,
            "initial": {name: getattr(self.charge, name) for name in names},
        }

    def perform(self, data: dict[str, Any]) -> Charge:
        return charges.amend_charge(
            actor=self.request.user, charge_id=self.kwargs["charge"], **data
        )


class ReplaceCharge(ChargeAct):
    permission = "courts.amend_charge"
    form_class = ReplaceChargeForm
    title = _("Replace a charge")
    button = _("Replace the charge")
    success_message = _("The new charge stands in the place of the old one.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "version": self.charge.version,
            "laws": law_choices(self.request.user, record.jurisdiction),
            "beside": [(_("Offence"), str(self.charge))],
        }

    def perform(self, data: dict[str, Any]) -> Charge:
        return charges.replace_charge(
            actor=self.request.user, charge_id=self.kwargs["charge"], **data
        )


class EnterPlea(ChargeAct):
    permission = "courts.enter_plea"
    form_class = EnterPleaForm
    title = _("Record the plea")
    button = _("Record the plea")
    success_message = _("The plea is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "version": self.charge.version,
            "initial": {"plea": self.charge.plea, "plea_on": self.charge.plea_on},
        }

    def perform(self, data: dict[str, Any]) -> Charge:
        return charges.enter_plea(actor=self.request.user, charge_id=self.kwargs["charge"], **data)


class RecordVerdict(ChargeAct):
    permission = "courts.record_verdict"
    form_class = RecordVerdictForm
    template_name = "courts/verdict.html"
    title = _("Record a verdict")
    button = _("Record the verdict")
    success_message = _("The verdict is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "version": self.charge.version,
            "beside": [
                (_("Offence"), str(self.charge)),
                (_("Counts"), str(self.charge.counts)),
                (_("Plea"), str(self.charge.get_plea_display())),
            ],
        }

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        only = verdict_choices(self.request.user, record, timezone.localdate())
        return super().context(record, form) | {"without_judgment": bool(only)}

    def perform(self, data: dict[str, Any]) -> Verdict:
        return verdicts.record_verdict(
            actor=self.request.user, charge_id=self.kwargs["charge"], **data
        )
