"""Counts generated logs of every tool with the command, with ccusage and with tokscale.

    .venv/bin/python -m tools.compare_readers [--sessions 40] [--seeds 3] [TOOL ...]

For each tool: without traps all three must agree with the generator's own truth, by day, model and
class; with each trap, and with all of them, the command must; what the peers say then is printed,
and explained in `docs/counting.md`. Ends with 1 if anything that must agree does not.
"""

import argparse
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "cli" / "tests"))

from benchmarks.cli.__main__ import CCUSAGE, TOKSCALE  # noqa: E402 - after the path is set

Classes = tuple[int, int, int, int, int]
"""Input, output, cache read, cache write, reasoning."""
Counted = dict[tuple[str, str], Classes]


def main() -> None:
    """Compare, print, end."""
    parser = argparse.ArgumentParser(prog="python -m tools.compare_readers", description=__doc__)
    parser.add_argument("tools", nargs="*", help="clients; all by default")
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    wrong = 0
    for module in _corpora(options.tools):
        wrong += _compare(module, options)
    print(f"\n{wrong} disagreements" if wrong else "\nEverything agrees.")
    sys.exit(1 if wrong else 0)


def _corpora(wanted: list[str]) -> list[ModuleType]:
    folder = ROOT / "cli" / "tests" / "corpora"
    found = []
    for path in sorted(folder.glob("*.py")):
        module = importlib.import_module(f"corpora.{path.stem}")
        client = getattr(module, "CLIENT", None)
        if client and hasattr(module, "generate") and (not wanted or client in wanted):
            found.append(module)
    return found


def _compare(module: ModuleType, options: argparse.Namespace) -> int:
    wrong = 0
    traps = tuple(module.TRAPS)
    for laid in ((), *((trap,) for trap in traps), traps):
        label = "no traps" if not laid else "all traps" if len(laid) > 1 else laid[0]
        for seed in range(options.seeds):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder)
                truth = module.generate(
                    home, random.Random(seed), sessions=options.sessions, traps=laid
                )
                right: Counted = {
                    key: (b.input, b.output, b.cache_read, b.cache_write, b.reasoning)
                    for key, b in truth.burned.items()
                }
                ours = _ours(home, module.CLIENT)
                said = "right" if ours == right else f"WRONG {_difference(right, ours)}"
                wrong += ours != right
                line = f"{module.CLIENT:10} {label:22} seed {seed}  ccgather {said}"
                if seed == 0 and not options.no_peers:
                    for name, counted in _peers(home, module.CLIENT).items():
                        agrees = _alike(right, counted)
                        total = sum(map(sum, right.values()))
                        theirs = sum(map(sum, counted.values()))
                        share = f"{theirs / total:.4f}" if total else str(theirs)
                        line += f"  {name} {'right' if agrees else share}"
                        if not laid and name in truth.peers and not agrees:
                            line += f" ({truth.peer_notes.get(name, 'UNEXPLAINED')})"
                            wrong += name not in truth.peer_notes
                print(line, flush=True)
    return wrong


def _environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C.UTF-8"}


def _json(words: list[str], home: Path) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        words, env=_environment(home), capture_output=True, check=False
    )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ours(home: Path, client: str) -> Counted:
    program = str(Path(sys.executable).with_name("ccgather"))
    document = _json([program, "report", "daily", "--json", "--client", client], home)
    counted: Counted = {}
    for row in document.get("rows", ()):
        names = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
        counted[row["day"], row["model"]] = tuple(row[name] for name in names)  # type: ignore[assignment]
    return counted


def _peers(home: Path, client: str) -> dict[str, Counted]:
    found = {}
    if CCUSAGE.is_file():
        words = [str(CCUSAGE), client, "daily", "--json", "--offline", "-z", "UTC"]
        found["ccusage"] = _ccusage(_json(words, home))
    if TOKSCALE.is_file():
        found["tokscale"] = _tokscale(_json([str(TOKSCALE), "graph"], home), client)
    return {name: counted for name, counted in found.items() if counted}


def _ccusage(document: dict[str, Any]) -> Counted:
    counted: Counted = {}
    for day in document.get("daily", ()):
        for model in day.get("modelBreakdowns", ()):
            counted[day["date"], model["modelName"]] = (
                model.get("inputTokens", 0),
                model.get("outputTokens", 0),
                model.get("cacheReadTokens", 0),
                model.get("cacheCreationTokens", 0),
                model.get("reasoningTokens", model.get("reasoningOutputTokens", 0)) or 0,
            )
    return counted


def _tokscale(document: dict[str, Any], client: str) -> Counted:
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for day in document.get("contributions", ()):
        for row in day.get("clients", day.get("sources", ())):
            if row.get("client", row.get("source")) != client:
                continue
            tokens = row["tokens"]
            names = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
            sums = counted[day["date"], row["modelId"]]
            for place, name in enumerate(names):
                sums[place] += tokens.get(name, 0)
    return {key: tuple(sums) for key, sums in counted.items()}  # type: ignore[misc]


def _alike(right: Counted, counted: Counted) -> bool:
    """Whether a peer says the same by day, whatever it calls the models and where it puts
    reasoning: inside output, apart, or in no column."""

    def by_day(rows: Counted) -> dict[str, list[int]]:
        days: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        for (day, _), classes in rows.items():
            for place, count in enumerate(classes):
                days[day][place] += count
        return days

    mine, theirs = by_day(right), by_day(counted)
    if mine.keys() != theirs.keys():
        return False
    for day, one in mine.items():
        other = theirs[day]
        if [one[0], one[2], one[3]] != [other[0], other[2], other[3]]:
            return False
        if other[1] + other[4] not in (one[1] + one[4], one[1]):
            return False
    return True


def _difference(right: Counted, ours: Counted) -> str:
    wrong = {
        key: (right.get(key), ours.get(key))
        for key in sorted(right.keys() | ours.keys())
        if right.get(key) != ours.get(key)
    }
    key, (one, other) = next(iter(wrong.items()))
    return f"on {len(wrong)} of {len(right)}; {key}: {one} is right, counted {other}"


if __name__ == "__main__":
    main()
