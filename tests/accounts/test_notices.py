"""What people are told: the page, the mark in the header, and the mails."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import tasks
from accounts.models import Notice, User
from accounts.selectors import has_unseen_notices, notices_page
from accounts.services import notify
from accounts.services.notices import email_notices, see_notices
from ccgather.ops.models import JobRun
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PATH = "/notices"


def tell(user: User, *, minutes: int = 0, **fields: Any) -> Notice:
    """Something a person is told, `minutes` after noon."""
    words: dict[str, Any] = {
        "code": "days_held",
        "tone": Notice.Tone.REVIEW,
        "title": "Two days of yours wait for review",
        "text": "2026-11-18 and 2026-11-19.\n\nThe rest counts.",
        "link": "/settings/held",
    }
    return notify(user=user, at=AT + timedelta(minutes=minutes), **(words | fields))


def test_what_was_told_is_on_the_page_the_latest_first(as_ana: Client, ana: User) -> None:
    tell(ana)
    tell(ana, minutes=5, tone="good", title="Your days count", text="Both of them.")
    page = as_ana.get(PATH).content.decode()
    assert page.index("Your days count") < page.index("Two days of yours wait for review")
    assert "under review" in page
    assert "good news" in page


def test_others_read_none_of_it(as_ben: Client, ana: User) -> None:
    told = tell(ana)
    assert told.title not in as_ben.get(PATH).content.decode()
    as_ben.post(f"{PATH}/{told.pk}/open")
    as_ben.post(f"{PATH}/seen")
    told.refresh_from_db()
    assert told.seen_at is None


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(PATH).headers["Location"] == "/login?next=/notices"


def test_looking_at_the_page_changes_nothing(as_ana: Client, ana: User) -> None:
    tell(ana)
    as_ana.get(PATH)
    assert has_unseen_notices(user=ana)
    assert as_ana.post(PATH).status_code == 405
    assert as_ana.get(f"{PATH}/seen").status_code == 405


def test_the_header_marks_what_is_new_until_it_is_seen(as_ana: Client, ana: User) -> None:
    assert "notices-link__mark" not in as_ana.get("/settings").content.decode()
    told = tell(ana)
    assert "notices-link__mark" in as_ana.get("/settings").content.decode()
    answer = as_ana.post(f"{PATH}/{told.pk}/open")
    assert answer.headers["Location"] == "/settings/held"
    assert "notices-link__mark" not in as_ana.get("/settings").content.decode()


def test_the_header_asks_the_database_nothing_for_strangers(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert "notices-link" not in client.get("/login/suspended").content.decode()


def test_all_are_seen_but_those_that_came_after_the_page_was_drawn(
    as_ana: Client, ana: User
) -> None:
    shown = tell(ana)
    later = tell(ana, minutes=1)
    as_ana.post(f"{PATH}/seen", {"until": shown.created_at.isoformat()})
    assert [n.pk for n in Notice.objects.filter(seen_at__isnull=True)] == [later.pk]
    as_ana.post(f"{PATH}/seen", {"until": "at half past nonsense"})
    assert not has_unseen_notices(user=ana)


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_a_notice_leads_nowhere_but_to_this_site(as_ana: Client, ana: User, link: str) -> None:
    told = tell(ana, link=link)
    assert as_ana.post(f"{PATH}/{told.pk}/open").headers["Location"] == PATH


def test_a_notice_that_is_not_there_leads_to_the_list(as_ana: Client, ana: User) -> None:
    assert as_ana.post(f"{PATH}/{ana.pk}/open").headers["Location"] == PATH


def test_the_list_is_in_pages(as_ana: Client, ana: User) -> None:
    for minutes in range(21):
        tell(ana, minutes=minutes, title=f"Notice number {minutes}")
    assert "Notice number 0<" not in as_ana.get(PATH).content.decode()
    assert "Notice number 0<" in as_ana.get(f"{PATH}?page=2").content.decode()


def test_selectors_ask_as_often_as_they_say(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tell(ana)
    with django_assert_num_queries(2):
        list(notices_page(user=ana, page=1))
    with django_assert_num_queries(1):
        assert has_unseen_notices(user=ana)
    assert see_notices(user=ana, until=AT, at=AT) == 1


# --- Mail ------------------------------------------------------------------------------------


def mailed(minutes: int = 1) -> tuple[int, int, int]:
    """What a run of the job sent, dropped and failed at."""
    done = email_notices(at=AT + timedelta(minutes=minutes))
    return done.sent, done.dropped, done.failed


def sent_mail() -> EmailMultiAlternatives:
    """The one mail that went out."""
    (found,) = mail.outbox
    assert isinstance(found, EmailMultiAlternatives)
    return found


def test_a_notice_is_mailed_once(ana: User) -> None:
    told = tell(ana)
    assert mailed() == (1, 0, 0)
    assert mailed(2) == (0, 0, 0)
    sent = sent_mail()
    assert sent.to == ["ana@example.org"]
    assert sent.subject == "CCGather: Two days of yours wait for review"
    assert "http://127.0.0.1:8000/settings/held" in sent.body
    told.refresh_from_db()
    assert told.emailed_at == AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("tone", "words"),
    [
        ("review", "That is no verdict"),
        ("refused", "Somebody else than the person who decided answers"),
        ("ours", "our mistake, not yours"),
        ("good", "Good news"),
    ],
)
def test_each_tone_has_its_words_in_text_and_in_html(ana: User, tone: str, words: str) -> None:
    tell(ana, tone=tone, title="Ana & <Ben>", text="1 < 2\n\nSecond part")
    assert mailed() == (1, 0, 0)
    sent = sent_mail()
    ((html, kind),) = sent.alternatives
    assert kind == "text/html"
    assert words in sent.body
    assert words in str(html)
    assert "Ana & <Ben>.\n\n1 < 2\n\nSecond part\n" in sent.body
    assert "<h1>Ana &amp; &lt;Ben&gt;</h1>\n<p>1 &lt; 2</p>\n<p>Second part</p>" in str(html)


def test_a_mail_can_be_left_with_one_click_as_rfc_8058_has_it(ana: User, client: Client) -> None:
    tell(ana)
    mailed()
    message: EmailMessage = sent_mail().message()
    address = str(message["List-Unsubscribe"]).strip("<>")
    assert address.startswith("http://127.0.0.1:8000/emails/off/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert address in sent_mail().body
    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    ana.refresh_from_db()
    assert not ana.email_reviews


def test_the_same_mail_has_the_same_message_id(ana: User) -> None:
    told = tell(ana)
    mailed()
    Notice.objects.update(emailed_at=None)
    mailed()
    first, second = (sent.message()["Message-ID"] for sent in mail.outbox)
    assert first == second == f"<notice.{told.pk}@127.0.0.1>"


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"email_reviews": False}, {"is_demo": True}], ids=str
)
def test_who_wants_none_or_cannot_have_one_gets_no_mail(fields: dict[str, Any]) -> None:
    person = make_user("cleo", **({"email": "cleo@example.org"} | fields))
    assert not tell(person).wants_email
    assert mailed() == (0, 0, 0)
    assert not mail.outbox


def test_who_changes_their_mind_before_it_is_sent_gets_no_mail(ana: User) -> None:
    tell(ana)
    User.objects.filter(pk=ana.pk).update(email_reviews=False)
    assert mailed() == (0, 1, 0)
    User.objects.filter(pk=ana.pk).update(email_reviews=True)
    assert mailed(2) == (0, 0, 0)


def test_a_site_without_mail_sends_none_and_keeps_none_for_later(
    ana: User, settings: Settings
) -> None:
    settings.EMAIL_URL = ""
    assert not tell(ana).wants_email
    settings.EMAIL_URL = "console:"
    assert mailed() == (0, 0, 0)


def refuse(error: Exception, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The mail server says no to everything; who it was asked for."""
    asked: list[str] = []

    def send(self: EmailMultiAlternatives) -> int:
        asked.extend(self.to)
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    return asked


