"""R-D6: what police and courts decided about a survivor is in the copy for them."""

from __future__ import annotations

from django.utils import timezone

from cases.services.copies import show_copy


def test_r_d6_what_courts_decided_about_the_person_is_told_and_nothing_of_others(cast, world):
    _copy, made = show_copy(actor=cast.supervisor, copy_id=world.copy.pk, at=timezone.now())
    (part,) = [part for part in made.parts if part.title == "The police and the courts"]
    told = dict(part.facts)
    assert told["Moral damages"].startswith("1,000.00 GBP, awarded on ")
    assert told["What of it was paid"] == "nothing yet"
    assert "asked on" in told["Do you want to hear when somebody is released?"]
    assert told["How an operation ended for you"].startswith("You were brought to a safe place")
    (day,) = [said for _label, said in part.facts if "you had to be there" in said]
    assert "(Ahead)" in day
    assert "Suspect" not in str(part.facts)
