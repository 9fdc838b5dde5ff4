"""What an operator may change of the news while the site runs."""

from ccgather.ops.runtime import Number, Switch, WholeNumber, register

LEAST_RELEVANCE = Number(
    0.35, minimum=0.0, maximum=1.0, sentence="News below this relevance are left out (0 to 1)."
)
LEAST_RELEVANCE_TO_PAY = Number(
    0.5, minimum=0.0, maximum=1.0, sentence="Relevance from which a summary is paid for (0 to 1)."
)
DAILY_BUDGET_USD = Number(
    1.0,
    minimum=0.0,
    maximum=10_000.0,
    sentence="The most that summaries of news cost in a UTC day.",
)
MONTHLY_BUDGET_USD = Number(
    15.0, minimum=0.0, maximum=100_000.0, sentence="The most that summaries cost in a UTC month."
)
PUBLISH_UNSEEN = Switch(
    True, sentence="Summaries whose every claim is in the source are published without a look."
)
SUMMARIES_AT_ONCE = WholeNumber(
    20, minimum=1, maximum=1_000, sentence="Summaries asked for in one run; more go as a batch."
)

for key, entry in (
    ("news_least_relevance", LEAST_RELEVANCE),
    ("news_least_relevance_to_pay", LEAST_RELEVANCE_TO_PAY),
    ("news_daily_budget_usd", DAILY_BUDGET_USD),
    ("news_monthly_budget_usd", MONTHLY_BUDGET_USD),
    ("news_publish_unseen", PUBLISH_UNSEEN),
    ("news_summaries_at_once", SUMMARIES_AT_ONCE),
):
    register(key, entry)
