"""One story, with where it was told."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.ui.pages import render_public
from news.selectors.stories import story as one_story


@require_safe
@conditional_page
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """404 for one that is not published."""
    return render_public(request, "news/story.html", {"story": one_story(slug=slug)})
