"""Boards that move while they are looked at: one rendering a second, however many look."""
