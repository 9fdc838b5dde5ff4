"""`python -m benchmarks.news`: 2,000 articles through fetch, extract and de-duplicate.

Once into an empty site and once into one that holds many documents already, in turns: what a
document costs there must not follow how many there are.
"""

import argparse
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import site
from benchmarks.news import web

ROUNDS = 7
MOST_FOR_FULL = 1.5
"""What finding a document's story may cost in the full site, as a multiple of the empty one."""


def main() -> None:
    """Build, crawl, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.news", description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000, help="documents in the full site")
    parser.add_argument("--folder", type=Path, default=site.FOLDER / "news")
    options = parser.parse_args()
    site.prepare(["empty", "full"], folder=options.folder.resolve())
    try:
        held = _measure(stored=options.stored)
    finally:
        site.take_away()
    sys.exit(0 if held else 1)


def _measure(*, stored: int) -> bool:
    # After the environment is set: these import the site.
    from benchmarks.news.crawling import crawl_once, fill, time_placing  # noqa: PLC0415

    at = datetime.now(UTC)
    with site.using("full"):
        begun = time.monotonic()
        fill(documents=stored, at=at)
        print(f"{stored:,} documents stored in {time.monotonic() - begun:.0f} s")
    with web.served() as port:
        for name in ("empty", "full"):
            with site.using(name):
                run = crawl_once(port=port, at=at)
                print(
                    f"{name:<6} {run.documents:,} articles in {run.seconds:.1f} s: "
                    f"{run.documents / run.seconds:.0f} a second, {run.stories:,} stories, "
                    f"{run.joined:,} joined one"
                )
                again = crawl_once(port=port, at=at + timedelta(hours=2))
                print(f"{name:<6} again: {again.documents} new in {again.seconds:.1f} s")
    times: dict[str, list[float]] = {"empty": [], "full": []}
    for _ in range(ROUNDS):
        for name, taken in times.items():
            with site.using(name):
                taken.append(time_placing(at=at))
    costs = {name: min(taken) for name, taken in times.items()}
    for name, cost in costs.items():
        print(f"{name:<6} finding a document's story: {cost:.2f} ms")
    ratio = costs["full"] / costs["empty"]
    held = ratio <= MOST_FOR_FULL
    print(f"Peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(
        f"{'HELD' if held else 'MISSED'}: beside {stored:,} documents, finding a story costs "
        f"{ratio:.2f} times what it costs in an empty site (at most {MOST_FOR_FULL})"
    )
    return held


if __name__ == "__main__":
    main()
