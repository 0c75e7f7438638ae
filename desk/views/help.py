"""Help: guides to what one may do, a tour for one's role, and the words of this place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from core.views import Workspace
from desk.glossary import TERMS
from desk.guides import guide_of, guides_for, tour_of


class HelpPage(Workspace):
    """The tour first, then every other guide, then the words."""

    template_name = "desk/help.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tour = tour_of(self.request.user)
        others = [guide for guide in guides_for(self.request.user) if guide not in tour]
        room = "" if settings.LIWANAG_TRAINING else settings.LIWANAG_TRAINING_URL
        return self.answer({"tour": tour, "others": others, "training_url": room})


class GuidePage(Workspace):
    """One guide, with the one that comes next in the tour."""

    template_name = "desk/guide.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        guide = guide_of(kwargs["guide"], self.request.user)
        if guide is None:
            raise Http404
        tour = tour_of(self.request.user)
        place = tour.index(guide) + 1 if guide in tour else 0
        following = tour[place] if 0 < place < len(tour) else None
        return self.answer(
            {
                "guide": guide,
                "words": [TERMS[code] for code in guide.words],
                "place": place,
                "of": len(tour),
                "following": following,
            }
        )


class WordsPage(Workspace):
    """The glossary."""

    template_name = "desk/words.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        terms = sorted(((str(word), str(means)) for word, means in TERMS.values()), key=_folded)
        return self.answer({"terms": terms})


def _folded(term: tuple[str, str]) -> str:
    return term[0].casefold()
