"""What the person asked for: kept beside the login, read by every scheduled run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ccgather_cli.errors import CliError
from ccgather_cli.kept_files import forget, keep, read_kept
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.rhythm import HOURS, Rhythm

FILE_NAME = "autosubmit.json"


@dataclass(frozen=True)
class Plan:
    """`rhythm` is None while only the hook is on.

    `program` is the path that was scheduled, `since` the moment of it. `environment` holds the
    variables that moved the logs of a tool when autosubmit was switched on: a scheduler does not
    have them, and would read other logs. `made_settings`: Claude Code had no settings before.
    """

    rhythm: Rhythm | None = None
    hook: bool = False
    program: str = ""
    since: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    insecure_http: bool = False
    made_settings: bool = False

    @property
    def is_on(self) -> bool:
        """Whether anything is scheduled."""
        return self.rhythm is not None or self.hook


def kept_plan(machine: Machine) -> Plan:
    """The plan; an empty one where there is none or it is damaged."""
    try:
        content = read_kept(machine.config_dir / FILE_NAME) or {}
    except CliError:
        return Plan()
    environment = content.get("environment")
    program, since = content.get("program"), content.get("since")
    return Plan(
        rhythm=_rhythm(content.get("hours"), content.get("minute")),
        hook=content.get("hook") is True,
        program=program if isinstance(program, str) else "",
        since=since if isinstance(since, str) else "",
        environment={str(name): str(value) for name, value in environment.items()}
        if isinstance(environment, dict)
        else {},
        insecure_http=content.get("insecureHttp") is True,
        made_settings=content.get("madeSettings") is True,
    )


def keep_plan(machine: Machine, plan: Plan) -> None:
    """Replace it; an empty one leaves no file."""
    if not plan.is_on:
        forget(machine.config_dir / FILE_NAME)
        return
    keep(
        machine.config_dir / FILE_NAME,
        {
            "hours": plan.rhythm.hours if plan.rhythm else None,
            "minute": plan.rhythm.minute if plan.rhythm else None,
            "hook": plan.hook,
            "program": plan.program,
            "since": plan.since,
            "environment": dict(plan.environment),
            "insecureHttp": plan.insecure_http,
            "madeSettings": plan.made_settings,
        },
    )


def moment_of(text: str) -> datetime | None:
    """A kept moment; None where there is none that has a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _rhythm(hours: object, minute: object) -> Rhythm | None:
    if not isinstance(hours, int) or not isinstance(minute, int) or hours not in HOURS:
        return None
    return Rhythm(hours, minute) if 0 <= minute < hours * 60 else None
