"""When models and tools came out."""

from datetime import date

import pytest

from submissions.rules.model_calendar import model_out_on, tool_out_on


@pytest.mark.parametrize(
    ("model", "day"),
    [
        ("claude-opus-4-5", date(2025, 11, 24)),
        ("claude-opus-4-7", date(2025, 11, 24)),
        ("claude-opus-5", date(2025, 11, 24)),
        ("claude-opus-4", date(2025, 5, 22)),
        ("claude-opus-4-0", date(2025, 5, 22)),
        ("claude-3-5-sonnet", date(2024, 6, 20)),
        ("claude-3-7-sonnet", date(2025, 2, 24)),
        ("claude-sonnet-4-5", date(2025, 9, 29)),
        ("anthropic/claude-haiku-4-5", date(2025, 10, 15)),
        ("gpt-5.2-codex", date(2025, 11, 12)),
        ("gpt-5", date(2025, 8, 7)),
        ("gpt-4o", date(2024, 5, 13)),
        ("gpt-4", date(2023, 3, 14)),
        ("gemini-3.1-pro-preview", date(2025, 11, 18)),
        ("gemini-2.5-flash", date(2025, 3, 25)),
        ("o3", date(2025, 4, 16)),
        ("gpt-oss-120b", None),
        ("claude-2", None),
        ("claude-fable-5", None),
        ("my-model", None),
        ("qwen-local:30b", None),
    ],
)
def test_a_model_is_no_older_than_its_line(model: str, day: date | None) -> None:
    assert model_out_on(model) == day


def test_a_tool_that_is_not_known_is_bounded_by_nothing() -> None:
    assert tool_out_on("claude") == date(2025, 2, 24)
    assert tool_out_on("somebody-elses-tool") is None
