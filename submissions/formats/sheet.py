"""What every format's parser shares: the body being read, and the rows it comes to."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from submissions.report import MAX_COUNT, UsageRow
from submissions.rules.model_names import canonical_model_of
from submissions.rules.providers import provider_of
from submissions.rules.validation import (
    MAX_MODEL_LENGTH,
    MAX_PROVIDER_LENGTH,
    MAX_ROWS,
    Problems,
    check_extent,
    client_of,
    day_of,
    shown,
    text_of,
)

DEFAULT_CLIENT: Final = "claude"
"""The tool that a body means when neither it nor the sender names one."""

MAX_WARNINGS: Final = 100

_ZERO: Final = (0,) * 11


@dataclass(slots=True)
class Counts:
    """The counts of one row; see `UsageRow` for what each means."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    cache_write_1h: int = 0
    long_input: int = 0
    long_output: int = 0
    long_cache_read: int = 0
    long_cache_write: int = 0
    messages: int = 0

    @property
    def total(self) -> int:
        """The sum of the five disjoint classes."""
        return self.input + self.output + self.cache_read + self.cache_write + self.reasoning

    def values(self) -> tuple[int, ...]:
        """Every count, in the order of the fields."""
        return (
            self.input,
            self.output,
            self.cache_read,
            self.cache_write,
            self.reasoning,
            self.cache_write_1h,
            self.long_input,
            self.long_output,
            self.long_cache_read,
            self.long_cache_write,
            self.messages,
        )


@dataclass(slots=True)
class _Sum:
    """A row as it grows: rows of one model under two names fall together."""

    counts: tuple[int, ...] = _ZERO
    cost_microusd: int | None = None
    estimated: bool = False


