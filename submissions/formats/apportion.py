"""Sharing whole numbers out by largest remainder, so that every sum stays what it was."""

from collections.abc import Sequence


def apportioned(*, amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` shared out in proportion to `weights`, in integers that add up to it.

    Each share is the exact one rounded down or up; the largest remainders round up, the earlier
    one first where two are equal. Where `amount` is at most the sum of the weights, no share
    exceeds its weight. All weights 0: everything goes to the first.
    """
    total = sum(weights)
    if not weights:
        return []
    if total == 0:
        return [amount, *([0] * (len(weights) - 1))]
    shares = [amount * weight // total for weight in weights]
    left = amount - sum(shares)
    order = sorted(range(len(weights)), key=lambda index: -(amount * weights[index] % total))
    for index in order[:left]:
        shares[index] += 1
    return shares


def table_of(*, rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """A table of integers whose rows add up to `rows` and whose columns to `columns`.

    Cells are proportional to both. The two sums must be equal. Row after row takes its share of
    what the columns still have; the last takes what is left, so nothing is lost to rounding.
    """
    left = list(columns)
    table = []
    for amount in rows:
        shares = apportioned(amount=amount, weights=left)
        left = [have - share for have, share in zip(left, shares, strict=True)]
        table.append(shares)
    return table
