"""Nonsense in the environment is refused by name, before anything runs."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from ccgather.ops import environment

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "CCGATHER_MODE": "production",
    "PUBLIC_URL": "https://ccgather.example.org",
    "SECRET_KEY": "k" * 50,
    "REDIS_URL": "redis://localhost",
    "DATABASE_URL": "postgresql://localhost/ccgather",
}


def read_settings(monkeypatch: pytest.MonkeyPatch, var: Path, **variables: str) -> dict[str, Any]:
    """The settings that this environment, and nothing else, gives."""
    monkeypatch.setattr(os, "environ", {"CCGATHER_VAR": str(var)} | variables)
    return runpy.run_path(str(ROOT / "ccgather" / "settings.py"))


def settings_error(monkeypatch: pytest.MonkeyPatch, var: Path, **variables: str) -> str:
    """What is said about settings that make no sense."""
    with pytest.raises((ImproperlyConfigured, EnvError)) as caught:
        read_settings(monkeypatch, var, **variables)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("CCGATHER_MODE", "debug"),
        ("BIND", "0.0.0.0"),  # noqa: S104 - what must be refused
        ("DEMO", "perhaps"),
        ("PUBLIC_URL", "ccgather.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "localhost:6379"),
        ("EMAIL_URL", "mail.example.org"),
        ("GITHUB_CLIENT_ID", "only-half"),
        ("GITHUB_BASE_URL", "github"),
        ("WEB_CONCURRENCY", "4"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    variables = {"CCGATHER_MODE": "local"} | {name: value}
    assert name in settings_error(monkeypatch, tmp_path, **variables)


def test_a_person_sees_one_line_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check"],
        env={"PATH": os.environ["PATH"], "CCGATHER_VAR": str(tmp_path), "PORT": "abc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        'Settings: Environment variable "PORT" invalid: Not a valid integer.'
    ]


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PUBLIC_URL"])
def test_production_names_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != missing}
    assert f"{missing} " in settings_error(monkeypatch, tmp_path, **variables)


def test_production_is_secure_and_has_no_sign_in_without_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = read_settings(monkeypatch, tmp_path, **PRODUCTION)
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert found["ALLOWED_HOSTS"] == ["ccgather.example.org"]
    assert not any("dummy" in app for app in found["INSTALLED_APPS"])
    assert "ccgather.ops" not in found["DATABASES"]["default"]["ENGINE"]
    assert list(tmp_path.iterdir()) == []


def test_a_database_address_without_a_mode_means_production(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = PRODUCTION["DATABASE_URL"]
    assert "PUBLIC_URL" in settings_error(monkeypatch, tmp_path, DATABASE_URL=url)


def test_an_empty_environment_is_a_laptop_and_keeps_its_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = read_settings(monkeypatch, tmp_path)
    assert found["LOCAL"]
    assert not found["DEBUG"]
    assert len(found["SECRET_KEY"]) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert read_settings(monkeypatch, tmp_path)["SECRET_KEY"] == found["SECRET_KEY"]


def test_every_variable_the_settings_read_is_in_the_example() -> None:
    source = (ROOT / "ccgather" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    shown = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 20
    assert read <= shown


def test_a_database_address_keeps_its_parameters() -> None:
    entry = environment.database(
        "DATABASE_URL", "postgres://me:p%40ss@db:6543/site?sslmode=require"
    )
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "site",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_refused_database_address_does_not_show_its_password() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        environment.database("DATABASE_URL", "postgresql://me:hunter2@db/")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", {"port": 587, "use_tls": True, "use_ssl": False}),
        ("smtp://mail.example.org:25?starttls=0", {"port": 25, "use_tls": False}),
        ("smtps://me:p%3A@mail.example.org", {"port": 465, "use_ssl": True, "password": "p:"}),
    ],
)
def test_a_mail_address_says_how_to_connect(url: str, expected: dict[str, object]) -> None:
    options = environment.mailer("EMAIL_URL", url)["OPTIONS"]
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - what must be refused
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, expected: bool) -> None:
    assert environment.is_loopback(host) is expected
