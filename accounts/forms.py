"""What people fill in on the pages of accounts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from accounts.errors import SettingsInvalidError
from accounts.models import User
from accounts.rules.names import MAX_NAME_LENGTH, MAX_USERNAME_LENGTH, is_username
from accounts.selectors import WaitingLogin, devices
from accounts.services import MAX_DEVICES, time_zones
from ccgather.ui.countries import COUNTRIES

NEW_DEVICE = "new"
_REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


def country_choices() -> list[tuple[str, str]]:
    """Every country by name, after saying none."""
    return [("", "Not said"), *COUNTRIES.items()]


def time_zone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """UTC, then the places of each region. Old names of the same zones are left out."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for zone in sorted(time_zones()):
        region, slash, place = zone.partition("/")
        if slash and region in groups:
            groups[region].append((zone, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *((region, places) for region, places in groups.items() if places)]


class SettingsForm(forms.Form):
    """A form over settings; `wire_names` maps its fields to the names of the HTTP contract."""

    wire_names: ClassVar[Mapping[str, str]]

    def wanted(self) -> dict[str, object]:
        """What `services.change_settings` takes."""
        return {wire: self.cleaned_data[field] for field, wire in self.wire_names.items()}

    def refuse(self, error: SettingsInvalidError) -> None:
        """Put each reason beside its field."""
        fields = {wire: field for field, wire in self.wire_names.items()}
        for wire, reason in error.reasons.items():
            self.add_error(fields.get(wire), reason[:1].upper() + reason[1:] + ".")


class PlaceForm(SettingsForm):
    """Where somebody is."""

    country = forms.ChoiceField(
        choices=country_choices,
        required=False,
        help_text="Puts you on your country's board. It may change once in 30 days.",
    )
    timezone = forms.ChoiceField(
        choices=time_zone_choices,
        label="Time zone",
        help_text="Only you see it. Boards and days are UTC for everybody.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        current = self.initial.get("timezone")
        field = self.fields["timezone"]
        if isinstance(field, forms.ChoiceField) and isinstance(current, str):
            # Somebody whose zone goes by an old name keeps it.
            known = {
                zone
                for _, places in time_zone_choices()
                for zone, _ in (places if isinstance(places, list) else [])
            } | {"UTC"}
            if current not in known and current in time_zones():
                field.choices = [(current, current), *time_zone_choices()]


class WelcomeForm(PlaceForm):
    """What a newcomer is asked."""

    wire_names = MappingProxyType({"country": "countryCode", "timezone": "timezone"})


class ProfileForm(PlaceForm):
    """What a person decides about their profile."""

    wire_names = MappingProxyType(
        {
            "display_name": "displayName",
            "country": "countryCode",
            "timezone": "timezone",
            "profile_visible": "profileVisible",
            "hide_cost": "hideCost",
            "hide_country": "hideCountry",
            "show_ranges": "showRanges",
            "auto_sync_enabled": "autoSyncEnabled",
        }
    )
    field_order = tuple(wire_names)

    display_name = forms.CharField(
        max_length=MAX_NAME_LENGTH,
        required=False,
        label="Name",
        help_text="Shown beside your username.",
    )
    profile_visible = forms.BooleanField(
        required=False,
        label="Show my profile and put me on the boards",
        help_text="Off, nobody but you sees your profile, and you hold no rank.",
    )
    hide_cost = forms.BooleanField(
        required=False,
        label="Hide what my tokens cost",
        help_text="You then stand on no cost board.",
    )
    hide_country = forms.BooleanField(
        required=False,
        label="Hide my country",
        help_text="You then stand on no national board.",
    )
    show_ranges = forms.BooleanField(
        required=False,
        label="Show ranges instead of exact counts",
        help_text="Others see “10M–50M” where you see the number.",
    )
    auto_sync_enabled = forms.BooleanField(
        required=False,
        label="Let my machines submit on their schedule",
        help_text="The command line asks for this before it submits by itself.",
    )

    @staticmethod
    def initial_of(user: User) -> dict[str, object]:
        """The form as it stands for a person."""
        return {
            "display_name": user.display_name,
            "country": user.country_code,
            "timezone": user.timezone,
            "profile_visible": user.profile_visible,
            "hide_cost": user.hide_cost,
            "hide_country": user.hide_country,
            "show_ranges": user.show_ranges,
            "auto_sync_enabled": user.auto_sync_enabled,
        }


class EmailsForm(forms.Form):
    """Which mails a person wants."""

    reviews = forms.BooleanField(
        required=False,
        label="Write to me about reviews of my days",
        help_text="When a day is held or decided, an appeal is answered, or we counted wrong. "
        "The same is always on the page of notices.",
    )

    def wanted(self) -> dict[str, object]:
        """What `services.change_settings` takes."""
        return {"emails": {"reviews": self.cleaned_data["reviews"]}}

    @staticmethod
    def initial_of(user: User) -> dict[str, object]:
        """The form as it stands for a person."""
        return {"reviews": user.email_reviews}


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        max_length=MAX_NAME_LENGTH,
        help_text="What you will know it by, such as the machine it is for.",
    )
    expires_in = forms.TypedChoiceField(
        choices=[("", "Never"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")],
        coerce=int,
        empty_value=None,
        required=False,
        label="Expires after",
    )

    def expires_at(self, *, at: datetime) -> datetime | None:
        """When the token ends; None for never."""
        days = self.cleaned_data["expires_in"]
        return None if days is None else at + timedelta(days=days)


class DeviceAnswerForm(forms.Form):
    """As which device a program is let in."""

    device = forms.ChoiceField(widget=forms.RadioSelect, label="This is")

    def __init__(self, *args: Any, user: User, waiting: WaitingLogin, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        known = devices(user=user)
        choices = [(str(line.id), line.name) for line in known]
        if len(known) < MAX_DEVICES:
            choices.insert(0, (NEW_DEVICE, f"A new device: {waiting.device_name}"))
        same = next(
            (line for line in known if line.name.lower() == waiting.device_name.lower()), None
        )
        field = self.fields["device"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        self.initial["device"] = str(same.id) if same else choices[0][0]

    def device_id(self) -> UUID | None:
        """The chosen device; None for a new one."""
        chosen = self.cleaned_data["device"]
        return None if chosen == NEW_DEVICE else UUID(chosen)


class LocalSignInForm(forms.Form):
    """Who somebody wants to be on their own machine."""

    name = forms.CharField(
        max_length=MAX_USERNAME_LENGTH,
        label="Username",
        help_text="Any name will do; this page exists on this machine only.",
    )

    def clean_name(self) -> str:
        """A handle."""
        name = str(self.cleaned_data["name"])
        if not is_username(text=name):
            raise forms.ValidationError("Letters, digits, hyphens and underscores, at most 39.")
        return name


class DeleteAccountForm(forms.Form):
    """Typing one's own name, so that nobody leaves by a slip."""

    username = forms.CharField(
        max_length=MAX_USERNAME_LENGTH,
        label="Type your username to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, username: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._own = username

    def clean_username(self) -> str:
        """The person's own username, in any case."""
        typed = str(self.cleaned_data["username"])
        if typed.lower() != self._own.lower():
            raise forms.ValidationError(f"This is not your username, which is {self._own}.")
        return typed
