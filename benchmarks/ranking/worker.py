"""`python -m benchmarks.ranking.worker DATABASE MOMENT`: the midnight roll in a process of its own,
as a worker's is; whoever reads and submits meanwhile does not share its interpreter.

Prints a JSON object: how many people, and the seconds of each step.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from unittest.mock import patch

STEPS = ("store_midnight_ranks", "_build", "hold_windows", "_drop_old_windows")


def main() -> None:
    """The environment is that of the benchmark that started us."""
    database, moment = sys.argv[1:]
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from leaderboard.services import roll  # noqa: PLC0415

    spent = dict.fromkeys(STEPS, 0.0)

    def clocked(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object, **named: object) -> object:
            begun = time.perf_counter()
            try:
                return work(*args, **named)
            finally:
                spent[name] += time.perf_counter() - begun

        return run

    with ExitStack() as stack:
        for name in STEPS:
            work: Callable[..., object] = getattr(roll, name)
            stack.enter_context(patch.object(roll, name, clocked(name, work)))
        begun = time.perf_counter()
        people = roll.roll_boards(at=datetime.fromisoformat(moment))
        seconds = time.perf_counter() - begun
    print(json.dumps({"people": people, "seconds": seconds, "steps": spent}))


if __name__ == "__main__":
    main()
