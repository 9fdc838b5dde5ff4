"""The nightly proof that every number on the site is what it claims to be, and its public record.

Whatever it finds is an alarm about us, never something to repair in silence.
"""
