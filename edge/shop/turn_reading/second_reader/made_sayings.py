"""Sentences that the tagger is trained on, made from frames (`frames/*.toml`): the same for the same seed. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import msgspec

from edge.shop.search.query.text import plain
from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.understanding.amounts import JOINED
from edge.shop.understanding.lexicon import vocabulary
from edge.shop.understanding.reading.statement_words import statement_words
from edge.shop.understanding.tokens import all_tokens, clean
from edge.shop.understanding.understood import LANGUAGES

KINDS = ("out", "in", "waste", "adjust")
NONE = "O"
_CHOICE = re.compile(r"\(([^()]*)\)")
_PART = re.compile(r"\[(\w+):([^\]]*)\]|\{(\w+)\}|([^\[{]+)")
_SHARES = {
    "told": 0.56,
    "asked": 0.1,
    "denied": 0.07,
    "planned": 0.08,
    "reported": 0.04,
    "corrected": 0.05,
    "other": 0.1,
}
"""How many of the sentences are of each sort of frame; four of ten move nothing."""
_INTENTS = {
    "told": "told",
    "asked": "ask",
    "denied": "no",
    "planned": "no",
    "reported": "no",
    "corrected": "correct",
    "other": "other",
}
_LARGEST = 60
_FOREIGN, _UNKNOWN, _MADE_UP, _MISSPELT = 0.08, 0.4, 0.35, 0.03
"""Shares: names of another language; mentions that no catalogue knows; names that nobody has; misspelt words."""


class Frames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language's. `attached_and`: an "and" that is written onto the next word, as other little words are there.
    `endings` of names that nobody has; without any, vowels are letters as others are.
    """

    told: tuple[str, ...]
    denied: tuple[str, ...]
    planned: tuple[str, ...]
    reported: tuple[str, ...]
    asked: tuple[str, ...]
    corrected: tuple[str, ...]
    other: tuple[str, ...]
    quantities: tuple[str, ...]
    contexts: tuple[str, ...]
    leads: tuple[str, ...]
    tails: tuple[str, ...]
    slang: dict[str, tuple[str, ...]]
    who: tuple[str, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    weights: tuple[str, ...]
    vowels: str
    consonants: str
    articles: tuple[str, ...]
    endings: tuple[str, ...]
    attached_and: str


class MadeSaying(NamedTuple):
    """A sentence as words, what vocabularies know of each, the tag of each, and what the whole of it says."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str
    tags: tuple[str, ...]
    intent: str


class _Said(NamedTuple):
    text: str
    tag: str = ""


@cache
def frames_of(language: str) -> Frames:
    path = resources.files("edge.shop.turn_reading.second_reader").joinpath("frames", f"{language}.toml")
    return msgspec.toml.decode(path.read_bytes(), type=Frames)


def made_sayings(names: Mapping[str, Sequence[str]], count: int, seed: int, held: bool = False) -> list[MadeSaying]:
    """So many sentences. `names`: what goods are called, by language. `held`: of the frames that no training sees."""
    chance = random.Random(seed)  # nosec B311: made sentences
    makers = [SayingMaker(language, names, chance, held) for language in LANGUAGES]
    return [makers[at % len(makers)].make() for at in range(count)]


class SayingMaker:
    """Sentences of one language."""

    def __init__(self, language: str, names: Mapping[str, Sequence[str]], chance: random.Random, held: bool) -> None:
        self._language, self._all, self._chance = language, names, chance
        self._frames = frames_of(language)
        self._held = held
        known = statement_words(language).acts
        self._acts = {kind: [" ".join(one) for one, said in sorted(known.items()) if said == kind] for kind in KINDS}
        self._numbers = sorted(vocabulary(language).numbers)
        self._kind = ""
        self._marked: set[str] = set()

    def make(self) -> MadeSaying:
        sort = self._chance.choices(list(_SHARES), list(_SHARES.values()))[0]
        frames = getattr(self._frames, sort)
        frames = [one for at, one in enumerate(frames) if (at % 5 == 2) == self._held]
        self._kind, self._marked = self._chance.choice(KINDS), set()
        frame = self._chance.choice(frames)
        wraps = self._chance.random() < 0.5
        lead = self._chance.choice(self._frames.leads) if wraps else ""
        tail = self._chance.choice(self._frames.tails) if wraps else ""
        said = self._parts(f"{lead}{', ' if lead and self._chance.random() < 0.5 else ' '}{frame} {tail}".strip())
        words, tags = self._words(said)
        marked = {word for word in sorted(self._marked) if self._chance.random() >= _UNKNOWN}
        marks = marks_of(words, self._language, lambda word: word in marked or self._chance.random() < 0.01)
        return MadeSaying(tuple(words), marks, self._language, tuple(tags), _INTENTS[sort])

    def _parts(self, text: str, tag: str = "") -> list[_Said]:
        """A frame with its choices made and its gaps filled."""
        while found := _CHOICE.search(text):
            text = text[: found.start()] + self._chance.choice(found[1].split("|")) + text[found.end() :]
        parts: list[_Said] = []
        for found in _PART.finditer(text):
            if found[1]:
                parts.append(_Said(found[2], found[1]))
            elif found[3]:
                parts += self._gap(found[3], tag)
            else:
                parts.append(_Said(found[4], tag))
        return parts

    def _gap(self, gap: str, tag: str) -> list[_Said]:
        match gap:
            case "act":
                listed = self._frames.slang[self._kind] if self._chance.random() < 0.5 else self._acts[self._kind]
                return [_Said(self._chance.choice(listed), f"act_{self._kind}")]
            case "q":
                return self._parts(self._chance.choice(self._frames.quantities))
            case "c":
                text = self._chance.choice(self._frames.contexts)
                return [_Said("".join(one.text for one in self._parts(text)), "context")]
            case "who":
                return [_Said(self._somebody(), tag)]
            case "p":
                return [_Said(self._name(), "product")]
            case "u":
                return [_Said(self._chance.choice(self._frames.units), "unit")]
            case "w":
                return [_Said(self._chance.choice(self._frames.weights), "unit")]
            case "n":
                return [_Said(self._number(), "amount")]
            case _:
                return [_Said(str(self._chance.randint(1, 400)), tag)]

    def _number(self) -> str:
        kind = self._chance.random()
        if kind < 0.6:
            return str(self._chance.randint(1, _LARGEST))
        if kind < 0.7:
            return f"{self._chance.randint(0, 9)}.{self._chance.choice((5, 25, 2, 75))}"
        return self._chance.choice(self._numbers)

    def _name(self) -> str:
        """What goods are called: of a catalogue, of plain words, or of nobody's."""
        language = self._language
        if self._chance.random() < _FOREIGN:
            language = self._chance.choice(LANGUAGES)
        kind, plainly = self._chance.random(), frames_of(language).names
        if kind < _MADE_UP:
            name = " ".join(self._made_up(language) for _ in range(self._chance.choice((1, 1, 2))))
        elif kind < 0.6:
            name = " ".join(self._chance.sample(plainly, self._chance.choice((1, 1, 2))))
        else:
            words = self._chance.choice(self._all[language]).split()
            name = " ".join(words[: self._chance.choice((1, 2, 2, 3))])
        self._marked |= {*map(plain, name.split())}
        return name

    def _somebody(self) -> str:
        if self._chance.random() < _MADE_UP:
            return self._chance.choice(self._frames.articles) + self._made_up(self._language)
        return self._chance.choice(self._frames.who)

    def _made_up(self, language: str) -> str:
        some, frames = self._chance.choice, frames_of(language)
        if not frames.endings:
            return "".join(some(frames.consonants + frames.vowels) for _ in range(self._chance.randint(3, 6)))
        syllables = self._chance.randint(1, 3)
        word = "".join(some(frames.consonants) + some(frames.vowels) for _ in range(syllables))
        return word + some(frames.endings)

    def _words(self, said: Sequence[_Said]) -> tuple[list[str], list[str]]:
        """Words and their tags. Little words that are written onto the next one are of that one; an "and" is not."""
        words: list[str] = []
        tags: list[str] = []
        carried = ""
        for place, part in enumerate(said):
            tokens = all_tokens(clean(part.text))
            touches = place + 1 < len(said) and not part.text[-1:].isspace() and not said[place + 1].text[:1].isspace()
            onto = (
                bool(self._frames.attached_and) and touches and bool(tokens) and tokens[-1].isalpha() and not part.tag
            )
            last = tokens.pop() if onto else ""
            for at, token in enumerate(tokens):
                word = self._misspelt(carried + token if not at and token.isalpha() else token)
                if at == 0 and carried and not token.isalpha():
                    words.append(carried)
                    tags.append(NONE)
                words.append(word)
                tags.append(f"{'I' if at else 'B'}-{part.tag}" if part.tag else NONE)
            carried = "" if tokens else carried
            if last and last == self._frames.attached_and:
                words.append(JOINED)
                tags.append(NONE)
            else:
                carried = last or carried
        if carried:
            words.append(carried)
            tags.append(NONE)
        return words, tags

    def _misspelt(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha() or self._chance.random() >= _MISSPELT:
            return word
        at = self._chance.randrange(1, len(word) - 1)
        return self._chance.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))
