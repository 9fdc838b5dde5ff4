"""Taking usage away, and moving it between devices."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import ApiToken, Device, DeviceKey, DeviceLogin, User
from ccgather.errors import InvalidInputError, NotFoundError
from ccgather.site.sums import sum_disagreements
from leaderboard.models import Competitor, Standing
from submissions.models import (
    RawReport,
    RejectedReport,
    Slice,
    SliceRow,
    Submission,
    UsageAccount,
    UserDay,
)
from submissions.services.deletion import (
    delete_device,
    delete_submitted_data,
    merge_devices,
    slice_counts,
)
from tests.cast import ALICE_SECRET, token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
HUGE = 500_000_000_001


@pytest.fixture
def desk_token(alice: User) -> ApiToken:
    """Alice's other machine."""
    return token_of(alice, secret="tt_" + "d" * 48, device="desk")


def tokens_of(user: User) -> int:
    return UsageAccount.objects.get(user=user).total_tokens


def merge(source: ApiToken, target: ApiToken) -> None:
    merge_devices(
        user_id=source.user_id, from_id=source.device_id, into_id=target.device_id, at=NOW
    )


# --- Everything ------------------------------------------------------------------------------


def test_everything_submitted_goes_and_nothing_else(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    for token in (alice_token, bob_token):
        accept(token, report([row(tokens=100), row(YESTERDAY, HUGE, model="m")], device="m1"))
    RejectedReport.objects.create(
        user=alice, attempted_at=NOW, code="empty_report", message="", body_bytes=2
    )
    assert delete_submitted_data(user_id=alice.pk, at=NOW) == 1
    for model in (Slice, UserDay, UsageAccount, Submission, Standing, Competitor):
        owners = model.objects.values_list("user_id", flat=True)
        assert set(owners) == {bob.pk}, model
    assert RawReport.objects.count() == Submission.objects.count() == 1
    assert SliceRow.objects.count() == 2
    assert not RejectedReport.objects.exists()
    assert Device.objects.filter(user=alice).count() == 1
    assert ApiToken.objects.filter(user=alice).exists()
    assert sum_disagreements() == []


def test_a_new_history_has_a_new_first_submission(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    delete_submitted_data(user_id=alice.pk, at=NOW)
    answer = accept(alice_token, report([row()]), minutes=60)
    assert answer.mode == "create"
    account = UsageAccount.objects.get()
    assert account.first_submission_at == NOW + timedelta(minutes=60)
    assert Standing.objects.filter(first_submission_at=NOW).count() == 0


def test_deleting_nothing_is_no_error(alice: User) -> None:
    assert delete_submitted_data(user_id=alice.pk, at=NOW) == 0


def test_an_unknown_person_is_not_found(db: None) -> None:
    with pytest.raises(NotFoundError):
        delete_submitted_data(user_id=uuid4(), at=NOW)


# --- A device --------------------------------------------------------------------------------


def test_a_deleted_device_takes_what_it_alone_saw_and_its_tokens(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100), row(YESTERDAY, 50)]))
    accept(desk_token, report([row(tokens=30)]), minutes=1)
    delete_device(user_id=alice.pk, device_id=alice_token.device_id, at=NOW)
    assert tokens_of(alice) == 30
    assert list(UserDay.objects.values_list("day", "total_tokens")) == [(TODAY, 30)]
    assert list(ApiToken.objects.all()) == [desk_token]
    assert Submission.objects.count() == 2  # that it was sent stays in the history
    assert sum_disagreements() == []


