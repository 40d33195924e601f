"""Find the products that an answer refers to. Pure except for the products given.

Distinguishing properties come first (a word of the name, size, percentage, brand, container, "the big one", "the
cheaper"), then the position ("the second"). A number is only a quantity if a counting word follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.lexicon import CountingWord, Vocabulary, place_said, vocabularies, vocabulary
from edge.conversation.understanding.numerals import SpeltNumber, read_number
from edge.conversation.understanding.product_matching import of_container, size_by_name
from edge.conversation.understanding.reading.amount_answer import KINDS
from edge.conversation.understanding.reading.basket_words import basket_words
from edge.conversation.understanding.reading.linking import has_words
from edge.conversation.understanding.reading.sizes import UNITS, figure_of, named_unit
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.tokens import all_tokens, percent_at
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.sizes import is_unit
from edge.goods.search.query.text import words_of

ONE = 1000
"""A single unit, in thousandths."""
SIZES = 20_000
"""A number found in names is a size from this many thousandths on."""
LITRES, CENTILITRES = 10, 100
"""Numbers below these are litres and centilitres, respectively."""


class OptionChoice(msgspec.Struct, frozen=True):
    """The products an answer may refer to (none if it wasn't understood), and a quantity stated with it."""

    products: tuple[CatalogProduct, ...] = ()
    amount: int | None = None
    unit: str = ""
    container: str = ""


def choose_options(products: Sequence[CatalogProduct], offered: Sequence[str], text: str) -> OptionChoice:
    """Return the products an answer refers to. `offered`: the ids shown, in order."""
    words = vocabulary("he").written_out(_words(text))  # expands Hebrew spellings such as "the half litre"
    if any(
        length_at(statement_words(one.language).both, words, at) for one in vocabularies() for at in range(len(words))
    ):
        return OptionChoice()
    reader = _Reader(tuple(products), words)
    choice = reader.read()
    if choice is not None:
        return choice
    place = reader.bare or place_said(text) or place_said(" ".join(reader.left))
    if not place or place > len(offered):
        return OptionChoice()
    meant = offered[place if place < 0 else place - 1]
    return OptionChoice(tuple(one for one in products if one.sku == meant))


def _words(text: str) -> list[str]:
    words = [one for token in all_tokens(text) for one in words_of(token) if one[0].isalnum() or one == "%"]
    return [word[1:] if word[0] == "ה" and word[1:] in vocabulary("he").fractions else word for word in words]


class _Reader:
    """Reads each word of an answer as a choice among products."""

    def __init__(self, products: tuple[CatalogProduct, ...], words: list[str]) -> None:
        self._products, self._words = products, words
        self._left: list[CatalogProduct] = list(products)
        self._told = self._denied = False
        self.bare = 0
        self.left: list[str] = []
        self._amount: int | None = None
        self._form: CountingWord | None = None
        self._alone: SpeltNumber | None = None

    def read(self) -> OptionChoice | None:
        """The choice; None if nothing distinguishes the products."""
        at = 0
        while at < len(self._words):
            at += (
                self._denial(at)
                or self._part_of_measure(at)
                or self._number(at)
                or self._count_at(at)
                or self._told_apart(at)
                or self._told_by_measure(at)
                or self._little(at)
                or self._odd(at)
            )
        if self._form is not None and self._form.container:
            narrower = of_container(self._left, self._form.container)
            self._told |= len(narrower) < len(self._left)
            self._left = narrower
        if self._told and self._alone is not None and len(self.left) == self._alone.length and self._amount is None:
            self._amount, self.left = self._alone.value, []  # "the small one, but four"
        if not self._told or (self.left and not place_said(" ".join(self.left))):
            return None
        form = self._form or CountingWord("", "", False)
        return OptionChoice(
            tuple(self._left),
            self._amount,
            form.unit if self._amount is not None or form.container or form.unit in KINDS else "",
            form.container,
        )

    def _narrow(self, words: Sequence[str]) -> bool:
        """Keep the products with these words. Words of all products are understood but don't narrow."""
        having = [one for one in self._products if has_words(one, words)]
        if self._denied and 0 < len(having) < len(self._products):
            having, self._denied = [one for one in self._products if one not in having], False
        if having and len(self._products) == 1 and any(word.isalpha() for word in words):
            self._told = True  # names the only product offered
        if having and len(having) < len(self._products):
            self._told = True
            self._left = [one for one in self._left if one in having]
        return bool(having)

    def _denial(self, at: int) -> int:
        """Read "not the 3%": the words after "not" are excluded."""
        length = max(length_at(statement_words(one.language).denies, self._words, at) for one in vocabularies())
        self._denied |= length > 0
        return length

    def _part_of_measure(self, at: int) -> int:
        """Read a size with a fraction: "the litre and a half"."""
        for known in vocabularies():
            length = known.match(known.counted, self._words, at)
            form = known.counted[tuple(self._words[at : at + length])] if length else None
            if form is None or form.unit not in UNITS:
                continue
            behind = at + length
            joint = known.match(known.joiners, self._words, behind)
            rest = self._words[behind + joint :]
            if known.language == "he" and rest[:1] and rest[0][:1] == "ו":
                joint, rest = 1, [rest[0][1:], *rest[1:]]
            part = read_number(known, rest, 0) if joint and rest else None
            if part is not None and 0 < part.value < ONE:
                said = (figure_of(ONE + part.value), UNITS[form.unit])
                taken = length + part.length + (joint if known.language != "he" else 0)
                return taken if self._narrow(said) else self._give_up(taken)
        return 0

    def _number(self, at: int) -> int:
        for known in vocabularies():
            if number := read_number(known, self._words, at):
                if whole := self._as_read_out(at, number, known):
                    return whole
                return self._said_number(at, number.value, number.length, known)
        return 0

    def _as_read_out(self, at: int, number: SpeltNumber, known: Vocabulary) -> int:
        """Read a size spoken as two numbers: "three thirty"."""
        tens = read_number(known, self._words, at + number.length)
        if tens is None or not (number.value < 10 * ONE <= tens.value < 100 * ONE):
            return 0
        figure, length = figure_of(number.value * 100 + tens.value), number.length + tens.length
        return length if self._has_number(figure) and self._narrow((figure,)) else 0

    def _said_number(self, at: int, value: int, length: int, known: Vocabulary) -> int:
        figure, behind = figure_of(value), at + length
        unit = self._words[behind] if behind < len(self._words) else ""
        if percents := 1 if unit == "%" else percent_at(self._words, behind):
            return length + percents if self._narrow((figure, "%")) else 0
        more = known.match(known.counted, self._words, behind)
        form = known.counted.get(tuple(self._words[behind : behind + more])) if more else None
        if named := named_unit(unit, form.unit if form else ""):
            return length + max(more, 1) if self._narrow((figure, named)) else self._give_up(length)
        pointed = more and any(
            tuple(self._words[behind : behind + more]) in statement_words(one.language).pointing
            for one in vocabularies()
        )
        if pointed and self._has_number(figure) and self._narrow((figure,)):
            return length + more  # "the 15 one"
        if form is not None and self._is_of_name(figure, value, form):
            self._narrow((figure,))
            self._form = self._form or form
            return length + more  # "the 500 can"
        if form is not None:  # "a can" says which one, not how many
            counts = value != ONE or self._words[at][0].isdigit()
            self._amount, self._form = (value if counts else self._amount), form
            return length + more
        if self._has_number(figure) and self._narrow((figure,)):
            return length
        if self._narrow_size(figure):
            return length
        if value % 1000 == 0 and len(self._words) == length:
            self.bare = value // 1000
        elif value == ONE:
            self._amount = ONE if self._is_only(at, behind) else self._amount
            return length  # "that one", but "just one"
        return length if self.bare else 0

    def _is_of_name(self, figure: str, value: int, form: CountingWord) -> bool:
        """Whether a number before a container selects products rather than counts: "500 can", "330 ones".

        A small number with a plural may be a quantity.
        """
        having = [one for one in self._products if has_words(one, (figure,))]
        if not 0 < len(having) < len(self._products) or value == ONE:
            return False
        come_so = of_container(having, form.container) if form.container else having
        return bool(come_so) and (form.single or value >= SIZES)

    def _is_only(self, at: int, behind: int) -> bool:
        """Whether "just" directly precedes a number, or follows it as in "un seul"."""
        before, after = tuple(self._words[max(0, at - 1) : at]), tuple(self._words[behind : behind + 1])
        languages = [one.language for one in vocabularies()]
        return any(before in basket_words(one)["only"] or after in statement_words(one).plainly for one in languages)

    def _narrow_size(self, figure: str) -> bool:
        """Whether a plain number is the size of some products: "0.5" of a litre, "33" centilitres."""
        litres = float(figure)
        unit = "l" if litres < LITRES else "cl" if litres < CENTILITRES and litres.is_integer() else ""
        having = [one for one in self._products if unit and has_words(one, (figure, unit))]
        return 0 < len(having) < len(self._products) and self._narrow((figure, unit))

    def _has_number(self, figure: str) -> bool:
        return any(figure in words_of(name) for one in self._products for name in one.names.values())

    def _give_up(self, length: int) -> int:
        self._left, self._told = [], True
        return length

    def _count_at(self, at: int) -> int:
        for known in vocabularies():
            if length := known.match(known.counted, self._words, at):
                form = known.counted[tuple(self._words[at : at + length])]
                if form.unit in UNITS and len(self._words[at]) == 1:
                    continue  # "l" is a French article here, not litres: "à l'unité"
                if form.container and self._narrow(tuple(self._words[at : at + length])):
                    return length
                self._form = self._form or form
                return length
        return 0

    def _told_apart(self, at: int) -> int:
        word = self._words[at]
        if any((word,) in statement_words(one.language).articles for one in vocabularies()):
            return 0  # the "en" of "en canette" doesn't select "bouteille en verre"
        if is_unit(word) or any(length_at(statement_words(one.language).little, (word,), 0) for one in vocabularies()):
            having = [one for one in self._products if has_words(one, (word,))]
            if not having or len(having) == len(self._products):
                return 0
        return 1 if self._narrow((word,)) else 0

    def _told_by_measure(self, at: int) -> int:
        """Read a comparison: "the big one", "the cheaper", "the regular one"."""
        for known in vocabularies():
            words = statement_words(known.language)
            if length := length_at(words.usual, self._words, at):
                self._keep_plainest(known.language)
                return length
            for phrases, key, last in (
                (words.bigger, size_by_name, True),
                (words.smaller, size_by_name, False),
                (words.cheaper, _price, False),
                (words.dearer, _price, True),
            ):
                if length := length_at(phrases, self._words, at):
                    ranked = sorted(self._left, key=key)
                    if len(ranked) > 1 and key(ranked[0]) < key(ranked[-1]):
                        best = key(ranked[-1 if last else 0])
                        self._left, self._told = [one for one in ranked if key(one) == best], True
                    return length
        return 0

    def _keep_plainest(self, language: str) -> None:
        """Keep the product whose name has only words that the others have too."""
        names = [frozenset(filter(str.isalpha, words_of(one.names.get(language, "")))) for one in self._left]
        plain = [one for one, name in zip(self._left, names, strict=True) if name and all(map(name.issubset, names))]
        if len(plain) == 1:
            self._left, self._told = plain, True

    def _little(self, at: int) -> int:
        for known in vocabularies():
            said = statement_words(known.language)
            tables = (said.pointing, said.little, said.articles, said.plainly, said.but)
            length = max(length_at(one, self._words, at) for one in tables)
            if length := max(length, known.match(known.fillers, self._words, at)):
                return length
        return 0

    def _odd(self, at: int) -> int:
        """Handle a word without meaning here. A number may be the quantity if other words make the choice."""
        number = next((said for one in vocabularies() if (said := read_number(one, self._words, at))), None)
        if number is not None and not number.doubt and number.value % ONE == 0:
            self._alone = number
        length = number.length if number else 1
        self.left += self._words[at : at + length]
        return length


def _price(product: CatalogProduct) -> float:
    return float(product.price_minor or 0)