def test_an_unreachable_mail_server_is_asked_once_a_run_and_again_later(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ana)
    tell(ana, minutes=1)
    with monkeypatch.context() as patched:
        asked = refuse(ConnectionRefusedError("nobody there"), patched)
        assert mailed(2) == (0, 0, 1)
        assert len(asked) == 1
    assert mailed(3) == (2, 0, 0)


def test_an_address_that_is_refused_keeps_nobody_else_waiting(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ana)
    tell(make_user("cleo", email="cleo@example.org"), minutes=1)
    asked = refuse(smtplib.SMTPRecipientsRefused({}), monkeypatch)
    assert mailed(2) == (0, 0, 2)
    assert asked == ["ana@example.org", "cleo@example.org"]


def test_a_mail_that_could_not_be_sent_for_two_days_is_given_up(ana: User) -> None:
    told = tell(ana)
    assert mailed(2 * 24 * 60 + 1) == (0, 1, 0)
    told.refresh_from_db()
    assert (told.wants_email, told.emailed_at) == (False, None)


def test_the_job_is_recorded_when_it_did_something(ana: User) -> None:
    tasks.email_notices()
    assert not JobRun.objects.exists()
    notify(user=ana, code="x", tone="good", title="Now", text="Now.", at=datetime.now(UTC))
    tasks.email_notices()
    assert JobRun.objects.get().counts == {"sent": 1, "dropped": 0, "failed": 0}
