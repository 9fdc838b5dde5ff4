"""The conventions of this repository, as tests: names, sizes, documents, settings, walls.

What the linter, mypy and import-linter hold is not repeated here.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APPS = ("ccgather", "accounts", "submissions", "leaderboard", "news")
"""The site's packages."""

MAX_LINES = 450
BANNED_MODULES = {"utils", "helpers", "common", "manager", "data", "info"}


@cache
def files() -> tuple[str, ...]:
    """What git would commit: tracked files and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted(name for name in set(listed.stdout.split("\n")) if (ROOT / name).is_file()))


def python_files(*folders: str) -> list[str]:
    """Python files below those folders, or everywhere."""
    starts = tuple(f"{folder}/" for folder in folders) or ("",)
    return [name for name in files() if name.endswith(".py") and name.startswith(starts)]


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text())


def site_code() -> list[str]:
    """The site's own Python, migrations left out."""
    return [name for name in python_files(*APPS) if "/migrations/" not in name]


def imports_of(name: str) -> Iterator[str]:
    """Dotted names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


# --- Names -----------------------------------------------------------------------------------

WITHOUT_A_TEMPLATE_OF_THEIR_OWN = {
    "accounts:avatar": "an SVG drawing",
    "accounts:google_login": "leads to Google",
    "accounts:local_login": "the form is on the sign-in page",
    "accounts:logout": "leads to the board",
    "accounts:notice_open": "leads to what it is about",
    "accounts:notices_seen": "the form is on the page of notices",
    "accounts:session_end": "the form is on the page of sessions",
    "accounts:sessions_end": "the form is on the page of sessions",
    "accounts:token_revoke": "the form is on the page of tokens",
    "leaderboard:badge_news_dismiss": "the form is on the profile",
    "leaderboard:old_profile": "leads to the profile",
    "news:feed_atom": "a feed",
    "news:feed_json": "a feed",
    "submissions:case_answer": "the form is on the page of held days",
    "submissions:device_delete": "the form is on the page of devices",
    "submissions:device_merge": "the form is on the page of devices",
    "submissions:device_rename": "the form is on the page of devices",
    "submissions:submitted_data_delete": "the form is on the page of submissions",
}
TESTED_WITH = {
    "accounts:notice_open": "notices",
    "accounts:notices_seen": "notices",
    "leaderboard:badge_news_dismiss": "displayed_badges",
    "leaderboard:old_profile": "profile",
    "news:feed_json": "feed_atom",
    "submissions:case_answer": "appeal",
    "submissions:device_delete": "devices",
    "submissions:device_merge": "devices",
    "submissions:device_rename": "devices",
    "submissions:submitted_data_delete": "submissions",
}
"""Routes whose forms stand on another page, tested with that page."""


def page_routes() -> list[tuple[str, URLPattern]]:
    """Every named page of our apps, as `app:name`; the API has names of its own."""
    found = []
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and entry.app_name in (
            "accounts",
            "submissions",
            "leaderboard",
            "site",
            "news",
        ):
            for route in entry.url_patterns:
                assert isinstance(route, URLPattern)
                found.append((f"{entry.app_name}:{route.name}", route))
    return found


PAGES = dict(page_routes())


def test_there_are_pages_to_look_at() -> None:
    assert len(PAGES) > 20


@pytest.mark.parametrize("name", PAGES)
def test_a_view_is_called_as_its_address(name: str) -> None:
    route = PAGES[name]
    if hasattr(route.callback, "view_class"):  # a class of Django's own, such as a redirect
        assert name in WITHOUT_A_TEMPLATE_OF_THEIR_OWN
        return
    assert route.callback.__name__ == name.partition(":")[2]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_template_of_its_name(name: str) -> None:
    template = name.replace(":", "/") + ".html"
    try:
        get_template(template)
        exists = True
    except TemplateDoesNotExist:
        exists = False
    assert exists is (name not in WITHOUT_A_TEMPLATE_OF_THEIR_OWN), template


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_test_file_of_its_name(name: str) -> None:
    app, _, view = name.partition(":")
    assert (ROOT / "tests" / app / f"test_{TESTED_WITH.get(name, view)}.py").is_file()


def test_every_exception_above_is_still_one() -> None:
    assert WITHOUT_A_TEMPLATE_OF_THEIR_OWN.keys() <= PAGES.keys()
    assert TESTED_WITH.keys() <= WITHOUT_A_TEMPLATE_OF_THEIR_OWN.keys()


def test_no_module_says_nothing() -> None:
    parts = {name: {part.removesuffix(".py") for part in name.split("/")} for name in files()}
    assert [name for name in python_files() if parts[name] & BANNED_MODULES] == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {Path(name).parent for name in python_files("tests")}
    missing = [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").is_file()]
    assert missing == []


# --- Sizes and leftovers ---------------------------------------------------------------------


def test_a_file_can_be_read_in_one_sitting() -> None:
    read = [name for name in files() if name.endswith((".py", ".css", ".js", ".html"))]
    lines = {name: (ROOT / name).read_text().count("\n") for name in read if "/vendor/" not in name}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_nothing_is_left_for_later() -> None:
    later = re.compile(rb"\b(TO" + rb"DO|FIX" + rb"ME|XX" + rb"X)\b")
    text = [
        name
        for name in files()
        if not name.startswith(("static/vendor/", "static/fonts/", "docs/screenshots/"))
    ]
    assert [name for name in text if later.search((ROOT / name).read_bytes())] == []


def test_nothing_names_a_place_outside_of_the_repository() -> None:
    outside = re.compile(r"\.\./" + r"shared|(?<![\w.])/" + r"work/")
    read = [n for n in files() if n.endswith((".py", ".md", ".toml", ".txt", ".in", ".html"))]
    read += [n for n in ("Makefile", ".env.example", ".ci/run") if n in files()]
    assert [name for name in read if outside.search((ROOT / name).read_text())] == []


# --- Walls that import-linter does not see ----------------------------------------------------


def test_the_command_line_knows_nothing_of_the_site() -> None:
    site = {*APPS, "django", "rest_framework", "tests"}
    for name in python_files("cli"):
        assert not {module.partition(".")[0] for module in imports_of(name)} & site, name


def test_the_site_knows_nothing_of_the_command_line() -> None:
    for name in python_files(*APPS):
        assert "ccgather_cli" not in {m.partition(".")[0] for m in imports_of(name)}, name


RULES = [name for name in python_files(*APPS) if "/rules/" in name and "__init__" not in name]
PURE = {"accounts", "submissions", "leaderboard", "ccgather", "news"}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_touches_nothing(name: str) -> None:
    forbidden = {"django", "rest_framework", "psycopg", "redis", "celery", "socket", "os", "time"}
    for module in imports_of(name):
        top = module.partition(".")[0]
        assert top not in forbidden, module
        if top in PURE:
            parts = module.split(".")
            allowed = "rules" in parts or parts[-1] in {"errors", "report"}
            assert allowed, f"{module} is no rule"


CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("time", "time"),
}


def clock_readings(name: str) -> Iterator[str]:
    for node in ast.walk(tree_of(name)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name | ast.Attribute)
        ):
            owner = node.func.value
            of = owner.id if isinstance(owner, ast.Name) else owner.attr
            if (of, node.func.attr) in CLOCKS:
                yield f"{name}:{node.lineno} {of}.{node.func.attr}()"
        if isinstance(node, ast.Name | ast.alias):
            called = node.id if isinstance(node, ast.Name) else node.name
            if called in {"Now", "CurrentDate", "CurrentTimestamp", "TransactionNow"}:
                yield f"{name} {called}"


def test_nothing_reads_the_clock_but_the_clock() -> None:
    readings = [line for name in site_code() for line in clock_readings(name)]
    assert [line.partition(":")[0] for line in readings] == ["ccgather/ops/clock.py"], readings


def test_no_statement_asks_the_database_for_the_time() -> None:
    moment = re.compile(
        r"\b(now|clock_timestamp|statement_timestamp)\(\)|\bCURRENT_(DATE|TIME)", re.IGNORECASE
    )
    statement = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE)\b")
    found = [
        f"{name}:{node.lineno}"
        for name in site_code()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and statement.search(node.value)
        and moment.search(node.value)
    ]
    assert found == []


# --- Keyword-only ----------------------------------------------------------------------------

OF_SEVERAL_THINGS = {
    # `count_of(source, "input")` reads as `source["input"]` does.
    "submissions/rules/validation.py": {"count_of"},
}
"""Rules that may take more than one argument by position, by file."""


def layered() -> list[str]:
    """The files of services, selectors and rules."""
    layers = re.compile(r"/(services|selectors|rules)(/|\.py$)")
    return [name for name in site_code() if layers.search(f"/{name}")]


@pytest.mark.parametrize("name", layered())
def test_services_selectors_and_rules_take_keywords_only(name: str) -> None:
    """A rule may take the one thing that it is of by position: `cost_of(row)`."""
    most = 1 if "/rules/" in name else 0
    found = {
        node.name
        for node in tree_of(name).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.posonlyargs) + len(node.args.args) > most
    }
    assert found == OF_SEVERAL_THINGS.get(name, set())


def test_nothing_catches_everything_to_go_on() -> None:
    found = []
    for name in [*site_code(), *python_files("cli/src")]:
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (
                    isinstance(node.type, ast.Name)
                    and node.type.id in {"Exception", "BaseException"}
                )
                raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if broad and not raises:
                    found.append(f"{name}:{node.lineno}")
    assert found == []


# --- Settings and documents ------------------------------------------------------------------


def variables_read() -> set[str]:
    """Names of environment variables that the settings ask for."""
    found = set()
    for node in ast.walk(tree_of("ccgather/settings.py")):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner, first = node.func.value, node.args[0]
            if (
                isinstance(owner, ast.Name)
                and owner.id == "env"
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                found.add(first.value)
    return found


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    documented = set(
        re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    read = variables_read()
    assert len(read) > 20
    assert sorted(read - documented) == []
    assert sorted(documented - read) == []


DOCUMENTS = [
    name
    for name in files()
    if name.endswith(".md")
    and ("/" not in name or name.startswith(("docs/", "deploy/", "contract/", "cli/")))
    and name != "CHANGELOG.md"
]
_TOP = "|".join(sorted({re.escape(n.split("/")[0]) for n in files()}, key=len, reverse=True))
PATH = re.compile(rf"(?:{_TOP})(?:/[\w.*-]+)*/?|[\w-]+(?:/[\w.-]+)+\.\w+|[\w-]+/\Z")
"""What stands in backticks and looks like a file of ours."""


def paths_named_in(document: str) -> set[str]:
    """Paths in backticks and in links, as the document writes them."""
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text(), flags=re.DOTALL)
    found = {span for span in re.findall(r"`([^`\s]+)`", text) if PATH.fullmatch(span)}
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    found |= {re.sub("#.*", "", link) for link in links if not re.match(r"[a-z]+:|#", link)}
    return {name for name in found if name}


MADE_WHEN_RUNNING = {"var/", "var/test", ".venv/bin", ".venv", ".env"}
"""Named in documents, ignored by git."""


def exists(name: str, *, beside: str) -> bool:
    """Whether a path that a document names is there: from the root, from the document, or, in a
    paragraph about one app, from that app."""
    folder = (ROOT / beside).parent
    places = [ROOT, folder, *(ROOT / app for app in APPS), ROOT / "ccgather" / "ops"]
    return any(list(place.glob(name.rstrip("/"))) for place in places)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    named = paths_named_in(document) - MADE_WHEN_RUNNING
    assert sorted(name for name in named if not exists(name, beside=document)) == []


def test_the_documents_name_paths_at_all() -> None:
    assert len(paths_named_in("ARCHITECTURE.md")) > 20


def libraries_of(file: str) -> set[str]:
    """Names in a file of requirements, without extras, versions and markers."""
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    names = (re.match(r"[A-Za-z0-9._]+[A-Za-z0-9._-]*", line) for line in lines)
    return {match[0].lower() for match in names if match}


def test_every_library_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text().lower()
    rows = {
        match[1]
        for line in text.splitlines()
        if line.startswith("|") and (match := re.match(r"\| ([a-z0-9._-]+)", line))
    }
    tools = text.partition("## tests and checks")[2].partition("\n## ")[0]
    used = libraries_of("site.in") | libraries_of("cli.in")
    assert len(used) > 20
    assert sorted(used - rows) == []
    for name in sorted(libraries_of("dev.in") - rows):
        named = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", tools)
        is_stub = name.startswith("types-") or name.endswith("-types")
        assert named or (is_stub and "type stubs" in tools), name
