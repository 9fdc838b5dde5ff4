"""What an operator sees and changes of the running site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ccgather.errors import InvalidInputError
from ccgather.ops import clock, services
from ccgather.ops.models import JobRun, RuntimeSetting, RuntimeSettingChange
from ccgather.ops.runtime import catalogue, setting


def _choices() -> list[tuple[str, str]]:
    """Asked when a form is made: apps add settings after this module is imported."""
    return [
        (entry.key, f"{entry.key}: {entry.sentence} ({entry.default})") for entry in catalogue()
    ]


class RuntimeSettingForm(forms.ModelForm[RuntimeSetting]):
    """A key of the catalogue and a value within its bounds."""

    key = forms.ChoiceField(choices=_choices)

    class Meta:
        model = RuntimeSetting
        fields = ("key", "value")

    def clean(self) -> dict[str, Any]:
        """Check the value against the catalogue's bounds."""
        cleaned = super().clean() or self.cleaned_data
        key = cleaned.get("key") or self.instance.key
        if key and "value" in cleaned:
            try:
                setting(key).checked(cleaned["value"])
            except InvalidInputError as error:
                raise ValidationError({"value": list(error.details)}) from error
        return cleaned


@admin.register(RuntimeSetting)
class RuntimeSettingAdmin(admin.ModelAdmin[RuntimeSetting]):
    """Values that differ from their default; deleting one gives the default back."""

    form = RuntimeSettingForm
    list_display = ("key", "value", "meaning", "default", "updated_at", "updated_by")

    @admin.display
    def meaning(self, row: RuntimeSetting) -> str:
        """The catalogue's sentence."""
        known = {entry.key: entry.sentence for entry in catalogue()}
        return known.get(row.key, "no longer used")

    @admin.display
    def default(self, row: RuntimeSetting) -> str:
        """The catalogue's default."""
        known = {entry.key: str(entry.default) for entry in catalogue()}
        return known.get(row.key, "")

    def get_readonly_fields(
        self, _request: HttpRequest, obj: RuntimeSetting | None = None
    ) -> tuple[str, ...]:
        """The key of an existing row stays."""
        return () if obj is None else ("key",)

    def save_model(
        self, request: HttpRequest, obj: RuntimeSetting, _form: object, _change: bool
    ) -> None:
        """Through the service, which keeps the audit trail."""
        services.change_setting(
            key=obj.key, value=obj.value, by=request.user.get_username(), at=clock.now()
        )

    def delete_model(self, request: HttpRequest, obj: RuntimeSetting) -> None:
        """Through the service, which keeps the audit trail."""
        services.reset_setting(key=obj.key, by=request.user.get_username(), at=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RuntimeSetting]) -> None:
        """One by one, through the service."""
        for row in queryset:
            self.delete_model(request, row)


class ReadOnlyAdmin[Row: Model](admin.ModelAdmin[Row]):
    """Rows that nobody edits by hand."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """No."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Row | None = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Row | None = None) -> bool:
        """No."""
        return False


@admin.register(RuntimeSettingChange)
class RuntimeSettingChangeAdmin(ReadOnlyAdmin[RuntimeSettingChange]):
    """The audit trail of runtime settings."""

    list_display = ("changed_at", "key", "before", "after", "changed_by")
    list_filter = ("key",)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin[JobRun]):
    """What ran, when, and how it ended."""

    list_display = ("started_at", "job", "outcome", "finished_at", "counts", "error")
    list_filter = ("job", "outcome")
