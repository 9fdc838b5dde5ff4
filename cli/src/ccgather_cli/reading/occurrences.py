"""Identities for rows that have none of their own."""

from ccgather_cli.reading.facts import Facts, link_of


class Occurrences:
    """Tells apart equal rows of one file, and finds each again in the file's copies.

    The n-th row with the same content is the n-th in every copy too. Nothing is kept but what
    repeats: whether something stood there before is seen in the facts, also after a resumption.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._repeated: dict[str, int] = {}

    def identity(self, content: str) -> str:
        """An identity for the next row with `content`, to be added before the next is asked for."""
        return self._next(content)[0]

    def link(self, content: str) -> int:
        """The same as a row's link."""
        return self._next(content)[1]

    def _next(self, content: str) -> tuple[str, int]:
        number = self._repeated.get(content, 0)
        while True:
            identity = f"\0{number}\0{content}"
            link = link_of(self._facts.client, identity)
            if (link, 0) not in self._facts.places:
                break
            number += 1
        if number:
            self._repeated[content] = number + 1
        return identity, link
