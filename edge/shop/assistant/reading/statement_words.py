"""The words that statements about the stock are made of, by language: read once from `vocabulary/statements/*.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

import msgspec

from edge.shop.assistant.lexicon import Phrase
from edge.shop.assistant.understood import LANGUAGES, understood
from edge.shop.search.query.text import words_of

KINDS = ("out", "in", "waste", "adjust")
LONGEST = 5


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    out: tuple[str, ...]
    into: tuple[str, ...] = msgspec.field(name="in")
    waste: tuple[str, ...] = ()
    adjust: tuple[str, ...] = ()
    signs_out: tuple[str, ...] = ()
    signs_in: tuple[str, ...] = ()
    giving: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    storage: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    to_us: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    plainly: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    bigger: tuple[str, ...] = ()
    smaller: tuple[str, ...] = ()
    cheaper: tuple[str, ...] = ()
    dearer: tuple[str, ...] = ()
    out_particles: tuple[str, ...] = ()
    in_particles: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    inexact: tuple[str, ...] = ()
    inexact_behind: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()
    ago: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    fetched_from: tuple[str, ...] = ()
    toward: tuple[str, ...] = ()
    polite: tuple[str, ...] = ()
    them: tuple[str, ...] = ()
    little: tuple[str, ...] = ()


class StatementWords(msgspec.Struct, frozen=True):
    """One language's. `acts`: what each phrase says happened; `signs`: the same at the beginning alone ("minus two").

    `handed`: acts that with `to_us` may have come in; `giving` and `coming`: what says which way where no act does;
    `storage`: where goods lie; `carried`: put and got, with `particles` that say which way. `before`: what begins a
    context; `numbered`: what a number behind it counts nothing of ("table 6"), `measured`: nor before it ("9 o'clock");
    `ago`: how long ago it was. `inexact` before a number, `inexact_behind` behind it: nobody counted that.

    `suppliers` bring and take back, `served` get what is brought, `turned` is said of both; `fetched_from` and `toward`
    say which ("toward" also stands in names: "bagel à l'orange"). `wants`: what tells of nothing that happened;
    `polite`: what asks to write something down; `them`: what was named before. `little` and `pointing` ("that one") say
    nothing.

    `corrects`, `but`, `more`, `less` and `again` change what was done just now. `denies`, `articles` and `plainly`
    stand in answers around a unit ("not boxes", "a box", "full boxes"). `both` means several of what was shown;
    `bigger`, `smaller`, `cheaper` and `dearer` tell options apart.
    """

    language: str
    acts: dict[Phrase, str]
    signs: dict[Phrase, str]
    giving: frozenset[Phrase]
    coming: frozenset[Phrase]
    storage: frozenset[Phrase]
    handed: frozenset[Phrase]
    to_us: frozenset[Phrase]
    pointing: frozenset[Phrase]
    corrects: frozenset[Phrase]
    but: frozenset[Phrase]
    more: frozenset[Phrase]
    less: frozenset[Phrase]
    again: frozenset[Phrase]
    denies: frozenset[Phrase]
    articles: frozenset[Phrase]
    plainly: frozenset[Phrase]
    both: frozenset[Phrase]
    bigger: frozenset[Phrase]
    smaller: frozenset[Phrase]
    cheaper: frozenset[Phrase]
    dearer: frozenset[Phrase]
    particles: dict[Phrase, str]
    carried: frozenset[Phrase]
    before: frozenset[Phrase]
    numbered: frozenset[Phrase]
    measured: frozenset[Phrase]
    wants: frozenset[Phrase]
    inexact: frozenset[Phrase]
    inexact_behind: frozenset[Phrase]
    suppliers: frozenset[Phrase]
    turned: frozenset[Phrase]
    ago: frozenset[Phrase]
    served: frozenset[Phrase]
    fetched_from: frozenset[Phrase]
    toward: frozenset[Phrase]
    polite: frozenset[Phrase]
    them: frozenset[Phrase]
    little: frozenset[Phrase]


def _phrases(texts: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(words_of(text)) for text in texts)


@cache
def statement_words(language: str) -> StatementWords:
    """The words of one language."""
    language = understood(language)
    path = resources.files("edge.shop.assistant").joinpath("vocabulary", "statements", f"{language}.toml")
    file = msgspec.toml.decode(path.read_bytes(), type=_File)
    kinds = {"out": file.out, "in": file.into, "adjust": file.adjust, "waste": file.waste}
    acts = {phrase: kind for kind, texts in kinds.items() for phrase in _phrases(texts)}
    ways = {"out": file.out_particles, "in": file.in_particles}
    particles = {phrase: kind for kind, texts in ways.items() for phrase in _phrases(texts)}
    signs = dict.fromkeys(_phrases(file.signs_out), "out") | dict.fromkeys(_phrases(file.signs_in), "in")
    sets = (
        "handed",
        "to_us",
        "pointing",
        "corrects",
        "but",
        "more",
        "less",
        "again",
        "denies",
        "articles",
        "plainly",
        "both",
        "bigger",
        "smaller",
        "cheaper",
        "dearer",
        "giving",
        "coming",
        "storage",
        "carried",
        "before",
        "numbered",
        "measured",
        "wants",
        "inexact",
        "inexact_behind",
        "suppliers",
        "turned",
        "ago",
        "served",
        "fetched_from",
        "toward",
        "polite",
        "them",
        "little",
    )
    phrases = {name: _phrases(getattr(file, name)) for name in sets}
    return StatementWords(language=language, acts=acts, signs=signs, particles=particles, **phrases)


def languages_first(language: str) -> tuple[str, ...]:
    """All languages, this one first."""
    first = understood(language)
    return (first, *(one for one in LANGUAGES if one != first))


def length_at(phrases: Iterable[Phrase] | dict[Phrase, str] | frozenset[Phrase], words: Sequence[str], at: int) -> int:
    """How many words from `at` on are the longest of these phrases; 0: none."""
    for length in range(min(LONGEST, len(words) - at), 0, -1):
        if tuple(words[at : at + length]) in phrases:
            return length
    return 0


def way_said(text: str) -> str:
    """Which way a whole answer, in any of the languages, says that goods went; "" where it does not.

    >>> way_said("Took them"), way_said("came in"), way_said("a bagel")
    ('out', 'in', '')
    """
    words = [word for word in words_of(text) if word[0].isalnum()]
    for language in LANGUAGES:
        said = statement_words(language)
        kept = [word for word in words if (word,) not in said.little or (word,) in said.particles]
        for phrase in (tuple(words), tuple(kept)):
            if way := said.acts.get(phrase) or said.particles.get(phrase) or said.signs.get(phrase):
                return way
    return ""
