"""The ten levels. Every other place that knows a level reads it here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LevelStep:
    """One level: reached at `from_tokens` lifetime counted tokens."""

    level: int
    name: str
    icon: str
    from_tokens: int


LEVELS = (
    LevelStep(1, "Rookie", "🌱", 0),
    LevelStep(2, "Coder", "⚡", 10_000_000),
    LevelStep(3, "Builder", "🔨", 50_000_000),
    LevelStep(4, "Architect", "🏗️", 200_000_000),
    LevelStep(5, "Expert", "💎", 500_000_000),
    LevelStep(6, "Master", "🔥", 1_000_000_000),
    LevelStep(7, "Grandmaster", "⚔️", 3_000_000_000),
    LevelStep(8, "Legend", "👑", 10_000_000_000),
    LevelStep(9, "Titan", "🌟", 30_000_000_000),
    LevelStep(10, "Immortal", "🏆", 100_000_000_000),
)


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """A level and the way to the next one; `progress` in 0..1, 1 at the top."""

    level: int
    name: str
    icon: str
    progress: float
    tokens_to_next: int | None
    next_name: str | None


def level_of(*, tokens: int) -> LevelProgress:
    """The level that lifetime tokens make, and how far the next one is."""
    step = next(step for step in reversed(LEVELS) if tokens >= step.from_tokens)
    if step.level == len(LEVELS):
        return LevelProgress(step.level, step.name, step.icon, 1.0, None, None)
    following = LEVELS[step.level]
    progress = (tokens - step.from_tokens) / (following.from_tokens - step.from_tokens)
    return LevelProgress(
        step.level, step.name, step.icon, progress, following.from_tokens - tokens, following.name
    )