def test_what_another_device_saw_as_well_counts_there_from_now_on(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(desk_token, report([row(tokens=100)]), minutes=1)
    assert tokens_of(alice) == 100
    delete_device(user_id=alice.pk, device_id=alice_token.device_id, at=NOW)
    assert tokens_of(alice) == 100
    assert Slice.objects.get().not_counted == ""


def test_the_only_device_takes_the_person_off_the_boards(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    delete_device(user_id=alice.pk, device_id=alice_token.device_id, at=NOW)
    account = UsageAccount.objects.get()
    assert (account.total_tokens, account.active_days, account.first_day) == (0, 0, None)
    assert not Standing.objects.exists()
    assert sum_disagreements() == []


@pytest.mark.parametrize("whose", ["bobs", "nobodys"])
def test_only_ones_own_device_is_there_to_delete(
    whose: str, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(bob_token, report([row()]))
    device_id = bob_token.device_id if whose == "bobs" else uuid4()
    with pytest.raises(NotFoundError):
        delete_device(user_id=alice.pk, device_id=device_id, at=NOW)
    assert Slice.objects.count() == 1
    assert Device.objects.count() == 2


# --- Two devices that are one ----------------------------------------------------------------


def test_of_each_slice_that_both_have_the_larger_stays(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    days = [TODAY - timedelta(days=ago) for ago in range(4)]
    old = [row(days[0], 100), row(days[1], 20), row(days[2], 7), row(days[0], 1, client="codex")]
    kept = [row(days[0], 90), row(days[1], 30), row(days[3], 5)]
    accept(alice_token, report(old))
    accept(desk_token, report(kept), minutes=1)
    assert tokens_of(alice) == 253
    merge(alice_token, desk_token)
    assert tokens_of(alice) == 100 + 30 + 7 + 5 + 1
    assert {s.device_id for s in Slice.objects.all()} == {desk_token.device_id}
    assert SliceRow.objects.count() == Slice.objects.count() == 5
    assert [d.name for d in alice.devices.all()] == ["desk"]
    assert sum_disagreements() == []


def test_an_identical_slice_counts_once_before_and_after(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(desk_token, report([row(tokens=100)]), minutes=1)
    merge(alice_token, desk_token)
    assert tokens_of(alice) == 100
    assert Slice.objects.get().not_counted == ""


def test_a_slice_that_waits_goes_along(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=HUGE, model="m")]))
    accept(desk_token, report([row(tokens=10)]), minutes=1)
    merge(alice_token, desk_token)
    assert Slice.objects.pending().get().device_id == desk_token.device_id
    assert tokens_of(alice) == 10


def test_keys_tokens_and_history_follow(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row()], device="key-of-the-laptop"))
    waiting = DeviceLogin.objects.create(
        device_code_hash=b"h" * 32,
        user_code="ABCD-EFGH",
        device_name="laptop",
        state="approved",
        user=alice,
        device=alice_token.device,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
    )
    merge(alice_token, desk_token)
    desk = desk_token.device
    assert DeviceKey.objects.get().device == desk
    assert set(ApiToken.objects.values_list("device", flat=True)) == {desk.pk}
    assert ApiToken.objects.count() == 2
    assert Submission.objects.get().device == desk
    waiting.refresh_from_db()
    assert waiting.device == desk


def test_the_next_report_of_a_merged_device_finds_the_one_that_stayed(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)], device="key-of-the-laptop"))
    accept(desk_token, report([row(tokens=40)], device="key-of-the-desk"), minutes=1)
    merge(alice_token, desk_token)
    alice_token.refresh_from_db()
    for key, tokens in (("key-of-the-laptop", 130), ("key-of-the-desk", 140)):
        answer = accept(alice_token, report([row(tokens=tokens)], device=key), minutes=tokens)
        assert answer.device == desk_token.device
        assert tokens_of(alice) == tokens
    assert ALICE_SECRET.startswith(alice_token.token_hint)


def test_what_the_smaller_device_said_last_is_read_again_after_a_merge(
    alice: User, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    """Its digest says nothing of the larger slices that took the place of its own."""
    accept(alice_token, report([row(tokens=100)]))
    accept(desk_token, report([row(tokens=40)]), minutes=1, mode="replace")
    merge(alice_token, desk_token)
    answer = accept(desk_token, report([row(tokens=40)]), minutes=2, mode="replace")
    assert (answer.mode, tokens_of(alice)) == ("replace", 40)


def test_a_device_cannot_be_merged_with_itself(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    with pytest.raises(InvalidInputError):
        merge(alice_token, alice_token)
    assert Slice.objects.count() == 1


@pytest.mark.parametrize("way", ["from", "into"])
def test_only_ones_own_devices_can_be_merged(
    way: str, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    accept(bob_token, report([row(tokens=70)]))
    ids = [bob_token.device_id, alice_token.device_id]
    from_id, into_id = ids if way == "from" else reversed(ids)
    with pytest.raises(NotFoundError):
        merge_devices(user_id=alice.pk, from_id=from_id, into_id=into_id, at=NOW)
    assert Slice.objects.count() == Device.objects.count() == 2


def test_slices_are_counted_by_device(
    alice: User, alice_token: ApiToken, desk_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(), row(YESTERDAY, HUGE, model="m"), row(client="codex")]))
    accept(bob_token, report([row()]))
    assert slice_counts(user=alice) == {alice_token.device_id: 2}
