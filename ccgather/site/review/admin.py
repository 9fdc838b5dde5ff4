"""The review area's places in Django's admin: its index, its addresses, who may look."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from ccgather.ops.admin import ReadOnlyAdmin
from ccgather.site.review import words
from ccgather.site.review.pages import Context
from ccgather.site.review.views.appeals import appeal, appeals
from ccgather.site.review.views.bulk import bulk
from ccgather.site.review.views.case import case
from ccgather.site.review.views.decision import decision
from ccgather.site.review.views.person import person
from ccgather.site.review.views.quarantines import quarantine, quarantine_add, quarantines
from ccgather.site.review.views.queue import queue
from submissions.models import (
    Appeal,
    CohortFigure,
    CollectorQuarantine,
    Decision,
    ProfileReport,
    ReviewCase,
    SharedUsage,
    SignalRate,
)

Page = Callable[..., HttpResponse]


class StaffLooks[Row: Model](ReadOnlyAdmin[Row]):
    """All of the staff may look; what they may do is for the services to say."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown on the index to all of the staff."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, _obj: Row | None = None) -> bool:
        """All of the staff."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))


class Composed[Row: Model](StaffLooks[Row]):
    """Pages of our own where Django's would be; drawn with what every page of the admin knows."""

    def context(self, request: HttpRequest) -> Context:
        """What every page of the admin is drawn with."""
        return {**self.admin_site.each_context(request), "opts": self.opts}

    def own(self, page: Page) -> Page:
        """A further page, for the staff only."""

        def view(request: HttpRequest, **named: str) -> HttpResponse:
            return page(request, **named, context=self.context(request))

        return self.admin_site.admin_view(view)


class ReviewCaseAdmin(Composed[ReviewCase]):
    """The queue, its cases, people's standing, and what is done to several cases at once."""

    def get_urls(self) -> list[URLPattern]:
        """Besides Django's own: a bulk action, and somebody's standing."""
        return [
            path("bulk/", self.own(bulk), name="submissions_reviewcase_bulk"),
            path("people/<str:user_id>/", self.own(person), name="submissions_reviewcase_person"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue."""
        return queue(request, context=self.context(request))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One case."""
        return case(request, object_id, context=self.context(request))


class AppealAdmin(Composed[Appeal]):
    """The queue of appeals, and answers."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue."""
        return appeals(request, context=self.context(request))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One appeal."""
        return appeal(request, object_id, context=self.context(request))


class CollectorQuarantineAdmin(Composed[CollectorQuarantine]):
    """Releases that count wrong."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All of them."""
        return quarantines(request, context=self.context(request))

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A new one."""
        return quarantine_add(request, context=self.context(request))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One of them."""
        return quarantine(request, object_id, context=self.context(request))


class DecisionAdmin(Composed[Decision]):
    """The ledger: every line, searchable, never changed."""

    list_display = ("at", "what", "about", "actor", "role", "why", "slice_count", "reason")
    list_filter = ("action", "role", "reason_code")
    list_select_related = ("user", "actor")
    search_fields = ("user__username", "actor__username", "subject", "reason", "reason_code")
    date_hierarchy = "at"
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="action", ordering="action")
    def what(self, line: Decision) -> str:
        """What was done, in words."""
        return line.get_action_display()

    @admin.display(description="about", ordering="user")
    def about(self, line: Decision) -> str:
        """Whom it is about, and what the public calls them."""
        if line.user is None:
            return line.subject
        return format_html("{} <small>({})</small>", line.user.username, line.subject)

    @admin.display(description="reason code", ordering="reason_code")
    def why(self, line: Decision) -> str:
        """The code, in words."""
        return words.code_words(line.reason_code)

    @admin.display(description="slices")
    def slice_count(self, line: Decision) -> int:
        """How many were decided."""
        return len(line.slices)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One line, and what reverses it."""
        return decision(request, object_id, context=self.context(request))


class ProfileReportAdmin(StaffLooks[ProfileReport]):
    """What people say about profiles."""

    list_display = ("created_at", "subject", "reporter", "code", "text", "dismissed_at")
    list_filter = ("code", ("dismissed_at", admin.EmptyFieldListFilter))
    list_select_related = ("subject", "reporter")
    search_fields = ("subject__username", "reporter__username", "text")
    ordering = ("-created_at",)
    show_full_result_count = False


class SharedUsageAdmin(StaffLooks[SharedUsage]):
    """Usage that two accounts sent."""

    list_display = ("found_at", "user", "day", "client", "other", "other_day", "kind", "part")
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "other")
    search_fields = ("user__username", "other__username", "client")
    ordering = ("-found_at",)
    show_full_result_count = False


class CohortFigureAdmin(StaffLooks[CohortFigure]):
    """What usage looks like over everybody."""

    list_display = ("client", "family", "measure", "centre", "spread", "within", "people", "days")
    list_filter = ("measure",)
    search_fields = ("client", "family")
    ordering = ("client", "family", "measure")


class SignalRateAdmin(StaffLooks[SignalRate]):
    """How often each signal speaks about people whose usage stands."""

    list_display = ("code", "people", "fired", "measured_at")
    ordering = ("code",)


REGISTERED: tuple[tuple[type[Model], type[admin.ModelAdmin[Any]]], ...] = (
    (ReviewCase, ReviewCaseAdmin),
    (Appeal, AppealAdmin),
    (CollectorQuarantine, CollectorQuarantineAdmin),
    (Decision, DecisionAdmin),
    (ProfileReport, ProfileReportAdmin),
    (SharedUsage, SharedUsageAdmin),
    (CohortFigure, CohortFigureAdmin),
    (SignalRate, SignalRateAdmin),
)
