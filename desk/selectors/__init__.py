"""Page-shaped reads across apps, a module for each kind of page."""

from desk.selectors.work import MOST_OF_A_KIND, MyWork, kinds_of, my_work

__all__ = ["MOST_OF_A_KIND", "MyWork", "kinds_of", "my_work"]
