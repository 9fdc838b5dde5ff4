"""The page that says how everything is made: nothing of the catalogue, no setting is missing."""

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ccgather.ops.runtime import Number, Switch, WholeNumber, catalogue, runtime, setting
from ccgather.ops.services import change_setting
from ccgather.site.methodology import OUTCOMES, RULES, methodology
from ccgather.site.views.methodology import CONTENTS
from leaderboard.rules.badges import BADGES
from leaderboard.rules.levels import LEVELS
from submissions.rules.merge import Outcome
from submissions.rules.reasons import REASONS
from submissions.rules.signals.catalogue import FAMILIES, GENERAL, SIGNALS
from submissions.rules.signals.specs import SignalSpec
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    answer = client.get("/methodology")
    assert answer.status_code == 200
    return unescape(answer.text)


def of_signal(spec: SignalSpec, text: str) -> str:
    """The part of the page that is about one signal."""
    return text[text.index(f'id="signal-{spec.code}"') :].partition("</article>")[0]


def test_every_signal_shows_with_its_weight_thresholds_and_what_clears_it(client: Client) -> None:
    text = page(client)
    assert len(SIGNALS) > 10
    for spec in SIGNALS:
        part = of_signal(spec, text)
        for words in (spec.title, spec.looks_at, spec.clears, f"<code>{spec.code}</code>"):
            assert words in part, (spec.code, words)
        assert f'<span class="number">{spec.weight:g}</span>' in part, spec.code
        for threshold in spec.thresholds:
            assert threshold.sentence in part, (spec.code, threshold.name)
        assert ('<span class="chip">proof</span>' in part) is spec.proof


def test_every_signal_says_in_its_docstring_what_it_looks_at() -> None:
    for spec in SIGNALS:
        assert len(spec.looks_at) > 20, spec.code
        assert spec.looks_at.endswith((".", ":")), spec.code
        assert spec.clears.endswith("."), spec.code


def test_families_and_how_they_are_weighed_show(client: Client) -> None:
    text = page(client)
    for family in FAMILIES:
        assert family.words in text.lower()
        assert f'id="family-{family.name}"' in text
    for general in GENERAL:
        assert general.sentence in text


def changed_value(key: str) -> float | int | bool:
    """Another value that the setting may have."""
    entry = setting(key)
    if isinstance(entry, Switch):
        return not entry.default
    assert isinstance(entry, Number | WholeNumber)
    other = entry.minimum if entry.default != entry.minimum else entry.maximum
    return int(other) if isinstance(entry, WholeNumber) else other


def test_a_site_that_changed_nothing_says_nothing_of_it(client: Client) -> None:
    text = page(client)
    assert "settings of its own" not in text
    assert "changed from" not in text


@pytest.mark.parametrize("key", [entry.key for entry in catalogue()])
def test_each_changed_setting_shows(key: str) -> None:
    change_setting(key=key, value=changed_value(key), by="dana", at=NOW)
    runtime.forget()
    shown = methodology()
    assert [item.key for item in shown.changed] == [key]
    everywhere = {
        *(item.key for item in shown.settings),
        *(item.key for item in shown.weighing),
        *(family.ceiling.key for family in shown.families),
        *(s.weight.key for family in shown.families for s in family.signals),
        *(t.key for family in shown.families for s in family.signals for t in s.thresholds),
    }
    assert everywhere == {entry.key for entry in catalogue()}


def test_a_changed_setting_is_marked_with_what_it_was(client: Client) -> None:
    spec = next(spec for spec in SIGNALS if spec.thresholds)
    change_setting(key=spec.weight_key, value=0, by="dana", at=NOW)
    change_setting(key="raw_reports_kept_days", value=30, by="dana", at=NOW)
    text = page(client)
    assert "2 of them differ from what the program comes with" in text
    part = of_signal(spec, text)
    assert "switched off here" in part
    assert f"changed from {spec.weight:g}" in part
    assert "is kept 30 days, compressed" in text
    assert "changed from 90" in text


def test_every_level_badge_reason_and_outcome_shows(client: Client) -> None:
    text = page(client)
    for words in (
        *(step.name for step in LEVELS),
        *(badge.name for badge in BADGES),
        *(badge.sentence for badge in BADGES),
        *(reason.sentence for reason in REASONS.values()),
        *(meaning for meaning in OUTCOMES.values()),
    ):
        assert words in text, words
    assert OUTCOMES.keys() == set(Outcome)


def test_every_section_is_in_the_contents_and_the_other_way_round(client: Client) -> None:
    text = page(client)
    for number, title in CONTENTS:
        assert f'<a href="#{number}">{title}</a>' in text
        assert f'<section id="{number}" aria-labelledby="{number}-title">' in text
        assert f'<h2 id="{number}-title">{title}</h2>' in text
    assert text.count('<section id="') == len(CONTENTS)
    assert set(RULES) <= {number for number, _ in CONTENTS}


def test_the_codes_own_words_are_there(client: Client) -> None:
    text = page(client)
    for rules in methodology().rules.values():
        for rule in rules:
            assert rule.paragraphs, rule.name
            assert rule.name in text
            assert rule.paragraphs[0] in text, rule.name


def test_the_settings_are_read_by_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        methodology()
    assert len(queries) == 1


def test_the_footer_leads_here_and_nothing_can_be_posted(client: Client) -> None:
    assert '<a href="/methodology">' in client.get("/").text
    assert client.post("/methodology").status_code == 405
