"""What a generated corpus really burned, said by the generator itself and by nobody else."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Burned:
    """The five disjoint classes of tokens, and how many responses."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    messages: int = 0

    @property
    def total(self) -> int:
        """All five classes together."""
        return self.input + self.output + self.cache_read + self.cache_write + self.reasoning


@dataclass
class Truth:
    """Tokens a UTC day (`YYYY-MM-DD`) and model.

    `peers` are the other counters ("ccusage", "tokscale") that must agree with a corpus without
    traps; `peer_notes` say, a peer, in which class or day it differs even there, and why.
    """

    client: str
    peers: tuple[str, ...] = ()
    peer_notes: dict[str, str] = field(default_factory=dict)
    burned: dict[tuple[str, str], Burned] = field(default_factory=lambda: defaultdict(Burned))

    def add(
        self,
        day: str,
        model: str,
        *,
        fresh: int = 0,
        output: int = 0,
        cache_read: int = 0,
        cache_write: int = 0,
        reasoning: int = 0,
        messages: int = 1,
    ) -> None:
        """Responses that really happened."""
        if not fresh + output + cache_read + cache_write + reasoning:
            return
        burned = self.burned[day, model]
        burned.input += fresh
        burned.output += output
        burned.cache_read += cache_read
        burned.cache_write += cache_write
        burned.reasoning += reasoning
        burned.messages += messages
