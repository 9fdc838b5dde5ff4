"""Simulated reports through the real `POST /api/submit`, each at its moment.

Two processes share the people; a simulated day ends for both before the jobs of its night run and
the next one begins.
"""

import gc
import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import time_machine
from django.db import connections
from django.test import Client

from accounts.models import Device, User
from accounts.services.signing_in import create_person
from accounts.services.tokens import create_token
from benchmarks import site
from benchmarks.measuring import UnexpectedAnswerError
from benchmarks.trust.scoring import Outcome
from benchmarks.trust.story import Person, Place, Send
from benchmarks.trust.wires import body_of
from ccgather.ops.runtime import runtime
from ccgather.ops.services import change_setting
from submissions.models import Slice
from submissions.services.cohorts import forget_cohort

Held = list[tuple[str, Place, tuple[str, ...]]]
Nightly = Callable[[datetime], object]

LIMITS = {
    "api_per_minute": 1_000_000,
    "changing_reports_per_hour_token": 10_000,
    "changing_reports_per_hour_account": 100_000,
}
"""A hundred days pass in minutes, and all of it comes from one address."""


class Worker:
    """Sends the reports of its share of the people."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._client = Client(headers={"Host": "localhost"})
        self._users: dict[str, User] = {}
        self._secrets: dict[tuple[str, str], str] = {}
        self._days: dict[date, list[tuple[datetime, str, Send]]] = defaultdict(list)
        self.held: Held = []
        self.slowest = 0.0
        for person in people:
            for send in person.sends:
                self._days[send.at.date()].append((send.at, person.name, send))

    def live(self, day: date) -> int:
        """Everything that is sent on that day, in its order; how many reports."""
        # Another process may have measured the cohort in the night.
        forget_cohort()
        sends = sorted(self._days.pop(day, []), key=lambda item: (item[0], item[1]))
        if not sends:
            return 0
        with time_machine.travel(sends[0][0], tick=True) as clock:
            for at, name, send in sends:
                clock.move_to(at)
                self._send(at, name, send)
        return len(sends)

    def _send(self, at: datetime, name: str, send: Send) -> None:
        secret = self._secrets.get((name, send.device)) or self._secret(at, name, send.device)
        body, query = body_of(send)
        response = self._client.post(
            f"/api/submit{query}",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        answer: dict[str, Any] = response.json()
        if response.status_code != 200:
            message = f"{name} at {at}: {response.status_code} {str(answer)[:600]}"
            raise UnexpectedAnswerError(message)
        for item in answer["held"]:
            place = (send.device, item["client"], date.fromisoformat(item["day"]))
            self.held.append((name, place, tuple(reason["code"] for reason in item["reasons"])))

    def _secret(self, at: datetime, name: str, device: str) -> str:
        if name not in self._users:
            self._users[name] = create_person(username=name, at=at)
        secret, _ = create_token(user_id=self._users[name].pk, name=device, at=at)
        self._secrets[name, device] = secret
        return secret


def _let_go() -> None:
    """Neither connections nor pools may be shared with a process that is made now; and nobody's
    reports are garbage to look through again and again."""
    connections.close_all()
    for connection in connections.all():
        connection.close_pool()  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()


def _work(database: str, people: Sequence[Person], pipe: Connection) -> None:
    with site.using(database), closing(pipe):
        worker = Worker(people)
        while (day := pipe.recv()) is not None:
            pipe.send(worker.live(day))
        pipe.send(worker.held)
        connections.close_all()


def run(
    *,
    database: str,
    people: Sequence[Person],
    nightly: Nightly,
    tick: Callable[[int], object],
    processes: int = 2,
) -> dict[str, Outcome]:
    """Everybody's reports through the endpoint of that database's site; what became of each."""
    days = sorted({send.at.date() for person in people for send in person.sends})
    with site.using(database):
        for key, value in LIMITS.items():
            change_setting(key=key, value=value, by="benchmark", at=datetime.now(UTC))
        runtime.forget()
        nightly(datetime.combine(days[0], datetime.min.time(), UTC))
    _let_go()
    context = multiprocessing.get_context("fork")
    workers = []
    for number in range(processes):
        ours, theirs = context.Pipe()
        share = people[number::processes]
        process = context.Process(target=_work, args=(database, share, theirs), daemon=True)
        process.start()
        theirs.close()
        workers.append((process, ours))
    with site.using(database):
        for day in _every_day(days[0], days[-1]):
            for _, pipe in workers:
                pipe.send(day)
            for _, pipe in workers:
                tick(pipe.recv())
            night = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
            with time_machine.travel(night, tick=True):
                nightly(night)
        held: Held = []
        for process, pipe in workers:
            pipe.send(None)
            held += pipe.recv()
            process.join()
        return outcomes_of(people, held)


def _every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def outcomes_of(people: Sequence[Person], held: Held) -> dict[str, Outcome]:
    """What counts in the end, and all that was ever held: as answered, and as stored."""
    outcomes = {person.name: Outcome() for person in people}
    for name, place, codes in held:
        outcomes[name].held[place].update(codes)
    names = dict(Device.objects.values_list("pk", "name"))
    rows = Slice.objects.values_list(
        "user__username", "device_id", "client", "day", "state", "not_counted", "total_tokens",
        "cost_microusd", "hold_reasons",
    )  # fmt: skip
    for username, device, client, day, state, not_counted, tokens, cost, reasons in rows:
        place = (names[device], client, day)
        if state == Slice.State.ACCEPTED and not not_counted:
            outcomes[username].counted[place] = (tokens, cost)
        elif state == Slice.State.PENDING:
            found = {reason["code"] for reason in reasons or ()}
            outcomes[username].held[place].update(found or {"pending"})
    return outcomes
