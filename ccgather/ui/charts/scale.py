"""Round numbers for the axis of a chart that starts at nought."""

from math import ceil, floor, log10

_STEPS = (1, 2, 2.5, 5, 10)


def ticks_of(*, top: int, wanted: int = 4) -> tuple[int, ...]:
    """Round values from 0 to the first that is not below `top`, about `wanted` steps apart.

    Nothing to show gives (0, 1), so that a chart of nothing still has a height.
    """
    if top <= 0:
        return (0, 1)
    rough = top / wanted
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    step = max(1, round(next(s * power for s in _STEPS if s * power >= rough or s == _STEPS[-1])))
    return tuple(step * index for index in range(ceil(top / step) + 1))
