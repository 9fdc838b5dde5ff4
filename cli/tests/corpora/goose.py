"""Goose's database as it writes it, and what was really burned."""

import json
import random
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper
from corpora.opencode import release
from corpora.truth import Truth

CLIENT = "goose"
FOLDER = Path(".local/share/goose/sessions")
MODELS = (("anthropic", "claude-sonnet-4-5"), ("openai", "gpt-5.2"), ("google", "gemini-3-pro"))
TRAPS: tuple[str, ...] = (
    "ledger",  # a row a request, on the days they were made
    "older_part",  # a session that is older than its ledger
    "carried_forward",  # that part as a row of the ledger that Goose made itself
    "compactions",
    "cached",  # columns for the cache, which are parts of the input
    "nulls",
    "last_only",  # a session with nothing but its only request
    "other_places",  # the database that an older installation left, with an earlier state
    "extra_columns",
    "broken_model",
    "failures",
    "write_ahead",
)
_KINDS = ("input", "output", "total", "cache_read", "cache_write")


class Corpus:
    """Sessions, requests and their truth."""

    def __init__(self, chance: random.Random, traps: Collection[str]) -> None:
        self.chance, self.traps = chance, traps
        self.truth = Truth(CLIENT, peers=("ccusage", "tokscale"))
        self.sessions: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []

    def has(self, trap: str, often: float) -> bool:
        return trap in self.traps and self.chance.random() < often

    def figures(self) -> dict[str, int]:
        chance = self.chance
        whole, output = chance.randrange(1, 90_000), chance.randrange(1, 5000)
        read = chance.randrange(whole) if "cached" in self.traps else 0
        written = chance.randrange(whole - read) if read else 0
        reasoning = chance.choice((0, 0, chance.randrange(500)))
        total = whole + output + reasoning
        figures = dict(zip(_KINDS, (whole, output, total, read, written), strict=True))
        return dict.fromkeys(_KINDS, 0) if self.has("failures", 0.2) else figures

    def burn(self, at: datetime, model: str, figures: dict[str, int]) -> None:
        whole, output, total, read, written = (figures[kind] for kind in _KINDS)
        self.truth.add(
            paper.day(at),
            model,
            fresh=whole - read - written,
            output=output,
            cache_read=read,
            cache_write=written,
            reasoning=total - whole - output,
        )

    def session(self, number: int) -> None:
        chance = self.chance
        at = paper.any_moment(chance).replace(microsecond=0)
        provider, model = chance.choice(MODELS)
        key = f"{at:%Y%m%d}_{number}"
        spent = dict.fromkeys(_KINDS, 0)
        last = dict(spent)
        session: dict[str, Any] = {
            "id": key,
            "created_at": at.strftime("%Y-%m-%d %H:%M:%S"),
            "provider_name": provider,
            "model_config_json": json.dumps({"model_name": model, "toolshim": False}),
        }
        if self.has("broken_model", 0.3):
            session["model_config_json"] = '{"model_name":'
            model = "unknown"
        if "ledger" not in self.traps or self.has("older_part", 0.5):
            last = self.figures()
            self.burn(at, model, last)
            self.spend(spent, last)
            if "ledger" in self.traps and self.has("carried_forward", 0.6):
                later = at + timedelta(days=5)
                self.request(key, later, None, last, cost_source="carried_forward")
        if "ledger" in self.traps:
            for _ in range(chance.randint(1, 6)):
                at += timedelta(seconds=chance.randrange(60_000))
                used = model if chance.random() < 0.7 or model == "unknown" else "other-model"
                last = self.figures()
                self.burn(at, used, last)
                self.spend(spent, last)
                compaction = int(self.has("compactions", 0.3))
                self.request(key, at, used, last, is_compaction=compaction)
        for kind in _KINDS:
            session[f"{kind}_tokens"] = last[kind]
            session[f"accumulated_{kind}_tokens"] = spent[kind]
        if "ledger" not in self.traps and self.has("last_only", 0.4):
            session |= {f"accumulated_{kind}_tokens": None for kind in _KINDS}
        self.sessions.append(session)

    def spend(self, spent: dict[str, int], figures: dict[str, int]) -> None:
        for kind in _KINDS:
            spent[kind] += figures[kind]

    def request(
        self, key: str, at: datetime, model: str | None, figures: dict[str, int], **more: Any
    ) -> None:
        row: dict[str, Any] = {f"{kind}_tokens": figures[kind] for kind in _KINDS}
        if self.has("nulls", 0.5):
            row = {name: value or None for name, value in row.items()}
        seconds = int(at.timestamp())
        self.requests.append(
            {"session_id": key, "created_timestamp": seconds, "model": model, **row, **more}
        )


def _columns(corpus: Corpus) -> list[str]:
    kinds = _KINDS if "cached" in corpus.traps else _KINDS[:3]
    return [f"{start}{kind}_tokens" for start in ("", "accumulated_") for kind in kinds]


def _write(path: Path, corpus: Corpus, sessions: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    names = [*_columns(corpus), *(("new_thing",) if "extra_columns" in corpus.traps else ())]
    database.execute(
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, created_at TIMESTAMP, model_config_json TEXT,"
        f" provider_name TEXT, {', '.join(f'{name} INTEGER' for name in names)})"
    )
    if "ledger" in corpus.traps:
        database.execute(
            "CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT,"
            " created_timestamp INTEGER, model TEXT, input_tokens INTEGER, output_tokens INTEGER,"
            " total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,"
            " cost REAL, cost_source TEXT, is_compaction INTEGER DEFAULT 0)"
        )
    if "write_ahead" in corpus.traps:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA wal_autocheckpoint = 0")
    there = {session["id"] for session in corpus.sessions[:sessions]}
    kept = set(names) | {"id", "created_at", "model_config_json", "provider_name"}
    for session in corpus.sessions[:sessions]:
        _insert(database, "sessions", {key: session[key] for key in session if key in kept})
    for request in corpus.requests:
        if request["session_id"] in there:
            _insert(database, "usage_ledger", request)
    database.commit()
    if "write_ahead" in corpus.traps:
        release(database, path)
    else:
        database.close()


def _insert(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    database.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",  # noqa: S608
        tuple(row.values()),
    )


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` sessions below `home`; gives what they burned."""
    corpus = Corpus(chance, traps)
    for number in range(1, sessions + 1):
        corpus.session(number)
    _write(home / FOLDER / "sessions.db", corpus, sessions)
    if "other_places" in traps:
        _write(home / ".local/share/Block/goose/sessions/sessions.db", corpus, sessions // 2)
    return corpus.truth
