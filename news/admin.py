"""The editors' side of the news: the queue, one story beside its sources, sources, spending."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ccgather.errors import DomainError
from ccgather.ops import clock
from ccgather.ops.admin import ReadOnlyAdmin
from ccgather.ui.formats import cost
from news.models import Document, Source, Story, SummaryCall
from news.rules.claims import Claim
from news.services import editing
from news.services.budget import spent


class StoryForm(forms.ModelForm[Story]):
    """What an editor may write; key points one a line."""

    points = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}), required=False, label="Key points, one a line"
    )

    class Meta:
        model = Story
        fields = ("title", "summary", "category", "tool")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["points"].initial = "\n".join(self.instance.key_points)


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin[Story]):
    """The queue. Everything goes through the services, which keep what an editor wrote."""

    form = StoryForm
    list_display = (
        "title",
        "state",
        "category",
        "tool",
        "relevance",
        "told_by",
        "summarised_by",
        "checked",
        "published_at",
    )
    list_filter = ("state", "category", "tool", "checked", "summarised_by")
    search_fields = ("title", "slug")
    ordering = ("-found_at",)
    date_hierarchy = "published_at"
    list_per_page = 50
    show_full_result_count = False
    actions = ("publish", "hide", "feature", "unfeature", "summarise_again", "merge")
    fields = ("where", "title", "summary", "points", "category", "tool", "beside")
    readonly_fields = ("where", "beside")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        """With the number of documents."""
        return super().get_queryset(request).annotate(told=Count("documents"))

    @admin.display(description="Sources", ordering="told")
    def told_by(self, story: Story) -> int:
        """How many documents tell it."""
        return int(getattr(story, "told", 0))

    @admin.display(description="State")
    def where(self, story: Story) -> str:
        """The state and why."""
        reason = f": {story.state_reason}" if story.state_reason else ""
        return f"{story.get_state_display()}{reason}"

    @admin.display(description="Beside its sources")
    def beside(self, story: Story) -> SafeString:
        """Summary and sources side by side, claims without support marked."""
        checked = editing.check_of(
            story=story, title=story.title, summary=story.summary, key_points=story.key_points
        )
        return SafeString(
            render_to_string(
                "news/admin_beside.html",
                {
                    "pieces": marked_pieces(
                        "\n".join([story.title, story.summary, *story.key_points]),
                        checked.unsupported,
                    ),
                    "claims": len(checked.claims),
                    "unsupported": checked.unsupported,
                    "documents": story.documents.select_related("source").order_by(
                        "-source__trust", "pk"
                    )[:12],
                    "reasons": story.relevance_reasons,
                },
            )
        )

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Stories come from sources."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Story | None = None) -> bool:
        """They are hidden, so that the crawl does not bring them again."""
        return False

    def save_model(self, request: HttpRequest, obj: Story, form: StoryForm, _change: bool) -> None:
        """Through the service; what the sources do not say is named, and stored all the same."""
        data = form.cleaned_data
        try:
            checked = editing.edit(
                story_id=obj.pk,
                title=data["title"],
                summary=data["summary"],
                key_points=[line.strip() for line in data["points"].splitlines() if line.strip()],
                category=data["category"],
                tool=data["tool"],
                at=clock.now(),
            )
        except DomainError as error:
            messages.error(request, "; ".join((error.message, *error.details)))
            return
        if not checked.holds:
            named = ", ".join(claim.text for claim in checked.unsupported[:8])
            messages.warning(request, f"Not found in the sources: {named}")

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """Those that have a summary."""
        count = editing.publish(ids=_ids(stories), at=clock.now())
        messages.success(request, f"{count} published.")

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """From pages, feeds and the API."""
        reason = f"hidden by {request.user.get_username()}"
        count = editing.hide(ids=_ids(stories), reason=reason, at=clock.now())
        messages.success(request, f"{count} hidden.")

    @admin.action(description="Feature", permissions=["change"])
    def feature(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """On top of the page."""
        count = editing.feature(ids=_ids(stories), on=True, at=clock.now())
        messages.success(request, f"{count} featured.")

    @admin.action(description="Feature no longer", permissions=["change"])
    def unfeature(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """Back into the list."""
        count = editing.feature(ids=_ids(stories), on=False, at=clock.now())
        messages.success(request, f"{count} no longer featured.")

    @admin.action(description="Summarise again", permissions=["change"])
    def summarise_again(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """With the next run, within the budget."""
        count = editing.ask_again(ids=_ids(stories), at=clock.now())
        messages.success(request, f"{count} wait for the summariser.")

    @admin.action(description="Merge into one", permissions=["change"])
    def merge(self, request: HttpRequest, stories: QuerySet[Story]) -> None:
        """The same thing told twice."""
        try:
            kept = editing.merge(ids=_ids(stories), at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Merged into “{kept.title}”.")


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin[Source]):
    """Where news come from, and whether it answers."""

    list_display = (
        "name",
        "kind",
        "category",
        "is_enabled",
        "health",
        "failures",
        "visited_at",
        "next_at",
        "interval_minutes",
    )
    list_filter = ("kind", "outcome", "is_enabled", "category")
    search_fields = ("name", "url")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 - Django's
    readonly_fields = ("health", "visited_at", "worked_at", "failures", "error_code", "error")
    actions = ("ask_now",)

    @admin.display(description="Health")
    def health(self, source: Source) -> str:
        """The last outcome, and what went wrong."""
        return f"failed: {source.error}" if source.error else source.get_outcome_display()

    @admin.action(description="Ask at the next crawl", permissions=["change"])
    def ask_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        """Due at once, and as if it were new to us."""
        count = sources.update(next_at=None, etag="", last_modified="")
        messages.success(request, f"{count} are asked at the next crawl.")


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin[Document]):
    """What was found, and what became of it."""

    list_display = ("title", "source", "outcome", "relevance", "story", "found_at", "error")
    list_filter = ("outcome", "source")
    list_select_related = ("source", "story")
    search_fields = ("title", "address")
    exclude = ("signature", "bands", "content_digest")
    show_full_result_count = False


@admin.register(SummaryCall)
class SummaryCallAdmin(ReadOnlyAdmin[SummaryCall]):
    """What was paid."""

    list_display = (
        "started_at",
        "story",
        "model",
        "state",
        "outcome",
        "attempt",
        "is_batched",
        "input_tokens",
        "output_tokens",
        "price",
        "error",
    )
    list_filter = ("state", "outcome", "model", "is_batched")
    list_select_related = ("story",)
    date_hierarchy = "started_at"
    show_full_result_count = False

    @admin.display(description="Cost")
    def price(self, call: SummaryCall) -> str:
        """What it cost, or what is reserved for it."""
        known = call.cost_microusd
        return cost(known) if known is not None else f"up to {cost(call.reserved_microusd)}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - Django's
        """With what the day and the month have cost."""
        day, month = spent(at=clock.now())
        title = f"Summaries: {cost(day)} today, {cost(month)} this month"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


def marked_pieces(text: str, claims: tuple[Claim, ...]) -> list[tuple[str, str]]:
    """The text in pieces: (words, kind of the claim without support, or "")."""
    pieces: list[tuple[str, str]] = []
    done = 0
    for claim in sorted(claims, key=lambda claim: claim.start):
        if claim.start < done:
            continue
        pieces.append((text[done : claim.start], ""))
        pieces.append((text[claim.start : claim.end], claim.kind.value))
        done = claim.end
    pieces.append((text[done:], ""))
    return [piece for piece in pieces if piece[0]]


def _ids(stories: QuerySet[Story]) -> list[int]:
    return list(stories.values_list("pk", flat=True))
