"""`python -m benchmarks.trust.document`: the figures of the last run, into `docs/trust.md`."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.site import FOLDER, ROOT

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
WORLDS = {
    "logs": "People simulated from their agents' requests up",
    "other": "People simulated from log-normal daily totals",
}


def main() -> None:
    """Read the figures, replace what stands between the markers."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trust.document", description=__doc__
    )
    parser.add_argument("results", type=Path, nargs="?", default=FOLDER / "trust.json")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "trust.md")
    options = parser.parse_args()
    results = json.loads(options.results.read_text())
    text = options.into.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(lines_of(results))
    options.into.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


def lines_of(results: Mapping[str, Any]) -> Iterator[str]:
    """The figures of a run as Markdown."""
    machine = results["machine"]
    yield (
        f"Seed {results['seed']}, profile {results['profile']}, on {machine['cores']} cores with a "
        f"load of {machine['load'][0]} at the end. A `*` marks strategies that leave no trace."
    )
    for world, title in WORLDS.items():
        if world in results:
            yield from _world(title, results[world])


def _world(title: str, found: Mapping[str, Any]) -> Iterator[str]:
    ours, plain = found["ours"], found["plain"]
    yield ""
    yield f"**{title}**: {found['reports']:,} reports in {found['seconds'] // 60} minutes."
    yield ""
    yield "| | target | ours | the seeds' plain rules |"
    yield "|---|---|---|---|"
    yield f"| honest people ever held | 0.5 % | {_people(ours)} | {_people(plain)} |"
    yield f"| honest days ever held | 0.02 % | {_days(ours)} | {_days(plain)} |"
    yield (
        "| cheats that leave a trace and ask for over 3 times the truth, caught | 95 % | "
        f"{ours['caught']:.1%} | {plain['caught']:.1%} |"
    )
    yield (
        "| people held that cheat, of all held (precision) | | "
        f"{ours['precision']:.1%} | {plain['precision']:.1%} |"
    )
    yield ""
    yield "| strategy | cheats | ask over 3 times | caught | gain, median | gain, most | plain |"
    yield "|---|---|---|---|---|---|---|"
    for name, row in ours["strategies"].items():
        words = name.replace("_", " ") + ("" if row["leaves_trace"] else " *")
        yield (
            f"| {words} | {row['cheats']} | {row['asking']} | {_caught(row)} | "
            f"{row['gain_median']} | {row['gain_max']} | {_caught(plain['strategies'][name])} |"
        )


def _people(score: Mapping[str, Any]) -> str:
    held, people = score["honest_people_held"], score["honest_people"]
    return f"{held} of {people:,}, {held / max(1, people):.2%}"


def _days(score: Mapping[str, Any]) -> str:
    held, days = score["honest_days_held"], score["honest_days"]
    return f"{held:,} of {days:,}, {held / max(1, days):.3%}"


def _caught(row: Mapping[str, Any]) -> str:
    return f"{row['caught'] / row['asking']:.0%}" if row["asking"] else "–"


if __name__ == "__main__":
    main()
