"""Many people at once, by SQL: what a site looks like after a while.

The rows are those that real reports would have left (a test of the sums runs over them), only not
written one report at a time. Totals have a heavy tail, and a third of the people tie with others.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, models

from accounts.models import Device, User
from ccgather.ops.services import change_setting
from leaderboard.models import BoardClock, Competitor, MidnightRank, Standing
from leaderboard.rules.boards import EPOCH, ROLLING_DAYS
from leaderboard.services.tallies import correct_tallies
from submissions.models import SUM_COLUMNS, Slice, SliceRow, Submission, UsageAccount, UserDay

MODEL = "claude-opus-4-5"
DEVICE = "laptop"
COUNTRIES = ("US", "US", "US", "KR", "KR", "DE", "IN", "JP", "GB", "BR", "FR", "CA", "PL", "")
LARGE = (Device, Submission, Slice, SliceRow, UserDay, Standing)
LIMITS = {
    "api_per_minute": 1_000_000,
    "changing_reports_per_hour_token": 10_000,
    "changing_reports_per_hour_account": 100_000,
    # Judged like anybody's, and never held: made-up histories are not what is measured here.
    "signal_hold_from": 100.0,
}
"""Runtime settings of the measured site: a benchmark is one sender, and would be stopped."""


Draw = Callable[[int, datetime], None]
"""Makes the tables `bench_person` and `bench_day`, as `draw_site` does."""


def populate(
    *,
    people: int,
    at: datetime,
    draw: Draw | None = None,
    progress: Callable[[str], object] = lambda _what: None,
) -> None:
    """Fills an empty, migrated database with that many people as of `at`.

    `progress` is told of each step that is done.
    """
    for key, value in LIMITS.items():
        change_setting(key=key, value=value, by="benchmarks", at=at)
    BoardClock.objects.create(current_day=at.date(), rolled_at=at)
    execute("SELECT setseed(0.4242)")
    (draw or draw_site)(people, at)
    progress("people and days drawn")
    with bulk_loading():
        for step in (_insert_people, _insert_usage, _insert_boards):
            step(at=at)
            progress(step.__name__.removeprefix("_").replace("_", " "))
    correct_tallies()
    progress("indexes and sums")
    execute("DROP TABLE bench_person, bench_day")
    connection.cursor().execute("VACUUM ANALYZE")


@contextmanager
def bulk_loading() -> Iterator[None]:
    """Without the second look at every reference (where the account may say so), and with the
    indexes of the largest tables made at the end: the rows are right, and there are millions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
        trusted = bool(row and row[0])
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique",
            [[model._meta.db_table for model in LARGE]],  # noqa: SLF001 - Django's public model API
        )
        indexes = cursor.fetchall()
    if trusted:
        execute("SET session_replication_role = replica")
    execute("SET work_mem = '256MB'")
    execute("SET synchronous_commit = off")
    for name, _definition in indexes:
        execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            execute(definition)
        for name in ("maintenance_work_mem", "work_mem", "synchronous_commit"):
            execute(f"RESET {name}")
        if trusted:
            execute("RESET session_replication_role")


def execute(sql: str, parameters: Mapping[str, object] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, parameters)  # type: ignore[arg-type]  # psycopg takes any mapping


def insert_rows(model: type[models.Model], source: str, values: Mapping[str, str]) -> None:
    """INSERT … SELECT; `values` are SQL expressions by column. Columns that are not named get the
    model's default, so that a new column does not break this."""
    columns, expressions = [], []
    parameters: dict[str, object] = {}
    for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's public model API
        column = str(field.column)
        if column in values:
            expression = values[column]
        elif field.auto_created or field.null:
            continue
        else:
            expression = f"%({column})s"
            parameters[column] = field.get_db_prep_save(field.get_default(), connection)
        columns.append(column)
        expressions.append(expression)
    table = model._meta.db_table  # noqa: SLF001 - Django's public model API
    execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(expressions)} {source}",
        parameters,
    )


