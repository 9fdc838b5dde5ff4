"""What somebody sent: by file, in the history, taken away with them, taken back, gone."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from submissions.models import Slice, Submission
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CCUSAGE = (
    Path(__file__).resolve().parents[2] / "contract" / "examples" / "wire" / "ccusage-20-daily.json"
)


def tokens_in(path: Path) -> int:
    """What the file says it holds."""
    return int(json.loads(path.read_text())["totals"]["totalTokens"])


def uploads(page: Page, path: Path) -> None:
    """Fill in the form for a new device and send it."""
    page.get_by_label("File").set_input_files(path)
    page.get_by_label("Device", exact=False).first.select_option(label="A new device")
    page.get_by_label("Name of the new device").fill("old laptop")
    page.get_by_role("button", name="Upload").click()


def test_a_ccusage_file_is_uploaded_read_back_exported_and_taken_back(
    open_browser: Open, alice: User
) -> None:
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens("/settings/upload")
    uploads(page, CCUSAGE)
    expect(page).to_have_url(f"{visitor.site}/settings/submissions")
    total = f"{tokens_in(CCUSAGE):,}"
    line = page.get_by_role("row").filter(has_text="ccusage")
    expect(line).to_contain_text("old laptop")
    expect(line).to_contain_text(total)
    expect(line).to_contain_text("counted")

    visitor.opens("/settings/account")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download my data").click()
    with zipfile.ZipFile(started.value.path()) as archive:
        names = set(archive.namelist())
        assert {
            "account/profile.json",
            "account/sign-ins.json",
            "account/devices.csv",
            "account/tokens.csv",
            "account/sessions.csv",
            "usage/days.csv",
            "usage/rows.csv",
            "usage/slices.json",
            "usage/submissions.json",
        } <= names
        assert json.loads(archive.read("account/profile.json"))[0]["username"] == "alice"
        sent = Submission.objects.get(user=alice)
        assert json.loads(archive.read(f"usage/raw/{sent.pk}.json")) == json.loads(
            CCUSAGE.read_text()
        )
        days = list(
            csv.DictReader(io.TextIOWrapper(archive.open("usage/days.csv"), encoding="utf-8"))
        )
    assert len(days) == len(json.loads(CCUSAGE.read_text())["daily"])

    visitor.opens("/settings/submissions")
    page.get_by_label("to confirm").fill("no")
    page.get_by_role("button", name="Delete submitted data").click()
    expect(page.get_by_text("Nothing was deleted")).to_be_visible()
    page.get_by_label("to confirm").fill("delete")
    page.get_by_role("button", name="Delete submitted data").click()
    expect(page.get_by_text("1 submission and everything it brought is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing sent yet")).to_be_visible()
    assert not Slice.objects.filter(user=alice).exists()


def test_a_faulty_file_is_refused_with_every_reason_and_nothing_is_stored(
    open_browser: Open, alice: User, tmp_path: Path
) -> None:
    faulty = json.loads(CCUSAGE.read_text())
    faulty["daily"][0]["inputTokens"] = -5
    faulty["daily"][1]["period"] = "2026-02-31"
    path = tmp_path / "usage.json"
    path.write_text(json.dumps(faulty))
    visitor = open_browser(signed_in_as=alice, scripts=False)
    page = visitor.opens("/settings/upload")
    uploads(page, path)
    reasons = page.locator(".notice--error li")
    expect(reasons.first).to_be_visible()
    said = " ".join(reasons.all_inner_texts())
    assert "inputTokens" in said
    assert "2026-02-31" in said
    assert not Submission.objects.filter(user=alice).exists()
    assert not Slice.objects.filter(user=alice).exists()

    path.write_text("this is not JSON")
    uploads(page, path)
    expect(page.locator(".notice--error")).to_contain_text("JSON")
    visitor.opens("/settings/submissions")
    expect(page.get_by_role("heading", name="Nothing sent yet")).to_be_visible()


def test_a_file_without_a_device_asks_for_one(open_browser: Open, alice: User) -> None:
    page = open_browser(signed_in_as=alice).opens("/settings/upload")
    page.get_by_label("File").set_input_files(CCUSAGE)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".field__errors")).to_be_visible()
    assert not Submission.objects.filter(user=alice).exists()


def test_an_account_is_deleted_and_its_pages_with_it(open_browser: Open) -> None:
    visitor, stranger = open_browser(), open_browser()
    page = visitor.opens("/login")
    page.get_by_label("Username").fill("leaver")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Skip").click()
    visitor.opens("/settings/upload")
    uploads(page, CCUSAGE)
    board = stranger.opens("/")
    expect(board.get_by_text("@leaver")).to_be_visible()

    visitor.opens("/settings/account")
    page.get_by_label("Type your username to confirm").fill("somebody else")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("This is not your username")).to_be_visible()
    page.get_by_label("Type your username to confirm").fill("leaver")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account and everything in it is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    stranger.opens("/")
    expect(board.get_by_text("@leaver")).to_have_count(0)
    stranger.opens("/u/leaver")
    expect(board.get_by_text("404")).to_be_visible()
    assert not User.objects.filter(username="leaver").exists()
