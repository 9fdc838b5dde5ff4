"""How often somebody may do something."""

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from ccgather.ops.limits import RateLimitedError, Verdict, count_address, count_person, require


def request_from(address: str) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=address)


def count(address: str, group: str = "test") -> Verdict:
    return count_address(request_from(address), group=group, limit=3, seconds=60)


@time_machine.travel("2026-11-20T12:00:00Z", tick=False)
def test_the_fourth_of_three_is_refused_and_told_when_to_come_back() -> None:
    verdicts = [count("203.0.113.9") for _ in range(4)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    refused = verdicts[-1]
    assert 1 <= refused.reset_seconds <= 60
    assert refused.headers()["Retry-After"] == str(refused.reset_seconds)
    assert "Retry-After" not in verdicts[0].headers()
    with pytest.raises(RateLimitedError) as caught:
        require(refused)
    assert caught.value.retry_after == refused.reset_seconds


def test_after_the_window_it_may_again() -> None:
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as clock:
        refused = [count("203.0.113.9") for _ in range(4)][-1]
        clock.shift(refused.reset_seconds + 1)
        assert count("203.0.113.9").allowed


@time_machine.travel("2026-11-20T12:00:00Z", tick=False)
def test_others_and_other_groups_are_counted_apart() -> None:
    for _ in range(4):
        count("203.0.113.9")
    assert count("203.0.113.10").allowed
    assert count("203.0.113.9", group="other").allowed


@time_machine.travel("2026-11-20T12:00:00Z", tick=False)
def test_an_ipv6_customer_is_one_address() -> None:
    for tail in range(4):
        last = count(f"2001:db8:0:7::{tail:x}")
    assert not last.allowed
    assert count("2001:db8:0:8::1").allowed


@time_machine.travel("2026-11-20T12:00:00Z", tick=False)
def test_a_person_is_counted_wherever_they_are() -> None:
    verdicts = [
        count_person(
            request_from(f"203.0.113.{n}"), group="profile", person="alice", limit=3, seconds=3600
        )
        for n in range(4)
    ]
    assert not verdicts[-1].allowed


def test_without_its_counter_the_site_stays_open() -> None:
    gone = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    with override_settings(CACHES=gone):
        assert count("203.0.113.9").allowed


@pytest.mark.redis
def test_redis_counts_for_all_processes(redis_url: str) -> None:
    shared = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
        }
    }
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False), override_settings(CACHES=shared):
        verdicts = [count("203.0.113.9") for _ in range(4)]
        cache.close()
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
