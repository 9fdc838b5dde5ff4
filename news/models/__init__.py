"""Everything this app stores."""

from news.models.sources import Category, Document, KeptRobotsFile, Source, WebhookDelivery
from news.models.stories import Story, SummaryCall

__all__ = [
    "Category",
    "Document",
    "KeptRobotsFile",
    "Source",
    "Story",
    "SummaryCall",
    "WebhookDelivery",
]
