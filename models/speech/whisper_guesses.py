"""Choose among a recogniser's guesses: by sound, and by how many words are the shop's. Pure.

A guess slightly less likely by sound, but made of the shop's words, is preferred over one with words of no product:
"two challahs" over "to holler".
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from rapidfuzz import fuzz, process

NEAR = 60
"""Number of the shop's phrases given to the model as a hint: those most similar in sound to the speech."""
NEAR_SCORE = 55.0
MOST, SHORTER = 6, 0.8
MENDED, MENDS = 4, 60.0
"""Maximum readings derived from a guess by replacing words with similar-sounding phrases of the shop."""
RIVALS, RIVAL = 4, 75.0
"""Maximum readings made by replacing a word with another of the shop's, and the minimum similarity of their sounds."""
OWN_WORD, OTHER_WORD = 0.5, -3.0
"""Bonus of a shop word in a guess's log probability, and penalty of any other word."""
SHARPNESS = 0.6
"""How strongly scores affect confidence: recognisers are overconfident."""
HOMOPHONES = 2
"""Maximum readings of a guess in which a word is another that sounds the same."""
NUMBERS_ALIKE = {
    "fr": {"de": "deux", "d'eux": "deux", "cette": "sept", "cet": "sept", "si": "six", "vin": "vingt", "sans": "cent"},
    "he": {"שטי": "שתי", "שלוס": "שלוש", "סש": "שש", "עסר": "עשר"},
}
"""Words that sound like a number, by language, with the number. In English, `repairs` finds enough of them."""
LOOPS = 3
"""A guess that repeats the same three words this often is a loop of the model, not speech."""
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*%?|[^\W\d_]+(?:['’׳״\"][^\W\d_]+)*['׳]?")
_DIGITS = re.compile(r"\d[\d.,:/]*%?")
_VOWELS = re.compile(r"[aeiouy]+")
_FINALS = str.maketrans("םןץףך", "מנצפכ")
_BEFORE = frozenset("והבלמשכ")
"""Letters that Hebrew writes together with the next word: and, the, in, to, from, that, as."""
_ALIKE = str.maketrans({"z": "s", "c": "k", "q": "k", "d": "t", "b": "p", "v": "f", "g": "k", "j": "s", "h": None})


class Guess(NamedTuple):
    """A reading of a sound: its text, and its log probability."""

    text: str
    likely: float


class ShopWords:
    """The phrases expected in speech, to compare guesses with."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(dict.fromkeys(" ".join(words_of(phrase)) for phrase in phrases if phrase.strip()))
        self._words = frozenset(fold(word) for phrase in self.phrases for word in phrase.split())
        self._sounds = [sound_of(phrase) for phrase in self.phrases]
        self._whole = frozenset(self.phrases)
        self._after: dict[str, set[str]] = defaultdict(set)
        self._before: dict[str, set[str]] = defaultdict(set)
        for phrase in self.phrases:
            for first, second in pairwise(phrase.split()):
                self._after[first].add(second)
                self._before[second].add(first)

    def knows(self, word: str) -> bool:
        """Whether a word is one of the shop's in some spelling or form, or a number in digits."""
        if _DIGITS.fullmatch(word):
            return True
        parts = re.split("['’]", word)
        return any(form in self._words for form in forms_of(word)) or (
            len(parts) > 1 and all(any(form in self._words for form in forms_of(part)) for part in parts)
        )

    def near(self, guesses: Iterable[str]) -> list[str]:
        """Return phrases that sound like a part of the speech, the most similar last.

        A model attends most to its last words.
        """
        score: dict[int, float] = {}
        for guess in guesses:
            words = words_of(guess)
            for start in range(len(words)):
                for size in (1, 2, 3):
                    heard = sound_of(" ".join(words[start : start + size]))
                    if len(words) < start + size or not heard:
                        continue
                    found = process.extract(
                        heard, self._sounds, scorer=fuzz.ratio, limit=4, score_cutoff=NEAR_SCORE, processor=None
                    )
                    for _, alike, number in found:
                        score[number] = max(score.get(number, 0.0), alike)
        best = sorted(score, key=lambda number: score[number], reverse=True)[:NEAR]
        return [self.phrases[number] for number in reversed(best)]

    def repairs(self, text: str) -> list[str]:
        """Return readings in which one or two unknown words are replaced by a phrase that sounds like them."""
        words, made = words_of(text), []
        for start in range(len(words)):
            for size in (1, 2, 3):
                part = words[start : start + size]
                if len(part) < size or all(map(self.knows, part)):
                    continue
                heard = sound_of(" ".join(part))
                found = process.extract(
                    heard, self._sounds, scorer=fuzz.ratio, limit=2, score_cutoff=MENDS, processor=None
                )
                for _, alike, number in found:
                    phrase = self.phrases[number]
                    if phrase.split() != part:
                        made.append((alike, " ".join((*words[:start], phrase, *words[start + size :]))))
        made.sort(key=lambda one: -one[0])
        return list(dict.fromkeys(text for _, text in made))[:MENDED]

    def homophones(self, text: str, language: str) -> list[str]:
        """Return readings in which a word is a number that sounds like it: "pris de cafés" is two.

        >>> ShopWords(()).homophones("pris de baguettes", "fr")
        ['pris deux baguettes']
        """
        alike, words = NUMBERS_ALIKE.get(language, {}), words_of(text)
        places = [at for at, word in enumerate(words) if word in alike][:HOMOPHONES]
        return [" ".join((*words[:at], alike[words[at]], *words[at + 1 :])) for at in places]

    def participles(self, text: str, language: str) -> str:
        """The same reading with the shop's participles, which sound exactly like the model's infinitive or imperative.

        >>> ShopWords(["utilise"]).participles("utilisez un kilo", "fr")
        'utilisé un kilo'
        """
        return " ".join(self._participle(word, language) or word for word in words_of(text))

    def _participle(self, word: str, language: str) -> str:
        """The participle of the shop's that sounds like a form of the same French verb: "utilisé" for "utilisez"."""
        if language != "fr" or self.knows(word):
            return ""
        stem = word[:-2] if word.endswith(("ez", "er")) else ""
        return f"{stem}é" if stem and self.knows(f"{stem}é") else ""

    def rivals(self, text: str) -> list[str]:
        """Return readings in which a word or phrase of the shop is replaced by another with almost the same sound.

        Without these, a product that is easily confused with another would seem as certain as any.
        """
        words, made = words_of(text), []
        for start in range(len(words)):
            for size in (1, 2, 3):
                part = " ".join(words[start : start + size])
                if part in self._whole and len(words) >= start + size:
                    made += [(start, size, alike, other) for alike, other in _alike(part, self.phrases, self._sounds)]
            for alike, other in self._in_place(words, start):
                if self.knows(words[start]):
                    made.append((start, 1, alike, other))
        made.sort(key=lambda one: -one[2])
        texts = (" ".join((*words[:start], other, *words[start + size :])) for start, size, _, other in made)
        return list(dict.fromkeys(texts))[:RIVALS]

    def misheard(self, text: str) -> frozenset[str]:
        """Return the unknown words that sound almost like the shop's word in their place.

        An example is "rose" in "dark rose", where the shop has a "dark roast".
        """
        words = words_of(text)
        return frozenset(
            word for at, word in enumerate(words) if not self.knows(word) and any(self._in_place(words, at))
        )

    def _in_place(self, words: list[str], at: int) -> Iterator[tuple[float, str]]:
        """Yield the shop's words that sound almost like this one next to the same neighbour, with their similarity."""
        after = self._after.get(words[at - 1], ()) if at else ()
        before = self._before.get(words[at + 1], ()) if at + 1 < len(words) else ()
        others = sorted({*after, *before} - {words[at]})
        return _alike(words[at], others, [sound_of(other) for other in others])

    def bonus(self, text: str) -> float:
        """The bonus of a guess for containing the shop's words."""
        if not self.phrases:
            return 0.0
        return sum(OWN_WORD if self.knows(word) else OTHER_WORD for word in words_of(text))


def rank(guesses: Iterable[Guess], shop: ShopWords) -> list[tuple[Guess, float]]:
    """Return the guesses with their confidence, best first. Of guesses with the same words, the most likely is kept."""
    best: dict[str, Guess] = {}
    for guess in guesses:
        key = spoken_words(guess.text)
        if not is_loop(guess.text) and (key not in best or guess.likely > best[key].likely):
            best[key] = guess
    scored = [(guess, guess.likely + shop.bonus(guess.text)) for guess in best.values()]
    scored.sort(key=lambda one: -one[1])
    if not scored:
        return []
    weights = [math.exp(SHARPNESS * (score - scored[0][1])) for _, score in scored]
    return [(guess, weight / sum(weights)) for (guess, _), weight in zip(scored, weights, strict=True)]


def whole(readings: Iterable[str], hinted: Iterable[str]) -> list[str]:
    """Return at most MOST distinct readings, alternating between those with and without a hint.

    A hint makes a model drop unexpected words, so readings that lost words are left out.
    """
    plain = [text for text in readings if words_of(text)]
    least = SHORTER * len(words_of(plain[0])) if plain else 0
    full = [text for text in hinted if len(words_of(text)) >= least]
    found: dict[str, str] = {}
    for pair in zip_longest(full, plain):
        for text in pair:
            if text and not is_loop(text):
                found.setdefault(" ".join(words_of(text)), text)
    return list(found)[:MOST]


def agreement(word: str, guesses: Sequence[tuple[Guess, float]]) -> float:
    """The total confidence of guesses that contain this word."""
    return min(1.0, sum(share for guess, share in guesses if word in words_of(guess.text)))


def words_of(text: str) -> list[str]:
    """A text's words as spoken: lower case, without punctuation; "20-ounce" is two.

    >>> words_of("Give me a 20-ounce latte, 1.5 kg, please!")
    ['give', 'me', 'a', '20', 'ounce', 'latte', '1.5', 'kg', 'please']
    """
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def spoken_words(text: str) -> str:
    """Return a text's words, for comparing readings.

    >>> spoken_words("Two lattes!") == spoken_words("two lattes")
    True
    """
    return " ".join(words_of(text))


def sound_of(text: str) -> str:
    """A rough phonetic key: consonants, with similar ones merged, and initial vowels.

    >>> sound_of("two challahs"), sound_of("to holler")
    ('tw klls', 't llr')
    """
    made = []
    for word in fold(text.lower()).replace("ph", "f").replace("ch", "k").split():
        alike = _VOWELS.sub("", word[1:] if word[:1] in "aeiou" else word).translate(_ALIKE)
        made.append(alike or word)
    return " ".join(made)


def is_loop(text: str) -> bool:
    """Whether a model got stuck in a loop.

    >>> is_loop("thank you very much"), is_loop("two milk and a two milk and a two milk and a two milk and a")
    (False, True)
    """
    words = words_of(text)
    threes = Counter(zip(words, words[1:], words[2:], strict=False))
    return max(threes.values(), default=0) > LOOPS


def _alike(said: str, others: Sequence[str], sounds: Sequence[str]) -> Iterator[tuple[float, str]]:
    """Yield the two most similar in sound to the text, other than itself, with their similarity."""
    found = process.extract(sound_of(said), sounds, scorer=fuzz.ratio, limit=3, score_cutoff=RIVAL, processor=None)
    yield from [(alike, others[number]) for _, alike, number in found if others[number] != said][:2]


def fold(text: str) -> str:
    """A text without accents and without Hebrew's final letters, as the vocabulary is written.

    >>> fold("reçu"), fold("bœuf"), fold("ארגזים")
    ('recu', 'boeuf', 'ארגזימ')
    """
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return bare.replace("œ", "oe").translate(_FINALS)


def forms_of(word: str) -> Iterator[str]:
    """A word as a catalogue may have it: as it is, in the singular, and without the letters Hebrew puts before it.

    >>> list(forms_of("bagels")), list(forms_of("חלות"))
    (['bagels', 'bagel'], ['חלות', 'חל', 'חלה'])
    """
    bare = fold(word)
    for form in (bare, bare[1:]) if len(bare) > 3 and bare[0] in _BEFORE else (bare,):
        yield form
        if len(form) > 3 and form.endswith("s"):
            yield form[:-1]
        if len(form) > 3 and form.endswith(("ימ", "ות")):
            yield from (form[:-2], f"{form[:-2]}ה")
