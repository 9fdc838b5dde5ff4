"""One run of autosubmit: nobody is asked, nothing is lost, and what happened stands in the log."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from ccgather_cli.context import Context
from ccgather_cli.errors import DONE, CliError, NotLoggedInError, NoUsageError, SiteError
from ccgather_cli.history import last_arrived, last_failed
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.journal import Journal, Outcome, last_outcome, note_outcome
from ccgather_cli.scheduling.lock import only_run
from ccgather_cli.scheduling.plan import Plan, kept_plan, moment_of
from ccgather_cli.terminal import Terminal

if TYPE_CHECKING:
    from ccgather_cli.credentials import Credentials
    from ccgather_cli.sending import Read
    from ccgather_cli.site import Answer, Site
    from ccgather_cli.site_config import SiteConfig

HOOK_PAUSE = timedelta(minutes=15)
"""Sessions end often: what one of them leaves out is in the report after the next."""


class Cause(Enum):
    """Who wanted the run; the value is its name in the log and in `Outcome.source`."""

    PERSON = "run"
    SCHEDULE = "schedule"
    HOOK = "hook"


@dataclass(frozen=True)
class _End:
    """How it went: the exit code, a sentence, and whether it need not be tried again soon."""

    code: int
    sentence: str
    settled: bool = True


def run_once(context: Context, *, cause: Cause, insecure_http: bool = False) -> Outcome | None:
    """Send what there is, if it is time; None if it is not, or another run is under way."""
    machine, plan = context.machine, kept_plan(context.machine)
    with only_run(machine) as alone:
        if not alone or not is_time(machine, plan, at=context.at, cause=cause):
            return None
        journal = Journal(machine, at=context.at, source=cause.value)
        quiet = replace(
            context,
            machine=_with_environment(machine, plan),
            terminal=Terminal(journal, journal, journal),  # type: ignore[arg-type]
        )
        insecure = insecure_http or plan.insecure_http
        source = "hook" if cause is Cause.HOOK else "cli"
        try:
            end = _sent(quiet, source=source, insecure_http=insecure)
        except CliError as problem:
            end = _ended_by(problem)
        journal.write(f"{end.sentence}\n")
        outcome = Outcome(
            at=context.at.isoformat(timespec="seconds"),
            source=cause.value,
            code=end.code,
            sentence=end.sentence,
            settled=end.settled,
        )
        note_outcome(machine, outcome)
        return outcome


def is_time(machine: Machine, plan: Plan, *, at: datetime, cause: Cause) -> bool:
    """Whether a run is due: some schedulers look in every hour, and sessions end all the time."""
    if cause is Cause.PERSON:
        return True
    arrived, failed, ended = last_arrived(machine), last_failed(machine), last_outcome(machine)
    if cause is Cause.HOOK:
        tries = [each.at for each in (arrived, failed, ended) if each is not None]
        newest = _newest(tries)
        return newest is None or not timedelta(0) <= at - newest < HOOK_PAUSE
    if plan.rhythm is None:
        return True
    settled = [plan.since]
    settled += [arrived.at] if arrived else []
    settled += [ended.at] if ended and ended.settled else []
    newest = _newest(settled)
    return newest is None or newest < plan.rhythm.last_before(at) or newest > at


def _newest(moments: list[str]) -> datetime | None:
    return max((moment for text in moments if (moment := moment_of(text))), default=None)


def _with_environment(machine: Machine, plan: Plan) -> Machine:
    """The machine as it was when autosubmit was switched on, as far as logs go."""
    environment = {**plan.environment, **machine.environment}
    return Machine(machine.home, environment, machine.system)


def _sent(context: Context, *, source: str, insecure_http: bool) -> _End:
    from ccgather_cli.credentials import current_credentials  # noqa: PLC0415
    from ccgather_cli.sending import (  # noqa: PLC0415  (what a run that is not due does without)
        body_of,
        deliver,
        deliver_kept,
        keep_for_later,
        read_logs,
    )
    from ccgather_cli.site_config import kept_config, site_config  # noqa: PLC0415

    credentials = current_credentials(context.machine)
    with context.site(
        credentials.server, token=credentials.token, insecure_http=insecure_http
    ) as site:
        away: CliError | None = None
        try:
            if not _is_wanted(site):
                return _End(
                    DONE,
                    "Autosubmit is switched off in the site's settings, so nothing was sent.",
                )
        except CliError as problem:
            away = problem  # the logs may be gone when the site is back: the report is made now
        try:
            read = read_logs(context, quiet=True)
        except NoUsageError:
            if away is not None:
                raise away from None
            deliver_kept(site, context)
            return _End(DONE, "There is no usage on this machine, so nothing was sent.")
        if away is not None:
            config = kept_config(context.machine, credentials.server)
            body = body_of(read, context, config, source=source)
            raise keep_for_later(away, body, credentials, context, source=source) from away
        config = site_config(context, credentials.server, insecure_http=insecure_http)
        answer = deliver(
            body_of(read, context, config, source=source),
            site=site,
            credentials=credentials,
            context=context,
            config=config,
            source=source,
        )
    return _told(answer, read, config, credentials)


def _is_wanted(site: "Site") -> bool:
    """The account's own switch, for all its machines."""
    try:
        return site.ask("GET", "/api/me/stats").content.get("autoSyncEnabled") is not False
    except SiteError as problem:
        if problem.status == 404:  # a site without such a switch
            return True
        raise


def _told(answer: "Answer", read: "Read", config: "SiteConfig", credentials: "Credentials") -> _End:
    from ccgather_cli.outcome import lines_of, outcome_of, rank_text  # noqa: PLC0415
    from ccgather_cli.preview import summary_of  # noqa: PLC0415
    from ccgather_cli.sending import UPGRADE  # noqa: PLC0415

    outcome = outcome_of(answer.content)
    if outcome is None:
        return _End(1, f"{credentials.server} took the report and answered in an unknown way.")
    sentences = [f"Sent {summary_of(read.tally)}."]
    if outcome.mode == "unchanged" or outcome.exit_code != DONE:
        sentences = [lines_of(outcome)[0]]
    rank = rank_text(outcome.rank)
    if rank:
        sentences.append(f"{rank[:1].upper()}{rank[1:]}.")
    if config.has_newer:
        sentences.append(f"There is a newer ccgather, {config.latest_version}. {UPGRADE}")
    return _End(outcome.exit_code, " ".join(sentences))


def _ended_by(problem: CliError) -> _End:
    from ccgather_cli.sending import may_pass  # noqa: PLC0415

    sentence = " ".join((problem.message, *problem.details))
    if isinstance(problem, SiteError) and problem.status == 429:
        return _End(DONE, sentence, settled=False)  # the site is well, and we are early
    settled = isinstance(problem, NotLoggedInError) or not may_pass(problem)
    return _End(problem.exit_code, sentence, settled=settled)
