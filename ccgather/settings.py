"""Every setting, from the environment only.

`.env.example` says what each variable is; nonsense is an error that names the variable. What an
operator changes while the site runs is not here but in `ccgather.ops.runtime`. Why there are two
modes, and what is embedded: docs/adr/0002-modes-and-embedded-services.md.
"""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from environs import validate as must

from ccgather.ops import environment
from ccgather.ops.postgres import Cluster

django_stubs_ext.monkeypatch()  # lets models say `UUIDField[UUID, UUID]`, as mypy reads them

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- What runs where -------------------------------------------------------------------------

# pytest says that it runs before it imports anything, and reads the settings before any conftest.
# Under it the defaults are those of a throw-away site: no test ever meets somebody's data.
UNDER_TEST = "PYTEST_VERSION" in os.environ
DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = environment.redis("REDIS_URL", env.str("REDIS_URL", ""))
RANKING_REDIS_URL = environment.redis(
    "RANKING_REDIS_URL", env.str("RANKING_REDIS_URL", "") or REDIS_URL
)
MODE = env.str(
    "CCGATHER_MODE",
    "production" if (DATABASE_URL or REDIS_URL) and not UNDER_TEST else "local",
    validate=must.OneOf(["local", "production"]),
)
LOCAL = MODE == "local"
_var = BASE_DIR / "var" / "test" if UNDER_TEST else BASE_DIR / "var"
VAR = Path(env.str("CCGATHER_VAR", "") or _var).resolve()
PORT = env.int("PORT", 8000, validate=must.Range(1, 65535))
BIND = env.str("BIND", "127.0.0.1")
if LOCAL and not environment.is_loopback(BIND):
    message = (
        f"BIND is {BIND!r}, and CCGATHER_MODE=local lets anybody in without a password: it serves "
        "this machine only. Use 127.0.0.1, or CCGATHER_MODE=production."
    )
    raise ImproperlyConfigured(message)
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 1, validate=must.Range(1, 256))
if WEB_CONCURRENCY > 1 and not REDIS_URL:
    message = "WEB_CONCURRENCY is more than 1, which needs REDIS_URL: the processes share a cache"
    raise ImproperlyConfigured(message)
DEMO = env.bool("DEMO", LOCAL and not UNDER_TEST)

DEBUG = False
PUBLIC_URL = str(
    environment.origin("PUBLIC_URL", env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}"))
)
HTTPS = PUBLIC_URL.startswith("https://")
if not LOCAL and "PUBLIC_URL" not in os.environ:
    message = "PUBLIC_URL is not set; in production it is the site's address, https://…"
    raise ImproperlyConfigured(message)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY and LOCAL:
    SECRET_KEY = environment.kept_secret(VAR / "secret_key")
if len(SECRET_KEY) < 32:
    message = (
        "SECRET_KEY must be set, to 32 characters or more that nobody can guess: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )
    raise ImproperlyConfigured(message)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
_own_host = PUBLIC_URL.partition("://")[2].rsplit(":", 1)[0]
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if LOCAL else [_own_host]
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", []))
_admins: list[str] = env.list("ADMIN_GITHUB_LOGINS", [])
ADMIN_GITHUB_LOGINS = frozenset(login.strip().lower() for login in _admins)
SITE_NAME = env.str("SITE_NAME", "CCGather")

# --- Applications ----------------------------------------------------------------------------

GITHUB_CLIENT_ID = env.str("GITHUB_CLIENT_ID", "")
GITHUB_CLIENT_SECRET = env.str("GITHUB_CLIENT_SECRET", "")
GITHUB_CONFIGURED = environment.both_or_neither(
    GITHUB_CLIENT_ID=GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET=GITHUB_CLIENT_SECRET
)
GITHUB_BASE_URL = environment.address(
    "GITHUB_BASE_URL", env.str("GITHUB_BASE_URL", "https://github.com")
)
GITHUB_API_URL = environment.address(
    "GITHUB_API_URL",
    env.str(
        "GITHUB_API_URL",
        "https://api.github.com"
        if GITHUB_BASE_URL == "https://github.com"
        else f"{GITHUB_BASE_URL}/api/v3",
    ),
)
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", "")
GOOGLE_CONFIGURED = environment.both_or_neither(
    GOOGLE_CLIENT_ID=GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET=GOOGLE_CLIENT_SECRET
)

INSTALLED_APPS = [
    "ccgather.ops",
    "ccgather.ui",
    "ccgather.site",
    "accounts",
    "submissions",
    "leaderboard",
    "news",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    *(["allauth.socialaccount.providers.google"] if GOOGLE_CONFIGURED else []),
    *(["allauth.socialaccount.providers.dummy"] if LOCAL else []),
    "rest_framework",
    "drf_spectacular",
    "django_ratelimit",
]
MIDDLEWARE = [
    "ccgather.ops.middleware.connection",
    *(["ccgather.ops.middleware.this_machine_only"] if LOCAL else []),
    "ccgather.ops.middleware.permanent_https",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "ccgather.ops.middleware.collapse_slashes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ccgather.site.errors.ErrorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "ccgather.urls"
CSRF_FAILURE_VIEW = "ccgather.site.errors.csrf_failure"
ASGI_APPLICATION = "ccgather.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ccgather.ui.context.site",
                "accounts.context.notices",
            ],
        },
    }
]
FORM_RENDERER = "ccgather.ui.forms.FormRenderer"

# --- Database, cache, jobs -------------------------------------------------------------------

