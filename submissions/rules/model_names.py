"""What to call a model, so that two collectors that saw the same one agree.

Claude Code logs `claude-opus-4-5-20251101`, one collector cuts the date, another writes the
version with a dot, Bedrock wraps the name in a region and a revision. The list of models is open:
an id that no rule knows stays as it is.
"""

import re
from typing import Final

UNKNOWN_MODEL: Final = "unknown"

_DATE: Final = (
    r"(?:20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
)
_DATED: Final = re.compile(rf"[-@]{_DATE}(?=-fast$|$)", re.ASCII)
_LATEST: Final = re.compile(r"[-@:]latest(?=-fast$|$)")
_CLAUDE_DATED: Final = re.compile(rf"[-@]{_DATE}(?=[^0-9a-z]|$)", re.ASCII)
_CLAUDE_WRAPPING: Final = re.compile(
    r"(?:.*[/:])?(?:(?:[a-z]{2,6}(?:-[a-z]{2,6})?\.)?anthropic\.)?(?=claude)"
)
_BEDROCK_REVISION: Final = re.compile(r"(?<=\d)-v\d+(?::\d+)?(?::\d+k)?$", re.ASCII)
_VERSION_DOT: Final = re.compile(r"(?<=\d)\.(?=\d)", re.ASCII)
_CLAUDE_FAMILY: Final = re.compile(r"(?<![a-z])(opus|sonnet|haiku|instant|fable|mythos)(?![a-z])")
_GENERATION: Final = re.compile(r"(?:^|/)(gpt-\d+|o\d)(?![0-9])", re.ASCII)
_FAMILIES: Final = {
    "codex": "codex",
    "gemini": "gemini",
    "gemma": "gemma",
    "grok": "grok",
    "deepseek": "deepseek",
    "qwen": "qwen",
    "kimi": "kimi",
    "glm": "glm",
    "minimax": "minimax",
    "mistral": "mistral",
    "ministral": "mistral",
    "mixtral": "mistral",
    "magistral": "mistral",
    "codestral": "mistral",
    "devstral": "mistral",
    "llama": "llama",
}


def canonical_model_of(name: str) -> str:
    """The one spelling of a model's id; applying it twice changes nothing more.

    Lower case, without a date, without "latest"; for Claude also without the wrapping of
    gateways and Bedrock, and with `-` inside version numbers.
    """
    seen = ""
    model = name
    while model != seen:
        seen = model
        model = _simplified(model) or seen
    return model.strip() or UNKNOWN_MODEL


def _simplified(name: str) -> str:
    model = _LATEST.sub("", _DATED.sub("", name.strip().lower()))
    if "claude" not in model:
        return model
    bare = _CLAUDE_WRAPPING.sub("", model, count=1) if _is_claude(model) else model
    if not bare.startswith("claude"):
        return model
    bare = _CLAUDE_DATED.sub("", _BEDROCK_REVISION.sub("", bare))
    return _VERSION_DOT.sub("-", bare)


def _is_claude(model: str) -> bool:
    return _CLAUDE_WRAPPING.match(model) is not None


def model_family_of(model: str) -> str:
    """The line of models that a model belongs to: "opus", "gpt-5", "gemini"; else its own id.

    Takes a canonical name.
    """
    if "claude" in model:
        family = _CLAUDE_FAMILY.search(model)
        return family[1] if family else "claude"
    generation = _GENERATION.search(model)
    if generation:
        return generation[1]
    bare = model.rsplit("/", 1)[-1]
    for prefix, family_name in _FAMILIES.items():
        if bare.startswith(prefix):
            return family_name
    return model
