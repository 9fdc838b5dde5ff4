"""Where allauth asks us: who a provider's answer means, and where people go from there.

allauth keeps the protocol (state, code, PKCE, session); `accounts.services.recognise_person`
decides who somebody is. Nobody signs up by a form here, so allauth's sign-up is never reached.
"""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.github.provider import GitHubProvider
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import github
from accounts.models import User
from accounts.rules.names import cleaned_name_of
from accounts.rules.signing_in import MAX_EMAIL_LENGTH, Identity
from accounts.services.signing_in import recognise_person
from accounts.sessions import USER_AGENT_KEY
from ccgather.errors import DomainError
from ccgather.ops import clock


class IdentifiedLogin(SocialLogin):
    """A sign-in whose person GitHub has named."""

    identity: Identity


class GitHubProtocol(GitHubOAuth2Adapter):
    """The conversation with GitHub, in our bounded and careful words (`accounts.github`)."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.authorize_url = github.authorize_url()

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: OAuth2Client,
        pkce_code_verifier: str | None = None,
    ) -> dict[str, str]:
        """The answer to the code; allauth reads `access_token` from it."""
        token = github.exchange_code(
            code=request.GET.get("code", ""),
            client_id=app.client_id,
            client_secret=app.secret,
            redirect_uri=client.callback_url,
            code_verifier=pkce_code_verifier,
        )
        return {"access_token": token}

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object
    ) -> SocialLogin:
        """A sign-in that knows its identity; nothing else of GitHub's answer is kept."""
        identity = github.fetch_identity(token=token.token)
        account = SocialAccount(provider=self.provider_id, uid=identity.uid)
        login = IdentifiedLogin(
            provider=self.get_provider(), account=account, user=User(created_at=clock.now())
        )
        login.identity = identity
        return login


class SiteGitHubProvider(GitHubProvider):
    """allauth's GitHub provider, speaking through `GitHubProtocol`."""

    oauth2_adapter_class = GitHubProtocol

    def get_default_scope(self) -> list[str]:
        """What the contract names."""
        return ["read:user", "user:email"]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """What happens between a provider's answer and a session."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider:
        """The provider, ours in the place of allauth's for GitHub."""
        found: Provider = super().get_provider(request, provider, client_id)
        if found.id == SiteGitHubProvider.id:
            return SiteGitHubProvider(request, app=found.app)
        return found

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> User:
        """Somebody not yet known; `recognise_person` says who they are."""
        return User(created_at=clock.now())

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, Any]
    ) -> User:
        """Keep of the provider's answer only what we use."""
        answer = sociallogin.account.extra_data
        sociallogin.account.extra_data = {
            name: answer[name] for name in ("name", "username") if isinstance(answer.get(name), str)
        }
        user = sociallogin.user
        if not isinstance(user, User):
            message = "a sign-in without a person to fill in"
            raise TypeError(message)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Put the person behind the identity into the sign-in, before allauth looks for one."""
        try:
            user = recognise_person(
                identity=_identity_of(sociallogin),
                admin_logins=settings.ADMIN_GITHUB_LOGINS,
                at=clock.now(),
            )
        except DomainError as error:
            raise ImmediateHttpResponse(_back_to_login(problem=error.code)) from error
        sociallogin.user = user
        sociallogin.account = SocialAccount.objects.get(
            provider=sociallogin.account.provider, uid=sociallogin.account.uid
        )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, object] | None = None,
    ) -> None:
        """Go back to the sign-in page, which says what happened in words of ours."""
        problem = "cancelled" if error == AuthError.CANCELLED else "failed"
        raise ImmediateHttpResponse(_back_to_login(problem=problem))


class AccountAdapter(DefaultAccountAdapter):
    """What happens around the session itself."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse | None:
        """Turn away people who may not come in."""
        if user.suspended_at is not None or not user.is_active:
            return HttpResponseRedirect(reverse("accounts:suspended"))
        return None

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session of its own for every sign-in, and remember which browser it is."""
        super().login(request, user)
        request.session.cycle_key()
        agent = request.META.get("HTTP_USER_AGENT", "")
        request.session[USER_AGENT_KEY] = cleaned_name_of(text=agent, max_length=300)

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        """On to where the person wanted to go; the first time by way of the welcome page."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.onboarded_at is None and isinstance(response, HttpResponseRedirect):
            query = urlencode({"next": response.url})
            return HttpResponseRedirect(f"{reverse('accounts:welcome')}?{query}")
        return response


def _identity_of(login: SocialLogin) -> Identity:
    if isinstance(login, IdentifiedLogin):
        return login.identity
    account = login.account
    kept = account.extra_data
    verified = [address.email for address in login.email_addresses if address.verified]
    email = verified[0] if verified and len(verified[0]) <= MAX_EMAIL_LENGTH else ""
    name = cleaned_name_of(text=str(kept.get("name", "")))
    if account.provider == "dummy":
        return Identity(
            provider="dummy",
            uid=account.uid,
            login=str(kept["username"]),
            name="",
            email="",
            avatar_url="",
        )
    # Google has no handles, and its pictures are on a host that our pages do not load from.
    return Identity(
        provider="google", uid=account.uid, login=None, name=name, email=email, avatar_url=""
    )


def _back_to_login(*, problem: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('accounts:login')}?{urlencode({'problem': problem})}")
