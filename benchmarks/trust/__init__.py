"""Honest people and cheats, sent through the real endpoint, to see whom the signals hold."""
