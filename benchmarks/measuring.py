"""Timing one submission through the real endpoint, and its phases apart."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.core.cache import cache
from django.test import Client

from ccgather.site import submitting

PHASES = {
    "read_report": "parse",
    "accept_report": "accept",
    "ranks_of": "rank",
    "next_above": "rank",
}
"""The functions that the endpoint calls, and the phase that each one's time is counted to."""


class UnexpectedAnswerError(Exception):
    """The site did not answer what this measurement needs; a time of it would mean nothing."""


@dataclass(slots=True)
class Sample:
    """Seconds of one request: in all, and of the phases in it. The rest is reading the body,
    authentication and the answer."""

    total: float = 0.0
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def without_rank(self) -> float:
        """What is left when the reading of ranks is taken out."""
        return self.total - self.phases.get("rank", 0.0)


@dataclass(slots=True)
class Series:
    """The samples of one thing on one database."""

    samples: list[Sample] = field(default_factory=list)

    def median(self, what: Callable[[Sample], float] = lambda sample: sample.total) -> float:
        """The median in seconds."""
        return statistics.median(what(sample) for sample in self.samples)

    def phase(self, name: str) -> float:
        """The median of one phase in seconds."""
        return self.median(lambda sample: sample.phases.get(name, 0.0))


def submit(*, client: Client, secret: str, body: bytes, mode: str | None) -> Sample:
    """Sends a report and times it. The answer must be verified and, unless None, of that `mode`."""
    sample = Sample()
    with phases_of(sample):
        begun = time.perf_counter()
        response = client.post(
            "/api/submit",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        sample.total = time.perf_counter() - begun
    answer: dict[str, Any] = response.json()
    is_right = response.status_code == 200 and answer["status"] == "verified"
    if not is_right or mode not in (None, answer["mode"]):
        message = f"expected {mode}, got {response.status_code}: {str(answer)[:600]}"
        raise UnexpectedAnswerError(message)
    return sample


def fetch(*, client: Client, address: str) -> Sample:
    """Reads a page that no cache holds, and times it."""
    cache.clear()
    begun = time.perf_counter()
    response = client.get(address)
    sample = Sample(total=time.perf_counter() - begun)
    if response.status_code != 200:
        message = f"{address}: {response.status_code} {response.content[:300]!r}"
        raise UnexpectedAnswerError(message)
    return sample


def call(function: Callable[[], object]) -> Sample:
    """Times one call."""
    begun = time.perf_counter()
    function()
    return Sample(total=time.perf_counter() - begun)


@contextmanager
def phases_of(sample: Sample) -> Iterator[None]:
    """Adds up the time that the endpoint spends in each phase."""
    with ExitStack() as stack:
        for name, phase in PHASES.items():
            original = getattr(submitting, name)
            stack.enter_context(
                patch.object(submitting, name, _timed(original, sample=sample, phase=phase))
            )
        yield


def _timed(function: Callable[..., object], *, sample: Sample, phase: str) -> Callable[..., object]:
    def timed(*args: object, **kwargs: object) -> object:
        begun = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent = time.perf_counter() - begun
            sample.phases[phase] = sample.phases.get(phase, 0.0) + spent

    return timed
