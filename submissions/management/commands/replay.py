"""`manage.py replay`: what other thresholds would hold and release, before anybody saves them."""

import heapq
import json
import math
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from ccgather.errors import DomainError
from submissions.services.replaying import (
    Changed,
    PersonReplay,
    replay,
    report_count,
    thresholds_of,
)

PEOPLE_NAMED = 50
DAYS_NAMED = 5
"""Of a person in the text; JSON has them all."""


@dataclass(slots=True)
class Side:
    """What one of the two settings holds and the other does not."""

    slices: int = 0
    people: int = 0
    tokens: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    stands: Counter[str] = field(default_factory=Counter)

    def add(self, found: tuple[Changed, ...]) -> None:
        """One person's."""
        if not found:
            return
        self.people += 1
        self.slices += len(found)
        self.tokens += sum(item.tokens for item in found)
        for item in found:
            self.codes.update(item.codes)
            self.stands[item.stands] += 1


@dataclass(slots=True)
class Total:
    """What everybody comes to; of people only those with the most changed tokens are kept."""

    named: int
    people: int = 0
    reports: int = 0
    unreadable: int = 0
    slices: int = 0
    held_now: int = 0
    held_then: int = 0
    changed_people: int = 0
    hold: Side = field(default_factory=Side)
    release: Side = field(default_factory=Side)
    largest: list[tuple[int, int, PersonReplay]] = field(default_factory=list)

    def add(self, person: PersonReplay) -> None:
        """One person more."""
        self.people += 1
        self.reports += person.reports
        self.unreadable += person.unreadable
        self.slices += person.slices
        self.held_now += person.held_now
        self.held_then += person.held_then
        self.hold.add(person.would_hold)
        self.release.add(person.would_release)
        changed = (*person.would_hold, *person.would_release)
        if not changed:
            return
        self.changed_people += 1
        entry = (sum(item.tokens for item in changed), -self.people, person)
        if len(self.largest) < self.named:
            heapq.heappush(self.largest, entry)
        else:
            heapq.heappushpop(self.largest, entry)

    def people_by_size(self) -> list[PersonReplay]:
        """Those kept, the most changed tokens first."""
        return [person for _tokens, _order, person in sorted(self.largest, reverse=True)]


class Command(BaseCommand):
    """Reads only; safe at any time, also while people submit."""

    help = (
        "Judge the stored reports again under changed thresholds, and show what would be held and "
        "released, by person and code. Writes nothing; save the settings in the admin afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to try out, and on whom."""
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a runtime setting to try out, such as signal_growth_weight=0; repeatable",
        )
        parser.add_argument("--since", help="only reports from this UTC day on (YYYY-MM-DD)")
        parser.add_argument("--user", help="only this person's")
        parser.add_argument("--json", action="store_true", help="as JSON, with every slice")
        parser.add_argument(
            "--people", type=int, default=PEOPLE_NAMED, help="how many people to name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs with a progress bar over reports."""
        overrides = _overrides(options["set"])
        since = _since(options["since"])
        user = _user(options["user"])
        try:
            now, then = thresholds_of(overrides={}), thresholds_of(overrides=overrides)
        except DomainError as error:
            raise CommandError("; ".join((error.message, *error.details))) from error
        total = Total(named=max(0, options["people"]))
        user_id = user.pk if user else None
        with tqdm(
            total=report_count(since=since, user_id=user_id), unit=" reports", disable=None
        ) as bar:
            for person in replay(
                now=now, then=then, since=since, user_id=user_id, progress=bar.update
            ):
                total.add(person)
        if options["json"]:
            self.stdout.write(json.dumps(_document(total, overrides), indent=2))
            return
        for line in _lines(total, overrides):
            self.stdout.write(line)


def _overrides(pairs: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        try:
            value = float(text.replace("_", ""))
        except ValueError:
            value = math.nan
        if not equals or not math.isfinite(value):
            raise CommandError(f"--set takes KEY=VALUE with a number, not {pair!r}")
        found[key.strip()] = int(value) if value.is_integer() else value
    return found


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
    except ValueError as error:
        raise CommandError(f"--since takes a day such as 2026-11-01, not {text!r}") from error


def _user(username: str | None) -> User | None:
    if username is None:
        return None
    user = User.objects.filter(username__iexact=username.removeprefix("@")).first()
    if user is None:
        raise CommandError(f"Nobody is called {username!r}")
    return user


def _document(total: Total, overrides: Mapping[str, object]) -> dict[str, object]:
    return {
        "settings": dict(overrides),
        "people": total.people,
        "reports": total.reports,
        "unreadableReports": total.unreadable,
        "judgedSlices": total.slices,
        "heldNow": total.held_now,
        "heldThen": total.held_then,
        "wouldHold": _side_json(total.hold),
        "wouldRelease": _side_json(total.release),
        "changedPeople": [
            {
                "username": person.username,
                "heldNow": person.held_now,
                "heldThen": person.held_then,
                "wouldHold": [asdict(item) for item in person.would_hold],
                "wouldRelease": [asdict(item) for item in person.would_release],
            }
            for person in total.people_by_size()
        ],
        "peopleNotNamed": total.changed_people - len(total.largest),
    }


def _side_json(side: Side) -> dict[str, object]:
    return {
        "slices": side.slices,
        "people": side.people,
        "tokens": side.tokens,
        "codes": dict(side.codes.most_common()),
        "stands": dict(side.stands.most_common()),
    }


def _lines(total: Total, overrides: Mapping[str, object]) -> Iterator[str]:
    yield (
        f"{total.reports:,} reports of {total.people:,} people, {total.slices:,} slices judged, "
        f"{total.unreadable:,} reports could not be read again."
    )
    yield "Tried out: " + (
        ", ".join(f"{key}={value}" for key, value in overrides.items()) or "nothing"
    )
    yield f"Held: {total.held_now:,} now, {total.held_then:,} then."
    yield from _side_lines("Would be held", total.hold)
    yield from _side_lines("Would be released", total.release)
    for person in total.people_by_size():
        yield f"{person.username}: {person.held_now} held now, {person.held_then} then"
        yield from _day_lines("+", person.would_hold)
        yield from _day_lines("-", person.would_release)
    rest = total.changed_people - len(total.largest)
    if rest:
        yield f"… and {rest:,} people more with smaller changes."
    yield "Nothing was written."


def _side_lines(title: str, side: Side) -> Iterator[str]:
    yield f"{title}: {side.slices:,} slices of {side.people:,} people, {side.tokens:,} tokens."
    if side.slices:
        yield "  by code: " + ", ".join(f"{c} {n:,}" for c, n in side.codes.most_common())
        yield "  today: " + ", ".join(f"{c} {n:,}" for c, n in side.stands.most_common())


def _day_lines(sign: str, found: tuple[Changed, ...]) -> Iterator[str]:
    for item in sorted(found, key=lambda item: -item.tokens)[:DAYS_NAMED]:
        codes = ", ".join(item.codes)
        yield (
            f"  {sign} {item.day} {item.client}: {item.tokens:,} tokens, weight "
            f"{item.weight:.2f} ({codes}); {item.stands}"
        )
    if len(found) > DAYS_NAMED:
        yield f"  {sign} … and {len(found) - DAYS_NAMED:,} more"
