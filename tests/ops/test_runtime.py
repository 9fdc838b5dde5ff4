"""Settings that an operator changes while the site runs."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from ccgather.errors import InvalidInputError
from ccgather.ops import services
from ccgather.ops.models import RuntimeSetting, RuntimeSettingChange
from ccgather.ops.runtime import Number, UnknownSettingError, catalogue, register, runtime, setting
from submissions.rules.signals.catalogue import BY_CODE
from submissions.signal_settings import settings_of, signal_settings

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def change(value: object, key: str = "api_per_minute") -> None:
    services.change_setting(key=key, value=value, by="dana", at=AT)


def test_a_setting_nobody_changed_has_its_default() -> None:
    assert runtime.api_per_minute == 100
    assert runtime.max_daily_cost_factor == 1.0
    assert runtime.max_daily_tokens == 500_000_000_000


def test_every_default_is_within_its_own_bounds() -> None:
    for entry in catalogue():
        assert entry.checked(entry.default) == entry.default
        assert entry.sentence.endswith(".")


def test_a_change_shows_at_once_and_is_written_down() -> None:
    assert runtime.api_per_minute == 100
    change(7)
    assert runtime.api_per_minute == 7
    change(9)
    trail = RuntimeSettingChange.objects.order_by("id").values_list("before", "after", "changed_by")
    assert list(trail) == [(None, 7, "dana"), (7, 9, "dana")]


def test_the_same_value_again_is_no_change() -> None:
    change(7)
    change(7)
    assert RuntimeSettingChange.objects.count() == 1


def test_a_reset_gives_the_default_back_and_is_written_down() -> None:
    change(7)
    services.reset_setting(key="api_per_minute", by="dana", at=AT)
    assert runtime.api_per_minute == 100
    trail = RuntimeSettingChange.objects.order_by("id").values_list("before", "after")
    assert list(trail) == [(None, 7), (7, None)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("api_per_minute", 0),
        ("api_per_minute", 2.5),
        ("api_per_minute", True),
        ("api_per_minute", "100"),
        ("max_daily_cost_factor", float("nan")),
        ("max_daily_cost_factor", 1e9),
        ("max_daily_tokens", 2**53),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_its_name(key: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as caught:
        change(value, key)
    assert key in caught.value.details[0]
    assert not RuntimeSetting.objects.exists()


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(UnknownSettingError):
        change(1, "no_such_setting")
    with pytest.raises(UnknownSettingError):
        runtime.value("forget")


def test_values_are_read_once_for_many_uses(django_assert_num_queries: object) -> None:
    runtime.forget()
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        for _ in range(10):
            assert runtime.api_per_minute == 100


def test_the_admin_changes_a_setting_through_the_audit_trail(client: Client, dana: User) -> None:
    client.force_login(dana, backend="django.contrib.auth.backends.ModelBackend")
    refused = client.post("/admin/ops/runtimesetting/add/", {"key": "api_per_minute", "value": "0"})
    assert "must be a whole number" in refused.content.decode()
    client.post("/admin/ops/runtimesetting/add/", {"key": "api_per_minute", "value": "50"})
    assert runtime.api_per_minute == 50
    client.post("/admin/ops/runtimesetting/api_per_minute/change/", {"value": "60"})
    assert runtime.api_per_minute == 60
    client.post("/admin/ops/runtimesetting/api_per_minute/delete/", {"post": "yes"})
    assert runtime.api_per_minute == 100
    trail = RuntimeSettingChange.objects.order_by("id").values_list("after", "changed_by")
    assert list(trail) == [(50, "dana"), (60, "dana"), (None, "dana")]


def test_the_audit_trail_cannot_be_edited(client: Client, dana: User) -> None:
    client.force_login(dana, backend="django.contrib.auth.backends.ModelBackend")
    change(7)
    row = RuntimeSettingChange.objects.get()
    path = f"/admin/ops/runtimesettingchange/{row.pk}"
    assert client.post(f"{path}/change/", {"after": "1"}).status_code == 403
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403


def test_an_apps_own_setting_is_in_the_catalogue_and_changes_like_any_other() -> None:
    key = "signal_round_numbers_weight"
    assert key in {entry.key for entry in catalogue()}
    before = runtime.value(key)
    assert setting(key).default == before
    change(0.25, key)
    assert runtime.value(key) == 0.25
    assert signal_settings().weight_of(BY_CODE["round_numbers"]) == 0.25
    assert RuntimeSettingChange.objects.get().key == key
    with pytest.raises(InvalidInputError):
        change(99, key)


def test_a_key_is_registered_once() -> None:
    with pytest.raises(ValueError, match="already"):
        register("api_per_minute", Number(1, minimum=0, maximum=2, sentence="Twice."))
    with pytest.raises(ValueError, match="already"):
        register("signal_hold_from", Number(1, minimum=0, maximum=2, sentence="Twice."))


def test_the_admin_offers_the_settings_of_apps(client: Client, dana: User) -> None:
    client.force_login(dana, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/ops/runtimesetting/add/").content.decode()
    assert "signal_round_numbers_weight" in page


def test_signal_settings_are_made_of_overrides_and_refuse_nonsense() -> None:
    made = settings_of({"signal_hold_from": 2, "api_per_minute": 7})
    assert made.values == {"signal_hold_from": 2.0}
    with pytest.raises(InvalidInputError):
        settings_of({"signal_hold_from": "much"})
