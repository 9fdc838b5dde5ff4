"""A server that behaves like Anthropic's Messages API as far as the summariser goes.

It checks what it is sent and answers from a script: each entry is an answer, in order; the last
one again and again.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

KEY = "sk-ant-test-only"


@dataclass(frozen=True)
class Reply:
    """One scripted answer: a status, a body (or text as it is), headers, a wait before it."""

    status: int = 200
    body: Mapping[str, Any] | str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    hang_up: bool = False


def message(text: str | Mapping[str, Any], *, stop_reason: str = "end_turn", **usage: int) -> Reply:
    """A message as the API writes it."""
    counted = {
        "input_tokens": 900,
        "output_tokens": 200,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        **usage,
    }
    said = text if isinstance(text, str) else json.dumps(text)
    return Reply(
        body={
            "id": "msg_01",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-5-5",
            "content": [{"type": "text", "text": said}],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": counted,
        }
    )


def failure(status: int, kind: str, *, retry_after: str = "") -> Reply:
    """An error as the API writes it."""
    return Reply(
        status=status,
        body={"type": "error", "error": {"type": kind, "message": f"{kind} it is"}},
        headers={"retry-after": retry_after} if retry_after else {},
    )


@dataclass
class MessagesLookalike:
    """`script` is what it answers, `asked` the bodies it was sent, `faults` what was wrong."""

    script: Sequence[Reply] = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    batches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    is_batch_ended: bool = True
    key: str = KEY

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        lookalike = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                """A call, or a batch of them."""
                length = int(self.headers.get("content-length", "0"))
                lookalike.take(self, json.loads(self.rfile.read(length)))

            def do_GET(self) -> None:
                """A batch."""
                lookalike.show_batch(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """Checks a request and answers from the script."""
        self._check_headers(handler)
        if handler.path == "/v1/messages/batches":
            name = f"msgbatch_{len(self.batches) + 1}"
            self.batches[name] = body["requests"]
            for each in body["requests"]:
                self._check_body(each["params"])
            _send(handler, Reply(body=self._batch(name)))
            return
        self._check_body(body)
        with self._lock:
            number = len(self.asked)
            self.asked.append(body)
            reply = self.script[min(number, len(self.script) - 1)]
        _send(handler, reply)

    def show_batch(self, handler: BaseHTTPRequestHandler) -> None:
        """The state of a batch, or its results: one line each, in another order than asked."""
        self._check_headers(handler)
        name = handler.path.split("/")[4]
        if not handler.path.endswith("/results"):
            _send(handler, Reply(body=self._batch(name)))
            return
        lines = []
        for number, each in enumerate(self.batches[name]):
            reply = self.script[min(number, len(self.script) - 1)]
            if reply.status == 200:
                result = {"type": "succeeded", "message": reply.body}
            else:
                result = {"type": "errored", "error": reply.body}
            lines.append(json.dumps({"custom_id": each["custom_id"], "result": result}))
        _send(handler, Reply(body="\n".join(reversed(lines)) + "\n"))

    def _batch(self, name: str) -> dict[str, Any]:
        count = len(self.batches[name])
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if self.is_batch_ended else "in_progress",
            "request_counts": {
                "processing": 0,
                "succeeded": count,
                "errored": 0,
                "canceled": 0,
                "expired": 0,
            },
            "ended_at": "2026-11-21T12:00:00Z" if self.is_batch_ended else None,
            "created_at": "2026-11-21T11:00:00Z",
            "expires_at": "2026-11-22T11:00:00Z",
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results",
        }

    def _check_headers(self, handler: BaseHTTPRequestHandler) -> None:
        # Both are taken; which of them is sent differs between releases of the client.
        said = handler.headers.get("x-api-key") or handler.headers.get("authorization") or ""
        if said.removeprefix("Bearer ") != self.key:
            self.faults.append("the key is not sent")
        if not handler.headers.get("anthropic-version"):
            self.faults.append("anthropic-version is missing")

    def _check_body(self, body: dict[str, Any]) -> None:
        system = body.get("system")
        if not isinstance(system, list) or system[-1].get("cache_control") != {"type": "ephemeral"}:
            self.faults.append("the instructions are not marked for the cache")
        shape = body.get("output_config", {}).get("format", {})
        if shape.get("type") != "json_schema":
            self.faults.append("no schema is asked for")
        elif shape["schema"].get("additionalProperties") is not False:
            self.faults.append("the schema is open")
        if not 0 < body.get("max_tokens", 0) <= 8192:
            self.faults.append("max_tokens is missing")
        if [each.get("role") for each in body.get("messages", [])] != ["user"]:
            self.faults.append("the messages are not one question")


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.wait)
    if reply.hang_up:
        handler.connection.close()
        return
    is_text = isinstance(reply.body, str)
    data = (reply.body if is_text else json.dumps(reply.body)).encode()  # type: ignore[union-attr]
    handler.send_response(reply.status)
    handler.send_header("content-type", "application/x-jsonl" if is_text else "application/json")
    handler.send_header("content-length", str(len(data)))
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)
