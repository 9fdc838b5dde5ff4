"""`ccgather autosubmit`: reports that go out by themselves."""

import json
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import stored_credentials
from ccgather_cli.errors import DONE, FAILED, CliError, NotLoggedInError, UsageError

if TYPE_CHECKING:
    from ccgather_cli.scheduling.plan import Plan
    from ccgather_cli.scheduling.state import State

SUMMARY = "send by itself: once a day, or when a session ends"
EXAMPLES = """\
examples:
  ccgather autosubmit enable               once a day, at a minute of its own
  ccgather autosubmit enable --every 6h    more often
  ccgather autosubmit enable --hook        whenever a Claude Code session ends
  ccgather autosubmit status               what is scheduled, and how it went
  ccgather autosubmit disable              takes everything away again"""

_LINES_OF_LOG = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    enable = actions.add_parser(
        "enable",
        help="switch it on, or change how often",
        description="Lets this system's own scheduler (a systemd user timer, cron, launchd or "
        "Task Scheduler) send a report every so often. A run that is missed is caught up.",
    )
    enable.add_argument(
        "--every", metavar="TIME", help="1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d (default: 1d)"
    )
    enable.add_argument(
        "--hook",
        action="store_true",
        help="send when a Claude Code session ends, at most every 15 minutes, by a hook in "
        "its settings.json; can be on beside the schedule",
    )
    add_insecure_http(enable)
    actions.add_parser(
        "disable",
        help="switch it off: schedule and hook",
        description="Removes what `enable` made, and nothing else.",
    )
    status = actions.add_parser("status", help="what is scheduled, and how the last run went")
    status.add_argument("--json", action="store_true", help="print it as JSON")
    add_insecure_http(status)
    running = actions.add_parser(
        "run",
        help="send now, as the schedule does: never asks, says little",
        description="What a scheduler calls. Exit codes: 0 sent, or nothing to do; 1 failed, "
        "the report is kept; 3 not logged in; 4 held for review.",
    )
    running.add_argument("--config-dir", metavar="DIR", help="where the login is kept")
    causes = running.add_mutually_exclusive_group()
    causes.add_argument("--scheduled", action="store_true", help="only if a run is due")
    causes.add_argument(
        "--hook", action="store_true", help="at a session's end: in the background, and not often"
    )
    causes.add_argument("--after-session", action="store_true", help=SUPPRESS)
    add_insecure_http(running)


def run(arguments: Namespace, context: Context) -> int:
    """Do what the action says."""
    if arguments.action == "enable":
        return _enable(arguments, context)
    if arguments.action == "disable":
        return _disable(context)
    if arguments.action == "status":
        return _status(arguments, context)
    return _run(arguments, context)


def _enable(arguments: Namespace, context: Context) -> int:
    if arguments.hook and arguments.every:
        raise UsageError(
            "--every is for the schedule, --hook for the ends of sessions. To have both, "
            "enable one after the other."
        )
    _refuse_without_login(context)
    if arguments.hook:
        return _enable_hook(arguments, context)
    return _enable_schedule(arguments, context)


def _refuse_without_login(context: Context) -> None:
    """A schedule sees neither this terminal's environment nor a token in it."""
    if stored_credentials(context.machine) is not None:
        return
    if context.machine.variable("CCGATHER_TOKEN"):
        raise NotLoggedInError(
            "The login is only in CCGATHER_TOKEN, which no schedule sees.",
            details=(
                "Run `ccgather login` to keep one on this machine, or let your own scheduler,",
                "which has the variable, run `ccgather submit --yes`.",
            ),
        )
    raise NotLoggedInError("You are not logged in. Run `ccgather login` first.")


