"""What is done with stories after each crawl."""

import time
from datetime import datetime
from typing import Final

from ccgather.ops.jobs import JobReport
from ccgather.ops.runtime import runtime
from news.services import asking, summarising
from news.services.asking import Pause
from news.services.budget import BudgetSpentError, NoPriceError

BACKLOG: Final = 100
"""From so many waiting stories on they go as a batch, at half the price."""


def summarise_waiting(*, at: datetime, report: JobReport, pause: Pause = time.sleep) -> None:
    """Publishes what needs no summary, collects batches, and asks for what is worth paying for,
    until the budget is spent."""
    for name, count in summarising.publish_or_queue(at=at).items():
        report.add(name, count)
    report.add("lost", summarising.settle_lost(at=at))
    if not asking.is_configured():
        return
    report.add("from_batches", summarising.collect_batches(at=at))
    at_once = int(runtime.value("news_summaries_at_once"))
    waiting = summarising.stories_to_summarise(limit=BACKLOG + at_once)
    if len(waiting) > BACKLOG:
        report.add("sent_in_batch", summarising.send_backlog(story_ids=waiting, at=at))
        return
    for story_id in waiting[:at_once]:
        try:
            outcome = summarising.summarise_story(story_id=story_id, at=at, pause=pause)
        except (BudgetSpentError, NoPriceError) as error:
            report.add(error.code)
            return
        report.add(outcome)
