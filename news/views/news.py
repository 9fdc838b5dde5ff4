"""The news: a page of stories, by category, tool and words."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.ui.pages import render_public
from news.models import Category
from news.rules.queries import NewsQuery, news_query_of
from news.selectors.stories import StoryPage, featured_stories, story_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A link of a switcher or of the pages."""

    key: str
    label: str
    href: str
    is_current: bool


@require_safe
@conditional_page
def news(request: HttpRequest) -> HttpResponse:
    """`?category=&tool=&q=&page=`."""
    query = news_query_of(request.GET.dict())
    page = story_page(
        category=query.category,
        tool=query.tool,
        query=query.query,
        page=query.page,
        limit=query.limit,
    )
    is_front = not (query.category or query.tool or query.query) and query.page == 1
    context = {
        "query": query,
        "page": page,
        "featured": featured_stories() if is_front else (),
        "categories": category_choices(query),
        "pages": page_choices(query, page),
        "previous_href": href_of(query, page=query.page - 1),
        "next_href": href_of(query, page=query.page + 1),
        "first_place": (page.page - 1) * page.limit + 1,
        "last_place": (page.page - 1) * page.limit + len(page.stories),
    }
    return render_public(request, "news/news.html", context, fragment="stories")


def href_of(query: NewsQuery, *, page: int = 1, category: str | None = None) -> str:
    """The address of a query, defaults left out."""
    wanted = {
        "category": query.category if category is None else category,
        "tool": query.tool,
        "q": query.query,
        "page": page if page > 1 else "",
    }
    given = {name: value for name, value in wanted.items() if value}
    return f"/news?{urlencode(given)}" if given else "/news"


def category_choices(query: NewsQuery) -> tuple[Choice, ...]:
    """A link to everything and to each category."""
    named = [("", "All"), *Category.choices]
    return tuple(
        Choice(
            key=value or "all",
            label=str(label),
            href=href_of(query, category=value),
            is_current=value == query.category,
        )
        for value, label in named
    )


def page_choices(query: NewsQuery, page: StoryPage) -> tuple[Choice | None, ...]:
    """The first, the last, and those around; None for a gap."""
    last = page.total_pages
    near = {1, last, *range(page.page - 1, page.page + 2)}
    wanted = sorted(number for number in near if 1 <= number <= last)
    choices: list[Choice | None] = []
    before = 0
    for number in wanted:
        if number > before + 1:
            choices.append(None)
        choices.append(
            Choice(
                key=str(number),
                label=str(number),
                href=href_of(query, page=number),
                is_current=number == page.page,
            )
        )
        before = number
    return tuple(choices)
