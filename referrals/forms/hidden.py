"""What another desk is to know of a match."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from referrals.choices import MatchAnswer


class AnswerMatchForm(PlainForm):
    """One answer; only the first one is told to the other desk."""

    answer = forms.ChoiceField(
        label=_("What do you answer?"),
        help_text=_("Look at what we have first. Only “Ask them to talk to me” is shown to them."),
        choices=MatchAnswer.choices,
        widget=forms.RadioSelect,
    )
