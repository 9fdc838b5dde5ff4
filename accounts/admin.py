"""What the staff sees of accounts. Secrets are nowhere; decisions are made by services."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import ApiToken, Device, User
from accounts.rights import delete_account
from ccgather.ops import clock


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """People: found and looked at; who is staff can be changed, and an account be deleted.

    Deletion goes through `delete_account`, so that boards and other apps let go of the person.
    """

    list_display = (
        "username",
        "display_name",
        "github_id",
        "country_code",
        "profile_visible",
        "excluded_at",
        "trusted_at",
        "suspended_at",
        "is_staff",
        "created_at",
    )
    list_filter = (
        "is_staff",
        "profile_visible",
        "is_demo",
        ("excluded_at", admin.EmptyFieldListFilter),
        ("trusted_at", admin.EmptyFieldListFilter),
        ("suspended_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("username", "display_name", "email", "=github_id")
    ordering = ("-created_at",)
    fields = (
        "username",
        "github_id",
        "display_name",
        "avatar_url",
        "email",
        "country_code",
        "country_changed_at",
        "timezone",
        "profile_visible",
        "hide_cost",
        "hide_country",
        "show_ranges",
        "auto_sync_enabled",
        "onboarded_at",
        "excluded_at",
        "trusted_at",
        "suspended_at",
        "is_demo",
        "created_at",
        "last_login",
        "is_staff",
        "is_superuser",
        "groups",
    )
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """All but who administers the site, which only a superuser changes."""
        editable = {"is_staff", "is_superuser", "groups"} if _is_superuser(request) else set()
        return [str(name) for name in self.fields if name not in editable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by signing in."""
        return False

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What the question before a deletion names: the people.

        Everything of theirs goes with them; listing it would read all they ever sent, and ask for
        the right to delete each kind of it by itself.
        """
        names: list[Any] = [str(user) for user in objs]
        return names, {"people, with all they sent": len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Forget a person everywhere."""
        delete_account(user_id=obj.pk, at=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget people everywhere."""
        for user in queryset:
            delete_account(user_id=user.pk, at=clock.now())


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Devices."""

    list_display = ("name", "user", "created_at", "last_report_at")
    search_fields = ("name", "user__username")
    list_select_related = ("user",)
    ordering = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """A device takes usage with it; its owner deletes it in the settings."""
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens, which can be revoked."""

    list_display = ("name", "user", "device", "created_at", "last_used_at", "expires_at")
    search_fields = ("name", "user__username")
    list_select_related = ("user", "device")
    exclude = ("token_hash",)
    ordering = ("-created_at",)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
