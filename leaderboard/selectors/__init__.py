"""What boards and profiles show."""

from leaderboard.selectors.board import board_page, current_day, ranks_of
from leaderboard.selectors.people import people_named
from leaderboard.selectors.profile import profile

__all__ = ["board_page", "current_day", "people_named", "profile", "ranks_of"]
