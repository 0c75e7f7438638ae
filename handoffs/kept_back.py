"""What a package keeps back and why, as far as saying so tells nothing by itself.

Said is what follows from a rule that holds for every package, or for every package to this kind of
agency. That the sender left a kind of data out, or only a part of it leaves, is said without a
reason: the one there is may be that somebody said no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoffs.choices import Section

OF_EVERY = gettext_lazy("stays in every package")
OF_YOURS = gettext_lazy("your kind of agency does not need it for its task")
FOR_THE_COURT = gettext_lazy("a court judges for itself")
# Code in `never_inside` → what, why.
RULES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "clinical_notes": (
        gettext_lazy("Notes of clinicians"),
        gettext_lazy("they stay with those who treat"),
    ),
    "notes_above_level_2": (
        gettext_lazy("Notes above level 2"),
        gettext_lazy("they are kept within the team that works on the case"),
    ),
    "exact_addresses": (
        gettext_lazy("Exact addresses"),
        gettext_lazy("they lead to a door; ask the sender where a visit is needed"),
    ),
    "names_of_staff": (gettext_lazy("Names of staff"), gettext_lazy("for their safety")),
    "assessments": (gettext_lazy("What staff made of it"), FOR_THE_COURT),
    "ways_of_contact": (
        gettext_lazy("Ways of contact"),
        gettext_lazy("your kind of agency reaches people through the sender"),
    ),
    "identity_numbers": (gettext_lazy("Identity numbers"), OF_YOURS),
    "names_of_alleged_offenders": (gettext_lazy("Names of alleged offenders"), OF_YOURS),
    "notes_of_the_law": (gettext_lazy("Notes on the law and of interviews"), OF_YOURS),
    "notes": (gettext_lazy("Notes"), OF_YOURS),
    "names": (gettext_lazy("Names and ways of contact"), OF_YOURS),
    "people": (gettext_lazy("People by code and role"), OF_YOURS),
}
# Kinds of data that a rule of `RULES` speaks of as a whole.
WHOLE = {"notes": Section.NOTES, "names": Section.IDENTITIES, "people": Section.PEOPLE}


@dataclass(frozen=True)
class KeptBack:
    """One line: what is not in the package, and why."""

    what: str
    why: str


def kept_back(package: Mapping[str, Any]) -> list[KeptBack]:
    """What this package does not hold, in the order: not at all, in part, never."""
    rules = [code for code in package.get("never_inside", ()) if code in RULES]
    by_rule = {WHOLE[code].value for code in rules if code in WHOLE}
    content = package["content"]
    unsaid = _("the sender did not put it in; why is not said")
    in_part = _("the rest may not leave; of whom and why is not said")
    lines = [
        KeptBack(str(section.label), unsaid)
        for section in Section
        if section not in content and section.value not in by_rule
    ]
    partly = set(package.get("withheld", ())) & set(content)
    lines += [
        KeptBack(_("A part of: %(what)s") % {"what": section.label}, in_part)
        for section in Section
        if section.value in partly
    ]
    return lines + [KeptBack(*map(str, RULES[code])) for code in rules]
