"""Legal bases other than consent: recording, deciding, and the data protection officer's list."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.second_person import Matter, second_person
from cases.choices import DataCategory, GroundStatus
from cases.forms.consent import DecideGroundForm, RecordGroundForm
from cases.models import LegalGround
from cases.selectors.consent import agency_choices, oversight, scope_words
from cases.services import grounds as service
from cases.views.base import CaseForm
from core.paging import Page
from core.ui.dates import spell
from core.versioned_forms import VersionedForm
from core.views import DetailPage, FormPage, ListPage
from vault.opening import opened


def ground_facts(ground: LegalGround) -> list[tuple[Any, Any]]:
    """A legal basis in words. Opens its reason: the caller records the reading."""
    categories = [str(c.label) for c in DataCategory if c in ground.categories]
    return [
        (_("Legal basis"), ground.get_basis_display()),
        (_("Why it applies"), opened(ground, "reason").value),
        (_("Order or law"), opened(ground, "order_reference").value),
        (_("Who gets it"), ground.recipient.name if ground.recipient else _("Nobody outside")),
        (_("Stands in for"), "; ".join(scope_words(ground.purposes))),
        (_("What may leave on it"), ", ".join(categories)),
        (_("From"), spell(ground.valid_from)),
        (_("Until"), spell(ground.valid_until) if ground.valid_until else _("No end")),
        (_("Recorded by"), ground.recorded_by.name),
        (_("Decided by"), ground.decided_by.name if ground.decided_by else _("Nobody yet")),
    ]


class RecordGround(CaseForm):
    """Record a legal basis of a case."""

    permission = "cases.record_ground"
    form_class = RecordGroundForm
    success_message = _("It is recorded. A second person looks at it.")
    back_to = "cases:consents"

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"agencies": agency_choices(self.request.user)}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Record a legal basis"),
            "sentence": _(
                "For what the law asks or allows without anybody’s consent. It holds once a second "
                "person approved it; a life in danger and a mandatory report hold at once."
            ),
            "button": _("Record the legal basis"),
        }

    def perform(self, data: dict[str, Any]) -> LegalGround:
        return service.record_legal_ground(
            actor=self.request.user, case_id=self.kwargs["pk"], **data
        )


def find_ground(view: Any) -> LegalGround:
    """The legal basis that the address names; its case may be hidden from whoever oversees it."""
    found: LegalGround = (
        LegalGround.objects.visible_to(view.request.user)
        .select_related("recipient", "recorded_by", "decided_by")
        .get(pk=view.kwargs["pk"])
    )
    return found


def ground_context(
    user: Any, ground: LegalGround, form: Any = None, end_form: Any = None
) -> dict[str, Any]:
    """What `cases/ground.html` shows, to whoever works on the case and to whoever oversees it."""
    overseen = not user.may("cases.read_consent")
    own = ground.recorded_by_id == user.pk
    standing = second_person(user, first_id=ground.recorded_by_id, matter=Matter.APPROVE_GROUND)
    waits = ground.status == GroundStatus.PROPOSED
    live = ground.status in (GroundStatus.PROPOSED, GroundStatus.APPROVED)
    back = reverse("cases:grounds")
    if not overseen:
        back = reverse("cases:consents", args=[ground.case_id])
    return {
        "ground": ground,
        "facts": ground_facts(ground),
        "form": form or DecideGroundForm(version=ground.version),
        "end_form": end_form or VersionedForm(version=ground.version),
        "back": back,
        "own": own,
        "can": {
            "decide": waits and standing.may and user.may("cases.approve_ground"),
            "alone": standing.alone,
            "end": live and user.may("cases.record_ground"),
        },
    }


class GroundPage(DetailPage):
    """One legal basis, and what can be done about it."""

    model = LegalGround
    reads = "ground.opened"
    template_name = "cases/ground.html"

    def find(self) -> LegalGround:
        return find_ground(self)

    def context(self, record: LegalGround) -> dict[str, Any]:
        return ground_context(self.request.user, record)


class DecideGround(FormPage):
    """The second person's decision on a legal basis."""

    permission = "cases.approve_ground"
    steps_up = True
    reads = "ground.opened"
    template_name = "cases/ground.html"
    form_class: ClassVar[type[VersionedForm]] = DecideGroundForm
    success_message = _("Your decision is written down.")

    def find(self) -> LegalGround:
        return find_ground(self)

    def form_options(self, record: LegalGround) -> dict[str, Any]:
        return {"version": record.version}

    def context(self, record: LegalGround, form: Any) -> dict[str, Any]:
        return ground_context(self.request.user, record, form)

    def perform(self, data: dict[str, Any]) -> LegalGround:
        return service.decide_legal_ground(
            actor=self.request.user, ground_id=self.kwargs["pk"], **data
        )

    def done_url(self, result: LegalGround) -> str:
        return reverse("cases:ground", args=[result.pk])


class EndGround(DecideGround):
    """It applies no longer."""

    permission = "cases.record_ground"
    steps_up = False
    form_class = VersionedForm
    success_message = _("It has ended. What rested on it has stopped.")

    def context(self, record: LegalGround, form: Any) -> dict[str, Any]:
        return ground_context(self.request.user, record, end_form=form)

    def perform(self, data: dict[str, Any]) -> LegalGround:
        return service.end_legal_ground(
            actor=self.request.user, ground_id=self.kwargs["pk"], **data
        )


class Grounds(ListPage):
    """Every use of a basis that is not consent, for the data protection officer (R-K7)."""

    model = LegalGround
    permission = "cases.oversee_grounds"
    reads = "ground.listed"
    template_name = "cases/grounds.html"

    def queryset(self) -> models.QuerySet[Any]:
        return oversight(self.request.user)

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {
            "waiting": oversight(self.request.user).filter(status=GroundStatus.PROPOSED).count()
        }