@dataclass(slots=True, kw_only=True)
class Reading:
    """One body on its way to a report.

    `latest` is the last day it may name. `client` is what the sender says of bodies that name
    no tool.
    """

    problems: Problems
    latest: date
    client: str | None = None
    warnings: list[str] = field(default_factory=list)
    rows_read: int = 0
    tokens: int = 0
    _sums: dict[tuple[date, str, str, str], _Sum] = field(default_factory=dict)
    _stated: set[tuple[Hashable, ...]] = field(default_factory=set)
    _days: dict[str, date] = field(default_factory=dict)
    _clients: dict[str, str] = field(default_factory=dict)
    _models: dict[str, tuple[str, str]] = field(default_factory=dict)
    _providers: dict[tuple[str, str], str] = field(default_factory=dict)

    def warn(self, sentence: str) -> None:
        """Tell the sender something that is no fault; said once, and not without end."""
        if sentence not in self.warnings and len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(sentence)

    def day(self, value: object, where: str) -> date | None:
        """A day; remembers the sound ones, which recur in thousands of rows."""
        if isinstance(value, str) and value in self._days:
            return self._days[value]
        before = self.problems.count
        day = day_of(value, where=where, problems=self.problems, latest=self.latest)
        if isinstance(value, str) and day is not None and self.problems.count == before:
            self._days[value] = day
        return day

    def client_id(self, value: object, where: str) -> str:
        """A client id; remembers the sound ones."""
        if isinstance(value, str) and value in self._clients:
            return self._clients[value]
        client = client_of(value, where=where, problems=self.problems)
        if client:
            self._clients[client] = client
        return client

    def model(self, value: object, where: str) -> tuple[str, str]:
        """A model's id as stated and its canonical name; ("", "") where it is not one."""
        if isinstance(value, str) and value in self._models:
            return self._models[value]
        stated = text_of(value, max_length=MAX_MODEL_LENGTH, where=where, problems=self.problems)
        if not stated:
            return "", ""
        canonical = canonical_model_of(stated)
        if len(canonical) > MAX_MODEL_LENGTH:
            self.problems.add(where, f"more than {MAX_MODEL_LENGTH} characters in lower case")
            return "", ""
        self._models[str(value)] = (stated, canonical)
        return stated, canonical

    def provider(self, value: object, model: str, where: str) -> str:
        """The provider of a row; absent, null and empty ones are told from the model."""
        if value is None or value == "":
            stated = ""
        elif isinstance(value, str) and (value, model) in self._providers:
            return self._providers[value, model]
        else:
            stated = text_of(
                value, max_length=MAX_PROVIDER_LENGTH, where=where, problems=self.problems
            )
        provider = provider_of(model=model, stated=stated)
        if isinstance(value, str):
            self._providers[value, model] = provider
        return provider

    def spent(self) -> bool:
        """Whether the body has had all the rows that a report may have; the rest is not read."""
        return self.rows_read >= MAX_ROWS

    def add(
        self,
        *,
        where: str,
        day: date | None,
        client: str,
        model: object,
        model_where: str,
        counts: Counts,
        provider: object = None,
        cost_microusd: int | None = None,
        estimated: bool = False,
        scope: Hashable = None,
    ) -> None:
        """Take one row. `scope` separates parts of a body that may each have the same row."""
        values = counts.values()
        self.rows_read += 1
        self.tokens += sum(values[:5])
        stated_model, canonical = self.model(model, model_where)
        maker = self.provider(provider, canonical, f"{where}.provider")
        if day is None or not client or not stated_model:
            return
        stated = (scope, day, client, stated_model, provider or "")
        try:
            known = stated in self._stated
        except TypeError:  # an unhashable provider, refused above
            return
        if known:
            self.problems.add(
                where, f"a second row for {day}, {client}, {shown(stated_model)}, {shown(maker)}"
            )
        self._stated.add(stated)
        self._sum_up((day, client, canonical, maker), values, cost_microusd, estimated)

    def _sum_up(
        self,
        key: tuple[date, str, str, str],
        values: tuple[int, ...],
        cost_microusd: int | None,
        estimated: bool,
    ) -> None:
        found = self._sums.get(key)
        if found is None:
            self._sums[key] = _Sum(values, cost_microusd, estimated)
            return
        found.counts = tuple(map(int.__add__, found.counts, values))
        if cost_microusd is not None:
            found.cost_microusd = (found.cost_microusd or 0) + cost_microusd
        found.estimated = found.estimated or estimated

    def check_extent(self, *, rows: int) -> None:
        """The limits of a whole report; `rows` is how many the body has, read or not."""
        check_extent(
            rows=rows,
            days=len({key[0] for key in self._sums}),
            clients=len({key[1] for key in self._sums}),
            models=len({key[2] for key in self._sums}),
            tokens=self.tokens,
            problems=self.problems,
        )
        if sum(found.cost_microusd or 0 for found in self._sums.values()) > MAX_COUNT:
            self.problems.add("", f"the costs add up to more than {MAX_COUNT} micro-dollars")
        if sum(found.counts[-1] for found in self._sums.values()) > MAX_COUNT:
            self.problems.add("", f"the messages add up to more than {MAX_COUNT}")

    def messages(self) -> dict[tuple[str, date], int]:
        """How many messages the rows of each (client, day) have together."""
        found: dict[tuple[str, date], int] = {}
        for (day, client, _, _), row in self._sums.items():
            found[client, day] = found.get((client, day), 0) + row.counts[-1]
        return found

    def rows(self) -> tuple[UsageRow, ...]:
        """The rows that have tokens, sorted.

        A row without a token is not usage: kept, it would make its day an active one.
        """
        return tuple(
            _row(key, found)
            for key, found in sorted(self._sums.items(), key=lambda item: item[0])
            if any(found.counts[:5])
        )


def _row(key: tuple[date, str, str, str], found: _Sum) -> UsageRow:
    day, client, model, provider = key
    counts = found.counts
    return UsageRow(
        day=day,
        client=client,
        model=model,
        provider=provider,
        input_tokens=counts[0],
        output_tokens=counts[1],
        cache_read_tokens=counts[2],
        cache_write_tokens=counts[3],
        reasoning_tokens=counts[4],
        cache_write_1h_tokens=counts[5],
        long_input_tokens=counts[6],
        long_output_tokens=counts[7],
        long_cache_read_tokens=counts[8],
        long_cache_write_tokens=counts[9],
        messages=counts[10],
        reported_cost_microusd=found.cost_microusd,
        estimated=found.estimated,
    )


def object_at(
    source: Mapping[str, object], key: str, *, where: str, problems: Problems, required: bool = True
) -> Mapping[str, object] | None:
    """The object under `key`; None where it is absent, null or no object."""
    value = source.get(key)
    if isinstance(value, dict):
        return value
    path = f"{where}.{key}" if where else key
    if value is None:
        if required:
            problems.add(path, "missing")
    else:
        problems.add(path, f"{shown(value)} is not an object")
    return None


def array_at(
    source: Mapping[str, object], key: str, *, where: str, problems: Problems
) -> Sequence[object]:
    """The array under `key`; an empty one and a problem where there is none."""
    value = source.get(key)
    if isinstance(value, list):
        return value
    path = f"{where}.{key}" if where else key
    problems.add(path, "missing" if value is None else f"{shown(value)} is not an array")
    return ()
