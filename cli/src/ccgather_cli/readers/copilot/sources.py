"""Where Copilot's numbers come from, and which of several kinds of telemetry counts."""

CLIENT = "copilot"

EVENTS, TELEMETRY, ROWS = "events", "telemetry", "rows"
SOURCE = "source"
"""The attribute of a log's facts that names one of them."""

CHAT, INFERENCE, TURN, AGENT = range(4)
"""Kinds of telemetry, the first of them that a trace has counts."""
RANK_BIT = 4
"""Where a row's flags keep its kind."""
