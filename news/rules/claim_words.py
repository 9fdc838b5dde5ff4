"""The words that the check of summaries knows."""

from calendar import day_name, month_abbr, month_name
from typing import Final

MONTHS: Final = {
    name.lower(): number
    for names in (month_name, month_abbr, (*("",) * 9, "Sept"))
    for number, name in enumerate(names)
    if name
}
WEEKDAYS: Final = frozenset(name.lower() for name in day_name)
_TIMES: Final = 1e15
"""Being twice as much is another claim than being two: words for it have values of their own."""

NUMBER_WORDS: Final[dict[str, float]] = {
    **{
        word: number
        for number, word in enumerate(
            (
                *("zero", "", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
                *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
                *("seventeen", "eighteen", "nineteen", "twenty"),
            )
        )
        if word
    },
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    **dict.fromkeys(("half", "halves", "halved"), _TIMES + 0.5),
    **dict.fromkeys(("double", "doubled", "doubles", "doubling", "twice"), _TIMES + 2),
    **dict.fromkeys(("triple", "tripled", "triples", "tripling", "thrice"), _TIMES + 3),
}
SCALES: Final = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "b": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}
COMMON_ACRONYMS: Final = frozenset(
    (
        "AI",
        "API",
        "APIs",
        "CLI",
        "CPU",
        "GPU",
        "IDE",
        "LLM",
        "LLMs",
        "SDK",
        "UI",
        "URL",
        "US",
        "USD",
    )
)
NOT_NAMES: Final = frozenset(
    (
        *("a", "an", "the", "this", "that", "these", "those", "it", "its", "they", "their", "he"),
        *("she", "we", "our", "you", "your", "i", "in", "on", "at", "of", "for", "from", "with"),
        *("and", "or", "but", "as", "by", "to", "if", "when", "while", "after", "before", "since"),
        *("new", "now", "all", "some", "more", "most", "each", "both", "other", "also", "however"),
        *("there", "here", "what", "who", "why", "how", "which", "no", "not", "yes", "one"),
    )
)
STOP_WORDS: Final = frozenset(
    (
        *NOT_NAMES,
        *("is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does"),
        *("did", "will", "would", "can", "could", "may", "might", "should", "must", "than", "then"),
        *("up", "out", "over", "under", "about", "into", "per", "only", "just", "very", "such"),
        *("any", "many", "much", "so", "too", "through", "during", "between", "against", "via"),
        *("around", "nearly", "roughly", "least", "least", "says", "said", "according", "million"),
        *("billion", "thousand", "percent", "total", "number"),
    )
)
