"""How the site proves its numbers and what moderation decided, in public."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.ops import clock
from ccgather.site.integrity.ledger_query import ledger_query_of
from ccgather.site.integrity.rules.outcomes import State
from ccgather.site.integrity.rules.waiting import waiting_words_of
from ccgather.site.integrity.selectors import SHOWN_RUNS, Proof
from ccgather.site.integrity.selectors import integrity as proofs
from ccgather.ui.pages import render_public
from submissions.selectors.ledger import LedgerFigures, LedgerLine, ledger_figures, ledger_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A state in words; `kind` is that of a notice, `icon` of the sprite."""

    title: str
    words: str
    kind: str
    icon: str


VERDICTS = {
    State.HELD: Verdict(
        title="Every number is what it was made of",
        words="The last proof looked at everything and found nothing wrong.",
        kind="success",
        icon="check",
    ),
    State.BROKEN: Verdict(
        title="Something does not add up",
        words="The last proof found numbers that disagree, named below. The operators were told; "
        "nothing is put right in silence.",
        kind="error",
        icon="warning",
    ),
    State.FAILED: Verdict(
        title="The last proof did not come to its end",
        words="It broke off, and says nothing either way. The operators were told.",
        kind="warning",
        icon="warning",
    ),
    State.OVERDUE: Verdict(
        title="The proof is late",
        words="It should run every night, and has not since the moment below. That all was well "
        "then says nothing of today.",
        kind="warning",
        icon="warning",
    ),
    State.NEVER: Verdict(
        title="Nothing has been proved yet",
        words="The first proof runs at 01:00 UTC, after the first midnight of this site.",
        kind="info",
        icon="info",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A run as a mark of the strip; `verdict` is its outcome in one word."""

    proof: Proof
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line of the ledger; `waited` in words, "" where nothing had waited for it."""

    line: LedgerLine
    waited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigures:
    """The figures of the ledger, and those of them that are durations or parts in words."""

    figures: LedgerFigures
    median: str
    p95: str
    reversal_rate: str


@require_safe
@conditional_page
def integrity(request: HttpRequest) -> HttpResponse:
    """The last run with its figures, the runs before it, and the ledger; `?page=` is its page."""
    at = clock.now()
    query = ledger_query_of(request.GET)
    proved = proofs(at=at)
    words = {State.HELD: "held", State.BROKEN: "broken", State.FAILED: "broke off"}
    nights = [Night(proof=run, verdict=words[run.outcome]) for run in reversed(proved.runs)]
    ledger = ledger_page(page=query.page, limit=query.limit)
    context = {
        "proved": proved,
        "verdict": VERDICTS[proved.state],
        "nights": nights,
        "shown_runs": SHOWN_RUNS,
        "ledger": ledger,
        "lines": [
            ShownLine(line=line, waited=waiting_words_of(line.waited)) for line in ledger.lines
        ],
        "moderation": _shown(ledger_figures(at=at)),
    }
    return render_public(request, "site/integrity.html", context)


def _shown(figures: LedgerFigures) -> ShownFigures:
    rate = figures.reversal_rate
    return ShownFigures(
        figures=figures,
        median=waiting_words_of(figures.waited_median),
        p95=waiting_words_of(figures.waited_p95),
        reversal_rate="" if rate is None else f"{rate:.1%}".replace(".0%", "%"),
    )
