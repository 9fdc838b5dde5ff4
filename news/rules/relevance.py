"""How much a text is about the tools, decided before anything is paid for, with the reasons."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TOOLS: Final[Mapping[str, str]] = {
    "claude": r"claude code",
    "codex": r"codex(?: cli)?",
    "gemini": r"gemini cli",
    "opencode": r"opencode",
    "amp": r"\bamp\b(?= (?:code|cli|agent))|ampcode",
    "copilot": r"copilot cli|github copilot",
    "cursor": r"cursor(?= (?:agent|cli|editor|ide))",
    "aider": r"\baider\b",
    "cline": r"\bcline\b",
    "roocode": r"roo code",
    "goose": r"\bgoose\b(?= (?:cli|agent))",
    "qwen": r"qwen code",
    "kilo": r"kilo code",
    "zed": r"\bzed\b(?= (?:editor|agent|ai))",
}
"""Tools by the id of their client, and how texts call them."""

_TOPICS: Final = (
    (
        "coding agents",
        0.35,
        r"coding agents?|agentic coding|ai coding|code assistants?|pair programm",
    ),
    (
        "models",
        0.3,
        r"\b(?:claude|gpt|gemini|opus|sonnet|haiku|qwen|kimi|grok|deepseek|llama)[- ]?\d",
    ),
    ("makers", 0.15, r"\b(?:anthropic|openai|google deepmind|moonshot|xai|mistral)\b"),
    ("tokens and prices", 0.2, r"\btokens?\b|context window|rate limits?|pricing|per million"),
    ("releases", 0.15, r"\b(?:releas|launch|introduc|announc|now available|changelog|deprecat)"),
    (
        "protocols",
        0.15,
        r"model context protocol|\bmcp\b|agent client protocol|\bskills?\b(?= for)",
    ),
    ("incidents", 0.2, r"\b(?:outage|incident|degraded|elevated errors|postmortem)\b"),
)
_OFF_TOPIC: Final = (
    ("hiring", -0.35, r"\b(?:we(?:'|’)re hiring|job opening|careers? at)\b"),
    ("advertising", -0.3, r"\b(?:sponsored|webinar|register now|promo code|black friday)\b"),
    ("trading", -0.4, r"\b(?:stock price|crypto|token sale|airdrop|nft)\b"),
)
_TITLE_WEIGHT: Final = 1.5
_LOOKED_AT: Final = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """0 to 1, what spoke for and against, and the tools that are named (most often first)."""

    score: float
    reasons: tuple[str, ...]
    tools: tuple[str, ...]


def relevance_of(*, title: str, text: str, trust: float, tool: str = "") -> Relevance:
    """Scores a text of a source. What a tool's own source says is about that tool, whatever its
    words; a source that is trusted counts for more than one that is searched."""
    head = text[:_LOOKED_AT].lower()
    top = title.lower()
    score = 0.3 * trust + (0.35 if tool else 0.0)
    reasons = [f"source trusted {trust:.1f}"] + ([f"source of {tool}"] if tool else [])
    named: dict[str, int] = {}
    for client, pattern in TOOLS.items():
        count = 3 * len(re.findall(pattern, top)) + len(re.findall(pattern, head))
        if count:
            named[client] = count
    if named:
        score += 0.3
        reasons.append(f"names {', '.join(sorted(named))}")
    for words, weight, pattern in (*_TOPICS, *_OFF_TOPIC):
        in_title = bool(re.search(pattern, top))
        if in_title or re.search(pattern, head):
            score += weight * (_TITLE_WEIGHT if in_title else 1.0)
            reasons.append(f"{words}{' in the title' if in_title else ''}")
    order: Sequence[str] = sorted(named, key=lambda client: (-named[client], client))
    return Relevance(
        score=round(min(1.0, max(0.0, score)), 3), reasons=tuple(reasons), tools=tuple(order)
    )
