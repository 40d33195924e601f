"""Guess a change to the product just added if no reader understands all words: another quantity or variety.

It's only shown and needs confirmation. "Hm, call it 900 then, love", "the can, sorry", "no no, the 5 % ones".
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.product_matching import of_container, size_by_name
from edge.conversation.understanding.reading.amending import amend_number, without_recorded
from edge.conversation.understanding.reading.basket_comments import without_comments
from edge.conversation.understanding.reading.basket_words import BasketPart, parts_in
from edge.conversation.understanding.reading.linking import CatalogueLinker, has_words
from edge.conversation.understanding.reading.model import BasketChange
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.statement_words import biggest_by, length_at, statement_words
from edge.conversation.understanding.reading.words import language_of, own_words, split_words
from edge.conversation.understanding.tokens import clean
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.lib.units.containers import container_of
from edge.lib.units.quantity import THOUSANDTHS

MOST_WORDS = 20
APART = frozenset({"instead", "denied"})
"""Roles of words that the old value follows."""


def guess_change(db: Connection, search: Search, text: str, language: str, about: str) -> BasketChange | None:
    """Return a guessed change to the product `about` (its SKU), mentioned last.

    None if the sentence names other products, is a question, or has several numbers.
    """
    was = find_by_sku(db, about) if about else None
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language)
    if was is None or not words or len(words) > MOST_WORDS or "?" in words:
        return None
    linker.language = language_of(words, language)
    words = without_recorded(amend_number(words, linker.language), linker.language)
    parts = parts_in(words, linker.language, linker.has_word)
    parts = _without_what_was(parts, linker.language)
    return _Guess(parts, without_comments(parts, linker) or parts, linker, was).change()


def _without_what_was(parts: Sequence[BasketPart], language: str) -> list[BasketPart]:
    """The parts without the replaced value: "three instead of six", "plastic, not cans"."""
    replies = vocabulary(language).replies
    kept: list[BasketPart] = []
    apart = False
    for one in parts:
        says = any(other.role in ("name", "number", "unit") for other in kept)
        begins = says and (one.role in APART or replies.get(one.words) == "no")
        apart = (apart and one.role != "stop") or begins
        kept += [] if apart else [one]
    return kept


class _Guess:
    """The parts of a turn (`said`), and those without comments, with the product mentioned last."""

    def __init__(
        self, said: Sequence[BasketPart], parts: Sequence[BasketPart], linker: CatalogueLinker, was: CatalogProduct
    ) -> None:
        self._all, self._parts, self._linker, self._was = said, parts, linker, was
        self._known, self._said = vocabulary(linker.language), statement_words(linker.language)

    def change(self) -> BasketChange | None:
        numbers = {(one.value, one.unit) for at, one in enumerate(self._parts) if self._counts(at)}
        goods = self._goods()
        if len(numbers) > 1:
            return None
        value, unit = next(iter(numbers), (None, ""))
        language = self._linker.language
        of_it = not goods or has_words(self._was, goods)
        if (not goods or not of_it) and (other := self._other_kind(goods)):
            return BasketChange("swap", language, value, into=(other.sku,), unit=unit, loose=True)
        if not of_it:
            return None
        roles = {one.role for one in self._parts}
        if value is None and "second" in roles:
            value = THOUSANDTHS
        if not value:
            return None
        takes = "less" in roles or "drop" in roles or {"carry", "away"} <= roles
        adds = {"more", "second"} & roles
        return BasketChange("less" if takes else "more" if adds else "set", language, value, unit=unit, loose=True)

    def _counts(self, at: int) -> bool:
        """Whether a number may count goods, and isn't a table, a time or people."""
        if self._parts[at].role != "number":
            return False
        behind = self._parts[at + 1].role if at + 1 < len(self._parts) else ""
        if self._parts[at].words in self._said.articles and behind == "name":
            return False  # "a person"
        before = self._parts[at - 1].words[-1] if at else ""
        further = [word for one in self._parts[at + 1 : at + 3] for word in one.words]
        placed = any((bare,) in self._said.numbered for bare in bare_forms(before)) if before else False
        pointed = bool(at) and self._parts[at - 1].role == "behind"  # French "en" as a pronoun, not "in"
        led = (before,) in self._said.before and (before,) not in self._said.set_to and not pointed
        return not (placed or led or length_at(self._said.measured | self._said.hours, further, 0))

    def _goods(self) -> list[str]:
        """The product words, without words of sentence structure."""
        own = own_words(self._linker.language)
        return [
            word
            for one in self._all
            if one.role == "name"
            for word in one.words
            if (word not in own or word[0].isdigit() or word == "%") and (word == "%" or self._linker.naming(word))
        ]

    def _other_kind(self, goods: Sequence[str]) -> CatalogProduct | None:
        """Return the product of the same category that has the stated words, size or container.

        Of several, the one with the most similar name is returned.
        """
        bare = [word for one in self._all if one.role in ("name", "unit") for word in one.words]
        forms = [form for word in bare for form in bare_forms(word)]
        sizes = {size for form in forms if (size := biggest_by(form, self._linker.language)) is not None}
        containers = {self._container(form) for form in forms} - {""}
        if len(containers) > 1:
            return None
        container = containers.pop() if containers else ""
        if not (goods or sizes or container) or len(sizes) > 1:
            return None
        found = [one for one in self._alike() if has_words(one, goods)]
        if container and not goods:
            found = [one for one in found if of_container([one, self._was], container) == [one]]
        if sizes:
            big, was = sizes.pop(), size_by_name(self._was)
            found = [one for one in found if size_by_name(one) and (size_by_name(one) > was) is big]
            found = [one for one in found if size_by_name(one) != was]
        called = {*words_of(" ".join(self._was.names.values()))}
        shared = [len(called & {*words_of(" ".join(one.names.values()))}) for one in found]
        best = [one for one, words in zip(found, shared, strict=True) if words == max(shared)]
        return best[0] if len(best) == 1 else None

    def _container(self, word: str) -> str:
        counted = self._known.counted.get((word,))
        return counted.container if counted else container_of(word)

    def _alike(self) -> list[CatalogProduct]:
        """Other products of the category that share a word of the name."""
        names = words_of(self._was.names.get(self._linker.language) or next(iter(self._was.names.values()), ""))
        met = {one.sku: one for word in names if word.isalpha() for one in self._linker.naming(word)}
        return [one for one in met.values() if one.sku != self._was.sku and one.category == self._was.category]
