"""`{% load case_ui %}`: what the head of a case page needs, whichever app serves the page."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import Case
from cases.selectors import CaseHead
from cases.selectors import case_head as read_case_head

register = template.Library()


@register.simple_tag(takes_context=True)
def case_head(context: Any, case: Case) -> CaseHead:
    """`{% case_head case as head %}`: stage, risk, lead and the people who see it."""
    return read_case_head(context["request"].user, case, context.get("sight"))
