"""Who makes a model, told from its name."""

_MAKERS = (
    ("claude", "anthropic"),
    ("gpt-", "openai"),
    ("chatgpt", "openai"),
    ("codex-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("gemini-", "google"),
    ("grok-", "x-ai"),
    ("deepseek", "deepseek"),
    ("kimi", "moonshotai"),
    ("moonshot", "moonshotai"),
    ("glm-", "zai"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("devstral", "mistral"),
    ("codestral", "mistral"),
)


def provider_of(model: str) -> str:
    """The provider's id, or "" for a name that does not tell.

    Gateways write `us.anthropic.claude-…` or `anthropic/claude-…`: the part after the last
    slash decides, and `claude` may stand anywhere in it.
    """
    name = model.lower().rpartition("/")[2]
    for start, provider in _MAKERS:
        if name.startswith(start):
            return provider
    return "anthropic" if "anthropic.claude" in name else ""
