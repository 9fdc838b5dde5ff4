"""Tasks as VS Code's extensions keep them; what is in them is up to each test."""

import json
from pathlib import Path
from typing import Any

TS = 1_777_716_000_000  # 2026-05-02T10:00:00Z
DAY, MODEL = "2026-05-02", "claude-sonnet-4-5"
HOUR = 3_600_000


def figures(whole: Any = 770, **more: Any) -> dict[str, Any]:
    """The numbers of a request, as its text has them."""
    return {"tokensIn": whole, "tokensOut": 50, "cacheWrites": 70, "cacheReads": 600, **more}


def request(ts: Any = TS, text: Any = None, say: str = "api_req_started", **more: Any) -> Any:
    """An entry of a task's messages; `text` is written as JSON unless it is text already."""
    text = figures() if text is None else text
    written = text if isinstance(text, str) else json.dumps(text)
    return {"ts": ts, "type": "say", "say": say, "text": written, **more}


class Tasks:
    """Tasks of one extension below a home folder."""

    def __init__(self, home: Path, extension: str) -> None:
        self.home, self.extension = home, extension

    def folder(self, task: str = "t1", user: str = ".config/Code/User") -> Path:
        """Where a task is."""
        return self.home / user / "globalStorage" / self.extension / "tasks" / task

    def write(
        self, *entries: Any, model: str = MODEL, task: str = "t1", user: str = ".config/Code/User"
    ) -> Path:
        """A task with these entries, whose history names `model` unless that is ""."""
        folder = self.folder(task, user)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ui_messages.json").write_text(json.dumps(list(entries)))
        if model:
            self.history(folder, f"<model>{model}</model>")
        return folder / "ui_messages.json"

    def history(self, folder: Path, *details: str, before: str = "") -> None:
        """What a task's conversation tells the model of its environment, turn by turn."""
        turns = [
            {"role": "user", "content": f"<environment_details>\n{text}\n</environment_details>"}
            for text in details
        ]
        content = json.dumps([{"role": "user", "content": before}, *turns])
        (folder / "api_conversation_history.json").write_text(content)
