"""The tools and models demo people use, and when each model came up.

The days are those from which the demo uses a model: near its release, and not a statement about
it. Every model here has a list price on every day; a test holds that.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

ADOPTION_DAYS = 24
"""How long it takes until most users of a model's predecessor have changed over."""


@dataclass(frozen=True, slots=True)
class Model:
    """`line` is what it is the newest of; `weight` how much is burned on it, relative.
    `output_share` is the part of fresh tokens that is output, `reasons` that it bills thought."""

    name: str
    provider: str
    line: str
    since: date
    weight: float
    output_share: float = 0.35
    reasons: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A client id, how many people have it (relative), and the lines of models it runs."""

    client: str
    weight: int
    lines: tuple[str, ...]
    caches_writes: bool


MODELS = (
    Model("claude-opus-4-1", "anthropic", "opus", date(2025, 8, 5), 5),
    Model("claude-opus-4-5", "anthropic", "opus", date(2025, 11, 24), 6),
    Model("claude-opus-4-6", "anthropic", "opus", date(2026, 2, 5), 6),
    Model("claude-opus-4-7", "anthropic", "opus", date(2026, 4, 16), 6),
    Model("claude-opus-4-8", "anthropic", "opus", date(2026, 6, 3), 6),
    Model("claude-opus-5", "anthropic", "opus", date(2026, 7, 28), 6),
    Model("claude-opus-5-5", "anthropic", "opus", date(2026, 10, 7), 7),
    Model("claude-sonnet-4", "anthropic", "sonnet", date(2025, 5, 22), 4),
    Model("claude-sonnet-4-5", "anthropic", "sonnet", date(2025, 9, 29), 4),
    Model("claude-sonnet-4-6", "anthropic", "sonnet", date(2026, 2, 17), 4),
    Model("claude-sonnet-5", "anthropic", "sonnet", date(2026, 7, 1), 4),
    Model("claude-sonnet-5-5", "anthropic", "sonnet", date(2026, 10, 14), 4),
    Model("claude-haiku-4-5", "anthropic", "haiku", date(2025, 10, 15), 1.2),
    Model("claude-haiku-5-5", "anthropic", "haiku", date(2026, 10, 21), 1.2),
    Model("claude-fable-5", "anthropic", "fable", date(2026, 6, 9), 0.8),
    Model("claude-fable-5-1", "anthropic", "fable", date(2026, 9, 15), 0.8),
    Model("gpt-5-codex", "openai", "codex", date(2025, 9, 15), 5, 0.3, reasons=True),
    Model("gpt-5.1-codex", "openai", "codex", date(2025, 11, 13), 5, 0.3, reasons=True),
    Model("gpt-5.2-codex", "openai", "codex", date(2025, 12, 18), 5, 0.3, reasons=True),
    Model("gpt-5.3-codex", "openai", "codex", date(2026, 2, 5), 5, 0.3, reasons=True),
    Model("gpt-5.5-codex", "openai", "codex", date(2026, 5, 7), 5, 0.3, reasons=True),
    Model("gpt-5.6-sol", "openai", "codex", date(2026, 9, 3), 5, 0.3, reasons=True),
    Model("gpt-5.1", "openai", "gpt", date(2025, 11, 12), 3, 0.3, reasons=True),
    Model("gpt-5.4", "openai", "gpt", date(2026, 3, 5), 3, 0.3, reasons=True),
    Model("gpt-5.5", "openai", "gpt", date(2026, 4, 23), 3, 0.3, reasons=True),
    Model("gpt-5.6-terra", "openai", "gpt", date(2026, 9, 3), 3, 0.3, reasons=True),
    Model("gemini-2.5-pro", "google", "gemini", date(2025, 6, 17), 4, 0.3, reasons=True),
    Model("gemini-3-pro-preview", "google", "gemini", date(2025, 11, 18), 4, 0.3, reasons=True),
    Model("gemini-3.1-pro-preview", "google", "gemini", date(2026, 2, 19), 4, 0.3, reasons=True),
    Model("gemini-2.5-flash", "google", "flash", date(2025, 6, 17), 2, 0.3, reasons=True),
    Model("gemini-3.5-flash", "google", "flash", date(2026, 5, 19), 2, 0.3, reasons=True),
    Model("gemini-3.7-flash", "google", "flash", date(2026, 9, 22), 2, 0.3, reasons=True),
    Model("grok-code-fast-1", "xai", "grok", date(2025, 8, 28), 2),
    Model("grok-4.3", "xai", "grok", date(2026, 5, 12), 2),
    Model("grok-4.7", "xai", "grok", date(2026, 10, 1), 2),
    Model("glm-4.6", "zai", "glm", date(2025, 9, 30), 2),
    Model("glm-5", "zai", "glm", date(2026, 2, 11), 2),
    Model("glm-5.3", "zai", "glm", date(2026, 8, 20), 2),
    Model("kimi-k2.5", "moonshot", "kimi", date(2026, 1, 27), 2),
    Model("kimi-k2.7-code", "moonshot", "kimi", date(2026, 5, 28), 2),
    Model("kimi-k3", "moonshot", "kimi", date(2026, 9, 9), 2),
    Model("deepseek-v3.2", "deepseek", "deepseek", date(2025, 12, 1), 1),
    Model("deepseek-v4-pro", "deepseek", "deepseek", date(2026, 4, 24), 1),
)

LINE_WEIGHTS = {model.line: model.weight for model in MODELS}
"""How much is burned on a line of models, relative."""

TOOLS = (
    Tool("claude", 100, ("opus", "sonnet", "haiku", "fable"), caches_writes=True),
    Tool("codex", 55, ("codex", "gpt"), caches_writes=False),
    Tool("cursor", 26, ("sonnet", "opus", "gpt", "grok"), caches_writes=True),
    Tool("gemini", 22, ("gemini", "flash"), caches_writes=False),
    Tool("opencode", 22, ("glm", "kimi", "sonnet", "deepseek", "grok"), caches_writes=False),
    Tool("copilot", 18, ("gpt", "sonnet", "gemini"), caches_writes=False),
    Tool("amp", 8, ("opus", "sonnet", "gpt"), caches_writes=True),
    Tool("droid", 7, ("opus", "codex", "glm"), caches_writes=True),
    Tool("kilocode", 5, ("grok", "glm", "kimi", "sonnet"), caches_writes=False),
    Tool("qwen", 3, ("kimi", "deepseek", "glm"), caches_writes=False),
    Tool("crush", 3, ("glm", "sonnet"), caches_writes=False),
    Tool("goose", 3, ("sonnet", "gpt"), caches_writes=False),
)


@lru_cache(maxsize=4096)
def models_of(*, line: str, day: date) -> tuple[tuple[Model, float], ...]:
    """The models of a line that are in use on a day, with their weights.

    A new one takes over from its predecessor within `ADOPTION_DAYS`. Before the first one's day
    the first one is used all the same: a demo of long ago has to run too.
    """
    known = [model for model in MODELS if model.line == line]
    out = [model for model in known if model.since <= day] or known[:1]
    newest = out[-1]
    if len(out) == 1:
        return ((newest, newest.weight),)
    taken = min((day - newest.since).days + 1, ADOPTION_DAYS) / ADOPTION_DAYS * 0.94
    return (out[-2], newest.weight * (1 - taken)), (newest, newest.weight * taken)
