"""A home with one tool's files; what is in them is up to each test."""

from pathlib import Path
from typing import Any

from corpora import rough

from ccgather_cli.machine import Machine
from ccgather_cli.scan import Scan
from corpus_runs import Sums, scanned, sums


class SmallLogs:
    """Files below a home folder, and what is counted of them."""

    def __init__(self, machine: Machine, client: str) -> None:
        self.machine, self.client = machine, client

    def lines(self, path: str, *lines: Any) -> Path:
        """A file of lines; bytes stay as they are."""
        encoded = (line if isinstance(line, bytes) else rough.dense(line) for line in lines)
        return self.raw(path, b"".join(line + b"\n" for line in encoded))

    def document(self, path: str, document: Any) -> Path:
        """A file that is one document."""
        return self.raw(path, rough.dense(document))

    def raw(self, path: str, content: bytes) -> Path:
        """A file with exactly these bytes."""
        file = self.machine.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def sums(self) -> Sums:
        """By day and model, read anew."""
        return sums(self.machine, self.client)

    def scan(self) -> Scan:
        """Everything about one read."""
        return scanned(self.machine, self.client)