def draw_site(people: int, at: datetime) -> None:
    """Who there is and on which days they worked; one to forty days out of the last months."""
    execute(
        """
        CREATE TEMPORARY TABLE bench_person AS
        SELECT number, uuidv7() AS user_id, uuidv7() AS device_id, uuidv7() AS submission_id,
               (%(countries)s::text[])[1 + floor(random() * %(count)s)::int] AS country,
               CASE WHEN number %% 3 = 0 THEN 1000000 ELSE
                 least(exp(13.5 + 2.1 * random_normal()), 3e9)::bigint + 2000 END AS size,
               number %% 3 = 0 AS ties,
               1 + floor(power(random(), 4) * 40)::int AS days,
               floor(power(random(), 2) * 20)::int AS silent,
               1 + floor(random() * 2)::int AS step,
               date_trunc('minute', %(at)s - random() * interval '200 days') AS came
        FROM generate_series(1, %(people)s) AS number
        """,
        {"people": people, "countries": list(COUNTRIES), "count": len(COUNTRIES), "at": at},
    )
    execute(
        """
        CREATE TEMPORARY TABLE bench_day AS
        SELECT p.user_id, p.device_id, p.submission_id, d.day, d.total AS total_tokens,
               d.total / 50 AS input_tokens, d.total / 60 AS output_tokens,
               d.total / 25 AS cache_write_tokens,
               d.total - d.total / 50 - d.total / 60 - d.total / 25 AS cache_read_tokens,
               0::bigint AS reasoning_tokens, 0::bigint AS unpriced_tokens,
               d.total / 2 + 1 AS cost_microusd
        FROM bench_person p
        CROSS JOIN LATERAL (
          SELECT %(today)s::date - p.silent - p.step * k AS day,
                 CASE WHEN p.ties THEN p.size ELSE (p.size * (0.3 + random()))::bigint + 1000 END
                   AS total
          FROM generate_series(0, p.days - 1) AS k
        ) d
        """,
        {"today": at.date()},
    )
    execute("ANALYZE bench_person, bench_day")


def _insert_people(*, at: datetime) -> None:
    insert_rows(
        User,
        "FROM bench_person ORDER BY number",
        {
            "id": "user_id",
            "password": "'!'",
            "username": "'bench_' || number",
            "country_code": "country",
            "created_at": "came",
            "onboarded_at": "came",
            "last_login": "NULL",
        },
    )
    insert_rows(
        Device,
        "FROM bench_person ORDER BY number",
        {"id": "device_id", "user_id": "user_id", "name": f"'{DEVICE}'", "created_at": "came"},
    )
    insert_rows(
        Submission,
        "FROM bench_person p JOIN (SELECT user_id, count(*) AS rows, min(day) AS first, "
        "max(day) AS last, sum(total_tokens)::bigint AS tokens FROM bench_day GROUP BY user_id) d "
        "USING (user_id) ORDER BY submission_id",
        {
            "id": "submission_id",
            "user_id": "user_id",
            "device_id": "device_id",
            "submitted_at": f"timestamptz '{(at - timedelta(days=1)).isoformat()}'",
            "source": "'cli'",
            "wire_format": "'native'",
            "collector": "'ccgather'",
            "mode": "'merge'",
            "status": "'verified'",
            "digest": "sha256(submission_id::text::bytea)",
            "first_day": "d.first",
            "last_day": "d.last",
            "row_count": "d.rows",
            "report_tokens": "d.tokens",
            "changed_slices": "d.rows",
            "tokens_before": "0",
            "tokens_after": "d.tokens",
        },
    )


