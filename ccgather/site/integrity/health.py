"""What `readyz` says about the nightly proof. Bearable: pages are answered all the same."""

from ccgather.ops import clock, health
from ccgather.site.integrity.rules.outcomes import LATE_AFTER, State, state_of
from leaderboard.models import IntegrityRun, SnapshotDay


def latest_proof() -> str | None:
    """None while the last run held and is young, or before the first is due."""
    at = clock.now()
    ended = IntegrityRun.objects.exclude(outcome=IntegrityRun.Outcome.RUNNING)
    last = ended.order_by("-at").first()
    if last is None:
        # The first night of a site has a snapshot, and an hour later its first proof.
        first = SnapshotDay.objects.order_by("taken_at").first()
        is_due = first is not None and at - first.taken_at > LATE_AFTER
        return "the invariants have never been checked" if is_due else None
    state = state_of(outcome=last.outcome, last_at=last.at, at=at)
    if state is State.BROKEN:
        broken = [figure["name"] for figure in last.figures if figure["wrong"]]
        return f"invariants are broken ({last.at:%Y-%m-%d}): {', '.join(broken)}"
    if state is State.HELD:
        return None
    words = "could not be checked" if state is State.FAILED else "were last checked"
    return f"the invariants {words} on {last.at:%Y-%m-%d %H:%M}"


def register() -> None:
    """Called once, when the app is ready."""
    health.register("integrity", latest_proof, is_bearable=True)
