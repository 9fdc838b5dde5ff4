"""What three hundred people do in a year: burn, report, correct, hide, move, leave.

Everything goes through the services that pages and endpoints call, with the moment as an argument.
What is believed to count is kept beside, and compared with the rows of the database each time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from accounts.locking import locked_account
from accounts.models import ApiToken, User
from accounts.rights import delete_account
from accounts.services.settings import change_settings
from accounts.signals import account_changed
from ccgather.site.submitting import Sender, submit
from submissions.rules.merge import Mode
from submissions.services.accept import accept_report
from submissions.services.deletion import delete_device, delete_submitted_data
from tests.acceptance.slow_year import DAY, SlowYear, Someone
from tests.cast import person, token_of
from tests.submissions.reports import native_body, report, row

COUNTRIES = ("KR",) * 6 + ("DE",) * 5 + ("ES",) * 3 + ("FR", "FR", "BR", "")
MODELS = ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "gpt-5", "gemini-2.5-pro")
CLIENTS = ("claude", "codex", "gemini", "opencode", "amp")
EVERY = (1,) + (3,) + (7,) * 4 + (14,) * 16 + (40,) * 22
"""Days between the reports of a machine; those of 40 days come late for weeks and months."""

GIANT = 600_000_000_000
"""Tokens of a day that is held."""

Content = tuple[tuple[str, int], ...]
"""(model, tokens) of a slice."""

Log = dict[tuple[str, date], Content]


@dataclass(eq=False)
class Machine:
    """What lies in the logs of one machine, and how often it reports."""

    token: ApiToken
    every: int
    log: Log = field(default_factory=dict)
    last: date | None = None


@dataclass(eq=False)
class Life:
    """A person's habits, machines, and what is believed to count of theirs."""

    someone: Someone
    joined: date
    activity: float
    scale: int
    models: tuple[str, ...]
    clients: tuple[str, ...]
    machines: list[Machine]
    country_changed: date | None = None
    believed: dict[tuple[UUID, str, date], Content] = field(default_factory=dict)

    @property
    def user_id(self) -> UUID:
        return self.someone.id


Event = tuple[datetime, Callable[[datetime], None]]


