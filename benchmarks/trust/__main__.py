"""`make bench-trust`: simulated honest people and cheats through the real endpoint.

Prints who was held, what cheats have left, and whether the targets hold, for two worlds that share
nothing in how they draw people, with the seeds' plain rules side by side; writes the figures to
`var/benchmarks/trust.json`. Exits with 1 where a target was missed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import site

WORLDS = ("logs", "other")


def main() -> None:
    """Build, send, score, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust", description=__doc__)
    parser.add_argument("--people", type=int, default=3_000, help="honest people")
    parser.add_argument("--cheats", type=int, default=40, help="of every strategy")
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--profile", choices=("tame", "wild"), default="wild")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=site.FOLDER)
    options = parser.parse_args()
    site.prepare(
        list(options.worlds),
        folder=options.folder.resolve(),
        environment={"EMBEDDED_POSTGRES_DURABLE": "0"},  # the disk is not what is measured
    )
    results: dict[str, Any] = {"seed": options.seed, "profile": options.profile}
    try:
        for world in options.worlds:
            results[world] = _run_world(world, options)
    finally:
        site.take_away()
    results["machine"] = {
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    target = options.folder / "trust.json"
    target.write_text(json.dumps(results, indent=2) + "\n")
    print(f"Written to {target}")
    if not all(found["met"] for name, found in results.items() if name in WORLDS):
        sys.exit(1)


def _run_world(world: str, options: argparse.Namespace) -> dict[str, object]:
    # After the environment is set: these import the site.
    from benchmarks.trust.baseline import baseline_verdicts_of  # noqa: PLC0415
    from benchmarks.trust.dry import run as run_dry  # noqa: PLC0415
    from benchmarks.trust.endpoint import run  # noqa: PLC0415
    from benchmarks.trust.nights import nightly  # noqa: PLC0415
    from benchmarks.trust.ranks import rank_lines_of  # noqa: PLC0415
    from benchmarks.trust.scoring import (  # noqa: PLC0415
        figures_of,
        lines_of,
        score_of,
        targets_of,
    )
    from benchmarks.trust.worlds import world_of  # noqa: PLC0415

    begun = time.monotonic()
    people = world_of(
        world=world,
        people=options.people,
        each=options.cheats,
        seed=options.seed,
        profile=options.profile,
    )
    reports = sum(len(person.sends) for person in people)
    print(f"\n{world}: {len(people):,} people, {reports:,} reports, seed {options.seed}")
    with tqdm(total=reports, desc=world, unit=" reports", disable=None) as bar:
        outcomes = run(
            database=world,
            people=people,
            nightly=nightly,
            tick=bar.update,
            processes=options.processes,
        )
    score = score_of(people, outcomes)
    print("\n".join(lines_of(score, title=f"{world}, through the endpoint")))
    print("\n".join(rank_lines_of(people, outcomes)))
    plain = score_of(
        people,
        run_dry(people, judge=baseline_verdicts_of, measures=False, tick=lambda: None),
    )
    print("\n".join(lines_of(plain, title=f"{world}, the seeds' plain rules")))
    took = time.monotonic() - begun
    print(f"{world}: {took:.0f} s, load {os.getloadavg()[0]:.1f}")
    return {
        "met": all(is_met for is_met, _ in targets_of(score)),
        "seconds": round(took),
        "reports": reports,
        "ours": figures_of(score),
        "plain": figures_of(plain),
    }


if __name__ == "__main__":
    main()
