"""`python -m benchmarks`: what a submission, a page and a rank cost, in a small and a large site.

Prints a table of medians and ratios, and writes them to `var/benchmarks/latest.json`. The cluster
is made for the run and removed after it; nothing is asserted by time but the verdict that is
printed.
"""

import argparse
import json
import platform
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import site

MOST_FOR_LARGE = 1.3
"""What a one-day change may cost in the large site, as a multiple of the small one."""


def main() -> None:
    """Build, measure in turns, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", type=int, default=1_000, help="people in the small site")
    parser.add_argument("--large", type=int, default=100_000, help="people in the large site")
    parser.add_argument("--rounds", type=int, default=40, help="daily changes, pages, ranks")
    parser.add_argument("--histories", type=int, default=5, help="histories of 11,000 rows")
    parser.add_argument("--folder", type=Path, default=site.FOLDER, help="for cluster and result")
    options = parser.parse_args()
    sizes = {"small": options.small, "large": options.large}
    site.prepare(list(sizes), folder=options.folder.resolve())
    try:
        # After the environment is set: these import the site.
        from benchmarks.population import populate  # noqa: PLC0415
        from benchmarks.report import print_table, results_of  # noqa: PLC0415
        from benchmarks.rounds import measure  # noqa: PLC0415
        from ccgather.site.sums import sum_disagreements  # noqa: PLC0415

        at = datetime.now(UTC)
        for name, people in sizes.items():
            begun = time.monotonic()
            with site.using(name):
                populate(people=people, at=at)
                wrong = sum_disagreements()
            if wrong:
                sys.exit(f"The {name} site's own sums disagree: {wrong[:3]}")
            print(f"{people:,} people made in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        measured = measure(
            databases=list(sizes), rounds=options.rounds, histories=options.histories
        )
        results = results_of(measured, sizes=sizes, most=MOST_FOR_LARGE)
        for name in sizes:
            with site.using(name):
                wrong = sum_disagreements()
            if wrong:
                sys.exit(f"The sums of the {name} site disagree after the run: {wrong[:3]}")
    finally:
        site.take_away()
    results["machine"] = (
        f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    )
    results["at"] = at.isoformat(timespec="seconds")
    results["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print_table(results)
    target = options.folder / "latest.json"
    target.write_text(json.dumps(results, indent=2) + "\n")
    print(f"Written to {target}")


if __name__ == "__main__":
    main()
