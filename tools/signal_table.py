"""Writes the table of signals in `docs/trust.md` from the catalogue.

    .venv/bin/python -m tools.signal_table

A test fails when the two differ.
"""

import re
from pathlib import Path

from submissions.rules.signals.catalogue import FAMILIES, SIGNALS

DOCUMENT = Path(__file__).parents[1] / "docs" / "trust.md"
PLACE = re.compile(r"(?<=<!-- signals -->\n).*?(?=<!-- /signals -->)", re.DOTALL)


def signal_table() -> str:
    """Families with their ceilings, and the signals of each."""
    lines = ["| family, at most | signal | weight | what it looks at |", "|---|---|---|---|"]
    for family in FAMILIES:
        for place, spec in enumerate(spec for spec in SIGNALS if spec.family == family.name):
            first = f"**{family.name}** ({family.words}), {family.ceiling:g}" if not place else ""
            proof = ", proof" if spec.proof else ""
            looks_at = spec.looks_at.replace("|", "\\|")
            lines.append(f"| {first} | `{spec.code}` | {spec.weight:g}{proof} | {looks_at} |")
    return "\n".join(lines) + "\n"


def with_table(document: str) -> str:
    """The document with the table as the catalogue has it."""
    return PLACE.sub(lambda _found: signal_table(), document)


def main() -> None:
    """Rewrites the document."""
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))


if __name__ == "__main__":
    main()
