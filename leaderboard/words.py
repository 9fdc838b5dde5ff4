"""What pages and notices say about progress."""

from ccgather.ui.formats import cost_compact, tokens_compact, tokens_exact
from leaderboard.rules.badges.rules import Progress, Unit


def progress_words(progress: Progress) -> str:
    """How far somebody is: "23 of 30 days", "412M of 1B tokens", "rank 73, wanted is
    50 or better among 200 people or more"."""
    goal = progress.goal
    if progress.unit is Unit.RANKS:
        return f"{goal} ranks within a week, seen each midnight"
    if progress.unit is Unit.PLACES:
        return f"the first {goal} of a country"
    if progress.unit is Unit.RANK:
        wanted = "first" if goal == 1 else f"{tokens_exact(goal)} or better"
        wanted = f"wanted is {wanted} among {tokens_exact(progress.among)} people or more"
        if progress.have is None:
            return f"no rank yet, {wanted}"
        return f"rank {tokens_exact(progress.have)}, {wanted}"
    have = progress.have or 0
    if progress.unit is Unit.MICROUSD:
        return f"{cost_compact(have)} of {cost_compact(goal)}"
    if progress.unit is Unit.TOKENS:
        return f"{tokens_compact(have)} of {tokens_compact(goal)} tokens"
    if progress.unit is Unit.PERCENT:
        return f"{have} % of the wanted {goal} %"
    names = {Unit.DAYS: "days", Unit.FAMILIES: "model families", Unit.CLIENTS: "tools"}
    return f"{tokens_exact(have)} of {tokens_exact(goal)} {names[progress.unit]}"
