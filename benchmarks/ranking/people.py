"""A million people by SQL: how many of them worked today, this week, this month, and how much.

Of every thousand, 40 worked today, 150 within 7 days and 300 within 30; the others before. They
live in 200 countries of very unequal size, one in twenty in none. Totals have a heavy tail; a third
of the people tie with others. Runs on PostgreSQL 15 and later.
"""

from datetime import datetime

from benchmarks.population import execute
from ccgather.ui.countries import COUNTRIES

COUNTRY_COUNT = 200
TODAY, WITHIN_7_DAYS, WITHIN_30_DAYS = 0.04, 0.15, 0.30

_PERSON = """
CREATE TEMPORARY TABLE bench_person AS
WITH drawn AS (
  SELECT number, random() AS place, random() AS size, random() AS land, random() AS length,
         random() AS last, 1 + floor(random() * 3)::int AS step,
         date_trunc('minute', %(at)s - random() * interval '200 days') AS came
  FROM generate_series(1, %(people)s) AS number
), placed AS (
  SELECT *, (row_number() OVER (ORDER BY place) - 1)::float / %(people)s AS share FROM drawn
)
SELECT number, came, {user_id} AS user_id, {device_id} AS device_id,
  {submission_id} AS submission_id,
  CASE WHEN land > 0.95 THEN ''
    ELSE (%(countries)s::text[])[1 + floor(power(land / 0.95, 3) * %(count)s)::int] END AS country,
  CASE WHEN number %% 3 = 0 THEN 1000000 ELSE
    least(20000 * power(1 - size, -1.1), 1e9)::bigint END AS size,
  number %% 3 = 0 AS ties,
  CASE WHEN share < %(month)s THEN 1 + floor(power(length, 3) * 12)::int
    ELSE 1 + floor(power(length, 2) * 3)::int END AS days,
  CASE WHEN share < %(today)s THEN 0 WHEN share < %(week)s THEN 1 + floor(last * 6)::int
    WHEN share < %(month)s THEN 7 + floor(last * 23)::int
    ELSE 30 + floor(last * 150)::int END AS silent,
  step
FROM placed
"""

_DAY = """
CREATE TEMPORARY TABLE bench_day AS
SELECT p.user_id, p.device_id, p.submission_id, d.day, d.total AS total_tokens,
  d.total / 50 AS input_tokens, d.total / 60 AS output_tokens, d.total / 25 AS cache_write_tokens,
  d.total - d.total / 50 - d.total / 60 - d.total / 25 AS cache_read_tokens,
  0::bigint AS reasoning_tokens, 0::bigint AS unpriced_tokens, d.total / 2 + 1 AS cost_microusd
FROM bench_person p
CROSS JOIN LATERAL (
  SELECT %(today)s::date - p.silent - p.step * k AS day,
    CASE WHEN p.ties THEN p.size ELSE (p.size * (0.3 + random()))::bigint + 1000 END AS total
  FROM generate_series(0, p.days - 1) AS k
) d
"""


def draw_people(people: int, at: datetime) -> None:
    """Makes `bench_person` and `bench_day`, which the tables are filled from."""
    ids = {name: _time_ordered_id("came") for name in ("user_id", "device_id", "submission_id")}
    execute(
        _PERSON.format(**ids),
        {
            "people": people,
            "at": at,
            "countries": sorted(COUNTRIES)[:COUNTRY_COUNT],
            "count": COUNTRY_COUNT,
            "today": TODAY,
            "week": WITHIN_7_DAYS,
            "month": WITHIN_30_DAYS,
        },
    )
    execute(_DAY, {"today": at.date()})
    execute("ANALYZE bench_person, bench_day")


def _time_ordered_id(moment: str) -> str:
    """SQL for a UUIDv7 of that moment: the site's own ids lie in the order in which people came."""
    milliseconds = f"substring(int8send((extract(epoch FROM {moment}) * 1000)::bigint) FROM 3)"
    random_part = "uuid_send(gen_random_uuid())"
    timed = f"overlay({random_part} PLACING {milliseconds} FROM 1 FOR 6)"
    return f"encode(set_bit(set_bit({timed}, 52, 1), 53, 1), 'hex')::uuid"
