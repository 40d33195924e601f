"""Final check of a turn, independent of the reader that read it. Pure.

If a number, a direction or a word for a change has no counterpart in the effect, the effect is shown before acting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.amounts import JOINED, MONEY_SIGNS, amount_at
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import in_any_language, ordinals, vocabulary
from edge.conversation.understanding.lookup import NO_MOVEMENT, LookedUp
from edge.conversation.understanding.reading.amending import amend_number, without_recorded
from edge.conversation.understanding.reading.basket_words import MEASURED, basket_words
from edge.conversation.understanding.reading.model import BasketChange, StockCorrection
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import language_of, with_and_apart
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.sentence_parts import STOPS
from edge.conversation.understanding.tokens import all_tokens, clean
from edge.conversation.understanding.whereabouts import PlacedSentence, Whereabouts

_TIME = re.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-3])(?:(?:[:.]|\s?h\s?)[0-5]\d|h)(?![\w:])")
_BESIDE = re.compile(
    rf"[{MONEY_SIGNS}]\s?\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)?\s?[{MONEY_SIGNS}%]|\d+(?:st|nd|rd|th|er|e|ème|eme)\b"
)
"""Numbers that don't count goods: amounts of money, percentages and order numbers."""
NAME_DIGITS = 3
COURTESY = 2
"""Maximum words of a polite phrase such as "sorry" or "oh wait"."""
SINGLE_OR_BOX = ("unit", "box")
BREAKS = frozenset({*STOPS, "-", "–", "—"})
WAYS = {"in": "in", "out": "out", "waste": "out"}
CHANGING = (
    "instead",
    "rather",
    "swap",
    "less",
    "each",
    "half",
    "double",
    "excepted",
    "excepting",
    "kept",
    "restored",
    "both",
    "denied",
)
"""Roles of words that change the basket; a plain request has none of them."""
SHARES = {
    "excepted": (),
    "excepting": (),
    "half": ("times",),
    "double": ("times",),
    "each": ("each",),
    "both": ("both",),
}
"""Roles of words for a share, and the changes that implement them."""


class _Effect(NamedTuple):
    """A turn's effect: items with their direction, and changes of earlier movements."""

    clauses: tuple[Clause, ...] = ()
    changes: tuple[BasketChange | StockCorrection, ...] = ()

    @property
    def amounts(self) -> set[int | None]:
        of_changes = {one.out for one in self.changes if isinstance(one, BasketChange)}
        return {
            *(abs(one.amount) for one in self.clauses if one.amount is not None),
            *(one.loose for one in self.clauses),
            *(one.amount for one in self.changes),
            *of_changes,
        }


def looked_over(looked_up: LookedUp, placed: PlacedSentence, language: str, agent: str) -> LookedUp:
    """Return the lookup, marked to be shown first if the words say more than its effect.

    A model's reading that goods went both ways is discarded.
    """
    if (guess := looked_up.guess) and looked_up.reading is None and looked_up.basket is None:
        return looked_up._replace(basket=guess, proposed=True)
    effect = _effect(looked_up, placed.said)
    if looked_up.errand or looked_up.modifiers or not (effect.clauses or effect.changes):
        return looked_up
    look = _Look(placed.text, language, looked_up, effect, placed.where)
    if effect.changes and not looked_up.proposed:  # the grammar accounted for each of its words
        amended = looked_up.correction
        if amended is not None and amended.change == "instead" and not amended.skus and look.points_at_another():
            nothing = msgspec.structs.replace(NO_MOVEMENT, language=language)
            return looked_up._replace(correction=None, reading=nothing)
        names = amended is not None and not (amended.unit or amended.skus) and look.points_with_a_number()
        return looked_up._replace(proposed=True) if names or look.counts_in_both() else looked_up
    if looked_up.basket is not None and look.says_another_share(looked_up.basket):
        beside = bool(looked_up.basket.besides)  # add nothing if the main change isn't made
        return looked_up._replace(basket=None, reading=None if beside else looked_up.reading, proposed=False)
    if looked_up.proposed and looked_up.reading is not None and look.says_both_ways():
        return looked_up._replace(reading=None, proposed=False)
    changes = agent == "shopping" and not effect.changes and look.says_a_change()
    more = any(one not in effect.amounts for one in look.numbers()) or look.has_separate_verbs()
    more |= look.counts_in_both() or look.counts_once_more() or look.names_again()
    more |= agent == "shopping" and look.says_wrong()
    shown = changes or more or _is_part(looked_up, effect)
    return looked_up._replace(proposed=shown or (looked_up.proposed and agent == "stock"))


