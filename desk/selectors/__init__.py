"""Page-shaped reads across apps, a module for each kind of page."""

from desk.cards import Card
from desk.selectors.work import MOST_CARDS, MyWork, my_work

__all__ = ["MOST_CARDS", "Card", "MyWork", "my_work"]