def _enable_schedule(arguments: Namespace, context: Context) -> int:
    from ccgather_cli.device import this_device  # noqa: PLC0415
    from ccgather_cli.scheduling.choosing import all_schedulers, best_scheduler  # noqa: PLC0415
    from ccgather_cli.scheduling.interface import Schedule  # noqa: PLC0415
    from ccgather_cli.scheduling.plan import keep_plan, kept_plan  # noqa: PLC0415
    from ccgather_cli.scheduling.program import command_of  # noqa: PLC0415
    from ccgather_cli.scheduling.rhythm import DEFAULT, rhythm_of  # noqa: PLC0415

    machine, terminal = context.machine, context.terminal
    known = kept_plan(machine)
    rhythm = rhythm_of(arguments.every or DEFAULT, device_id=this_device(machine).id)
    scheduler = best_scheduler(machine)
    command = command_of(machine, ("autosubmit", "run", "--scheduled"))
    changed = scheduler.enable(Schedule(command, rhythm))
    for other in all_schedulers(machine):
        if other.id != scheduler.id:
            other.disable()
    plan = replace(_planned(known, arguments, context), rhythm=rhythm, program=command[0])
    if known.rhythm != rhythm or changed or not known.since:
        plan = replace(plan, since=context.at.isoformat(timespec="seconds"))
    keep_plan(machine, plan)
    still = "" if changed or known.rhythm != rhythm else "already "
    terminal.print(f"Autosubmit is {still}on: {rhythm} ({scheduler.name}).")
    terminal.print(f"Next report: {rhythm.next_after(context.at):%Y-%m-%d %H:%M} UTC.")
    for note in _notes(scheduler.id, context):
        terminal.show(note, indent=0)
    return DONE


def _enable_hook(arguments: Namespace, context: Context) -> int:
    from ccgather_cli.scheduling.plan import keep_plan, kept_plan  # noqa: PLC0415
    from ccgather_cli.scheduling.program import command_of  # noqa: PLC0415
    from ccgather_cli.scheduling.session_hook import HOOK_WORDS, SessionHook  # noqa: PLC0415

    machine, known = context.machine, kept_plan(context.machine)
    hook = SessionHook(machine)
    made = not hook.path.exists()
    command = command_of(machine, HOOK_WORDS)
    changed = hook.enable(command)
    plan = _planned(known, arguments, context)
    plan = replace(plan, hook=True, program=command[0], made_settings=made or known.made_settings)
    keep_plan(machine, plan)
    still = "" if changed else "already "
    context.terminal.print(
        f"Autosubmit is {still}on: whenever a Claude Code session ends, at most every 15 minutes."
    )
    context.terminal.print(f"The hook is in {hook.path}.")
    return DONE


def _planned(known: "Plan", arguments: Namespace, context: Context) -> "Plan":
    """The plan with what this call found: how logs are moved, how the site may be spoken to."""
    from ccgather_cli.scheduling.environment import moving_variables  # noqa: PLC0415

    return replace(
        known,
        environment=moving_variables(context.machine),
        insecure_http=arguments.insecure_http,
    )


def _notes(scheduler: str, context: Context) -> Iterator[str]:
    from ccgather_cli.scheduling.systemd import lingering_note  # noqa: PLC0415

    if scheduler == "systemd" and (note := lingering_note(context.machine)):
        yield note
    proxies = [name for name in ("HTTPS_PROXY", "https_proxy") if context.machine.variable(name)]
    if proxies and scheduler != "hook":
        yield f"The schedule does not have {proxies[0]}: set it where the scheduler sees it."


def _disable(context: Context) -> int:
    from ccgather_cli.scheduling.choosing import all_schedulers  # noqa: PLC0415
    from ccgather_cli.scheduling.plan import Plan, keep_plan, kept_plan  # noqa: PLC0415
    from ccgather_cli.scheduling.session_hook import SessionHook  # noqa: PLC0415

    machine = context.machine
    plan, hook = kept_plan(machine), SessionHook(machine)
    removed = sum(scheduler.disable() for scheduler in all_schedulers(machine)) > 0
    if plan.hook or hook.is_enabled():
        removed = hook.disable(made_file=plan.made_settings) or removed
    keep_plan(machine, Plan())
    context.terminal.print(
        "Autosubmit is off." if removed or plan.is_on else "Autosubmit was not on."
    )
    return DONE


def _status(arguments: Namespace, context: Context) -> int:
    from ccgather_cli.scheduling.state import autosubmit_state  # noqa: PLC0415

    state = autosubmit_state(context.machine)
    wanted = _account_wants_it(arguments, context) if state.is_on else None
    if arguments.json:
        context.terminal.print(json.dumps(_document(state, wanted, context), ensure_ascii=False))
    elif not state.is_on:
        context.terminal.print("Autosubmit is off. `ccgather autosubmit enable` switches it on.")
    else:
        for label, text in _lines(state, wanted, context):
            context.terminal.show(text, label=label, column=12)
        _show_log(context)
    return FAILED if state.troubles else DONE