def _is_part(looked_up: LookedUp, effect: _Effect) -> bool:
    """Whether only some of the named items were found and not all are counted.

    The words may then mean something else.
    """
    kinds = {one.text: one.kind for one in looked_up.found}
    named = [one for one in effect.clauses if one.text and not one.listed]
    known = [one for one in named if kinds.get(one.text, "none") != "none"]
    return bool(known) and known != named and any(one.amount is None for one in named)


def _effect(looked_up: LookedUp, said: Sentence) -> _Effect:
    change, reading = looked_up.basket, looked_up.reading
    corrections = (looked_up.correction,) if looked_up.correction is not None else ()
    if change is not None:
        return _Effect(change.besides, (change, *change.also))
    if reading is not None and reading.clauses[0].verb not in ("held", "stock"):
        return _Effect(reading.clauses, corrections)
    return _Effect(said.clauses if said.kind in ("act", "other") else (), corrections)


def _without_percents(tokens: Sequence[str]) -> list[str]:
    """The tokens with percentages replaced by punctuation."""
    pairs = zip(tokens, (*tokens[1:], ""), strict=True)
    return [";" if "%" in (one, behind) and not one.isalpha() else one for one, behind in pairs]


class _Look:
    """The words of one turn."""

    def __init__(self, text: str, language: str, looked_up: LookedUp, effect: _Effect, where: Whereabouts) -> None:
        tokens = _without_percents(all_tokens(_BESIDE.sub(";", _TIME.sub(";", clean(text)))))
        self._known = vocabulary(language_of(tokens, language))
        self._said = statement_words(self._known.language)
        unknown = {one.text for one in looked_up.found if one.kind == "none"}
        named = [one for one in effect.clauses if one.text not in unknown]
        names = [f"{one.text} {one.whole}" for one in named] + [one.text for one in effect.changes]
        names += [one.text.lstrip("=~") for one in looked_up.found if one.kind == "all"]
        self._names = {word for one in (*names, *all_tokens(where.lot)) for word in one.split()}
        self._whole = {one.text[1:] for one in looked_up.found if one.text[:1] in ("=", "~")}
        self._dated = bool(where.expiry)
        apart = (one for word in tokens for one in with_and_apart(word, self._names.__contains__, self._counts))
        self._words, spoken = self._known.written_out(list(apart)), self._known.language
        self._standing = without_recorded(amend_number(self._words, spoken), spoken)
        """The words without numbers withdrawn by later ones."""
        self._measured = any(one.unit in MEASURED for one in effect.clauses)
        self._effect = effect

    def _counts(self, word: str) -> bool:
        return word[0].isdigit() or any(
            bare in table
            for bare in self._known.bare(word)
            for table in (self._known.numbers, self._known.dozens, self._known.fractions)
        )

    def numbers(self) -> Iterator[int]:
        """Each free-standing number that may count goods, in thousandths, except "one"."""
        at = len(self._standing) if self._dated else 0
        while at < len(self._standing):
            amount = amount_at(list(self._standing[at:]), 0, self._known)
            counts = amount is not None and (amount.number_end or amount.end > 1)  # "a kilo and 50 grams"
            if amount is None or amount.value is None or not counts:
                if count := self._pointed_at(at):
                    yield count
                at += 1
                continue
            end, number = at + amount.end, (at, at + (amount.number_end or amount.end))
            uncounted = amount.value == 1000 and not self._standing[at][0].isdigit()
            uncounted |= amount.unit in MEASURED and not self._measured  # a size, not a quantity
            if not (uncounted or self._is_of_name(*number) or self._is_context(*number)):
                yield amount.value
            at = end

    def _pointed_at(self, at: int) -> int:
        """The value of a number with an attached Hebrew "the" ("of the three"); 0 if there is none or it counts
        people."""
        word, known = self._standing[at], self._known
        definite = known.attached_places and word.startswith(("ה", "מה")) and word not in self._names
        if not definite or length_at(self._said.measured, self._standing, at + 1):
            return 0
        return max((known.numbers.get(bare, 0) for bare in known.bare(word)), default=0) * 1000

    def _is_of_name(self, at: int, end: int) -> bool:
        """Whether a number is part of a product name; "1664" alone is one."""
        words = self._standing[at:end]
        return all(one in self._names for one in words) or (words[0].isdigit() and len(words[0]) > NAME_DIGITS)

    def _is_context(self, at: int, end: int) -> bool:
        """Whether a number is a table, order or time: "table 6", "for the 8", "at seven", "9 o'clock"."""
        words = self._standing
        if any(length_at(self._said.measured | self._said.packs, words, one) for one in (at + 1, end)):
            return True
        if at == 1 and words[0] in in_any_language("definite") and length_at(self._said.acts, words, end):
            return True  # "la 214 a eu"
        before = at - 2 if at > 1 and words[at - 1] in in_any_language("of") else at - 1
        if self._is_pack(end) or self._is_pack(before) or (before < at - 1 and (words[before],) in self._known.counted):
            return True  # "a six pack", "a pack of six", "a crate of twelve"
        if before < at - 1 and (words[before].removeprefix("ל"),) in self._said.people | self._said.occasions:
            return True  # "for the group of 25"
        if at and any((bare,) in self._said.numbered for bare in bare_forms(words[at - 1])):
            return True
        leading = self._said.before | self._said.giving
        ends = end >= len(words) or words[end] in STOPS or self._is_per_unit(end)
        led = any(length_at(leading, words, at - n) == n for n in (1, 2) if at >= n)
        pointed = at > 1 and words[at - 1] in in_any_language("definite") and (words[at - 2],) in leading
        return ends and (led or pointed)

    def _is_per_unit(self, at: int) -> bool:
        """Whether a price is for the unit named here: "at 6.90 a kilo"."""
        words = self._standing[at : at + 2]
        attached = self._known.attached_places and words[0][0] == "ל" and (words[0][1:],) in self._known.counted
        return attached or ((words[0],) in self._said.per and tuple(words[1:]) in self._known.counted)

    def _is_pack(self, at: int) -> bool:
        counted = self._known.counted.get(tuple(self._standing[at : at + 1])) if at >= 0 else None
        called = at >= 0 and bool(length_at(self._said.packs, self._standing, at))
        return called or (counted is not None and counted.container == "pack")

    def counts_in_both(self) -> bool:
        """Whether an item is counted in boxes and single units, one without a number: "cartons, well, bottles"."""
        done = {one.unit for one in (*self._effect.clauses, *self._effect.changes) if one.unit in SINGLE_OR_BOX}
        loose = any(isinstance(one, Clause) and one.loose for one in self._effect.clauses)
        said = {self._bare_unit(at) for at in range(len(self._words))} & {*SINGLE_OR_BOX}
        return not loose and len(done) == 1 and bool(said - done)

    def _bare_unit(self, at: int) -> str:
        """Return the unit of a free-standing counting word after a break or function word.

        "" if there is none, or it's part of a name.
        """
        words = self._words
        counted = self._known.counted.get((words[at],))
        before = words[at - 1] if at else ""
        led = before in BREAKS or bool(length_at(self._said.corrects, words, max(0, at - 1)))
        ends = at + 1 == len(words) or words[at + 1] in BREAKS or self._counts(words[at + 1])
        return counted.unit if counted and led and ends and words[at] not in self._names else ""

    def counts_once_more(self) -> bool:
        """Whether more single items are counted than the effect has: "one for me and one for her", "il en aura un"."""
        effect = (*self._effect.clauses, *self._effect.changes)
        had = sum(one.amount == 1000 for one in effect) + sum(one.loose == 1000 for one in self._effect.clauses)
        return sum(self._is_one(at) for at in range(len(self._standing))) > had

    def _is_one(self, at: int) -> bool:
        """Whether "one" is a count without a noun: for a person, or at the end of a list of possessions."""
        words = self._standing
        if self._known.numbers.get(words[at].removeprefix("ו") if self._known.attached_places else words[at]) != 1:
            return False
        behind = words[at + 1] if at + 1 < len(words) else ""
        attached = self._known.attached_places and behind[:1] == "ל" and not self._counts(behind)
        leads = behind in in_any_language("for_whom") or attached
        has = basket_words(self._known.language)["has"]
        ends = (not behind or behind in STOPS) and any(length_at(has, words, at - n) == n for n in (1, 2) if at >= n)
        return leads or ends

    def names_again(self) -> bool:
        """Whether a word is repeated within a name, as in searching for the right one ("eau, d'eau, d'ananas").

        Names such as "half and half" don't count.
        """
        called = {word for one in self._whole for word in one.split()}
        names = ([word for word in one.text.split() if word not in called] for one in self._effect.clauses)
        return any(len({*words}) < len(words) for words in names)

    def says_both_ways(self) -> bool:
        """Whether the words state both directions and the effect has only one."""
        told = {WAYS[kind] for kind in self._kinds() if kind in WAYS}
        done = {WAYS[one.verb] for one in self._effect.clauses if one.verb in WAYS}
        return len(told) > 1 and len(done) == 1

    def _kinds(self) -> Iterator[str]:
        words = self._words
        for at in range(len(words)):
            if length := length_at(self._said.acts, words, at):
                yield self._said.acts[tuple(words[at : at + length])]
            if length := self._known.match(self._known.verbs, words, at):
                yield self._known.verbs[tuple(words[at : at + length])]

    def points_with_a_number(self) -> bool:
        """Whether a number may name the product: "it should have been the 15"."""
        words, definite = self._words, in_any_language("definite")
        return any(
            words[at].isdigit() and words[at - 1] in definite and (at + 1 == len(words) or words[at + 1] in STOPS)
            for at in range(1, len(words))
        )

    def points_at_another(self) -> bool:
        """Whether the words refer to an older movement, or to two: "the first was four", "I mixed the two up"."""
        words, places = self._words, ordinals()
        for at in range(len(words)):
            length = length_at(places.keys(), words, at)
            definite = length > 1 or (length and self._known.attached_places)
            if (definite and places[tuple(words[at : at + length])] > 0) or length_at(self._said.pair, words, at):
                return True
        return False

    def says_another_share(self, change: BasketChange) -> bool:
        """Whether the words name a share that the change doesn't have."""
        roles = basket_words(self._known.language)
        for at in range(len(self._words)):
            for role, does in SHARES.items():
                length = length_at(roles[role], self._words, at)
                own = change.every or change.change in does or set(self._words[at : at + length]) <= self._names
                if length and not own:
                    return True
        return False

    def has_separate_verbs(self) -> bool:
        """Whether boxes and single units of one item come with separate verbs: "a case is open: I took six jars"."""
        told, at = 0, 0
        while at < len(self._words):
            act = length_at(self._said.acts, self._words, at)
            length = max(act, self._known.match(self._known.verbs, self._words, at))
            told, at = told + (length > 0), at + (length or 1)
        return any(one.loose for one in self._effect.clauses) and told > len(self._effect.clauses)

    def says_a_change(self) -> bool:
        """Whether words outside names say that something is undone, removed, swapped or divided."""
        roles = basket_words(self._known.language)
        puts_in = all(one.verb in ("", "add") for one in self._effect.clauses)
        said = (*CHANGING, "drop") if puts_in else CHANGING
        for at in range(len(self._words)):
            length = max(length_at(roles[one], self._words, at) for one in said)
            length = max(length, self._takes_back(at), self._refuses(at), self._corrects(at))
            length = max(length, length_at(self._said.sights, self._words, at))
            if length and not set(self._words[at : at + length]) <= self._names:
                return True
        return False

    def _refuses(self, at: int) -> int:
        """Return the number of words that refuse the next one: "no cheese"; but "no, cheese" requests it."""
        said = self._known.replies.get((self._words[at],)) == "no" and at + 1 < len(self._words)
        return int(said and self._words[at + 1] not in STOPS and not self._counts(self._words[at + 1]))

    def says_wrong(self) -> bool:
        """Whether the words report a mistake, beyond politeness: "je me suis trompé"."""
        return any(self._corrects(at) for at in range(len(self._words)))

    def _corrects(self, at: int) -> int:
        """Return the length of a phrase that reports a mistake; one or two words may be mere politeness."""
        length = length_at(self._said.corrects, self._words, at)
        return length if length > COURTESY else 0

    def _takes_back(self, at: int) -> int:
        """Return the number of words here that withdraw the words before them."""
        before = [one for one in self._words[:at] if one not in STOPS and one != JOINED]
        named = any(one in self._names or self._counts(one) for one in before)
        return self._known.match(self._known.negations, self._words, at) if named or not at else 0
