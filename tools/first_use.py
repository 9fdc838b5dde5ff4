"""Somebody's first use of the command on an empty machine, in a real terminal, as text.

    make run PORT=8765 CCGATHER_VAR=var/first-use &
    python -m tools.first_use --url http://127.0.0.1:8765 --readme cli/README.md

Installs the command with uv into a home folder of its own that holds a few small logs, types
into tmux what a person types, confirms the login on the site's own pages, and prints what stood
on the screen; `--readme` puts it between the markers there. The site must be one of local mode.
Needs tmux and uv. The folder has a crontab of its own: the one of this machine is not touched.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tools.first_logs import write_logs

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- first use -->", "<!-- /first use -->"
COLUMNS, LINES = 100, 60
PATIENCE_SECONDS = 120
_NOT_ALWAYS = ("warning:", "Using Python", "Downloading ", " Downloaded ")
"""What uv says on one machine and not on another."""

_CRONTAB = """\
#!/bin/sh
case "$1" in
    -l) cat "$HOME/.crontab" 2>/dev/null || { echo "no crontab for $USER" >&2; exit 1; } ;;
    -r) rm -f "$HOME/.crontab" ;;
    -) cat > "$HOME/.crontab" ;;
esac
"""


def main() -> int:
    """Run the session; gives the exit code."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--url", default="http://127.0.0.1:8000", help="a site in local mode")
    asked.add_argument("--name", default="ada", help="who signs in there")
    asked.add_argument("--readme", type=Path, help="put the transcript between its markers")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        home.mkdir()
        write_logs(home, today=datetime.now(UTC))
        with Terminal.opened(home) as terminal:
            transcript = first_use(terminal, url=options.url, name=options.name)
    transcript = neutral(transcript, home=home, url=options.url)
    sys.stdout.write(transcript)
    if options.readme is not None:
        put_into(options.readme, transcript)
    return 0


def first_use(terminal: "Terminal", *, url: str, name: str) -> str:
    """What a person types on the first day, and what they see."""
    terminal.run("uv tool install ./cli")
    terminal.run("ccgather doctor")
    terminal.run("ccgather report")
    terminal.type(f"ccgather login --server {url}")
    code = terminal.wait_for(r"^    ([A-Z0-9]{4}-[A-Z0-9]{4})$")
    confirm(url, code=code, name=name)
    terminal.wait_for_prompt()
    terminal.type("ccgather submit")
    terminal.wait_for(r"(\[y/N\])")
    terminal.run("y")
    terminal.run("ccgather status")
    terminal.run("ccgather autosubmit enable")
    terminal.run("ccgather logout")
    terminal.run("ccgather autosubmit disable")
    return terminal.screen()