def _account_wants_it(arguments: Namespace, context: Context) -> bool | None:
    """The account's switch; None where nobody can tell now."""
    from ccgather_cli.credentials import current_credentials  # noqa: PLC0415

    try:
        credentials = current_credentials(context.machine)
        with context.site(
            credentials.server,
            token=credentials.token,
            insecure_http=arguments.insecure_http,
            patience=10.0,
        ) as site:
            switch = site.ask("GET", "/api/me/stats", tries=1).content.get("autoSyncEnabled")
    except CliError:
        return None
    return switch if isinstance(switch, bool) else None


def _lines(state: "State", wanted: bool | None, context: Context) -> Iterator[tuple[str, str]]:
    from ccgather_cli.unsent import unsent_reports  # noqa: PLC0415

    yield "Sends", state.when() or "nothing by itself"
    if state.hook is not None:
        yield "Hook", str(state.hook)
    following = state.next_run(context.at)
    if following is not None:
        yield "Next", f"{following:%Y-%m-%d %H:%M} UTC"
    if state.last is None:
        yield "Last", "has not run yet"
    else:
        moment = state.last.at[:16].replace("T", " ")
        yield "Last", f"{moment} UTC: {state.last.sentence}"
    if wanted is False:
        yield "Account", "switched off for all your machines in the site's settings"
    elif wanted is None:
        yield "Account", "the site could not be asked whether it is switched off there"
    waiting = len(unsent_reports(context.machine))
    if waiting:
        noun = "report waits" if waiting == 1 else "reports wait"
        yield "Unsent", f"{waiting} {noun} for the next run"
    for trouble in state.troubles:
        yield "Trouble", trouble


def _show_log(context: Context) -> None:
    from ccgather_cli.scheduling.journal import log_path, log_tail  # noqa: PLC0415

    lines = log_tail(context.machine, _LINES_OF_LOG)
    if lines:
        context.terminal.print(f"\n  The end of {log_path(context.machine)}:")
        for line in lines:
            context.terminal.show(line, indent=4)


def _document(state: "State", wanted: bool | None, context: Context) -> dict[str, object]:
    from ccgather_cli.unsent import unsent_reports  # noqa: PLC0415

    following, last = state.next_run(context.at), state.last
    return {
        "enabled": state.is_on,
        "scheduler": state.scheduler.id if state.scheduler else None,
        "every": state.plan.rhythm.spelling if state.plan.rhythm else None,
        "hook": str(state.hook) if state.hook else None,
        "program": state.plan.program or None,
        "nextRun": following.isoformat() if following else None,
        "lastRun": {"at": last.at, "exitCode": last.code, "message": last.sentence}
        if last
        else None,
        "enabledInAccount": wanted,
        "unsent": len(unsent_reports(context.machine)),
        "problems": list(state.troubles),
    }


def _run(arguments: Namespace, context: Context) -> int:
    from ccgather_cli.scheduling.running import Cause, is_time, run_once  # noqa: PLC0415

    if arguments.config_dir:
        environment = {
            **context.machine.environment,
            "CCGATHER_CONFIG_DIR": str(Path(arguments.config_dir).absolute()),
        }
        context = replace(context, machine=replace(context.machine, environment=environment))
    if arguments.hook:
        from ccgather_cli.scheduling.plan import kept_plan  # noqa: PLC0415
        from ccgather_cli.scheduling.program import command_of  # noqa: PLC0415
        from ccgather_cli.scheduling.tools import start  # noqa: PLC0415

        machine = context.machine
        if is_time(machine, kept_plan(machine), at=context.at, cause=Cause.HOOK):
            start(machine, command_of(machine, ("autosubmit", "run", "--after-session")))
        return DONE
    cause = Cause.HOOK if arguments.after_session else Cause.PERSON
    cause = Cause.SCHEDULE if arguments.scheduled else cause
    outcome = run_once(context, cause=cause, insecure_http=arguments.insecure_http)
    if outcome is None:
        if cause is Cause.PERSON:
            context.terminal.note("Another run is under way, so this one did nothing.")
        return DONE
    if outcome.code != DONE:
        context.terminal.note(f"ccgather: {outcome.sentence}")
    elif cause is Cause.PERSON:
        context.terminal.print(outcome.sentence)
    return outcome.code
