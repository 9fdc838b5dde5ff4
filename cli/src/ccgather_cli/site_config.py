"""What a site says of itself (`GET /api/config`): the versions it takes, the salt it hashes with.

The last answer is kept beside the login, so that a report can be made while the site is away.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ccgather_cli import __version__
from ccgather_cli.context import Context
from ccgather_cli.errors import CliError, UsageError
from ccgather_cli.evidence import VERSION, Salting
from ccgather_cli.kept_files import keep, read_kept
from ccgather_cli.machine import Machine

FILE_NAME = "site.json"
_PATH = "/api/config"
_PATIENCE_SECONDS = 10.0
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class SiteConfig:
    """`min_version` and `latest_version` are of this program, "" where the site does not say."""

    min_version: str = ""
    latest_version: str = ""
    salting: Salting | None = None

    @property
    def is_too_new(self) -> bool:
        """Whether the site does not take reports of this version any more."""
        return is_older(__version__, self.min_version)

    @property
    def has_newer(self) -> bool:
        """Whether there is a newer version."""
        return is_older(__version__, self.latest_version)


def site_config(context: Context, server: str, *, insecure_http: bool) -> SiteConfig:
    """What the site says now, else what it said last. Asked once, without the token."""
    machine = context.machine
    try:
        with context.site(server, insecure_http=insecure_http, patience=_PATIENCE_SECONDS) as site:
            content = site.ask("GET", _PATH, tries=1).content
    except UsageError:
        raise
    except CliError:
        return kept_config(machine, server)
    kept: dict[str, object] = {"server": server, "config": dict(content)}
    try:
        if read_kept(machine.config_dir / FILE_NAME) != kept:
            keep(machine.config_dir / FILE_NAME, kept)
    except CliError:
        pass  # nothing is lost but the next report without a site
    return _config(content)


def kept_config(machine: Machine, server: str) -> SiteConfig:
    """What the site said last; nothing known of another one."""
    try:
        content = read_kept(machine.config_dir / FILE_NAME) or {}
    except CliError:
        return SiteConfig()
    config = content.get("config")
    if content.get("server") != server or not isinstance(config, Mapping):
        return SiteConfig()
    return _config(config)


def is_older(version: str, than: str) -> bool:
    """Whether `version` comes before `than`: "0.9.1" before "0.10". Nothing is older than ""."""
    if not version or not than:
        return False
    one, other = (tuple(map(int, _NUMBER.findall(text)[:3])) for text in (version, than))
    length = max(len(one), len(other))
    return one + (0,) * (length - len(one)) < other + (0,) * (length - len(other))


def _config(content: Mapping[str, object]) -> SiteConfig:
    least, latest = content.get("minCliVersion"), content.get("latestCliVersion")
    return SiteConfig(
        min_version=least if isinstance(least, str) else "",
        latest_version=latest if isinstance(latest, str) else "",
        salting=_salting(content.get("evidence")),
    )


def _salting(evidence: object) -> Salting | None:
    if not isinstance(evidence, Mapping) or evidence.get("version") != VERSION:
        return None
    salt, salt_id, k = evidence.get("salt"), evidence.get("saltId"), evidence.get("k")
    if not isinstance(salt, str) or not isinstance(k, int) or not 1 <= k <= 4096:
        return None
    try:
        content = bytes.fromhex(salt)
    except ValueError:
        return None
    if not 8 <= len(content) <= 64:
        return None
    return Salting(content, salt_id if isinstance(salt_id, str) else "", k)
