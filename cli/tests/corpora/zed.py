"""Zed's threads as it writes them, and what was really burned."""

import json
import random
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any

from backports.zstd import compress
from corpora import paper
from corpora.opencode import release
from corpora.truth import Truth

CLIENT = "zed"
PATH = Path(".local/share/zed/threads/threads.db")
MODELS = ("claude-sonnet-4-5", "gpt-5.2", "gemini-3-pro")
TRAPS: tuple[str, ...] = (
    "plain",  # JSON as it is, of older versions
    "cumulative",  # only the thread's sum
    "both",  # requests, and their sum
    "own_keys",  # paid and counted elsewhere
    "imported",
    "no_created_at",
    "damaged",
    "several_frames",
    "text_numbers",
    "bad_utf8",
    "failures",
    "write_ahead",
)
_NAMES = ("input", "output", "cache_read_input", "cache_creation_input")


def _usage(chance: random.Random, traps: Collection[str]) -> tuple[dict[str, int], dict[str, int]]:
    figures = (
        chance.randrange(1, 5000),
        chance.randrange(1, 5000),
        chance.choice((0, chance.randrange(150_000))),
        chance.choice((0, chance.randrange(9000))),
    )
    if "failures" in traps and chance.random() < 0.2:
        figures = (0, 0, 0, 0)
    fresh, output, read, written = figures
    burned = {"fresh": fresh, "output": output, "cache_read": read, "cache_write": written}
    names = zip(_NAMES, figures, strict=True)
    return {f"{name}_tokens": value for name, value in names if value}, burned


def _thread(
    chance: random.Random, truth: Truth, traps: Collection[str], number: int
) -> tuple[Any, ...]:
    """(id, created, updated, kind, data), its requests booked."""

    def has(trap: str, often: float) -> bool:
        return trap in traps and chance.random() < often

    at = paper.any_moment(chance)
    model = chance.choice(MODELS)
    provider = "anthropic" if has("own_keys", 0.3) else "zed.dev"
    document: dict[str, Any] = {
        "version": "0.3.0",
        "title": f"a thread {paper.SPOT}",
        "messages": [{"User": {"content": [{"Text": 'said "usage": 9'}]}}] * 3,
        "updated_at": paper.zulu(at),
        "model": {"provider": provider, "model": model},
        "imported": has("imported", 0.2),
        "request_token_usage": {},
        "cumulative_token_usage": {},
    }
    counts = provider == "zed.dev" and not document["imported"]
    together = dict.fromkeys((f"{name}_tokens" for name in _NAMES), 0)
    whole = {"fresh": 0, "output": 0, "cache_read": 0, "cache_write": 0}
    requests = chance.randint(1, 6)
    only_sum = has("cumulative", 0.4)
    for place in range(requests):
        usage, burned = _usage(chance, traps)
        for name, value in usage.items():
            together[name] += value
        for name, value in burned.items():
            whole[name] += value
        if not only_sum:
            document["request_token_usage"][f"user-{number}-{place}"] = usage
            if counts:
                truth.add(paper.day(at), model, **burned)
    if only_sum and counts:
        truth.add(paper.day(at), model, **whole)
    if only_sum or has("both", 0.5):
        document["cumulative_token_usage"] = together
    written = json.dumps(document, ensure_ascii=False)
    if has("text_numbers", 0.3):
        written = json.dumps(json.loads(written, parse_int=str))
    data = written.encode()
    if has("bad_utf8", 0.3):
        data = data.replace(paper.SPOT.encode(), b"\xff\xc3(")
    kind = "json" if has("plain", 0.4) else "zstd"
    if kind == "zstd":
        cut = len(data) // 2 if has("several_frames", 0.3) else 0
        data = compress(data[:cut]) * bool(cut) + compress(data[cut:])
    stamp = paper.zulu(at)
    return (f"thread-{number}", stamp, stamp, kind, data)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` threads below `home`; gives what they burned."""
    truth = Truth(CLIENT, peers=("tokscale",))
    path = home / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    created = "" if "no_created_at" in traps else "created_at TEXT, "
    database.execute(
        f"CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT, {created}updated_at TEXT,"
        " data_type TEXT NOT NULL, data BLOB NOT NULL)"
    )
    if "write_ahead" in traps:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA wal_autocheckpoint = 0")
    names = ["id", *([] if not created else ["created_at"]), "updated_at", "data_type", "data"]
    places = ", ".join("?" * len(names))
    insert = f"INSERT INTO threads ({', '.join(names)}) VALUES ({places})"  # noqa: S608
    for number in range(sessions):
        key, begun, updated, kind, data = _thread(chance, truth, traps, number)
        dates = (begun, updated) if created else (updated,)
        database.execute(insert, (key, *dates, kind, data))
        if "damaged" in traps and chance.random() < 0.2:
            database.execute(insert, (f"broken-{number}", *dates, kind, data[: len(data) // 2]))
    database.commit()
    if "write_ahead" in traps:
        release(database, path)
    else:
        database.close()
    return truth
