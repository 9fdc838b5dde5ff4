"""What every template knows besides what its view says."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name and address, as the operator set them."""
    return {"site_name": settings.SITE_NAME, "public_url": settings.PUBLIC_URL}
