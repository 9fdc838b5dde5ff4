"""Who made a model, where the body does not say."""

from typing import Final

from submissions.rules.validation import MAX_PROVIDER_LENGTH

UNKNOWN_PROVIDER: Final = "unknown"

_SAYS_NOTHING: Final = frozenset({"", "unknown", "none", "null", "undefined", "n/a", "-"})
_MAKERS: Final = (
    ("claude", "anthropic"),
    ("chatgpt", "openai"),
    ("gpt", "openai"),
    ("codex", "openai"),
    ("davinci", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("gemini", "google"),
    ("gemma", "google"),
    ("grok", "xai"),
    ("deepseek", "deepseek"),
    ("qwen", "alibaba"),
    ("qwq", "alibaba"),
    ("kimi", "moonshot"),
    ("moonshot", "moonshot"),
    ("glm", "zai"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("ministral", "mistral"),
    ("mixtral", "mistral"),
    ("magistral", "mistral"),
    ("codestral", "mistral"),
    ("devstral", "mistral"),
    ("llama", "meta"),
    ("codellama", "meta"),
)


def provider_of(*, model: str, stated: str) -> str:
    """The provider that a report states, in lower case; else the maker told by the model's name.

    `model` is a canonical name. A model that came through a gateway (`vendor/name`) is told by
    its last part.
    """
    provider = stated.strip().lower()
    if provider not in _SAYS_NOTHING and len(provider) <= MAX_PROVIDER_LENGTH:
        return provider
    name = model.rsplit("/", 1)[-1]
    for prefix, maker in _MAKERS:
        if name.startswith(prefix) and _ends(prefix, name[len(prefix) : len(prefix) + 1]):
            return maker
    return UNKNOWN_PROVIDER


def _ends(prefix: str, following: str) -> bool:
    """Whether a name's first word is `prefix`: "gpt5" and "o3-mini" are, "o365" is not."""
    return not (following.isalnum() if prefix[-1].isdigit() else following.isalpha())
