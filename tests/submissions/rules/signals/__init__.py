"""The rules that say what looks false."""
