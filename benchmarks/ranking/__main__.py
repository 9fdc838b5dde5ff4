"""`python -m benchmarks.ranking`: ranks, pages, submissions and midnights with a million people.

Builds two sites in a throw-away PostgreSQL (or in the server of DATABASE_URL) and a Redis of its
own, measures, says of each thing that was wanted whether it held, and exits with 1 when one did
not. All is taken away afterwards. About ten minutes.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import site
from benchmarks.ranking import place

SMALL_PEOPLE = 1_000


def main() -> None:
    """Build, measure, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="in the large site")
    parser.add_argument("--folder", type=Path, default=site.FOLDER / "ranking")
    options = parser.parse_args()
    begun = time.monotonic()
    with place.prepared(folder=options.folder.resolve()) as redis_urls:
        held = _measure(people=options.people, redis_urls=redis_urls)
    print(f"The whole run took {(time.monotonic() - begun) / 60:.1f} minutes")
    sys.exit(0 if held else 1)


def _measure(*, people: int, redis_urls: Mapping[str, str]) -> bool:
    # After the environment is set: these import the site.
    from benchmarks.ranking import nightly, reading, writing  # noqa: PLC0415
    from benchmarks.ranking.timing import Verdict, all_held  # noqa: PLC0415
    from leaderboard.services.tallies import correct_tallies  # noqa: PLC0415

    at = datetime.now(UTC)
    sizes = {place.SMALL: SMALL_PEOPLE, place.LARGE: people}
    for name, count in sizes.items():
        _build(name, people=count, at=at)
    redis_url = redis_urls[place.LARGE]
    with site.using(place.SMALL), reading.ranked_by(redis_urls[place.SMALL]):
        nightly.time_rebuild(redis_url=redis_urls[place.SMALL], at=at)
    with site.using(place.LARGE):
        verdicts = [nightly.time_rebuild(redis_url=redis_url, at=at)]
        verdicts += reading.compare_reading(redis_url=redis_url)
    verdicts.append(writing.compare_submissions(redis_urls=redis_urls, sizes=sizes))
    with site.using(place.SMALL):
        writing.time_trigger(people=SMALL_PEOPLE)
    with site.using(place.LARGE):
        writing.time_trigger(people=people)
        verdicts.append(nightly.time_snapshot(at=at))
        verdicts.append(nightly.time_roll(database=place.LARGE))
        nightly.print_sizes(redis_url=redis_url, people=people)
        for what, value in (
            ("people whose rank by Redis is not that by SQL, of 300", _wrong_ranks(redis_url)),
            ("boards whose sums are wrong after all this", correct_tallies()),
        ):
            verdicts.append(Verdict(what=what, value=value, most=0, unit=""))
    return all_held(verdicts)


def _wrong_ranks(redis_url: str) -> int:
    from benchmarks.ranking.reading import disagreements  # noqa: PLC0415

    return disagreements(redis_url=redis_url)


def _build(name: str, *, people: int, at: datetime) -> None:
    from benchmarks.population import populate  # noqa: PLC0415
    from benchmarks.ranking.people import draw_people  # noqa: PLC0415
    from leaderboard.services.midnight import store_midnight_ranks  # noqa: PLC0415

    begun = time.monotonic()

    def progress(what: str) -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {what}", file=sys.stderr, flush=True)

    with site.using(name):
        populate(people=people, at=at, draw=draw_people, progress=progress)
        store_midnight_ranks(day=at.date())
    print(f"{people:,} people made in {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
