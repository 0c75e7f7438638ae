"""Page-shaped reads across apps, a module for each kind of page."""

from desk.cards import MOST_CARDS, Card
from desk.selectors.work import MyWork, my_work

__all__ = ["MOST_CARDS", "Card", "MyWork", "my_work"]
