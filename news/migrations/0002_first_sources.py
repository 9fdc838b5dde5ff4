"""The field's own sources. An operator changes, adds and switches off; what is there stays."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SOURCES = (
    # slug, name, kind, address, category, tool, trust, minutes, pattern
    ("anthropic-news", "Anthropic", "listing", "https://www.anthropic.com/news", "model", "", 1.0, 60, r"^/news/[a-z0-9-]+$"),
    ("anthropic-engineering", "Anthropic Engineering", "listing", "https://www.anthropic.com/engineering", "engineering", "", 1.0, 180, r"^/engineering/[a-z0-9-]+$"),
    ("claude-code-releases", "Claude Code", "github", "https://api.github.com/repos/anthropics/claude-code/releases", "release", "claude", 1.0, 30, ""),
    ("claude-code-changelog", "Claude Code changelog", "changelog", "https://raw.githubusercontent.com/anthropics/claude-code/main/CHANGELOG.md", "release", "claude", 1.0, 60, ""),
    ("openai-news", "OpenAI", "feed", "https://openai.com/news/rss.xml", "model", "", 0.9, 60, ""),
    ("codex-releases", "Codex CLI", "github", "https://api.github.com/repos/openai/codex/releases", "release", "codex", 1.0, 30, ""),
    ("gemini-cli-releases", "Gemini CLI", "github", "https://api.github.com/repos/google-gemini/gemini-cli/releases", "release", "gemini", 1.0, 60, ""),
    ("opencode-releases", "OpenCode", "github", "https://api.github.com/repos/sst/opencode/releases", "release", "opencode", 1.0, 60, ""),
    ("copilot-cli-releases", "GitHub Copilot CLI", "github", "https://api.github.com/repos/github/copilot-cli/releases", "release", "copilot", 1.0, 60, ""),
    ("github-copilot-changelog", "GitHub Copilot changelog", "feed", "https://github.blog/changelog/label/copilot/feed/", "tool", "copilot", 0.8, 120, ""),
    ("amp-news", "Amp", "feed", "https://ampcode.com/news.rss", "tool", "amp", 0.9, 120, ""),
    ("qwen-code-releases", "Qwen Code", "github", "https://api.github.com/repos/QwenLM/qwen-code/releases", "release", "qwen", 1.0, 120, ""),
    ("zed-releases", "Zed", "github", "https://api.github.com/repos/zed-industries/zed/releases", "release", "zed", 0.9, 180, ""),
    ("anthropic-status", "Anthropic status", "feed", "https://status.claude.com/history.atom", "incident", "claude", 0.9, 15, ""),
    ("openai-status", "OpenAI status", "feed", "https://status.openai.com/history.atom", "incident", "codex", 0.9, 15, ""),
    ("github-status", "GitHub status", "feed", "https://www.githubstatus.com/history.atom", "incident", "", 0.5, 30, ""),
    ("hacker-news-claude-code", "Hacker News", "hacker_news", "https://hn.algolia.com/api/v1/search_by_date?tags=story&query=%22claude+code%22&numericFilters=points%3E20", "community", "", 0.4, 60, ""),
    ("hacker-news-codex", "Hacker News: Codex", "hacker_news", "https://hn.algolia.com/api/v1/search_by_date?tags=story&query=%22codex+cli%22&numericFilters=points%3E20", "community", "", 0.4, 120, ""),
)  # fmt: skip


def add(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    source = apps.get_model("news", "Source")
    for slug, name, kind, url, category, tool, trust, minutes, pattern in SOURCES:
        source.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "kind": kind,
                "url": url,
                "category": category,
                "tool": tool,
                "trust": trust,
                "interval_minutes": minutes,
                "pattern": pattern,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("news", "0001_news")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
