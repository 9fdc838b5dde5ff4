"""What is scheduled on this machine and whether it works, for `autosubmit status` and others."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ccgather_cli.errors import DONE, HELD, CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.choosing import enabled_scheduler
from ccgather_cli.scheduling.interface import Scheduler
from ccgather_cli.scheduling.journal import Outcome, last_outcome
from ccgather_cli.scheduling.plan import Plan, kept_plan
from ccgather_cli.scheduling.session_hook import SessionHook

AGAIN = "Run `ccgather autosubmit enable{hook}` again."


@dataclass(frozen=True)
class State:
    """`scheduler` and `hook` are what is really there, `plan` what was asked for."""

    plan: Plan
    scheduler: Scheduler | None
    hook: Path | None
    last: Outcome | None
    troubles: tuple[str, ...]

    @property
    def is_on(self) -> bool:
        """Whether anything runs by itself, or was meant to."""
        return self.plan.is_on or self.scheduler is not None or self.hook is not None

    def next_run(self, at: datetime) -> datetime | None:
        """When the schedule's next run is due."""
        if self.scheduler is None or self.plan.rhythm is None:
            return None
        return self.plan.rhythm.next_after(at)

    def when(self) -> str:
        """`every day at 09:17 UTC (cron)`; "" if nothing is on."""
        parts = []
        if self.scheduler is not None:
            rhythm = str(self.plan.rhythm) if self.plan.rhythm else "at times that are not known"
            parts.append(f"{rhythm} ({self.scheduler.name})")
        if self.hook is not None:
            parts.append("at the end of Claude Code sessions")
        return "; ".join(parts)


def planned_state(machine: Machine) -> State | None:
    """The same, and None where nobody switched it on: then nothing is looked for either."""
    return autosubmit_state(machine) if kept_plan(machine).is_on else None


def autosubmit_state(machine: Machine) -> State:
    """Look at everything. No network."""
    plan, hook = kept_plan(machine), SessionHook(machine)
    troubles = []
    scheduler: Scheduler | None = None
    try:
        scheduler = enabled_scheduler(machine)
        if scheduler is not None and (trouble := scheduler.trouble()):
            troubles.append(f"{trouble} {AGAIN.format(hook='')}")
    except CliError as problem:
        troubles.append(problem.message)
    hook_path = hook.path if hook.is_enabled() else None
    if plan.rhythm is not None and scheduler is None and not troubles:
        troubles.append(f"The schedule is gone from this machine. {AGAIN.format(hook='')}")
    if plan.hook and hook_path is None:
        troubles.append(f"The hook is gone from {hook.path}. {AGAIN.format(hook=' --hook')}")
    if plan.is_on and plan.program and not Path(plan.program).exists():
        again = AGAIN.format(hook="" if plan.rhythm else " --hook")
        troubles.append(f"{plan.program} is scheduled and does not exist any more. {again}")
    last = last_outcome(machine)
    if plan.is_on and last is not None and last.code not in (DONE, HELD):
        troubles.append(f"The last run, {last.at[:16].replace('T', ' ')} UTC: {last.sentence}")
    return State(plan, scheduler, hook_path, last, tuple(troubles))
