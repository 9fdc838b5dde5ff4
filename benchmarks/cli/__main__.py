"""`make bench-cli`: the command beside ccusage and tokscale on the same logs, in turns.

Needs both, as `npm install` puts them: `CCUSAGE` and `TOKSCALE` name their programs, else they
are looked for below `var/peers`. Medians of seven runs; the files are in the page cache; before
a cold run every cache of the command that runs is taken away.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.cli.corpus import Corpus, one_more_response
from benchmarks.cli.running import Run, run

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "var" / "peers" / "node_modules"
CCUSAGE = PEERS / "@ccusage" / "ccusage-linux-x64" / "bin" / "ccusage"
TOKSCALE = PEERS / "@tokscale" / "cli-linux-x64-gnu" / "bin" / "tokscale"
INSTALL = (
    "npm install --prefix var/peers ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24 "
    "@tokscale/cli-linux-x64-gnu@4.17.0"
)
MOST_COLD = 0.75
MOST_WARM = 0.25
MOST_VERSION_CPU = 0.080
OURS = "ccgather"


def main() -> None:
    """Write logs, run everybody in turns, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cli", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1500], help="megabytes")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-cli")
    options = parser.parse_args()
    commands = _commands()
    verdicts: list[tuple[bool, str]] = []
    for size in options.sizes:
        home = options.folder / f"home-{size}"
        _write(home, size)
        measured = _measure(home, commands, rounds=options.rounds)
        verdicts += _show(size, measured, memory=size == max(options.sizes))
    verdicts.append(_version())
    for held, words in verdicts:
        print(f"{'HELD' if held else 'NOT HELD'}: {words}")
    shutil.rmtree(options.folder, ignore_errors=True)
    sys.exit(0 if all(held for held, _ in verdicts) else 1)


def _commands() -> dict[str, list[str]]:
    ccusage = os.environ.get("CCUSAGE", str(CCUSAGE))
    tokscale = os.environ.get("TOKSCALE", str(TOKSCALE))
    for name, path in (("ccusage", ccusage), ("tokscale", tokscale)):
        if not Path(path).is_file():
            sys.exit(f"{name} is not at {path}. Put both there with:\n  {INSTALL}")
        Path(path).chmod(0o755)
    return {
        OURS: [str(Path(sys.executable).with_name("ccgather")), "report", "daily", "--json"],
        "ccusage": [ccusage, "daily", "--json", "--offline", "-z", "UTC"],
        "tokscale": [tokscale, "graph"],
    }


def _write(home: Path, size: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    begun = time.monotonic()
    written = Corpus(home).write(size)
    # Files that changed a moment ago are not trusted by a cache; real ones are older.
    then = time.time() - 3600
    files = [path for path in home.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (then, then))
    spent = time.monotonic() - begun
    print(f"{written / 1e6:,.0f} MB in {len(files):,} files, written in {spent:.0f} s", flush=True)


Measured = dict[str, dict[str, list[Run]]]


def _measure(home: Path, commands: dict[str, list[str]], *, rounds: int) -> Measured:
    """Runs by kind and command. The tokens of all must agree, or nothing is compared."""
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "TZ": "UTC",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
    }
    measured: Measured = defaultdict(lambda: defaultdict(list))

    def once(kind: str, name: str, *, memory: bool = False) -> Run:
        result = run(commands[name], environment=environment, memory=memory)
        measured[kind][name].append(result)
        return result

    for name in commands:  # fills the page cache, and tells whether they agree
        _forget(home)
        once("first", name)
    _compare({name: runs[0].output for name, runs in measured["first"].items()})
    for _ in range(rounds):
        for name in commands:
            _forget(home)
            once("cold", name)
    for name in commands:
        _forget(home)
        once("memory", name, memory=True)
    for name in commands:
        once("filling", name)
    for _ in range(rounds):
        for name in commands:
            once("warm", name)
        one_more_response(home)
        for name in commands:
            once("one line more", name)
    return measured


def _forget(home: Path) -> None:
    """Take every cache away that a reader keeps below the home folder."""
    for name in (".cache", ".config", ".local", ".tokscale", ".ccusage"):
        shutil.rmtree(home / name, ignore_errors=True)


def _compare(outputs: dict[str, bytes]) -> None:
    ours = json.loads(outputs[OURS])["totals"]["tokens"]
    ccusage = json.loads(outputs["ccusage"])["totals"]["totalTokens"]
    tokscale = json.loads(outputs["tokscale"])["summary"]["totalTokens"]
    if not ours == ccusage == tokscale:
        sys.exit(f"They do not count the same: {ours:,} / {ccusage:,} / {tokscale:,}")
    print(f"All three count {ours:,} tokens.")


def _show(size: int, measured: Measured, *, memory: bool) -> list[tuple[bool, str]]:
    verdicts = []
    print(f"\n{size} MB{'':26}{'wall':>9}{'CPU':>9}{'of the faster':>16}")
    for kind, most in (("cold", MOST_COLD), ("warm", MOST_WARM), ("one line more", MOST_WARM)):
        walls = {
            name: statistics.median(each.wall for each in runs)
            for name, runs in measured[kind].items()
        }
        peers = min(
            statistics.median(each.wall for each in runs)
            for name, runs in measured[kind].items()
            if name != OURS
        )
        for name, runs in measured[kind].items():
            cpu = statistics.median(each.cpu for each in runs)
            print(
                f"  {kind:15} {name:14}{walls[name]:8.3f}s{cpu:8.3f}s{walls[name] / peers:>15.2f}"
            )
        ratio = walls[OURS] / peers
        verdicts.append(
            (ratio <= most, f"{size} MB, {kind}: {ratio:.2f} of the faster peer (at most {most})")
        )
    if memory:
        most_memory = {name: runs[0].memory for name, runs in measured["memory"].items()}
        for name, megabytes in most_memory.items():
            print(f"  peak memory     {name:14}{megabytes:8.0f} MB")
        leaner = min(value for name, value in most_memory.items() if name != OURS)
        words = f"{size} MB: {most_memory[OURS]:.0f} MB of memory, the leaner peer {leaner:.0f} MB"
        verdicts.append((most_memory[OURS] <= leaner, words))
    return verdicts


def _version() -> tuple[bool, str]:
    words = [str(Path(sys.executable).with_name("ccgather")), "--version"]
    runs = [run(words, environment=os.environ) for _ in range(7)]
    cpu = statistics.median(each.cpu for each in runs)
    return cpu < MOST_VERSION_CPU, f"--version takes {cpu * 1000:.0f} ms of CPU time (under 80)"


if __name__ == "__main__":
    main()
