"""One spelling a model, whoever saw it; one provider where nobody says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.rules.model_names import canonical_model_of, model_family_of
from submissions.rules.providers import provider_of


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("claude-opus-4.5", "claude-opus-4-5"),
        ("  Claude-Opus-4-5 ", "claude-opus-4-5"),
        ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
        ("openrouter/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku"),
        (
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/"
                "us.anthropic.claude-sonnet-4-20250514-v1:0"
            ),
            "claude-sonnet-4",
        ),
        ("bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("claude-opus-4@20250514", "claude-opus-4"),
        ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet-v2"),
        ("claude-3-7-sonnet-latest", "claude-3-7-sonnet"),
        ("claude-opus-4-5-20251101-fast", "claude-opus-4-5-fast"),
        ("claude-opus-4-5-20251101[1m]", "claude-opus-4-5[1m]"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("claude-v2:1", "claude-v2:1"),
        ("claude-instant-v1", "claude-instant-v1"),
        ("my-claude-tune", "my-claude-tune"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-5.1", "gpt-5.1"),
        ("gpt-5.1-codex-max", "gpt-5.1-codex-max"),
        ("gpt-4-0613", "gpt-4-0613"),
        ("gemini-2.5-pro", "gemini-2.5-pro"),
        ("gemini-2.5-flash-preview-05-20", "gemini-2.5-flash-preview-05-20"),
        ("openai/gpt-oss-120b", "openai/gpt-oss-120b"),
        ("us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
        ("mistral-large-latest", "mistral-large"),
        ("chatgpt-4o-latest", "chatgpt-4o"),
        ("glm-4.6", "glm-4.6"),
        ("qwen3-coder:480b", "qwen3-coder:480b"),
        ("llama3:latest", "llama3"),
        ("model-20251340", "model-20251340"),
        ("totally-unknown-model-x", "totally-unknown-model-x"),
        ("<synthetic>", "<synthetic>"),
        ("-latest", "-latest"),
        ("  ", "unknown"),
    ],
)
def test_a_model_has_one_spelling(name: str, canonical: str) -> None:
    assert canonical_model_of(name) == canonical


PIECES = st.lists(
    st.sampled_from(
        [
            "claude",
            "opus",
            "4.5",
            "4",
            "-",
            "-latest",
            "-20251101",
            "@20250514",
            "-2024-08-06",
            "anthropic/",
            "us.anthropic.",
            "-v1:0",
            "-fast",
            "gpt-5",
            " ",
            ":",
            "/",
            "İ",
            "Ⅷ",
        ]
    ),
    max_size=8,
).map("".join)


@given(PIECES | st.text())
@settings(deadline=None)
def test_spelling_it_again_changes_nothing(name: str) -> None:
    once = canonical_model_of(name)
    assert once
    assert canonical_model_of(once) == once


@given(PIECES | st.text())
@settings(deadline=None)
def test_case_and_margins_do_not_matter(name: str) -> None:
    assert canonical_model_of(f" {name} ") == canonical_model_of(name)
    assert canonical_model_of(name.lower()) == canonical_model_of(name)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("claude-opus-4-5", "opus"),
        ("claude-3-5-sonnet", "sonnet"),
        ("claude-haiku-4-5", "haiku"),
        ("claude-2", "claude"),
        ("gpt-5.1-codex", "gpt-5"),
        ("openai/gpt-5", "gpt-5"),
        ("gpt-4o", "gpt-4"),
        ("o3-mini", "o3"),
        ("codex-mini", "codex"),
        ("gemini-3-pro-preview", "gemini"),
        ("grok-code-fast-1", "grok"),
        ("devstral-small", "mistral"),
        ("qwen/qwen3-coder", "qwen"),
        ("something-else", "something-else"),
    ],
)
def test_a_model_has_a_family(model: str, family: str) -> None:
    assert model_family_of(model) == family


@pytest.mark.parametrize(
    ("model", "stated", "provider"),
    [
        ("claude-opus-4-5", "", "anthropic"),
        ("claude-opus-4-5", "unknown", "anthropic"),
        ("claude-opus-4-5", " Bedrock ", "bedrock"),
        ("gpt-5.1", "", "openai"),
        ("o1", "", "openai"),
        ("o3-mini", "", "openai"),
        ("o4-mini", "", "openai"),
        ("codex-mini", "", "openai"),
        ("openai/gpt-oss-120b", "", "openai"),
        ("gemini-3-pro", "", "google"),
        ("grok-4", "", "xai"),
        ("deepseek-v3", "", "deepseek"),
        ("qwen3-coder", "", "alibaba"),
        ("kimi-k2", "", "moonshot"),
        ("glm-4.6", "", "zai"),
        ("mistral-large", "", "mistral"),
        ("devstral-small", "", "mistral"),
        ("llama3", "", "meta"),
        ("o365-thing", "", "unknown"),
        ("glmish", "", "unknown"),
        ("weird", "", "unknown"),
        ("weird", "ACME", "acme"),
    ],
)
def test_the_provider_is_the_stated_one_or_the_maker(
    model: str, stated: str, provider: str
) -> None:
    assert provider_of(model=model, stated=stated) == provider
