"""Arguments that several commands share."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date

from ccgather_cli.errors import UsageError


def add_insecure_http(parser: ArgumentParser) -> None:
    """Let the person accept a line that others can read."""
    parser.add_argument(
        "--insecure-http",
        action="store_true",
        help="send the token over plain http to another machine",
    )


def add_days(parser: ArgumentParser) -> None:
    """`--since` and `--until`: UTC days as `YYYY-MM-DD`, None where not given."""
    parser.add_argument("--since", metavar="DAY", type=_day, help="first UTC day, YYYY-MM-DD")
    parser.add_argument("--until", metavar="DAY", type=_day, help="last UTC day, YYYY-MM-DD")


def checked_days(arguments: Namespace) -> None:
    """Raises `UsageError` for a span that ends before it begins."""
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise UsageError("--since is after --until.")


def add_clients(parser: ArgumentParser) -> None:
    """`--client`, also several times: a list of tools' ids, empty for all."""
    parser.add_argument(
        "--client",
        metavar="TOOL",
        action="append",
        default=[],
        type=_client,
        help="only this tool (claude, codex, …); give it again for another",
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        message = f"{text!r} is no day; write it as 2026-01-31"
        raise ArgumentTypeError(message) from None


def _client(text: str) -> str:
    from ccgather_cli.readers import all_readers  # noqa: PLC0415  (only where it is asked for)

    known = [reader.client for reader in all_readers()]
    if text not in known:
        message = f"{text!r} is no tool that is read here; there are {', '.join(known)}"
        raise ArgumentTypeError(message)
    return text
