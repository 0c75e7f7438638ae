"""The table of offences, kept by legal officers: added, ended, and checked by counsel."""

from __future__ import annotations

import re
import uuid
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.text_rules import check_text
from core.errors import DomainError
from core.races import only_one
from courts.models import Statute

CODE = re.compile(r"[A-Z0-9][A-Z0-9.()-]{2,39}")
ICCS = re.compile(r"\d{2,8}")


def add_statute(
    *,
    actor: User,
    jurisdiction: str,
    code: str,
    title: str,
    description: str,
    valid_from: date,
    section: str = "",
    valid_to: date | None = None,
    iccs: str = "",
    penalty: str = "",
    source_checked: bool = False,
) -> Statute:
    """Add an offence to the table.

    Args:
        jurisdiction: ISO 3166 alpha-2 code of the country.
        code: a short name of one's own, letters, digits, points and dashes.
        valid_from, valid_to: the days between which the law was in force; None while it is.
        source_checked: counsel has looked at the law itself.

    Raises:
        DomainError: a code that is taken or has no such form, days out of order, or a text that is
            missing or refused.
    """
    with acting(actor) as act:
        act.authorise("courts.edit_law")
        code = code.strip().upper()
        if not CODE.fullmatch(code):
            raise DomainError(
                _("Use 3 to 40 letters, digits, points and dashes, such as PH-RA9208-4."),
                field="code",
            )
        taken = DomainError(_("This code is taken."), code="code_taken", field="code")
        if Statute.objects.visible_to(actor).filter(code=code).exists():
            raise taken
        if iccs and not ICCS.fullmatch(iccs):
            raise DomainError(_("Give the digits of the class alone."), field="iccs")
        if not re.fullmatch(r"[A-Z]{2}", jurisdiction):
            raise DomainError(_("Choose the country."), field="jurisdiction")
        _check_days(valid_from, valid_to)
        law = Statute(
            jurisdiction=jurisdiction,
            code=code,
            iccs=iccs,
            valid_from=valid_from,
            valid_to=valid_to,
            source_checked=source_checked,
            **_texts(title, section, description, penalty),
        )
        # Of two who add it at once the second is told as if it had stood there.
        with only_one("courts_statute_code_key", taken):
            law.save(force_insert=True)
        act.record("statute.added", law, facts={"code": code})
    return law


def change_statute(
    *,
    actor: User,
    statute_id: uuid.UUID,
    version: int,
    title: str,
    description: str,
    valid_from: date,
    section: str = "",
    valid_to: date | None = None,
    penalty: str = "",
    source_checked: bool = False,
) -> Statute:
    """Put right what the table says of an offence, or say until when it was in force.

    A charge keeps what the table said when it was recorded.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        DomainError: days out of order, or a text that is missing or refused.
    """
    with acting(actor) as act:
        law = Statute.objects.visible_to(actor).locked().get(pk=statute_id)
        act.authorise("courts.edit_law", law)
        law.check_seen(version)
        _check_days(valid_from, valid_to)
        said = {
            **_texts(title, section, description, penalty),
            "valid_from": valid_from,
            "valid_to": valid_to,
            "source_checked": source_checked,
        }
        changed = [name for name, value in said.items() if getattr(law, name) != value]
        for name in changed:
            setattr(law, name, said[name])
        law.version += 1
        law.save(update_fields=[*changed, "version"])
        act.record("statute.changed", law, fields=changed)
    return law


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise DomainError(_("A law cannot end before it begins."), field="valid_to")


def _texts(title: str, section: str, description: str, penalty: str) -> dict[str, str]:
    said = {
        "title": check_text(title, field="title", most=120),
        "section": check_text(section, field="section", most=60),
        "description": check_text(description, field="description", most=300),
        "penalty": check_text(penalty, field="penalty", most=200),
    }
    for name in ("title", "description"):
        if not said[name]:
            raise DomainError(_("Fill this in."), field=name)
    return said
