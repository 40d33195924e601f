"""The words of a statement, and their language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from edge.conversation.understanding.amounts import JOINED, MINUS
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.statement_words import languages_first, statement_words
from edge.conversation.understanding.tokens import all_tokens

INSEPARABLE = "לבמ"
"""The Hebrew prefixes for to, in and from."""
PAUSES = frozenset("–—") | MINUS
_WRITTEN_ON = frozenset(
    ("tu", "vous", "je", "on", "nous", "moi", "lui", "leur", "en", "y", "il", "elle", "le", "la", "les", "ci")
)
"""Words that French joins with a hyphen, which isn't a pause: "peux-tu", "ajoute-moi"."""


@cache
def own_words(language: str) -> frozenset[str]:
    """Every word in a language's vocabulary; such words aren't names in another language."""
    known, said = vocabulary(language), statement_words(language)
    tables = (known.fillers, known.verbs, known.counted, known.joiners, known.negations, known.hold, known.hurried)
    more = (
        said.acts,
        said.signs,
        said.carried,
        said.before,
        said.numbered,
        said.measured,
        said.little,
        said.wants,
        said.particles,
    )
    phrases = {word for table in (*tables, *more) for phrase in table for word in phrase}
    return frozenset(phrases | known.numbers.keys() | known.dozens.keys() | known.fractions.keys() | known.parts.keys())


def language_of(words: Sequence[str], first: str) -> str:
    """The language that knows most of these words; `first` on a tie."""
    counts = {one: sum(word in own_words(one) for word in words) for one in languages_first(first)}
    return max(counts, key=lambda one: counts[one])


def split_words(text: str, linker: CatalogueLinker, first: str) -> list[str] | None:
    """The words of a text, with Hebrew "and" split off; None if a number is negative."""
    found: list[str] = []
    tokens = all_tokens(text)
    for at, token in enumerate(tokens):
        if token in PAUSES:
            before = tokens[at - 1] if at else ""
            if before in vocabulary(first).fractions:
                continue  # "demi-livre"
            if token in MINUS and before.isalpha() and at + 1 < len(tokens) and tokens[at + 1] in _WRITTEN_ON:
                continue
            if (
                token in MINUS
                and token != "–"
                and at + 1 < len(tokens)
                and tokens[at + 1][0].isdigit()
                and before.isalpha()
            ):
                return None
            found.append(",")
        elif _counts_on(found, token):
            found[-1] = found[-1].removeprefix("ש") if (found[-1], "ב") not in statement_words("he").acts else found[-1]
            found += [token[0], token[1:]]
        elif _sets_to(tokens, at) and not linker.has_word(token):
            found += ["ל", token[1:]]
        elif len(token) > 2 and token[0] == "ו" and not linker.has_word(token) and _begins(token[1:], linker):
            found += [JOINED, token[1:]]
        else:
            found.append(JOINED if token == "ו" else token)
    language = language_of(found, first)
    return vocabulary(language).written_out(found)


def _counts_on(before: list[str], token: str) -> bool:
    """Whether a Hebrew number has its verb's preposition attached ("used" takes "in"), also after "that"."""
    known = vocabulary("he")
    counts = token[1:] in known.numbers or token[1:] in known.fractions or token[1:] in known.dozens
    return (
        token[0] == "ב"
        and counts
        and bool(before)
        and any((verb, "ב") in statement_words("he").acts for verb in (before[-1], before[-1].removeprefix("ש")))
    )


def _sets_to(tokens: Sequence[str], at: int) -> bool:
    """Whether a Hebrew counting word with "to" and a number begins a level: "correct the honey to one box"."""
    known, acts = vocabulary("he"), statement_words("he").acts
    number = tokens[at + 1] if at + 1 < len(tokens) else ""
    counts = tokens[at][0] == "ל" and (tokens[at][1:],) in known.counted and number in known.numbers
    return counts and any(acts.get((word,)) == "adjust" or known.verbs.get((word,)) == "adjust" for word in tokens[:at])


def _begins(word: str, linker: CatalogueLinker) -> bool:
    led = word[0] in INSEPARABLE and (word[1:],) in statement_words("he").numbered  # "and to table 5"
    whom = (word,) in statement_words("he").wishing  # "and for me"
    return led or whom or word in own_words("he") or bool(linker.naming(word))


def with_and_apart(token: str, is_name: Callable[[str], bool], is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """A word with Hebrew "and" split off, if the rest is a word (or `is_known`) and the whole isn't a name.

    >>> with_and_apart("ואחד", lambda word: False, lambda word: False) == (JOINED, "אחד")
    True
    """
    if token == "ו":
        return (JOINED,)
    rest = token[1:]
    if token[0] == "ו" and len(rest) > 1 and not is_name(token) and (rest in own_words("he") or is_known(rest)):
        return JOINED, rest
    return (token,)
