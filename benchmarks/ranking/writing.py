"""A one-day report through the real endpoint in both sites by turns, and the design that rewrites
every rank instead."""

from collections.abc import Mapping
from random import Random

from django.db import OperationalError, connection, transaction
from django.test import Client

from benchmarks import site
from benchmarks.ranking.place import LARGE, SMALL
from benchmarks.ranking.reading import ranked_by
from benchmarks.ranking.timing import Times, Verdict, timed
from benchmarks.rounds import daily_round

ROUNDS = 80
TRIGGER_LIMIT_SECONDS = 60


def compare_submissions(*, redis_urls: Mapping[str, str], sizes: Mapping[str, int]) -> Verdict:
    """One person at a time sends a day more, in the small site and in the large one by turns."""
    times = {SMALL: Times(), LARGE: Times()}
    draws = {name: Random(f"submit:{name}") for name in times}
    client = Client(headers={"Host": "localhost"})
    for number in range(ROUNDS + 3):
        for name in (SMALL, LARGE) if number % 2 else (LARGE, SMALL):
            with site.using(name), ranked_by(redis_urls[name]):
                sample = daily_round(client, draws[name], number)["one_day"]
            if number >= 3:
                times[name].seconds.append(sample.total)
    for name, people in sizes.items():
        print(f"POST /api/submit, one day more, {people:>9,} people  {times[name].line()}")
    return Verdict(
        what="a one-day submission against its cost in the small site, medians",
        value=times[LARGE].p50 / times[SMALL].p50,
        most=1.2,
        unit="times",
    )


def time_trigger(*, people: int) -> None:
    """The seed's trigger on the same people: every rank is rewritten by every submission."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SEED_TABLES)
        cursor.execute("SELECT user_id FROM leaderboard_standing WHERE board = 'all' LIMIT 1")
        user_id = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL statement_timeout = '{TRIGGER_LIMIT_SECONDS}s'")

        def submit() -> None:
            cursor.execute("INSERT INTO bench_seed_submissions VALUES (%s, 12345)", [user_id])

        try:
            answer = f"{timed(submit):.2f} s"
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "57014":
                raise
            answer = f"more than {TRIGGER_LIMIT_SECONDS} s, its time limit here"
        print(f"The seed's trigger, one submission, {people:,} people: {answer}", flush=True)
        transaction.set_rollback(True)


_SEED_TABLES = """
CREATE TABLE bench_seed_users AS
SELECT s.user_id AS id, s.tokens AS total_tokens, s.on_boards AS profile_visible,
  nullif(s.country_code, '') AS country_code, NULL::integer AS global_rank,
  NULL::integer AS country_rank
FROM leaderboard_standing s WHERE s.board = 'all';
ALTER TABLE bench_seed_users ADD PRIMARY KEY (id);
CREATE INDEX ON bench_seed_users (total_tokens DESC);
ANALYZE bench_seed_users;
CREATE TABLE bench_seed_submissions (user_id uuid, tokens bigint);
CREATE FUNCTION bench_seed_ranks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE bench_seed_users SET total_tokens = total_tokens + NEW.tokens WHERE id = NEW.user_id;
  WITH ranked AS (
    SELECT id, row_number() OVER (ORDER BY total_tokens DESC) AS new_rank
    FROM bench_seed_users WHERE profile_visible)
  UPDATE bench_seed_users u SET global_rank = r.new_rank FROM ranked r WHERE u.id = r.id;
  WITH ranked AS (
    SELECT id, row_number() OVER (PARTITION BY country_code ORDER BY total_tokens DESC) AS new_rank
    FROM bench_seed_users WHERE profile_visible AND country_code IS NOT NULL)
  UPDATE bench_seed_users u SET country_rank = r.new_rank FROM ranked r WHERE u.id = r.id;
  RETURN NEW;
END $$;
CREATE TRIGGER bench_seed_ranks AFTER INSERT ON bench_seed_submissions
  FOR EACH ROW EXECUTE FUNCTION bench_seed_ranks()
"""
