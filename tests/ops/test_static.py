import json
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from pytest_django import Settings

from ccgather.ops import static


def test_every_static_file_collects_and_every_reference_between_them_is_found() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text())
    assert manifest["paths"]


def test_a_second_collection_does_nothing() -> None:
    static.collect_if_changed()
    assert static.collect_if_changed() is False


def test_a_changed_file_is_collected_again_under_a_new_name(
    tmp_path: Path, settings: Settings
) -> None:
    style = tmp_path / "source" / "a.css"
    style.parent.mkdir()
    settings.VAR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [style.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

    style.write_text("a { color: red }")
    assert static.collect_if_changed() is True
    first = staticfiles_storage.url("a.css")
    assert re.fullmatch(static.HASHED_NAME, first)
    assert static.collect_if_changed() is False

    style.write_text("a { color: blue; }")
    assert static.collect_if_changed() is True
    assert staticfiles_storage.url("a.css") != first