EMBEDDED_POSTGRES = Cluster(
    folder=VAR, durable=env.bool("EMBEDDED_POSTGRES_DURABLE", not UNDER_TEST)
)
_database: dict[str, Any] = (
    environment.database("DATABASE_URL", DATABASE_URL)
    if DATABASE_URL
    else {
        "ENGINE": "ccgather.ops.database",
        "NAME": EMBEDDED_POSTGRES.database,
        "USER": "postgres",
        "OPTIONS": {},
    }
)
DATABASE_POOL = env.int("DATABASE_POOL", 4 if UNDER_TEST else 16, validate=must.Range(1, 500))
# The other half is for live boards, and for threads that begin a request before another has ended.
REQUESTS_AT_ONCE = max(DATABASE_POOL // 2, 1)
_statement_timeout = env.int("DATABASE_STATEMENT_TIMEOUT", 30, validate=must.Range(0, 86_400))
_database["OPTIONS"] |= {
    "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10, "name": "site"},
    "options": " ".join(
        [
            _database["OPTIONS"].get("options", ""),
            f"-c statement_timeout={_statement_timeout}s",
            "-c idle_in_transaction_session_timeout=60s",
        ]
    ).strip(),
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": _database | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "ccgather.ops.redis_cache.ImpatientRedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
CACHES["default"]["KEY_PREFIX"] = "ccgather"
RATELIMIT_FAIL_OPEN = True  # a counter that Redis lost between two commands refuses nobody
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a username is unique whatever its case, by a constraint on lower(username)
    "security.W008",  # http is redirected by our own middleware, with 308: a 301 loses a body
    "django_ratelimit.W001",  # Django's own Redis cache counts atomically
    # Without Redis there is one web process, so a cache of its own is the whole site's.
    *(["django_ratelimit.E003"] if LOCAL else []),
]

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
BROKER_FOLDER = VAR / "broker"
if REDIS_URL:
    # A Redis that hangs, or a machine that is gone, is an error after a while, not a wait for ever.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_connect_timeout": 5,
        "socket_timeout": 20,
        "socket_keepalive": True,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "processed_folder": str(BROKER_FOLDER / "taken"),
        "control_folder": str(BROKER_FOLDER / "control"),
    }

# --- Signing in ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
if HTTPS:  # a name that a browser takes from this host alone, over https alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = False  # nobody signs in by address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PUBLIC_URL.partition(":")[0]
ACCOUNT_SESSION_REMEMBER = True
SOCIALACCOUNT_ONLY = True
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "github": {
        "SCOPE": ["read:user", "user:email"],
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [{"client_id": GITHUB_CLIENT_ID, "secret": GITHUB_CLIENT_SECRET}]
        if GITHUB_CONFIGURED
        else [],
    },
}
if GITHUB_BASE_URL != "https://github.com":
    SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"] = GITHUB_BASE_URL
if GOOGLE_CONFIGURED:
    SOCIALACCOUNT_PROVIDERS["google"] = {
        "SCOPE": ["profile", "email"],
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": GOOGLE_CLIENT_SECRET}],
    }

# --- What a browser is told ------------------------------------------------------------------

SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", "https://avatars.githubusercontent.com"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    # A sign-in form is answered with a redirect, which browsers hold to this list too.
    "form-action": [
        "'self'",
        str(environment.origin("GITHUB_BASE_URL", GITHUB_BASE_URL)),
        *(["https://accounts.google.com"] if GOOGLE_CONFIGURED else []),
    ],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
# Safe to believe: `ops.middleware.connection` removes it when no trusted proxy sent it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # pages; the submit endpoint reads its body itself

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ccgather.ops.static.StaticStorage"},
}

# --- The API ---------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "ccgather.ops.negotiation.AlwaysJson",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["ccgather.ops.limits.ApiThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ccgather.site.errors.api_exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "CCGather API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
}

# --- News ------------------------------------------------------------------------------------

NEWS_CONTACT = env.str("NEWS_CONTACT", str(PUBLIC_URL))
NEWS_ROBOTS_AGENT = "CCGatherNews"
NEWS_USER_AGENT = f"{NEWS_ROBOTS_AGENT}/1.0 (+{NEWS_CONTACT})"
# Names whose addresses may be private: a mirror in one's own network, or a test's servers.
NEWS_ALLOWED_HOSTS: list[str] = env.list("NEWS_ALLOWED_HOSTS", [])
NEWS_GITHUB_TOKEN = env.str("NEWS_GITHUB_TOKEN", "")
GITHUB_WEBHOOK_SECRET = env.str("GITHUB_WEBHOOK_SECRET", "")
ANTHROPIC_API_KEY = env.str("ANTHROPIC_API_KEY", "")
ANTHROPIC_BASE_URL = env.str("ANTHROPIC_BASE_URL", "https://api.anthropic.com")
ANTHROPIC_MODEL = env.str("ANTHROPIC_MODEL", "claude-haiku-5-5")

# --- Language, mail, logs --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
EMAIL_URL = env.str("EMAIL_URL", "console:" if LOCAL else "")
# On a server without EMAIL_URL sending mail is an error: one that goes nowhere would be a lie.
MAILERS = {"default": environment.mailer("EMAIL_URL", EMAIL_URL)} if EMAIL_URL else {}
# Whom the site tells when one of its numbers is found wrong.
ADMINS: list[str] = env.list("ALERT_EMAILS", [])
EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", f"{SITE_NAME} <noreply@{_own_host}>")

LOG_LEVEL = env.str(
    "LOG_LEVEL",
    "WARNING" if UNDER_TEST else "INFO",
    validate=must.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "ccgather.ops.logs.JsonFormatter"},
        "line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line" if LOCAL else "json"}
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn.access": {"level": "WARNING"},
    },
}
