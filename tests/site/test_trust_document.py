"""`docs/trust.md` says what the code does."""

import re

from ccgather.ops.runtime import catalogue
from submissions.rules.signals.catalogue import FAMILIES, SIGNALS
from tools.signal_table import DOCUMENT, with_table


def test_the_table_of_signals_is_the_catalogues() -> None:
    """If not: `python -m tools.signal_table`."""
    text = DOCUMENT.read_text()
    assert text == with_table(text)
    for spec in SIGNALS:
        assert f"| `{spec.code}` |" in text
    for family in FAMILIES:
        assert f"**{family.name}**" in text


def test_every_setting_that_it_names_exists() -> None:
    known = {entry.key for entry in catalogue()}
    text = DOCUMENT.read_text()
    named = set(re.findall(r"--set (\w+)=", text))
    named |= set(re.findall(r"\(`(\w+_(?:days|hours))`\)", text))
    assert len(named) > 4
    assert named <= known
