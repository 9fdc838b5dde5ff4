"""Settings that an operator changes while the site runs.

The catalogue is this file: a key, a default, its bounds and a sentence each; an app adds settings
of its own with `register`. Values that differ from the default live in the database, are changed
by `ccgather.ops.services.change_setting` (the admin calls it) and are read through `runtime`:

    from ccgather.ops.runtime import runtime
    runtime.api_per_minute
    runtime.value("signal_round_numbers_weight")

Each process keeps what it read for `KEPT_SECONDS`; a change shows elsewhere after that time, and
at once in the process that made it.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Self, overload

from ccgather.errors import InvalidInputError
from ccgather.ops.models import RuntimeSetting

KEPT_SECONDS = 3.0
Value = bool | int | float


class UnknownSettingError(InvalidInputError):
    """No runtime setting has that name."""

    code = "unknown_setting"


class Setting[T: (bool, int, float)]:
    """One entry of the catalogue; reading it from `runtime` gives its current value."""

    key: str

    def __init__(self, default: T, *, sentence: str) -> None:
        self.default: T = default
        self.sentence = sentence

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: "Runtime", owner: type) -> T: ...

    def __get__(self, instance: "Runtime | None", owner: type) -> Self | T:
        return self if instance is None else self.current(instance.overrides())

    def current(self, overrides: Mapping[str, object]) -> T:
        """The value among those that differ from their default, else the default."""
        return self.checked(overrides[self.key]) if self.key in overrides else self.default

    def checked(self, value: object) -> T:
        """The value, if it is one that this setting may have.

        Raises `InvalidInputError`.
        """
        raise TypeError(type(self))

    def refusal(self, wanted: str, value: object) -> InvalidInputError:
        """The error for a value that this setting may not have."""
        detail = f"{self.key} must be {wanted}; it is {value!r}"
        return InvalidInputError(f"{self.key} cannot have that value", details=[detail])


class Number(Setting[float]):
    """A number between two bounds, both included."""

    def __init__(self, default: float, *, minimum: float, maximum: float, sentence: str) -> None:
        super().__init__(default, sentence=sentence)
        self.minimum, self.maximum = minimum, maximum

    def checked(self, value: object) -> float:
        """The value as a float."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.minimum <= value <= self.maximum  # refuses nan as well
        ):
            raise self.refusal(f"a number from {self.minimum} to {self.maximum}", value)
        return float(value)


class WholeNumber(Setting[int]):
    """An integer between two bounds, both included."""

    def __init__(self, default: int, *, minimum: int, maximum: int, sentence: str) -> None:
        super().__init__(default, sentence=sentence)
        self.minimum, self.maximum = minimum, maximum

    def checked(self, value: object) -> int:
        """The value as an int."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or not self.minimum <= value <= self.maximum
        ):
            wanted = f"a whole number from {self.minimum:,} to {self.maximum:,}"
            raise self.refusal(wanted, value)
        return value


class Switch(Setting[bool]):
    """On or off."""

    def checked(self, value: object) -> bool:
        """The value as a bool."""
        if not isinstance(value, bool):
            raise self.refusal("true or false", value)
        return value


type AnySetting = Setting[bool] | Setting[int] | Setting[float]


class Runtime:
    """The catalogue, and the current values."""

    api_per_minute = WholeNumber(
        100, minimum=1, maximum=1_000_000, sentence="Requests to the API, an address and minute."
    )
    live_streams_per_process = WholeNumber(
        2_000, minimum=0, maximum=100_000, sentence="Open live boards, a web process."
    )
    live_streams_per_address = WholeNumber(
        500, minimum=0, maximum=100_000, sentence="Open live boards, an address and web process."
    )
    profile_changes_per_hour = WholeNumber(
        10, minimum=1, maximum=10_000, sentence="Changes of profile and badge display, a person."
    )
    profile_reports_per_day = WholeNumber(
        5, minimum=0, maximum=10_000, sentence="Reports of somebody's profile, a person and day."
    )
    device_codes_per_minute = WholeNumber(
        10, minimum=1, maximum=10_000, sentence="Device codes, an address and minute."
    )
    changing_reports_per_hour_token = WholeNumber(
        6, minimum=1, maximum=10_000, sentence="Reports that change something, a token and hour."
    )
    changing_reports_per_hour_account = WholeNumber(
        30, minimum=1, maximum=100_000, sentence="Reports that change something, a person and hour."
    )
    raw_reports_kept_days = WholeNumber(
        90, minimum=1, maximum=3_650, sentence="Days that bodies of reports are kept, then digests."
    )
    refused_reports_kept_days = WholeNumber(
        90, minimum=1, maximum=3_650, sentence="Days that attempts which were refused are kept."
    )
    copies_first_hours = Number(
        24, minimum=0, maximum=8_760, sentence="Hours earlier that make an account clearly first."
    )
    max_daily_cost_factor = Number(
        1.0, minimum=0.01, maximum=1000.0, sentence="Times $5,000: the most a day may cost unseen."
    )
    max_daily_tokens = WholeNumber(
        500_000_000_000, minimum=1, maximum=2**53 - 1, sentence="The most tokens of a day unseen."
    )

    def __init__(self) -> None:
        self._overrides: Mapping[str, object] = {}
        self._fresh_until = 0.0

    def overrides(self) -> Mapping[str, object]:
        """Every value that differs from its default, at most `KEPT_SECONDS` old."""
        if time.monotonic() >= self._fresh_until:
            self.keep(dict(RuntimeSetting.objects.values_list("key", "value")))
        return self._overrides

    def keep(self, overrides: Mapping[str, object], seconds: float = KEPT_SECONDS) -> None:
        """Take these values as read from the database just now."""
        self._overrides = overrides
        self._fresh_until = time.monotonic() + seconds

    def forget(self) -> None:
        """Read the database again at the next use."""
        self._fresh_until = 0.0

    def value(self, key: str) -> Value:
        """The current value of a setting whose name is only known at run time.

        Raises `UnknownSettingError`.
        """
        return setting(key).current(self.overrides())

    def numbers(self, keys: Iterable[str]) -> dict[str, float]:
        """The current values of many settings that are numbers, as of one moment.

        Raises `UnknownSettingError`.
        """
        overrides = self.overrides()
        return {key: float(setting(key).current(overrides)) for key in keys}


_entries: dict[str, AnySetting] = {
    key: entry for key, entry in vars(Runtime).items() if isinstance(entry, Setting)
}


def register(key: str, entry: AnySetting) -> None:
    """Add an app's own setting to the catalogue; called once, where the module is imported.

    Raises `ValueError` for a key that is taken: two settings would share one stored value.
    """
    if key in _entries:
        raise ValueError(f"There is a setting called {key!r} already")
    entry.key = key
    _entries[key] = entry


def catalogue() -> Iterator[AnySetting]:
    """Every setting: those of this file in its order, then the apps' in theirs."""
    return iter(tuple(_entries.values()))


def setting(key: str) -> AnySetting:
    """The entry of that name.

    Raises `UnknownSettingError`.
    """
    try:
        return _entries[key]
    except KeyError:
        raise UnknownSettingError(f"There is no setting called {key!r}") from None


runtime = Runtime()
