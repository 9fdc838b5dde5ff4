"""The medians of a run, as a table and as JSON."""

from collections.abc import Mapping
from typing import Any

from benchmarks.measuring import Sample, Series
from benchmarks.rounds import Measured

WORDS = {
    "history_first": "first submit of 11,000 rows",
    "history_again": "the same again, unchanged",
    "history_one_day": "11,000 rows, one day changed",
    "one_day": "one-day change of somebody drawn",
    "one_day_again": "the same again, unchanged",
    "page_first": "board, page 1",
    "page_middle": "board, the page in the middle",
    "page_last": "board, the last page",
    "rank_world": "a rank in the world",
    "rank_country": "a rank in a country",
}
PHASES = ("parse", "accept", "rank")
VERDICT_ROWS = ("one_day", "history_one_day")


def results_of(measured: Measured, *, sizes: Mapping[str, int], most: float) -> dict[str, Any]:
    """Milliseconds and ratios by what was measured; `verdicts` says which rows held `most`."""
    rows: dict[str, Any] = {}
    for what, by_database in measured.items():
        small, large = (_figures(by_database[name]) for name in ("small", "large"))
        rows[what] = {
            "small": small,
            "large": large,
            "ratio": round(large["total"] / small["total"], 2),
            "ratio_without_rank": round(large["without_rank"] / small["without_rank"], 2),
            "rounds": len(by_database["small"].samples),
        }
    verdicts = {what: rows[what]["ratio_without_rank"] <= most for what in VERDICT_ROWS}
    return {"people": dict(sizes), "rows": rows, "most": most, "verdicts": verdicts}


def _figures(series: Series) -> dict[str, float]:
    figures = {
        "total": series.median(),
        "without_rank": series.median(_without_rank),
        **{phase: series.phase(phase) for phase in PHASES},
        "fastest": min(sample.total for sample in series.samples),
        "slowest": max(sample.total for sample in series.samples),
    }
    return {name: round(seconds * 1000, 2) for name, seconds in figures.items()}


def _without_rank(sample: Sample) -> float:
    return sample.without_rank


def print_table(results: Mapping[str, Any]) -> None:
    """What a person reads."""
    people = results["people"]
    small, large = (f"{people[name]:,} people" for name in ("small", "large"))
    print(f"\nMedians in milliseconds, {results['machine']}")
    print(f"{'':34}{small:>16}{large:>16}{'ratio':>8}{'rounds':>8}")
    for what, words in WORDS.items():
        row = results["rows"][what]
        print(
            f"{words:34}{row['small']['total']:>16,.1f}{row['large']['total']:>16,.1f}"
            f"{row['ratio']:>8.2f}{row['rounds']:>8}"
        )
        if row["small"]["accept"]:
            for name in (*PHASES, "without_rank"):
                first, second = row["small"][name], row["large"][name]
                ratio = f"{second / first:>8.2f}" if first else f"{'':8}"
                print(f"  {name.replace('_', ' '):32}{first:>16,.1f}{second:>16,.1f}{ratio}")
    print(f"Peak memory of the process: {results['peak_memory_mb']} MB")
    for what, held in results["verdicts"].items():
        ratio = results["rows"][what]["ratio_without_rank"]
        print(
            f"{'HELD' if held else 'NOT HELD'}: {WORDS[what]}, rank read apart, costs "
            f"{ratio:.2f} times what it costs at {small} (at most {results['most']})"
        )
