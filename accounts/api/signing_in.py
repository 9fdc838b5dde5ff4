"""Signing in and out, and who is signed in."""

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth import logout as end_browser_session
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.adapters import GitHubProtocol
from accounts.api.authentication import BrowserAuthentication, TokenAuthentication
from accounts.api.permissions import ByToken, ByTokenOrSession, caller, calling_token
from accounts.api.serializers import (
    SessionBody,
    SuccessBody,
    TokenBody,
    session_body,
    token_body,
)
from accounts.models import ApiToken, User
from accounts.services import revoke_token
from accounts.views.starting import start_sign_in, unavailable

_github_callback = OAuth2CallbackView.adapter_view(GitHubProtocol)


@extend_schema(
    summary="Sign in with GitHub",
    parameters=[OpenApiParameter("next", str, description="Where to go afterwards; a path.")],
    responses={302: OpenApiTypes.NONE},
    auth=[],
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def github(request: Request) -> HttpResponseBase:
    """Send the browser to GitHub."""
    # allauth replaces the session on the request, so it must be Django's own request.
    return start_sign_in(request._request, provider="github")  # noqa: SLF001


@extend_schema(summary="Back from GitHub", responses={302: OpenApiTypes.NONE}, auth=[])
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def github_callback(request: Request) -> HttpResponseBase:
    """Take the browser back from GitHub; to the sign-in page when this site has no keys for it."""
    try:
        response: HttpResponseBase = _github_callback(request._request)  # noqa: SLF001
    except SocialApp.DoesNotExist:
        return unavailable()
    return response


@extend_schema(summary="Who is signed in", responses=SessionBody, auth=[])
@api_view(["GET"])
@authentication_classes([BrowserAuthentication])
@permission_classes([AllowAny])
def session(request: Request) -> Response:
    """Who is signed in in this browser, if anybody."""
    user = request.user
    origin = request.build_absolute_uri("/").removesuffix("/")
    shown = session_body(user=user, origin=origin) if isinstance(user, User) else None
    return Response({"user": shown}, headers={"Cache-Control": "private, no-store"})


@extend_schema(summary="Log out, or revoke the token", request=None, responses=SuccessBody)
@api_view(["POST"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByTokenOrSession])
@parser_classes([JSONParser, FormParser, MultiPartParser])
def logout(request: Request) -> Response:
    """End what speaks for the person here: the bearer token, or the browser session."""
    if isinstance(request.auth, ApiToken):
        revoke_token(user=caller(request), token_id=request.auth.pk)
    else:
        end_browser_session(request._request)  # noqa: SLF001 - it replaces the request's user
    return Response({"success": True})


@extend_schema(summary="Whom a token speaks for", responses=TokenBody)
@api_view(["GET"])
@authentication_classes([TokenAuthentication, BrowserAuthentication])
@permission_classes([ByToken])
def token(request: Request) -> Response:
    """Whom a bearer token speaks for."""
    origin = request.build_absolute_uri("/").removesuffix("/")
    return Response(
        token_body(token=calling_token(request), origin=origin),
        headers={"Cache-Control": "private, no-store"},
    )
