"""The calls of Anthropic's Messages API: one at a time, or a batch."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import anthropic
from anthropic.types import Message
from anthropic.types.messages.batch_create_params import Request
from django.conf import settings

from news.models import SummaryCall
from news.rules.summaries import INSTRUCTIONS, MAX_OUTPUT_TOKENS, SCHEMA
from news.services.budget import price_of

TIMEOUT_SECONDS: Final = 90.0
TRIES: Final = 4
MAX_PAUSE_SECONDS: Final = 30.0
_TEMPORARY: Final = frozenset({408, 409, 429, 500, 502, 503, 504, 529})

Pause = Callable[[float], object]


class AskFailedError(Exception):
    """The API answered that there is no answer; nothing was charged."""


class AskUnansweredError(Exception):
    """The connection broke after the call was sent: nobody knows whether it was charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the text of it, why it ended, and what it is charged for."""

    text: str
    stop_reason: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int


def is_configured() -> bool:
    """Whether there is a key at all."""
    return bool(settings.ANTHROPIC_API_KEY)


def client() -> anthropic.Anthropic:
    """The provider's client. It does not retry by itself: a call that timed out may have been
    charged, and the next one has to be reserved first."""
    return anthropic.Anthropic(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL,
        timeout=TIMEOUT_SECONDS,
        max_retries=0,
    )


def parameters_of(*, question: str) -> dict[str, Any]:
    """What is sent; the instructions first and marked, so that they are cached."""
    return {
        "model": settings.ANTHROPIC_MODEL,
        "max_tokens": MAX_OUTPUT_TOKENS,
        "system": [{"type": "text", "text": INSTRUCTIONS, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": question}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }


def ask(*, question: str, pause: Pause = time.sleep) -> Answer:
    """One answer. What the API refuses for the moment is asked again, politely.

    Raises AskFailedError, AskUnansweredError.
    """
    with client() as api:
        for attempt in range(1, TRIES + 1):
            try:
                message = api.messages.create(**parameters_of(question=question))
            except anthropic.APIStatusError as error:
                if error.status_code not in _TEMPORARY or attempt == TRIES:
                    raise AskFailedError(f"{error.status_code}: {_words_of(error)}") from error
                pause(_pause_of(error, attempt))
            except anthropic.APIResponseValidationError as error:
                raise AskUnansweredError("The answer was not understood.") from error
            except anthropic.APIConnectionError as error:
                raise AskUnansweredError(f"{type(error).__name__}: no answer came.") from error
            else:
                return answer_of(message=message)
    message_text = "no try was made"
    raise AssertionError(message_text)


def answer_of(*, message: Message) -> Answer:
    """What a message says and costs."""
    usage = message.usage
    return Answer(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop_reason=message.stop_reason or "",
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens or 0,
        cache_write_tokens=usage.cache_creation_input_tokens or 0,
    )


def send_batch(*, questions: dict[str, str]) -> str:
    """Sends many at half the price, by their ids; answers the batch's id.

    Raises AskFailedError, AskUnansweredError.
    """
    requests: list[Request] = [
        {"custom_id": name, "params": parameters_of(question=question)}  # type: ignore[typeddict-item]
        for name, question in questions.items()
    ]
    try:
        with client() as api:
            return api.messages.batches.create(requests=requests).id
    except anthropic.APIStatusError as error:
        raise AskFailedError(f"{error.status_code}: {_words_of(error)}") from error
    except anthropic.APIConnectionError as error:
        raise AskUnansweredError(f"{type(error).__name__}: no answer came.") from error


def batch_answers(*, batch_id: str) -> dict[str, Answer | str] | None:
    """The answers of a batch by their ids, a string saying why for each that has none; None while
    it is at work. Raises AskFailedError, AskUnansweredError."""
    try:
        with client() as api:
            if api.messages.batches.retrieve(batch_id).processing_status != "ended":
                return None
            found: dict[str, Answer | str] = {}
            for line in api.messages.batches.results(batch_id):
                result = line.result
                found[line.custom_id] = (
                    answer_of(message=result.message) if result.type == "succeeded" else result.type
                )
            return found
    except anthropic.APIStatusError as error:
        raise AskFailedError(f"{error.status_code}: {_words_of(error)}") from error
    except anthropic.APIConnectionError as error:
        raise AskUnansweredError(f"{type(error).__name__}: no answer came.") from error


def settle(*, call: SummaryCall, answer: Answer, outcome: str, at: datetime) -> None:
    """Writes down what a call came to."""
    call.state = SummaryCall.State.DONE
    call.ended_at = at
    call.outcome = outcome
    call.input_tokens = answer.input_tokens
    call.output_tokens = answer.output_tokens
    call.cache_read_tokens = answer.cache_read_tokens
    call.cache_write_tokens = answer.cache_write_tokens
    call.cost_microusd = price_of(
        model=call.model,
        at=call.started_at,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cache_read_tokens=answer.cache_read_tokens,
        cache_write_tokens=answer.cache_write_tokens,
        is_batched=call.is_batched,
    )
    call.save()


def settle_failed(*, call: SummaryCall, error: str, at: datetime) -> None:
    """Nothing came of it and nothing is to pay."""
    call.state, call.ended_at, call.error = SummaryCall.State.FAILED, at, error[:300]
    call.cost_microusd = 0
    call.save(update_fields=["state", "ended_at", "error", "cost_microusd"])


def settle_unknown(*, call: SummaryCall, error: str, at: datetime) -> None:
    """It may have been charged: the reservation stands, and a person looks."""
    call.state, call.ended_at, call.error = SummaryCall.State.UNKNOWN, at, error[:300]
    call.save(update_fields=["state", "ended_at", "error"])


def _pause_of(error: anthropic.APIStatusError, attempt: int) -> float:
    said = error.response.headers.get("retry-after", "")
    try:
        wanted = float(said)
    except ValueError:
        wanted = 2.0**attempt * random.uniform(0.75, 1.25)
    return min(max(wanted, 0.0), MAX_PAUSE_SECONDS)


def _words_of(error: anthropic.APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        return str(body["error"].get("message", ""))[:200]
    return error.message[:200]
