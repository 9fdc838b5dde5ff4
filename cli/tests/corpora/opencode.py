"""OpenCode's stores as it writes them, and what was really burned."""

import json
import random
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpora import paper
from corpora.truth import Truth

CLIENT = "opencode"
FOLDER = Path(".local/share/opencode")
MODELS = (
    ("anthropic", "claude-sonnet-4-5"),
    ("openai", "gpt-5.2-codex"),
    ("openrouter", "moonshotai/kimi-k2.6"),
    ("opencode", "glm-4.7"),
)
PAYLOAD_TRAPS: tuple[str, ...] = (
    "forks",  # the beginning of a session under new ids
    "equal_answers",  # two answers of one moment with the same numbers
    "both_tables",  # the same message in the newer table too, or only there
    "reasoning_in_output",  # an older version: the total shows that reasoning is in output
    "no_total",
    "no_cache",
    "no_provider",
    "user_tokens",  # a person's message with tokens
    "failures",  # nothing was billed
    "damaged",  # data that is no JSON, or half of it
    "no_time",  # only the column says when
    "text_numbers",
    "nulls",
    "bad_utf8",
    "midnight",
    "write_ahead",  # the newest rows are not in the database's own file yet
)
TRAPS: tuple[str, ...] = (
    *PAYLOAD_TRAPS,
    "old_store",  # sessions that were never moved into a database
    "moved",  # sessions in the database and in the older store, some of them from mid-response
    "channel",  # another channel's database: own sessions, and copies of others
    "byte_order_mark",
)
_TABLES = """
    CREATE TABLE IF NOT EXISTS session (id text PRIMARY KEY, parent_id text, tokens_input integer);
    CREATE TABLE IF NOT EXISTS message (id text PRIMARY KEY, session_id text NOT NULL,
        time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
    CREATE TABLE IF NOT EXISTS part (id text PRIMARY KEY, message_id text, data text);
"""
_NEWER = """
    CREATE TABLE IF NOT EXISTS session_message (id text PRIMARY KEY, session_id text NOT NULL,
        type text NOT NULL, seq integer, time_created integer NOT NULL, time_updated integer,
        data text NOT NULL);
"""
Row = tuple[str, str, int, dict[str, Any]]
"""(id, session, milliseconds, data)."""


class Corpus:
    """Sessions of messages, and their truth."""

    def __init__(
        self, chance: random.Random, traps: Collection[str], *, client: str = CLIENT
    ) -> None:
        self.chance, self.traps = chance, traps
        self.truth = Truth(client, peers=("ccusage", "tokscale"))
        self._count = 0
        self._last: tuple[str, str, dict[str, int]] | None = None

    def has(self, trap: str, often: float) -> bool:
        return trap in self.traps and self.chance.random() < often

    def id(self, start: str) -> str:
        self._count += 1
        return f"{start}_{self._count:06x}{self.chance.getrandbits(48):012x}"

    def session(self) -> list[Row]:
        """A session's messages, a person's and answers."""
        session, rows = self.id("ses"), []
        at = paper.any_moment(self.chance)
        for _ in range(self.chance.randint(1, 9)):
            at += timedelta(milliseconds=self.chance.randrange(1, 4_000_000))
            rows.append(self.person(session, at))
            if self.has("midnight", 0.2):
                at = at.replace(hour=23, minute=59, second=59, microsecond=999_000)
            rows.append(self.answer(session, at))
            if self.has("equal_answers", 0.2):
                rows.append(self.again(rows[-1]))
        return rows

    def person(self, session: str, at: datetime) -> Row:
        moment = paper.milliseconds(at) - 5
        data: dict[str, Any] = {"role": "user", "time": {"created": moment}, "agent": "build"}
        if self.has("user_tokens", 0.3):
            data |= {"tokens": self.figures()[0], "modelID": "x", "providerID": "y"}
        return (self.id("msg"), session, moment, data)

    def figures(self) -> tuple[dict[str, Any], dict[str, int]]:
        """`tokens`, and what it means."""
        chance = self.chance
        burned = {
            "fresh": chance.randrange(1, 9000),
            "output": chance.randrange(1, 4000),
            "cache_read": chance.choice((0, chance.randrange(190_000))),
            "cache_write": chance.choice((0, chance.randrange(9000))),
            "reasoning": chance.choice((0, chance.randrange(1, 900))),
        }
        if self.has("no_cache", 0.2):
            burned |= {"cache_read": 0, "cache_write": 0}
        tokens: dict[str, Any] = {
            "total": sum(burned.values()),
            "input": burned["fresh"],
            "output": burned["output"],
            "reasoning": burned["reasoning"],
            "cache": {"read": burned["cache_read"], "write": burned["cache_write"]},
        }
        if self.has("reasoning_in_output", 0.3):
            tokens["output"] += burned["reasoning"]
        elif self.has("no_total", 0.3):
            del tokens["total"]
        if "no_cache" in self.traps and not burned["cache_read"] + burned["cache_write"]:
            del tokens["cache"]
        return tokens, burned

    def answer(self, session: str, at: datetime) -> Row:
        moment = paper.milliseconds(at)
        provider, model = self.chance.choice(MODELS)
        tokens, burned = self.figures()
        data: dict[str, Any] = {
            "role": "assistant",
            "parentID": "msg_x",
            "mode": "build",
            "path": {"cwd": f"/p {paper.SPOT}", "root": "/"},
            "cost": 0.01,
            "tokens": tokens,
            "modelID": model,
            "providerID": provider,
            "time": {"created": moment, "completed": moment + self.chance.randrange(90_000)},
            "finish": "stop",
        }
        if self.has("failures", 0.2):
            data["tokens"] = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0}}
            self._last = None
            return (self.id("msg"), session, moment, data)
        if self.has("no_provider", 0.2):
            del data["providerID"]
        if self.has("no_time", 0.1):
            del data["time"]
        self._last = (paper.day(at), model, burned)
        self.truth.add(paper.day(at), model, **burned)
        return (self.id("msg"), session, moment, data)

    def again(self, row: Row) -> Row:
        """Another answer that looks the same."""
        if self._last is not None:
            day, model, burned = self._last
            self.truth.add(day, model, **burned)
        return (self.id("msg"), *row[1:])

    def fork(self, rows: list[Row]) -> list[Row]:
        """The beginning of a session, and answers of its own."""
        session = self.id("ses")
        copied = rows[: self.chance.randint(1, len(rows))]
        return [(self.id("msg"), session, row[2], row[3]) for row in copied] + [
            (row[0], session, row[2], row[3]) for row in self.session()
        ]

    def text(self, data: dict[str, Any]) -> bytes:
        """Data as it is stored, with what happens to it."""
        written = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        if self.has("text_numbers", 0.3) and "tokens" in data:
            tokens = json.loads(json.dumps(data["tokens"]), parse_int=str)
            written = json.dumps({**data, "tokens": tokens}, ensure_ascii=False)
        elif self.has("nulls", 0.3):
            written = written.replace(':0,"', ':null,"').replace(":0}", ":null}")
        content = written.encode()
        if self.has("bad_utf8", 0.3):
            content = content.replace(paper.SPOT.encode(), b"\xff\xc3(")
        return content


