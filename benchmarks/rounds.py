"""What is measured, in which order: the two sites take turns, so that what the machine does
meanwhile falls on both."""

from collections import defaultdict
from datetime import UTC, datetime
from random import Random

from django.test import Client
from tqdm import tqdm

from accounts.models import Device, User
from accounts.services import create_person, create_token
from benchmarks import site
from benchmarks.bodies import Row, body_of, long_history, with_one_day_more
from benchmarks.measuring import Sample, Series, call, fetch, submit
from leaderboard.models import Standing
from leaderboard.ranking import ranking
from leaderboard.rules.boards import Board, Metric, window_of
from submissions.models import SliceRow

PAGE = 25
Measured = dict[str, dict[str, Series]]
"""By what was measured, then by database."""


def measure(*, databases: list[str], rounds: int, histories: int) -> Measured:
    """All samples; the first round of each kind warms up and is not counted."""
    measured: Measured = defaultdict(lambda: defaultdict(Series))
    # The same seed on both sites, which have different people: a draw is uniform in each.
    draws = {name: Random(f"draw:{name}") for name in databases}
    client = Client(headers={"Host": "localhost"})
    steps = [(_history_round, histories), (daily_round, rounds), (_reading_round, rounds)]
    total = sum(count + 1 for _, count in steps) * len(databases)
    with tqdm(total=total, desc="Measuring", unit=" rounds", disable=None) as bar:
        for step, count in steps:
            for number in range(count + 1):
                # Who goes first changes from round to round.
                for name in databases if number % 2 else reversed(databases):
                    with site.using(name):
                        samples = step(client, draws[name], number)
                    for what, sample in samples.items() if number else ():
                        measured[what][name].samples.append(sample)
                    bar.update(1)
    return measured


def _history_round(client: Client, draw: Random, number: int) -> dict[str, Sample]:
    """A newcomer with as many tokens as somebody drawn: the whole history, again, and a day on."""
    at = datetime.now(UTC)
    total = Standing.objects.values_list("tokens", flat=True).get(
        user=drawn(draw), board=Board.ALL.value
    )
    user = create_person(username=f"newcomer_{number}", at=at)
    secret, _ = create_token(user_id=user.pk, name="laptop", at=at)
    rows = long_history(today=at.date(), total=total)
    key = f"bench-newcomer-{number}"
    body = body_of(rows, device=key)
    changed = body_of(with_one_day_more(rows, today=at.date()), device=key)
    return {
        "history_first": submit(client=client, secret=secret, body=body, mode="create"),
        "history_again": submit(client=client, secret=secret, body=body, mode="unchanged"),
        "history_one_day": submit(client=client, secret=secret, body=changed, mode="merge"),
    }


def daily_round(client: Client, draw: Random, number: int) -> dict[str, Sample]:
    """Somebody drawn sends what they have, again, and with one day more."""
    at = datetime.now(UTC)
    user = drawn(draw)
    device = Device.objects.get(user=user)
    secret, _ = create_token(user_id=user.pk, name=f"bench {number}", at=at, device=device)
    rows = [
        Row(day=day, client=client_name, model=model, tokens=tokens)
        for day, client_name, model, tokens in SliceRow.objects.filter(slice__user=user)
        .order_by("slice__day", "slice__client", "model")
        .values_list("slice__day", "slice__client", "model", "total_tokens")
    ]
    key = f"bench-{user.username}"
    # Not counted: puts the collector's own fingerprints on the rows that SQL made; somebody drawn
    # before has them.
    submit(client=client, secret=secret, body=body_of(rows, device=key), mode=None)
    body = body_of(with_one_day_more(rows, today=at.date()), device=key)
    return {
        "one_day": submit(client=client, secret=secret, body=body, mode="merge"),
        "one_day_again": submit(client=client, secret=secret, body=body, mode="unchanged"),
    }


def _reading_round(client: Client, draw: Random, number: int) -> dict[str, Sample]:
    """The first and the last page of the board without a cache, and ranks of somebody drawn."""
    people = client.get("/api/leaderboard?limit=1").json()["pagination"]["total"]
    last = -(-people // PAGE)
    user = drawn(draw)
    window = window_of(board=Board.ALL, day=datetime.now(UTC).date())

    def rank(country: str | None) -> int | None:
        return ranking().rank_of(
            user_id=user.pk, window=window, metric=Metric.TOKENS, country=country
        )

    return {
        "page_first": fetch(client=client, address=f"/api/leaderboard?limit={PAGE}&page=1"),
        "page_middle": fetch(
            client=client, address=f"/api/leaderboard?limit={PAGE}&page={last // 2}"
        ),
        "page_last": fetch(client=client, address=f"/api/leaderboard?limit={PAGE}&page={last}"),
        "rank_world": call(lambda: rank(None)),
        "rank_country": call(lambda: rank("US"))
        if user.country_code == "US"
        else call(lambda: rank("KR")),
    }


def drawn(draw: Random) -> User:
    """A person of the population, each as likely as any other."""
    population = User.objects.filter(username__startswith="bench_")
    number = draw.randint(1, population.count())
    return User.objects.get(username=f"bench_{number}")