class Terminal:
    """A shell in tmux, in a home folder of its own."""

    def __init__(self, socket: str, home: Path) -> None:
        self._socket = socket
        self._prompts = home.parent / "prompts"
        self._seen = 0

    @classmethod
    @contextmanager
    def opened(cls, home: Path) -> Iterator["Terminal"]:
        """One that is ready to be typed into, until the end of the block."""
        socket = f"first-use-{os.getpid()}"
        terminal = cls(socket, home)
        (home / ".bashrc").write_text(f"PS1='$ '; PROMPT_COMMAND='echo >> {terminal._prompts}'\n")
        shell = ["env", "-i", *_environment(home), "bash", "--rcfile", str(home / ".bashrc"), "-i"]
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        terminal._tmux("new-session", "-d", *size, "-c", str(ROOT), *shell)
        try:
            terminal._tmux("set-option", "-g", "history-limit", "5000")
            terminal.wait_for_prompt()
            yield terminal
        finally:
            terminal._tmux("kill-server")

    def run(self, line: str) -> None:
        """Type a line and wait until the shell asks for the next."""
        self.type(line)
        self.wait_for_prompt()

    def type(self, line: str) -> None:
        """Type a line."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def wait_for_prompt(self) -> None:
        """Until the shell has come back once more."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            count = len(self._prompts.read_bytes()) if self._prompts.exists() else 0
            if count > self._seen:
                self._seen = count
                time.sleep(0.2)  # the prompt itself comes after its command
                return
            time.sleep(0.1)
        raise TimeoutError(self.screen())

    def wait_for(self, pattern: str) -> str:
        """Until something stands on the screen; gives its first group."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            found = re.search(pattern, self.screen(), re.MULTILINE)
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise TimeoutError(self.screen())

    def screen(self) -> str:
        """Everything that was shown, as text."""
        return self._tmux("capture-pane", "-p", "-S", "-")

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-L", self._socket, "-f", "/dev/null", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def _environment(home: Path) -> list[str]:
    """The variables of an empty machine, and what installing needs of this one."""
    tools = home / "tools"
    tools.mkdir()
    (tools / "crontab").write_text(_CRONTAB)
    (tools / "crontab").chmod(0o755)
    uv = shutil.which("uv", path=f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")
    if uv is None:
        raise FileNotFoundError("uv")
    (tools / "uv").symlink_to(uv)
    variables = {
        "HOME": str(home),
        "USER": "ada",
        "PATH": f"{home}/.local/bin:{tools}:/usr/local/bin:/usr/bin:/bin",
        "TERM": "screen",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "HISTFILE": "/dev/null",
        "UV_PYTHON": sys.executable,
        "UV_NO_PROGRESS": "1",
    }
    passed = ("UV_", "PIP_", "SSL_", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy")
    found = {name: text for name, text in os.environ.items() if name.startswith(passed)}
    return [f"{name}={text}" for name, text in {**found, **variables}.items()]


def confirm(url: str, *, code: str, name: str) -> None:
    """Sign in on the site and let the program in, as the person does in the browser."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = f"/device?code={quote(code)}"
    _send_form(browser, url, f"/login?next={quote(page, safe='')}", "/login/local", name=name)
    _send_form(browser, url, page, "/device", answer="authorize")


def _send_form(browser: OpenerDirector, url: str, page: str, action: str, **fields: str) -> None:
    """Fill the form with this action on a page, its hidden fields included, and send it."""
    with browser.open(f"{url}{page}", timeout=30) as answer:
        text = answer.read().decode()
    form = text.partition(f'action="{action}"')[2].partition("</form>")[0]
    if not form:
        raise LookupError(f"{page} has no form for {action}")
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    radios = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)"[^>]* checked', form)
    content = {**dict(pairs), **dict(radios), **fields}
    browser.addheaders = [("Referer", f"{url}{page}")]
    with browser.open(f"{url}{action}", urlencode(content).encode(), timeout=30) as answer:
        answer.read()


def neutral(text: str, *, home: Path, url: str) -> str:
    """The transcript without what belongs to this machine and this minute."""
    text = text.replace(url, "https://board.example").replace(str(home), "/home/ada")
    text = text.replace(str(ROOT), "/home/ada/ccgather")
    text = re.sub(r"\bin \d+(\.\d+)?m?s\b", "in 0.1s", text)
    lines = [line.rstrip() for line in text.splitlines()]
    lines = [line for line in lines if not line.startswith(_NOT_ALWAYS)]
    spaced: list[str] = []
    for line in lines:
        if line.startswith("$ ") and spaced and spaced[-1]:
            spaced.append("")
        spaced.append(line)
    while spaced and spaced[-1] in ("", "$"):
        spaced.pop()
    return "\n".join(spaced) + "\n"


def put_into(readme: Path, transcript: str) -> None:
    """Replace what stands between the markers."""
    text = readme.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise LookupError(f"{readme} has no {BEGIN} and {END}")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    fenced = f"{BEGIN}\n```console\n{transcript}```\n{END}"
    readme.write_text(f"{before}{fenced}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
