"""People who send and people who read, all at once, each answer held against the truth."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any, Self

from tests.acceptance.truth import Truth
from tests.submissions.reports import native_body, row

TIMEOUT_SECONDS = 40.0
"""No answer after this is a hang."""

PACE_SECONDS = 0.05
LIMIT = 50


@dataclass(slots=True)
class Phase:
    """What was answered while something was wrong."""

    name: str
    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        """In one line."""
        counts = ", ".join(f"{number} {what}" for what, number in sorted(self.answers.items()))
        return f"{counts}; slowest {self.slowest:.1f} s"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came: `body` is what its JSON says, or its text."""

    status: int
    body: Any
    begun: float
    ended: float


class Load:
    """Threads that ask without pause; `phase` names what they meet."""

    def __init__(self, *, port: int, truth: Truth, secrets: Mapping[str, str], day: date) -> None:
        self._port = port
        self._truth = truth
        self._secrets = secrets
        self._day = day
        self._going = threading.Event()
        self._over = threading.Event()
        self._busy = 0
        self._lock = threading.Lock()
        self.phase = Phase("start")
        self.threads = [
            *(threading.Thread(target=self._run, args=[self._sender(name)]) for name in secrets),
            *(threading.Thread(target=self._run, args=[self._reader(seed)]) for seed in range(2)),
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        self._going.set()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._going.set()
        for thread in self.threads:
            thread.join(2 * TIMEOUT_SECONDS)

    def begin(self, name: str) -> Phase:
        """From now on everything is written down under that name."""
        self.phase = Phase(name)
        return self.phase

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nobody asks anything within."""
        self._going.clear()
        while self._busy:
            threading.Event().wait(0.02)
        try:
            yield
        finally:
            self._going.set()

    def _run(self, act: Callable[[], object]) -> None:
        while not self._over.is_set():
            self._going.wait()
            with self._lock:
                if not self._going.is_set():
                    continue
                self._busy += 1
            try:
                act()
            finally:
                with self._lock:
                    self._busy -= 1
            self._over.wait(PACE_SECONDS)

    # --- Those who send ---

    def _sender(self, name: str) -> Callable[[], object]:
        chance = Random(name)
        values = sorted(self._truth.still.values())
        start = values[int(chance.uniform(0.3, 0.8) * len(values))]
        grown = [start]

        def act() -> None:
            if chance.random() < 0.2:
                self._own_statistics(name)
                return
            grown[0] += chance.randint(1, max(start // 40, 1))
            self._send(name, grown[0])

        return act

    def _send(self, name: str, value: int) -> None:
        body = native_body([row(self._day, value)], device=f"device-{name}")
        self._truth.sends(name, value, time.monotonic())
        answer = self._ask("submit", "POST", "/api/submit", body=body, secret=self._secrets[name])
        if answer is None or answer.status != 200:
            return
        self._truth.answered(name, answer.ended)
        said = answer.body
        if said["status"] != "verified" or said["metrics"]["totalTokens"] != value:
            self._fault(f"{name} sent {value} and was told {str(said)[:300]}")
        self._check_rank(name, said["rank"]["global"], answer)

    def send_again(self, name: str) -> Answer | None:
        """The last report of somebody once more."""
        value = self._truth.latest(name)
        body = native_body([row(self._day, value)], device=f"device-{name}")
        answer = self._ask("again", "POST", "/api/submit", body=body, secret=self._secrets[name])
        if answer is not None and answer.status == 200:
            self._truth.answered(name, answer.ended)
        return answer

    def _own_statistics(self, name: str) -> None:
        answer = self._ask("stats", "GET", "/api/me/stats", secret=self._secrets[name])
        if answer is None or answer.status != 200:
            return
        possible = self._truth.possible(name, answer.begun, answer.ended)
        if answer.body["totalTokens"] not in possible:
            self._fault(f"{name} was told of {answer.body['totalTokens']}, not one of {possible}")
        self._check_rank(name, answer.body["rank"]["global"], answer)

    def _check_rank(self, name: str, rank: int | None, answer: Answer) -> None:
        if rank is None:
            if 0 not in self._truth.possible(name, answer.begun, answer.ended):
                self._fault(f"{name} was told that they stand nowhere")
            return
        for fault in self._truth.faults_of_rank(
            name, rank, value=None, begun=answer.begun, ended=answer.ended
        ):
            self._fault(fault)

    # --- Those who read ---

    def _reader(self, seed: int) -> Callable[[], object]:
        chance = Random(seed)
        names = [*self._truth.still, *self._truth.movers]
        pages = -(-len(self._truth.still) // LIMIT)

        def act() -> None:
            kind = chance.random()
            if kind < 0.6:
                self._page(chance.randint(1, pages))
            elif kind < 0.8:
                self._profile(chance.choice(names))
            else:
                page = chance.randint(1, pages)
                self._ask("html", "GET", chance.choice([f"/?page={page}", "/?period=7d"]))

        return act

    def _page(self, page: int) -> None:
        answer = self._ask("board", "GET", f"/api/leaderboard?limit={LIMIT}&page={page}")
        if answer is None or answer.status != 200:
            return
        for fault in self._truth.faults_of_page(
            answer.body["data"],
            first=(page - 1) * LIMIT + 1,
            begun=answer.begun,
            ended=answer.ended,
        ):
            self._fault(fault)

    def _profile(self, name: str) -> None:
        answer = self._ask("profile", "GET", f"/api/user/{name}")
        if answer is not None and answer.status == 200:
            self._check_rank(name, answer.body["globalRank"], answer)

    # --- One request ---

    def _ask(
        self, kind: str, method: str, path: str, *, body: bytes | None = None, secret: str = ""
    ) -> Answer | None:
        """None when no answer came."""
        phase = self.phase
        connection = HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        headers = {"Host": f"localhost:{self._port}", "Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        begun = time.monotonic()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read()
            status = response.status
        except TimeoutError:
            self._fault(f"{path} hung")
            return None
        except (OSError, HTTPException):
            self._count(phase, f"{kind} unanswered", time.monotonic() - begun)
            return None
        finally:
            connection.close()
        ended = time.monotonic()
        self._count(phase, f"{kind} {status}", ended - begun)
        return Answer(status, self._read(path, status, text), begun, ended)

    def _read(self, path: str, status: int, text: bytes) -> Any:
        if not path.startswith("/api/"):
            if b"</html>" not in text:
                self._fault(f"{path}: {status} without a page: {text[:200]!r}")
            return text
        try:
            body = json.loads(text)
        except ValueError:
            self._fault(f"{path}: {status} without JSON: {text[:200]!r}")
            return None
        is_refusal = isinstance(body, dict) and body.get("success") is False and "error" in body
        if status >= 400 and not is_refusal:
            self._fault(f"{path}: {status} with {text[:200]!r}")
        return body

    def _count(self, phase: Phase, what: str, seconds: float) -> None:
        with self._lock:
            phase.answers[what] += 1
            phase.slowest = max(phase.slowest, seconds)

    def _fault(self, sentence: str) -> None:
        with self._lock:
            self.phase.faults.append(sentence)
