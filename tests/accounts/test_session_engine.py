"""Sessions in the database."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from accounts.models import Session, User
from accounts.services import purge_expired
from accounts.sessions import SessionStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_database_never_holds_the_key_itself(ana: User, as_ana: Client) -> None:
    key = as_ana.cookies["sessionid"].value
    row = Session.objects.get()
    assert row.user == ana
    assert row.session_key != key
    assert not SessionStore(row.session_key).exists(row.session_key)
    assert SessionStore(key).exists(key)


def test_the_stored_key_opens_nothing(ana: User, as_ana: Client) -> None:
    thief = Client()
    thief.cookies["sessionid"] = Session.objects.get().session_key
    assert thief.get("/api/auth/session").json() == {"user": None}


def test_use_is_noted_at_most_once_a_minute(ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
        for seconds, noted in ((59, 0), (1, 60), (30, 60), (31, 121)):
            clock.shift(timedelta(seconds=seconds))
            client.get("/api/auth/session")
            row = Session.objects.get()
            assert row.last_seen_at == NOON + timedelta(seconds=noted)
            assert row.created_at == NOON


def test_a_session_lasts_thirty_days(ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
        clock.shift(timedelta(days=30, seconds=-1))
        assert client.get("/api/auth/session").json()["user"] is not None
        clock.shift(timedelta(seconds=1))
        assert client.get("/api/auth/session").json()["user"] is None


def test_a_rewritten_session_keeps_its_identity_and_a_new_key_gets_a_new_one(ana: User) -> None:
    store = SessionStore()
    store[SESSION_KEY] = str(ana.pk)
    store.save()
    first = Session.objects.get()
    again = SessionStore(store.session_key)
    again["more"] = 1
    again.save()
    second = Session.objects.get()
    assert (second.id, second.created_at, second.user_id) == (first.id, first.created_at, ana.pk)
    again.cycle_key()
    third = Session.objects.get()
    assert third.id != first.id
    assert again["more"] == 1


def test_a_session_that_was_ended_meanwhile_is_not_brought_back(ana: User) -> None:
    store = SessionStore()
    store["x"] = 1
    store.save()
    Session.objects.all().delete()
    store["x"] = 2
    with pytest.raises(UpdateError):
        store.save()


def test_what_is_over_is_purged_and_the_rest_stays(ana: User) -> None:
    with time_machine.travel(NOON, tick=False):
        for user_id in (str(ana.pk), None):
            store = SessionStore()
            if user_id:
                store[SESSION_KEY] = user_id
            store.save()
    assert purge_expired(at=NOON + timedelta(hours=23)).sessions == 0
    assert purge_expired(at=NOON + timedelta(hours=25)).sessions == 1
    assert Session.objects.get().user == ana
    assert purge_expired(at=NOON + timedelta(days=30)).sessions == 1
