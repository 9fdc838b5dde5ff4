"""Arguments that several commands share."""

from argparse import ArgumentParser


def add_insecure_http(parser: ArgumentParser) -> None:
    """For every command that sends a token."""
    parser.add_argument(
        "--insecure-http",
        action="store_true",
        help="allow an address that is not encrypted and not this machine",
    )
