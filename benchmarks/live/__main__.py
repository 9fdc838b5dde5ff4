"""`python -m benchmarks.live`: 300 open live pages, and 20 submissions a second for a minute.

Builds a throw-away site of real processes (PostgreSQL, Redis, web, worker, beat), opens
the pages, sends, and says of each thing that was wanted whether it held; exits with 1 when
one did not. All is taken away afterwards. About two minutes.
"""

import argparse
import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import site
from benchmarks.live import place

VIEWS = (
    "/live/board",
    "/live/board?page=2",
    "/live/board?page=3",
    "/live/board?page=4",
    "/live/board?period=7d",
    "/live/board?period=7d&page=2",
    "/live/board?period=30d",
    "/live/board?period=30d&page=2",
    "/live/board?country=US",
    "/live/board?country=KR",
    "/live/board?country=DE",
    "/live/board?country=US&period=7d",
)
OLDEST_SECONDS = 2.0


def main() -> None:
    """Build, open, send, judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="on the boards")
    parser.add_argument("--pages", type=int, default=300, help="open live pages")
    parser.add_argument("--senders", type=int, default=400, help="people who send")
    parser.add_argument("--rate", type=float, default=20.0, help="submissions a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long")
    parser.add_argument("--folder", type=Path, default=site.FOLDER / "live")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC)
    with place.prepared(folder=folder) as redis_url:
        # After the environment is set: these import the site.
        from benchmarks.live.people import make_people  # noqa: PLC0415
        from benchmarks.live.report import all_held  # noqa: PLC0415
        from benchmarks.live.run import run  # noqa: PLC0415

        with site.using(place.DATABASE):
            cast = make_people(people=options.people, senders=options.senders, at=at)
        print(f"{options.people:,} people made in {(datetime.now(UTC) - at).seconds} s", flush=True)
        with place.serving(folder=folder, redis_url=redis_url) as serving:
            print(f"load average before: {_load()}", flush=True)
            measured = asyncio.run(
                run(
                    place=serving,
                    cast=cast,
                    views=VIEWS,
                    pages=options.pages,
                    rate=options.rate,
                    seconds=options.seconds,
                )
            )
            print(f"load average after: {_load()}", flush=True)
            begun = time.monotonic()
        held = all_held(measured, rate=options.rate, oldest=OLDEST_SECONDS)
        print(f"the site's processes ended in {time.monotonic() - begun:.1f} s")
    sys.exit(0 if held else 1)


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