class Year:
    """The simulation. `seed` decides everything."""

    def __init__(self, *, seed: int, people: int, first_day: date, days: int) -> None:
        self.random = Random(seed)
        self.first_day = first_day
        self.days = days
        self.slow = SlowYear()
        self.lives: list[Life] = []
        self.did: Counter[str] = Counter()
        self.quiet = {
            first_day + DAY * number for number in range(days) if self.random.random() < 0.06
        }
        self._joining: defaultdict[date, int] = defaultdict(int)
        for number in range(people):
            late = number * 5 > people * 2
            self._joining[
                first_day + DAY * (self.random.randrange(days * 2 // 3) if late else 0)
            ] += 1

    def nobody_can_come(self, day: date) -> None:
        """The site is down: whoever wanted to join does so the day after."""
        self._joining[day + DAY] += self._joining.pop(day, 0)

    # --- A day ----------------------------------------------------------------------------------

    def events_of(self, day: date) -> Iterator[Event]:
        """What happens on that day, in the order of its moments."""
        for _ in range(self._joining[day]):
            self._join(day)
        if day in self.quiet:
            self.did["quiet days"] += 1
            return
        planned: list[Callable[[datetime], None]] = []
        for life in self.lives:
            self._burn(life, day)
            planned += [
                self._reporting(life, machine)
                for machine in life.machines
                if machine.last is None or self.random.random() < 1 / machine.every
            ]
        for action, chance in self._actions().items():
            whole, rest = divmod(chance * len(self.lives) / 300, 1)
            often = int(whole) + (self.random.random() < rest)
            planned += [self._doing(action) for _ in range(often)]
        self.random.shuffle(planned)
        start = datetime.combine(day, time(0, 20), tzinfo=UTC)
        # Never two of one account within an hour that would be too many for a token.
        step = timedelta(hours=23.5) / (len(planned) + 1)
        yield from ((start + step * place, do) for place, do in enumerate(planned))

    def _actions(self) -> dict[Callable[[Life, datetime], None], float]:
        """What people do besides reporting, and how often on a day of three hundred."""
        return {
            self._correct: 1.0,
            self._hide_or_show: 0.7,
            self._exclude_or_readmit: 0.35,
            self._move: 0.4,
            self._hide_country_or_cost: 0.5,
            self._claim_too_much: 0.3,
            self._copy_a_log: 0.2,
            self._delete_data: 0.1,
            self._delete_device: 0.05,
            self._delete_account: 0.03,
        }

    def _reporting(self, life: Life, machine: Machine) -> Callable[[datetime], None]:
        def do(at: datetime) -> None:
            if life in self.lives and machine in life.machines:
                self._report(life, machine, at)

        return do

    def _doing(self, action: Callable[[Life, datetime], None]) -> Callable[[datetime], None]:
        def do(at: datetime) -> None:
            action(self.random.choice(self.lives), at)

        return do

    # --- Burning and reporting ------------------------------------------------------------------

    def _join(self, day: date) -> None:
        number = self.did["people"]
        self.did["people"] += 1
        country = self.random.choice(COUNTRIES)
        user = person(f"person-{number}", country_code=country)
        someone = Someone(id=user.pk, name=user.username, country=country)
        machines = [
            Machine(
                token=token_of(user, secret=f"tt_{number:044x}{place:04x}", device=f"m{place}"),
                every=self.random.choice(EVERY),
            )
            for place in range(self.random.choice((1, 1, 1, 1, 2, 3)))
        ]
        life = Life(
            someone=someone,
            joined=day,
            activity=self.random.choice((0.1, 0.3, 0.6, 0.8, 0.97, 1.0)),
            scale=int(self.random.paretovariate(0.9) * 3) + 1,
            models=tuple(self.random.sample(MODELS, self.random.choice((1, 1, 2, 4)))),
            clients=tuple(self.random.sample(CLIENTS, self.random.choice((1, 1, 2, 4)))),
            machines=machines,
        )
        self.slow.people[user.pk] = someone
        self.lives.append(life)
        for ago in range(self.random.choice((0, 10, 30, 45)), 0, -1):
            self._burn(life, day - DAY * ago)

    def _burn(self, life: Life, day: date) -> None:
        """Round numbers, so that people tie."""
        for machine in life.machines:
            if self.random.random() > life.activity:
                continue
            client = self.random.choice(life.clients)
            content = []
            for model in sorted(self.random.sample(life.models, min(2, len(life.models)))):
                amount = self.random.choice((1, 1, 2, 5)) * min(life.scale, 300) * 50_000
                content.append((model, amount))
            machine.log[client, day] = tuple(content)

    def _report(self, life: Life, machine: Machine, at: datetime) -> None:
        """The last weeks of a machine's logs, as a command sends them."""
        span = max(30, machine.every + 10)
        log = {key: told for key, told in machine.log.items() if at.date() - key[1] <= DAY * span}
        if log:
            machine.last = at.date()
            self._send(life, machine, log, at)

    def _send(
        self, life: Life, machine: Machine, log: Log, at: datetime, mode: Mode = "merge"
    ) -> None:
        rows = [
            row(day, tokens, client=client, model=model)
            for (client, day), content in log.items()
            for model, tokens in content
        ]
        self.did["reports"] += 1
        if self.did["reports"] % 40 == 0:
            user = User.objects.get(pk=life.user_id)
            sender = Sender(user=user, token=machine.token)
            became = submit(sender=sender, body=native_body(rows), at=at, mode=mode)["mode"]
        else:
            accepted = accept_report(
                user_id=life.user_id,
                report=report(rows),
                body=b"{}",
                at=at,
                mode=mode,
                token=machine.token,
            )
            became = accepted.mode
        someone = life.someone
        if someone.first_at is None:
            someone.first_at = at
        before = dict(life.believed)
        for (client, day), content in log.items():
            self._believe(life, (machine.token.device_id, client, day), content, mode)
        if became == "unchanged":
            # What was held while the person was off the boards waits for a review; the same
            # report again does not release it.
            stuck = {day for (_, _, day), _ in life.believed.items() - before.items()}
            self.did["held days that stay held"] += len(stuck)
            life.believed = before
            self._look(life, at)
            assert stuck <= life.someone.held_days, f"{life.someone.name} at {at}"
        else:
            self._look(life, at)

    def _believe(
        self, life: Life, key: tuple[UUID, str, date], content: Content, mode: Mode
    ) -> None:
        """A report replaces what is not more, or what it says it replaces; a held one nothing."""
        tokens = sum(amount for _, amount in content)
        if life.someone.is_excluded or tokens >= GIANT:
            return
        stored = life.believed.get(key)
        if stored is None or mode == "replace" or tokens >= sum(amount for _, amount in stored):
            life.believed[key] = content

    def _look(self, life: Life, at: datetime) -> None:
        """Reads what counts, compares it with what is believed, and tells the slow year."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.day, s.client, r.model, r.total_tokens, coalesce(r.cost_microusd, 0) "
                "FROM submissions_slice s JOIN submissions_slicerow r ON r.slice_id = s.id "
                "WHERE s.user_id = %s AND s.state = 'accepted' AND s.not_counted = ''",
                [life.user_id],
            )
            rows = cursor.fetchall()
            cursor.execute(
                "SELECT day FROM submissions_slice WHERE user_id = %s AND state = 'pending'",
                [life.user_id],
            )
            held = {found[0] for found in cursor.fetchall()}
        counted: Counter[date] = Counter()
        for day, _, _, tokens, _ in rows:
            counted[day] += tokens
        # One log seen on two machines counts once.
        believed: Counter[date] = Counter()
        for client, day, content in {(c, d, told) for (_, c, d), told in life.believed.items()}:
            del client
            believed[day] += sum(amount for _, amount in content)
        assert counted == believed, (
            f"{life.someone.name} at {at}: counted {counted - believed}, "
            f"believed {believed - counted}, held {held}"
        )
        self.did["days of people compared"] += len(counted)
        self.slow.counts_now(life.someone, rows, held, at)

    # --- What else people do ----------------------------------------------------------------------

    def _correct(self, life: Life, at: datetime) -> None:
        """A day of the past comes down, or goes to almost nothing."""
        machine = self.random.choice(life.machines)
        past = [key for key in machine.log if key[1] < at.date()]
        if not past:
            return
        chosen = self.random.sample(past, min(len(past), 3))
        for key in chosen:
            part = self.random.choice((2, 4, 1_000))
            machine.log[key] = tuple((m, max(1, amount // part)) for m, amount in machine.log[key])
        self.did["corrections"] += 1
        self._send(life, machine, {key: machine.log[key] for key in chosen}, at, "replace")

    def _hide_or_show(self, life: Life, at: datetime) -> None:
        life.someone.is_hidden = not life.someone.is_hidden
        change_settings(
            user_id=life.user_id, wanted={"profileVisible": not life.someone.is_hidden}, at=at
        )
        self.did["hid" if life.someone.is_hidden else "shown"] += 1

    def _exclude_or_readmit(self, life: Life, at: datetime) -> None:
        """As a review decides; mostly those who stand high."""
        out = [each for each in self.lives if each.someone.is_excluded]
        if out and self.random.random() < 0.5:
            life = self.random.choice(out)
        someone = life.someone
        someone.is_excluded = not someone.is_excluded
        with locked_account(user_id=life.user_id) as user:
            user.excluded_at = at if someone.is_excluded else None
            user.save(update_fields=["excluded_at"])
            account_changed.send(sender=User, user=user, at=at)
        self.did["excluded" if someone.is_excluded else "readmitted"] += 1

    def _move(self, life: Life, at: datetime) -> None:
        if life.country_changed and at.date() - life.country_changed < DAY * 31:
            return
        wanted = self.random.choice([c for c in COUNTRIES if c and c != life.someone.country])
        change_settings(user_id=life.user_id, wanted={"countryCode": wanted}, at=at)
        life.someone.country, life.country_changed = wanted, at.date()
        self.did["moved"] += 1

    def _hide_country_or_cost(self, life: Life, at: datetime) -> None:
        someone = life.someone
        if self.random.random() < 0.5:
            someone.hides_country = not someone.hides_country
            wanted = {"hideCountry": someone.hides_country}
        else:
            someone.hides_cost = not someone.hides_cost
            wanted = {"hideCost": someone.hides_cost}
        change_settings(user_id=life.user_id, wanted=wanted, at=at)
        self.did["hid or showed country or cost"] += 1

    def _claim_too_much(self, life: Life, at: datetime) -> None:
        machine = self.random.choice(life.machines)
        key = (life.clients[0], at.date() - DAY * self.random.randrange(20))
        self.did["claims that were held"] += 1
        self._send(life, machine, {key: ((life.models[0], GIANT),)}, at)

    def _copy_a_log(self, life: Life, at: datetime) -> None:
        """The same day on two machines, to the last token."""
        if len(life.machines) < 2 or not life.machines[0].log:
            return
        key, content = self.random.choice(list(life.machines[0].log.items()))
        life.machines[1].log[key] = content
        self.did["copied logs"] += 1
        self._send(life, life.machines[1], {key: content}, at)

    def _delete_data(self, life: Life, at: datetime) -> None:
        delete_submitted_data(user_id=life.user_id, at=at)
        life.believed.clear()
        self._look(life, at)
        self.slow.forgets(life.someone)
        self.did["deleted their data"] += 1

    def _delete_device(self, life: Life, at: datetime) -> None:
        if len(life.machines) < 2:
            return
        machine = life.machines.pop()
        gone = machine.token.device_id
        delete_device(user_id=life.user_id, device_id=gone, at=at)
        life.believed = {key: told for key, told in life.believed.items() if key[0] != gone}
        self._look(life, at)
        self.did["deleted a device"] += 1

    def _delete_account(self, life: Life, at: datetime) -> None:
        delete_account(user_id=life.user_id, at=at)
        self.lives.remove(life)
        self.slow.forgets(life.someone)
        del self.slow.people[life.user_id]
        for ranks in self.slow.midnight.values():
            ranks.pop(life.user_id, None)
        self.did["deleted their account"] += 1