def _insert_usage(*, at: datetime) -> None:
    sums = {column: column for column in SUM_COLUMNS}
    insert_rows(
        Slice,
        "FROM bench_day ORDER BY user_id, day",
        sums
        | {
            "user_id": "user_id",
            "device_id": "device_id",
            "submission_id": "submission_id",
            "client": "'claude'",
            "day": "day",
            "digest": "decode(md5(user_id::text || day), 'hex')",
            "content_digest": "decode(md5(day || user_id::text), 'hex')",
            "day_basis": "'utc'",
            "collector": "'ccgather'",
            "source": "'cli'",
            "updated_at": f"timestamptz '{at.isoformat()}'",
        },
    )
    insert_rows(
        SliceRow,
        "FROM submissions_slice ORDER BY id",
        {column: column for column in SUM_COLUMNS if column != "unpriced_tokens"}
        | {
            "slice_id": "id",
            "model": f"'{MODEL}'",
            "provider": "'anthropic'",
            "price_version": "'benchmarks'",
        },
    )
    days = ", ".join(f"sum({column})::bigint AS {column}" for column in SUM_COLUMNS)
    insert_rows(
        UserDay,
        f"FROM (SELECT user_id, day, {days} FROM submissions_slice GROUP BY user_id, day) d",  # noqa: S608
        sums | {"user_id": "user_id", "day": "day"},
    )
    insert_rows(
        UsageAccount,
        f"FROM (SELECT user_id, {days}, count(*) AS active_days, min(day) AS first_day, "  # noqa: S608 - column names
        "max(day) AS last_day FROM submissions_userday GROUP BY user_id) d "
        "JOIN bench_person p USING (user_id)",
        sums
        | {
            "user_id": "user_id",
            "active_days": "active_days",
            "first_day": "first_day",
            "last_day": "last_day",
            "first_submission_at": "p.came",
            "last_submission_at": f"timestamptz '{at.isoformat()}'",
        },
    )


def _insert_boards(*, at: datetime) -> None:
    day = at.date()
    windows = [
        f"SELECT '{board}', DATE '{day - timedelta(days=length - 1)}' "
        f"WHERE d.day BETWEEN DATE '{day - timedelta(days=length - 1)}' AND DATE '{day}'"
        for board, length in ROLLING_DAYS.items()
    ]
    insert_rows(
        Standing,
        f"""
        FROM (
          SELECT d.user_id, w.board, w.start, sum(d.total_tokens)::bigint AS tokens,
                 sum(d.cost_microusd)::bigint AS cost, count(*) AS days
          FROM submissions_userday d
          CROSS JOIN LATERAL (
            VALUES ('all', DATE '{EPOCH}'),
                   ('week', date_trunc('week', d.day::timestamp)::date),
                   ('month', date_trunc('month', d.day::timestamp)::date)
            UNION ALL {" UNION ALL ".join(windows)}
          ) w(board, start)
          GROUP BY d.user_id, w.board, w.start
        ) s
        JOIN accounts_user u ON u.id = s.user_id
        JOIN submissions_usageaccount a ON a.user_id = s.user_id
        ORDER BY s.user_id
        """,  # noqa: S608 - constants of this module
        {
            "user_id": "s.user_id",
            "board": "s.board",
            "window_start": "s.start",
            "tokens": "s.tokens",
            "cost_microusd": "s.cost",
            "days": "s.days",
            "first_submission_at": "a.first_submission_at",
            "country_code": "u.country_code",
            "on_boards": "TRUE",
            "shows_cost": "TRUE",
        },
    )
    insert_rows(
        Competitor,
        "FROM submissions_usageaccount",
        {
            "user_id": "user_id",
            "lifetime_tokens": "total_tokens",
            "primary_model": f"'{MODEL}'",
            "top_provider": "'anthropic'",
            "top_client": "'claude'",
            "last_submission_at": f"timestamptz '{at.isoformat()}'",
        },
    )
    insert_rows(
        MidnightRank,
        "FROM leaderboard_standing WHERE board = 'all'",
        {
            "user_id": "user_id",
            "board": "board",
            "window_start": "window_start",
            "country_code": "country_code",
            "tokens_world": "row_number() OVER "
            "(ORDER BY tokens DESC, first_submission_at, user_id)",
        },
    )
