"""A form that remembers what it was drawn on."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from core.versioned_forms import VersionedForm


class Words(VersionedForm):
    said = forms.CharField(widget=forms.Textarea)
    number = forms.IntegerField()


def drawn(said, *, version=1):
    return Words(version=version, initial={"said": said, "number": 1})


def sent(form, **typed):
    posted = QueryDict(mutable=True)
    posted.update({"version": "1", "seen": form.get_initial_for_field(form.fields["seen"], "seen")})
    posted.update({"said": form.initial["said"], "number": "1", **typed})
    answer = Words(posted, version=1, initial=form.initial)
    assert answer.is_valid(), answer.errors
    return answer


def test_line_ends_as_the_browser_sends_them_are_no_change_of_ones_own():
    older = sent(drawn("Monday.\nTuesday."), said="Monday.\r\nTuesday.")
    fresh = drawn("Monday.\nWednesday.", version=2)
    fresh.stand_in_for(older)
    # Somebody else's words stand; nothing is laid to whoever typed nothing.
    (change,) = fresh.met
    assert (change.now, change.typed) == ("Monday.\nWednesday.", "")
    assert fresh.initial["said"] == "Monday.\nWednesday."


def test_words_of_ones_own_are_kept_beside_what_the_other_wrote():
    older = sent(drawn("Monday.\nTuesday."), said="Monday.\r\nFriday.")
    fresh = drawn("Monday.\nWednesday.", version=2)
    fresh.stand_in_for(older)
    (change,) = fresh.met
    assert (change.now, change.typed) == ("Monday.\nWednesday.", "Monday.\r\nFriday.")
    assert fresh.initial["said"] == "Monday.\r\nFriday."
