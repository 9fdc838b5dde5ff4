"""Releases that GitHub tells of by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from news.models import Document, Source
from news.reading.feeds import release_entry
from news.services.crawling import address_of, store_entries
from news.services.placing import place_document


def take_release(*, payload: Mapping[str, Any], at: datetime) -> bool:
    """Takes in a `release` event of a repository that is a source here; whether it was news."""
    repository = payload.get("repository")
    release = payload.get("release")
    if not isinstance(repository, dict) or not isinstance(release, dict):
        return False
    if payload.get("action") not in ("published", "released") or release.get("draft"):
        return False
    name = str(repository.get("full_name") or "")
    source = Source.objects.filter(
        kind=Source.Kind.GITHUB, is_enabled=True, url__iendswith=f"/repos/{name}/releases"
    ).first()
    entry = release_entry(release)
    if not name or source is None or entry is None:
        return False
    with transaction.atomic():
        if not store_entries(source=source, entries=[entry], at=at):
            return False
        document = Document.objects.select_related("source").get(address=address_of(entry=entry))
        document.read_at = at
        return place_document(document=document, at=at) is True
