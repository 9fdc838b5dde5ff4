"""Who demo people are: drawn from a seed, the same ones every time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import exp
from random import Random
from statistics import NormalDist

from ccgather.site.demo.places import (
    FAMILY_NAMES,
    GIVEN_NAMES,
    NICKNAME_ENDS,
    NICKNAMES,
    PLACES,
    Place,
)

HIDDEN_SHARE = 40
"""One hidden profile for that many visible people."""

_MEDIAN_LOG_TOKENS = 19.85
_SPREAD = 1.75
_TAIL_FROM = 30e9
_TAIL_SHARE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person and what they let others see. `number` is their place in the draw; `size` in 0..1
    is how much they burn against the others, `lifetime_tokens` about how much that is."""

    number: int
    username: str
    display_name: str
    country_code: str
    timezone: str
    profile_visible: bool
    hide_cost: bool
    hide_country: bool
    show_ranges: bool
    size: float
    lifetime_tokens: int


def demo_people(*, people: int, seed: int, taken: Collection[str]) -> list[DemoPerson]:
    """`people` visible people, and the hidden ones that come with them.

    `taken` are usernames that others have. Every demo handle contains `_`, which GitHub gives to
    nobody: a real person never finds theirs taken by one.
    """
    hidden = hidden_of(people=people)
    sizes = [*_sizes(people, seed, "visible"), *_sizes(hidden, seed, "hidden")]
    used = {name.lower() for name in taken}
    return [
        _person(number=number, size=size, visible=number < people, seed=seed, used=used)
        for number, size in enumerate(sizes)
    ]


def hidden_of(*, people: int) -> int:
    """How many hidden profiles come with that many visible people."""
    return max(1, people // HIDDEN_SHARE)


def _sizes(count: int, seed: int, which: str) -> Iterator[float]:
    """One size out of each of `count` equal parts of 0..1, in any order: any number of people
    then has the same mixture of a few large and many small ones."""
    rng = Random(f"{seed}:sizes:{which}")
    sizes = [(number + rng.uniform(0.3, 0.7)) / count for number in range(count)]
    rng.shuffle(sizes)
    yield from sizes


def _person(*, number: int, size: float, visible: bool, seed: int, used: set[str]) -> DemoPerson:
    rng = Random(f"{seed}:person:{number}")
    place = rng.choices(PLACES, weights=[place.weight for place in PLACES])[0]
    given = rng.choice(GIVEN_NAMES[place.names].split())
    family = rng.choice(FAMILY_NAMES[place.names].split())
    username = _username(rng, given, family, place)
    while username.lower() in used:
        username = f"{username.rstrip('0123456789')}{rng.randint(2, 999)}"
    used.add(username.lower())
    return DemoPerson(
        number=number,
        username=username,
        display_name=rng.choices((f"{given} {family}", given, ""), weights=(72, 16, 12))[0],
        country_code="" if rng.random() < 0.03 else place.country,
        timezone=rng.choice(place.zones),
        profile_visible=visible,
        hide_cost=rng.random() < 0.06,
        hide_country=rng.random() < 0.04,
        show_ranges=rng.random() < 0.05,
        size=size,
        lifetime_tokens=_lifetime_tokens(size),
    )


def _username(rng: Random, given: str, family: str, place: Place) -> str:
    plain_given, plain_family = _ascii(given), _ascii(family)
    word = rng.choice(NICKNAMES.split())
    end = rng.choice(NICKNAME_ENDS.split())
    return rng.choices(
        (
            f"{plain_given}_{plain_family}",
            f"{plain_given[0]}_{plain_family}",
            f"{plain_given}_{plain_family[0]}",
            f"{word}_{end}",
            f"{plain_given}_{end}",
            f"{word}_{plain_given}",
            f"{plain_family}_{place.country.lower()}",
            f"{word}_{rng.randint(10, 99)}",
        ),
        weights=(26, 12, 8, 18, 14, 10, 6, 6),
    )[0]


_LETTERS = str.maketrans(
    {
        "é": "e", "É": "E", "ê": "e", "è": "e", "ë": "e", "í": "i", "ñ": "n", "á": "a", "ã": "a",
        "à": "a", "ả": "a", "ó": "o", "ô": "o", "ọ": "o", "ú": "u", "ü": "u", "ư": "u", "ơ": "o",
        "š": "s", "ş": "s", "ç": "c", "ä": "a", "ö": "o", "ı": "i", "â": "a", "Ó": "O",
    }
)  # fmt: skip


def _ascii(name: str) -> str:
    """The name as a handle can spell it."""
    spelled = name.translate(_LETTERS).encode("ascii", "ignore").decode()
    return spelled.lower()


def _lifetime_tokens(size: float) -> int:
    """Log-normal, from about two million to about sixty billion, half below 420 million.

    The far tail is pressed together: even the heaviest honest user has only so many hours.
    """
    total = exp(NormalDist(_MEDIAN_LOG_TOKENS, _SPREAD).inv_cdf(size))
    if total > _TAIL_FROM:
        total = min(_TAIL_FROM + (total - _TAIL_FROM) * _TAIL_SHARE, 60e9)
    return max(int(total), 1_000_000)
