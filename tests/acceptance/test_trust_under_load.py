"""Two hundred reports at once, a third of them false, and two moderators who decide meanwhile."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops.services import change_setting
from ccgather.site.integrity.services import check_invariants
from ccgather.site.sums import sum_disagreements
from submissions.models import Decision, ReviewCase, Slice, Submission, UsageAccount
from submissions.report import UsageRow
from submissions.services.review import decide
from tests.cast import person, token_of
from tests.submissions.holding import moderator
from tests.submissions.reports import NOW, TODAY, native_body, row

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]

PEOPLE = 200
SENDERS = 20
FALSE_DAY = TODAY - timedelta(days=2)
FAR_TOO_MUCH = 600_000_000_000
DECIDED = (Decision.Action.APPROVE, Decision.Action.REJECT)


@dataclass(slots=True)
class Sender:
    """Somebody with a token; every third claims a day that nobody can burn."""

    number: int
    secret: str
    user: User

    @property
    def cheats(self) -> bool:
        return self.number % 3 == 0

    def honest_rows(self, turn: int) -> list[UsageRow]:
        """Small days of their own; in the second report the last one has grown."""
        draw = Random(self.number)
        days = [TODAY - timedelta(days=ago) for ago in (6, 5, 4, 0)]
        rows = [row(day, draw.randint(900, 60_000)) for day in days]
        return [*rows[:-1], row(TODAY, rows[-1].input_tokens + 1_000 * turn)]

    def rows(self, turn: int) -> list[UsageRow]:
        """What they send: a false day grows by half, more than an approval covers."""
        false = row(FALSE_DAY, FAR_TOO_MUCH * (2 + turn) // 2 + self.number)
        return [*self.honest_rows(turn), *([false] if self.cheats else [])]


@dataclass(slots=True)
class Moderator:
    """Takes the queue from its head, as fast as they can; writes down what became of it."""

    user: User
    over: threading.Event
    draw: Random
    made: list[int] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Until everything was sent and nothing waits."""
        while True:
            is_last = self.over.is_set()
            cases = list(ReviewCase.objects.exclude(state="closed").order_by("-priority", "id"))
            for case in cases[:10]:
                self._decide(case)
            if is_last and not cases:
                return

    def _decide(self, case: ReviewCase) -> None:
        action = self.draw.choice(DECIDED)
        try:
            done = decide(
                case_id=case.pk,
                actor=self.user,
                version=case.version,
                action=action,
                reason="Looked at it." if action == Decision.Action.REJECT else "",
                at=NOW + timedelta(minutes=5),
            )
        except DomainError as error:
            self.refused[error.code] += 1
        else:
            self.made.append(done.decision.pk)


def in_thread(call: Callable[[], object]) -> None:
    """Runs it on a connection of its own."""
    try:
        call()
    finally:
        connection.close()


def send(sender: Sender, answers: list[tuple[int, int, Any]], turn: int) -> None:
    response = Client().post(
        "/api/submit",
        data=native_body(sender.rows(turn), device=f"machine-{sender.number:04}"),
        content_type="application/json",
        headers={"Authorization": f"Bearer {sender.secret}"},
    )
    answers.append((sender.number, response.status_code, response.json()))


def send_all(senders: Sequence[Sender], turn: int) -> list[tuple[int, int, Any]]:
    """Everybody's report, in any order, `SENDERS` at a time."""
    answers: list[tuple[int, int, Any]] = []
    shuffled = Random(turn).sample(senders, len(senders))
    with ThreadPoolExecutor(SENDERS) as pool:
        calls = [pool.submit(in_thread, partial(send, one, answers, turn)) for one in shuffled]
        for call in calls:
            call.result(300)
    return answers


@pytest.fixture
def many_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection for each thread: the pool of tests is for a few."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict["OPTIONS"], "pool", None)
        yield
        connection.close()


@pytest.mark.usefixtures("many_connections")
@time_machine.travel(NOW, tick=True)
def test_nothing_is_lost_while_two_moderators_decide() -> None:
    change_setting(key="api_per_minute", value=1_000_000, by="test", at=NOW)
    senders = [_sender(number) for number in range(PEOPLE)]
    over = threading.Event()
    pair = [
        Moderator(user=moderator(name), over=over, draw=Random(name)) for name in ("mia", "noah")
    ]
    threads = [threading.Thread(target=in_thread, args=[one.work]) for one in pair]
    for thread in threads:
        thread.start()
    try:
        answers = [*send_all(senders, 0), *send_all(senders, 1)]
    finally:
        over.set()
        for thread in threads:
            thread.join(300)
    assert [answer for answer in answers if answer[1] != 200] == []
    assert Submission.objects.count() == 2 * PEOPLE
    _check_people(senders)
    _check_ledger(senders, pair)
    assert sum_disagreements() == []
    run = check_invariants(at=NOW + timedelta(minutes=6), alerts=False)
    assert run.disagreements == {}


def _sender(number: int) -> Sender:
    user = person(f"person-{number:03}")
    secret = f"tt_{number:048x}"
    token_of(user, secret=secret)
    return Sender(number=number, secret=secret, user=user)


def _check_people(senders: Sequence[Sender]) -> None:
    """What counts is what is true, and what was approved last."""
    totals = dict(UsageAccount.objects.values_list("user__username", "total_tokens"))
    for sender in senders:
        honest = sum(item.total_tokens for item in sender.honest_rows(1))
        false = Slice.objects.filter(user=sender.user, day=FALSE_DAY)
        counted = sum(false.filter(state="accepted").values_list("total_tokens", flat=True))
        assert totals[sender.user.username] == honest + counted, sender
        assert not false.filter(state="pending").exists()
        assert false.exists() == sender.cheats


def _check_ledger(senders: Sequence[Sender], pair: Sequence[Moderator]) -> None:
    """Every decision that was made is in it, and no other; each decided what nobody had yet."""
    made = sorted(pk for one in pair for pk in one.made)
    lines = list(Decision.objects.filter(action__in=DECIDED).order_by("pk"))
    assert [line.pk for line in lines] == made
    assert min(len(one.made) for one in pair) > 0, "both were at work"
    versions = Counter((line.case_id, line.before["version"]) for line in lines)
    assert set(versions.values()) == {1}, "two decided on one version of a case"
    for sender in senders:
        mine = [line for line in lines if line.user_id == sender.user.pk]
        holds = Decision.objects.filter(user=sender.user, action=Decision.Action.HOLD)
        assert bool(mine) == holds.exists() == sender.cheats
        accepted = [entry for line in mine for entry in line.slices if entry["after"] == "accepted"]
        standing = Slice.objects.filter(user=sender.user, day=FALSE_DAY, state="accepted").first()
        if standing is not None:
            assert standing.total_tokens in {entry["tokens"] for entry in accepted}
        assert {entry["day"] for line in mine for entry in line.slices} <= {FALSE_DAY.isoformat()}
    assert not ReviewCase.objects.exclude(state="closed").exists()
