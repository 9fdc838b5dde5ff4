"""Which scheduler a machine has."""

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.cron import Cron
from ccgather_cli.scheduling.interface import Scheduler
from ccgather_cli.scheduling.launchd import Launchd
from ccgather_cli.scheduling.systemd import Systemd
from ccgather_cli.scheduling.task_scheduler import TaskScheduler


def all_schedulers(machine: Machine) -> tuple[Scheduler, ...]:
    """What the system may have, the best first."""
    if machine.system == "macos":
        return (Launchd(machine),)
    if machine.system == "windows":
        return (TaskScheduler(machine),)
    return (Systemd(machine), Cron(machine))


def best_scheduler(machine: Machine) -> Scheduler:
    """The one to use. Raises `CliError` where there is none."""
    for scheduler in all_schedulers(machine):
        if scheduler.is_available():
            return scheduler
    raise CliError(
        "There is neither a systemd for your units nor cron on this machine.",
        details=(
            "Let a scheduler of your own run `ccgather autosubmit run`, or give --hook to send",
            "at the end of every Claude Code session.",
        ),
    )


def enabled_scheduler(machine: Machine) -> Scheduler | None:
    """The one that holds what `enable` made."""
    for scheduler in all_schedulers(machine):
        if scheduler.is_enabled():
            return scheduler
    return None
