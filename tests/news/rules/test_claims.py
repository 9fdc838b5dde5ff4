"""The check of summaries: what is put in is stopped, what the source says passes."""

import pytest

from news.rules.claims import ClaimKind, checked_claims
from tests.news.claim_cases import CASES


def test_of_a_hundred_true_summaries_at_most_five_are_stopped() -> None:
    stopped = [
        (summary, [claim.text for claim in checked.unsupported])
        for case in CASES
        for summary in case.true
        if not (checked := checked_claims(summary=summary, source=case.text)).holds
    ]
    assert len(CASES) * 5 == 100
    assert len(stopped) <= 5, stopped


def test_of_a_hundred_falsified_summaries_at_least_ninety_five_are_stopped() -> None:
    passed = [
        summary
        for case in CASES
        for summary in case.false
        if checked_claims(summary=summary, source=case.text).holds
    ]
    assert len(passed) <= 5, passed


@pytest.mark.parametrize(
    ("summary", "kind", "text"),
    [
        ("It costs $7 per million tokens.", ClaimKind.NUMBER, "$7"),
        ("Version 2.1.6 is out.", ClaimKind.VERSION, "2.1.6"),
        ("It came out on November 21, 2026.", ClaimKind.DATE, "November 21, 2026"),
        ("Boris said “it is perfect now”.", ClaimKind.QUOTATION, "it is perfect now"),
        ("It was bought by Initech.", ClaimKind.NAME, "Initech"),
    ],
)
def test_what_is_not_in_the_source_is_named(summary: str, kind: ClaimKind, text: str) -> None:
    source = "Boris released version 2.1.5 on November 20, 2026. It costs $3 per million tokens."
    (claim,) = checked_claims(summary=summary, source=source).unsupported
    assert (claim.kind, claim.text) == (kind, text)
    assert summary[claim.start : claim.end].strip() == text
