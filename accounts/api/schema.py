"""How the API's documents describe its two ways of being known. Imported when the app is ready."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ANN401
        """OpenAPI's words for it."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`tt_` and 48 hexadecimal digits, from `ccgather login` or settings.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The browser session."""

    target_class = "accounts.api.authentication.BrowserAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ANN401
        """OpenAPI's words for it."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser. Writes need the `X-CSRFToken` header.",
        }
