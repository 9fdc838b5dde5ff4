"""Task Scheduler (Windows): a task from an XML description."""

import subprocess
from xml.sax.saxutils import escape

from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.files import read_bytes, remove, replace
from ccgather_cli.scheduling.interface import MADE_BY, Schedule
from ccgather_cli.scheduling.tools import call, call_well, path_of

TASK = "CCGather autosubmit"
_FILE_NAME = "autosubmit-task.xml"


class TaskScheduler:
    """Looks in every hour; a look that was missed comes as soon as it can."""

    name = "Task Scheduler"
    id = "task-scheduler"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._description = machine.config_dir / _FILE_NAME

    def is_available(self) -> bool:
        """Every Windows has it."""
        return self._machine.system == "windows"

    def enable(self, schedule: Schedule) -> bool:
        """Register the task. What Windows gives back is worded anew: ours is kept to compare."""
        # schtasks wants UTF-16 and says "unable to switch the encoding" of anything else.
        content = _task_of(schedule, self._user()).encode("utf-16")
        if read_bytes(self._description) == content and self.is_enabled():
            return False
        replace(self._description, content)
        call_well(
            self._machine,
            "schtasks",
            *("/Create", "/TN", TASK, "/XML", str(self._description), "/F"),
        )
        return True

    def disable(self) -> bool:
        """Remove the task."""
        there = self.is_enabled()
        if there:
            call_well(self._machine, "schtasks", "/Delete", "/TN", TASK, "/F")
        return remove(self._description) or there

    def is_enabled(self) -> bool:
        """Whether Windows knows the task."""
        if path_of(self._machine, "schtasks") is None:
            return False
        return call(self._machine, "schtasks", "/Query", "/TN", TASK).code == 0

    def trouble(self) -> str:
        """A task that somebody switched off."""
        ran = call(self._machine, "schtasks", "/Query", "/TN", TASK, "/XML")
        text = ran.out.decode("utf-16" if ran.out[:2] == b"\xff\xfe" else "utf-8", "replace")
        settings = text.partition("<Settings>")[2]
        if "<Enabled>false</Enabled>" in settings:
            return "The task is switched off in Task Scheduler."
        return ""

    def _user(self) -> str:
        name, domain = self._machine.variable("USERNAME"), self._machine.variable("USERDOMAIN")
        return f"{domain}\\{name}" if name and domain else name


def _task_of(schedule: Schedule, user: str) -> str:
    """The elements stand in the order in which Windows itself writes them."""
    program, *words = schedule.command
    whose = f"<UserId>{escape(user)}</UserId>\n      " if user else ""
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{escape(f"Send token counts to a CCGather board. {MADE_BY}")}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Repetition>
        <Interval>PT1H</Interval>
        <Duration>P1D</Duration>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2026-01-01T00:{schedule.rhythm.minute_of_hour:02}:00Z</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      {whose}<LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(words))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""