def newer(data: dict[str, Any]) -> dict[str, Any]:
    """A message as the newer table has it: one object for the model, no role."""
    moved = {key: data[key] for key in data if key not in ("role", "modelID", "providerID")}
    model = {"id": data["modelID"]}
    if "providerID" in data:
        model["providerID"] = data["providerID"]
    return {**moved, "model": model, "content": [{"type": "text", "text": 'said "tokens"'}]}


def write_database(path: Path, corpus: Corpus, rows: list[Row]) -> sqlite3.Connection | None:
    """Rows into a database; an open connection where they are to stay in its log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(_TABLES + (_NEWER if "both_tables" in corpus.traps else ""))
    stays = "write_ahead" in corpus.traps
    if stays:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA wal_autocheckpoint = 0")
    for key, session, moment, data in rows:
        text = corpus.text(data)
        where = corpus.chance.choice(("old", "new", "both"))
        if "both_tables" not in corpus.traps or data["role"] != "assistant":
            where = "old"
        if where != "new":
            database.execute(
                "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, CAST(? AS TEXT))",
                (key, session, moment, moment, text),
            )
        if where != "old":
            database.execute(
                "INSERT OR IGNORE INTO session_message VALUES (?, ?, 'assistant', 1, ?, ?, ?)",
                (key, session, moment, moment, json.dumps(newer(data))),
            )
        if corpus.has("damaged", 0.1):
            half = text[: len(text) * 2 // 3]
            database.execute(
                "INSERT INTO message VALUES (?, ?, 1, 1, CAST(? AS TEXT))",
                (corpus.id("msg"), session, half),
            )
    database.commit()
    if stays:
        return database
    database.close()
    return None


def write_folder(home: Path, corpus: Corpus, rows: list[Row], *, stale: bool = False) -> None:
    """Rows into the older store; `stale`, some as they were while they streamed."""
    for key, session, moment, data in rows:
        document = {"id": key, "sessionID": session, **data}
        document.setdefault("time", {"created": moment})
        billed = data.get("tokens", {}).get("input") and data["role"] == "assistant"
        if stale and billed and corpus.chance.random() < 0.3:
            document["tokens"] = {"input": 1, "output": 0, "reasoning": 0}
            document["time"] = {"created": moment}
        content = corpus.text(document)
        if corpus.has("byte_order_mark", 0.3):
            content = b"\xef\xbb\xbf" + content.replace(b",", b",\r\n")
        path = home / FOLDER / "storage/message" / session / f"{key}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if corpus.has("damaged", 0.1):
            path.with_name(f"msg_{corpus.id('x')}.json").write_bytes(content[: len(content) // 2])


def release(database: sqlite3.Connection | None, path: Path) -> None:
    """Leave the write-ahead log as a program that was killed does."""
    if database is None:
        return
    kept = {ending: Path(f"{path}{ending}").read_bytes() for ending in ("", "-wal")}
    database.close()
    for ending, content in kept.items():
        Path(f"{path}{ending}").write_bytes(content)
    Path(f"{path}-shm").unlink(missing_ok=True)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` sessions below `home`; gives what they burned."""
    corpus = Corpus(chance, traps)
    main: list[Row] = []
    channel: list[Row] = []
    for _ in range(sessions):
        rows = corpus.session()
        if corpus.has("old_store", 0.3):
            write_folder(home, corpus, rows)
            continue
        if corpus.has("forks", 0.4):
            (channel if corpus.has("channel", 0.5) else main).extend(corpus.fork(rows))
        if corpus.has("moved", 0.4):
            write_folder(home, corpus, rows, stale=True)
        if corpus.has("channel", 0.4):
            channel += rows
            if chance.random() < 0.5:
                continue
        main += rows
    for name, stored in (("opencode.db", main), ("opencode-dev.db", channel)):
        if stored or name == "opencode.db":
            path = home / FOLDER / name
            release(write_database(path, corpus, stored), path)
    return corpus.truth
