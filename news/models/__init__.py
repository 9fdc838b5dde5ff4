"""Everything this app stores."""

from news.models.sources import Category, Document, KeptRobotsFile, Source, WebhookDelivery
from news.models.stories import SEARCHED, Story, SummaryCall

__all__ = [
    "SEARCHED",
    "Category",
    "Document",
    "KeptRobotsFile",
    "Source",
    "Story",
    "SummaryCall",
    "WebhookDelivery",
]
