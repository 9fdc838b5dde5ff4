"""Round numbers for the axis of a chart that starts at nought."""

_HALVES = (2, 4, 5, 10, 20)
"""Twice the steps 1, 2, 2.5, 5 and 10: whole numbers, because counts go beyond what a float
tells apart."""


def ticks_of(*, top: int, most: int = 4) -> tuple[int, ...]:
    """Round values from 0 to the first that is not below `top`, at most `most` steps.

    Nothing to show gives (0, 1), so that a chart of nothing still has a height.
    """
    if top <= 0:
        return (0, 1)
    rough = -(-top // most)
    power = 10 ** (len(str(rough)) - 1)
    step = next(half * power // 2 for half in _HALVES if half * power // 2 >= rough)
    return tuple(step * index for index in range(-(-top // step) + 1))
