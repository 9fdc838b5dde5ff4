"""What would let a held slice count."""

import pytest

from submissions.rules.clearing import CLEARED_BY, OTHERWISE, clears_of
from submissions.rules.holds import ACCOUNT_EXCLUDED, REJECTED_BEFORE
from submissions.rules.signals.catalogue import SIGNALS


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.code)
def test_every_signal_says_what_would_clear_it(signal: object) -> None:
    code = getattr(signal, "code", "")
    assert clears_of(code=code) == getattr(signal, "clears", None)
    assert code not in CLEARED_BY


@pytest.mark.parametrize(
    "code", ["over_hard_limit", ACCOUNT_EXCLUDED.code, REJECTED_BEFORE.code, "not_accepted"]
)
def test_every_other_reason_says_it_too(code: str) -> None:
    assert clears_of(code=code) == CLEARED_BY[code] != OTHERWISE


def test_a_reason_that_nobody_knows_any_more_is_seen_by_a_reviewer() -> None:
    assert clears_of(code="a-signal-of-last-year") == OTHERWISE
