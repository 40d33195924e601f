"""Read a customer's request for advice: "what goes with the hummus", "something like it", "a gift for my father".

Every word has an owner: a phrase, a product, a fact, a person or filler. A sentence that counts, or removes something
from a basket, isn't a request for advice. Unknown names are kept for the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.advice.facts import POSITIVE
from edge.conversation.understanding.advice.model import GOODS_MOST, SaidAdvice, Whom
from edge.conversation.understanding.advice.phrases import AdvicePiece, pieces_of
from edge.conversation.understanding.advice.words import advice_words
from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.product_matching import match
from edge.conversation.understanding.reading.linking import CatalogueLinker, goods_of_category, has_words
from edge.conversation.understanding.reading.statement_words import languages_first, length_at
from edge.conversation.understanding.reading.words import split_words
from edge.conversation.understanding.tokens import clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import MATCHES_LIMIT, Search
from edge.lib.units.quantity import THOUSANDTHS

MOST_WORDS = 25
BASKET = frozenset({"remove", "change", "clear", "compare", "checkout", "order_status", "reviews", "wishlist"})
"""Roles of other requests that may appear with the words of a question."""
ADULT_YEARS = 18
NO_GOODS = frozenset({"gluten", "lactose", "caffeine", "alcohol", "vegan", "vegetarian", "kosher", "halal", "organic"})
"""Facts whose words name no product: on their own they are a question."""
QUOTED = 200
"""Maximum characters of an unknown name that are repeated to the user."""


def read_advice(db: Connection, search: Search, text: str, language: str, about: str = "") -> SaidAdvice | None:
    """Return the advice a sentence asks for; None if none, or if a word has no owner.

    `about`: the SKU of the product mentioned last, which "it" refers to.
    """
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language)
    if not words or len(words) > MOST_WORDS:
        return None
    linker.language = _language_of(words, language)
    return _Question(db, search, linker, words, words[-1] == "?", about).read()


def _language_of(words: Sequence[str], first: str) -> str:
    """The language whose phrases leave the fewest words as names; `first` on a tie."""
    names = {
        one: sum(len(piece.words) for piece in pieces_of(words, one) if piece.role == "name")
        for one in languages_first(first)
    }
    return min(names, key=lambda one: names[one])


class _Question:
    """A sentence as read in one language."""

    def __init__(
        self, db: Connection, search: Search, linker: CatalogueLinker, words: Sequence[str], asks: bool, about: str
    ) -> None:
        self._db, self._search, self._linker, self._about = db, search, linker, about
        self.language = linker.language
        self._words = list(words)
        self._pieces = pieces_of(words, self.language)
        self._marked = asks
        self._open = any(one.role in ("something", "drinks", "asks", "gift") for one in self._pieces)

    def read(self) -> SaidAdvice | None:
        """The request, or None."""
        pieces, years, most_minor = self._numbers()
        if pieces is None or self._is_of_paper():
            return None
        if self._has("like"):
            self._pieces = pieces
            return self._like(most_minor)
        if self._is_of_basket():
            return None
        self._pieces = pieces
        said = self._with() if self._has("pair") else self._for(years) or self._without()
        if said is None:
            return None
        opened = self._open or said.paired
        return msgspec.structs.replace(said, most_minor=most_minor, open=opened, cheapest=self._has("cheap"))

    def _has(self, role: str) -> bool:
        return any(one.role == role for one in self._pieces)

    def _numbers(self) -> tuple[list[AdvicePiece] | None, int, int]:
        """Return the pieces without age and budget, with both numbers; None if a number means something else."""
        known, kept = vocabulary(self.language), list[AdvicePiece]()
        counts = self._denies_fact()  # "two pitas without nuts": advise first, add nothing, so ignore the count
        years = most_minor = 0
        flat = self._pieces
        for at, piece in enumerate(flat):
            if piece.role in ("years", "money", "under"):
                continue
            if piece.role != "number":
                kept.append(piece)
                continue
            number = read_number(known, list(piece.words), 0)
            behind = flat[at + 1].role if at + 1 < len(flat) else ""
            before = flat[at - 1] if at else AdvicePiece("stop", ())
            if number is None or number.grouped:
                return None, 0, 0
            if behind == "years" or (before.role == "person" and before.meant == "child"):
                years = number.value // THOUSANDTHS
            elif before.role == "under" or behind == "money":
                most_minor = number.value * self._search.minor // THOUSANDTHS
            elif not counts:
                return None, 0, 0
        limited = any(one.role == "under" for one in flat)
        kept = [one for one in kept if not (limited and one.role == "money")]
        return kept, years, most_minor

    def _is_of_basket(self) -> bool:
        """Whether the sentence removes, changes or compares something in the basket. "Without" alone doesn't."""
        known, own = vocabulary(self.language), advice_words(self.language).sets
        at = 0
        while at < len(self._words):
            length = known.match(known.shopping, self._words, at)
            intent = known.shopping.get(tuple(self._words[at : at + length]), "")
            denied = length_at(own["without"] | own["nothing"], self._words, at) if intent in BASKET else length
            behind = [(word,) for word in self._words[at + denied : at + length]]
            says_nothing = (denied or self._denies_fact()) and own["little"].issuperset(behind)
            if intent in BASKET and not says_nothing:
                return True  # "no more"; "without the" is "without", and "not the" about an allergy isn't a wish
            at += length or 1
        adds = any(known.shopping.get(one.words) == "add" for one in self._pieces if one.role == "name")
        return adds and not self._denies_fact()

    def _is_of_paper(self) -> bool:
        """Whether the sentence is about gift cards or gift wrapping."""
        own = advice_words(self.language).sets["not_gifts"]
        return any(length_at(own, self._words, at) for at in range(len(self._words)))

    def _denies_fact(self) -> bool:
        """Whether the sentence asks for something free of a known fact."""
        denied = self._has("without") and self._has("fact")
        return denied or any(one.role == "claim" and one.words[0] in self._denials() for one in self._pieces)

    def _denials(self) -> set[str]:
        return {phrase[0] for phrase in advice_words(self.language).sets["without"]}

    def _with(self) -> SaidAdvice | None:
        """Return a request for products that go with the named ones, or else with the product mentioned last."""
        at = next(place for place, one in enumerate(self._pieces) if one.role == "pair")
        before, behind = self._names(self._pieces[:at]), self._names(self._pieces[at + 1 :])
        pointed = any(one.role == "pronoun" for one in self._pieces)
        asks = self._open or self._marked
        if behind:
            return self._of_goods("with", behind) if asks or not before else None
        if before and asks:
            return self._of_goods("with", before)
        if asks and (pointed or self._pieces[-1].role in ("pair", "stop")):
            goods = (self._about,) if self._about else ()
            return SaidAdvice("with", self.language, goods=goods, paired=True)
        return None

    def _like(self, most_minor: int) -> SaidAdvice | None:
        """Return a request for products similar to the named ones, or else to the product mentioned last.

        Products named before the phrase are the ones wanted: "a water instead of the cola".
        """
        at = next(place for place, one in enumerate(self._pieces) if one.role == "like")
        self._pieces = [*self._pieces[: at + 1], *_as_named(self._pieces[at + 1 :])]
        phrase, behind = self._pieces[at].words, self._names(self._pieces[at + 1 :])
        asks = self._open or self._marked or self._alone(phrase)
        if not asks or self._names(self._pieces[:at]):
            return None
        facts = self._facts()
        if not behind:
            if not self._about or not any(one.role == "pronoun" for one in self._pieces[at + 1 :]):
                return None
            return SaidAdvice("like", self.language, "", (self._about,), facts, open=True, most_minor=most_minor)
        said = self._of_goods("like", behind)
        return msgspec.structs.replace(said, facts=facts, open=True, most_minor=most_minor)

    def _alone(self, phrase: Sequence[str]) -> bool:
        """Whether a phrase is a complete request: "something like" is, "instead of" isn't."""
        *first, last = phrase  # in Hebrew, the next word may be attached to the last one
        weak = advice_words(self.language).sets["replaces"]
        return not any([*one[:-1]] == first and last.startswith(one[-1]) for one in weak)

    def _of_goods(self, kind: str, words: Sequence[str]) -> SaidAdvice:
        goods = self._link(words)
        text = " ".join(words)[:QUOTED]
        return SaidAdvice(kind, self.language, text, goods, lost=not goods, paired=kind == "with")  # type: ignore[arg-type]

    def _for(self, years: int) -> SaidAdvice | None:
        """Return a request for products for a person: a gift, or products for a child or a non-drinker."""
        whom = self._whom(years)
        if not whom and not self._has("gift"):
            return None
        if not self._open:
            return None
        facts = self._facts()
        if whom == "sober" and not self._has("gift") and "alcohol" not in facts:
            facts = (*facts, "alcohol")
        names = self._names(self._pieces)
        said = SaidAdvice("for", self.language, facts=facts, whom=whom, gift=self._has("gift"), drinks=self._drinks())
        if not names:
            return said
        goods, text = self._any_of(names), " ".join(names)[:QUOTED]
        if not goods and not self._has("gift") and whom != "sober":
            return None
        return msgspec.structs.replace(said, text=text, goods=goods, lost=not goods)

    def _whom(self, years: int) -> Whom:
        met = [one.meant for one in self._pieces if one.role == "person"]
        if "sober" in met:
            return "sober"
        if years:
            return "child" if years < ADULT_YEARS else "adult"
        return "child" if "child" in met else "adult" if "adult" in met else ""

    def _drinks(self) -> bool:
        return self._has("drinks")

    def _without(self) -> SaidAdvice | None:
        """Return a request for products with a fact, such as vegan or free of something.

        Or the question whether the named products have it.
        """
        facts, rest = self._facts(), self._pieces
        tells = False
        if not facts and (self._marked or self._open) and self._asks_inside():
            facts, tells = tuple(dict.fromkeys(one.meant for one in rest if one.role == "fact")), True
        if not facts:
            return self._without_word()
        names = self._names(rest)
        if not names:
            if not (self._open or self._marked or NO_GOODS.issuperset(facts)):
                return None
            pointed = self._has("pronoun") and bool(self._about) and not self._has("something")
            goods: tuple[str, ...] = (self._about,) if pointed else ()
            if tells and not goods:
                return None
            return SaidAdvice("without", self.language, "", goods, facts, drinks=self._drinks(), tells=pointed or tells)
        if not (self._open or self._marked):
            if not self._has("without") and self._is_named():
                return None
            if self._lists():  # "a bread without gluten and a cola": do nothing if "without" can mean "remove"
                named = " ".join(names)[:QUOTED]
                lost = SaidAdvice("without", self.language, named, facts=facts, lost=True, several=True)
                return lost if self._takes_out() else None
        tells = tells or self._marked_of()
        goods = self._link(names) if tells else self._any_of(names)
        if not goods and not (self._open or self._denies_fact()):
            return None
        text = " ".join(names)[:QUOTED]
        said = SaidAdvice("without", self.language, text, goods, facts, drinks=self._drinks())
        return msgspec.structs.replace(said, tells=tells and bool(goods), lost=not goods)

    def _without_word(self) -> SaidAdvice | None:
        """Return a request for products without a word outside the lists: "something without onions".

        The word comes last.
        """
        at = next((place for place, one in enumerate(self._pieces) if one.role == "without"), None)
        if at is None or not self._open:
            return None
        names, before = self._names(self._pieces[at + 1 :]), self._names(self._pieces[:at])
        if len(names) != 1 or (not before and not self._has("something") and not self._has("drinks")):
            return None
        goods = self._any_of(before) if before else ()
        if before and not goods:
            return None
        return SaidAdvice("without", self.language, " ".join(before)[:QUOTED], goods, (f"={names[0]}"[:60],))

    def _facts(self) -> tuple[str, ...]:
        """Return the required facts: claims, and facts after "without" or before "free"."""
        found: list[str] = []
        denied = False
        for at, one in enumerate(self._pieces):
            behind = self._pieces[at + 1].role if at + 1 < len(self._pieces) else ""
            if one.role == "without":
                denied = True
            elif one.role == "claim":
                found.append(one.meant)
                denied = denied or one.meant not in POSITIVE
            elif one.role == "fact":
                if denied or behind == "free" or one.meant in POSITIVE:
                    found.append(one.meant)
            elif one.role not in ("little", "stop"):
                denied = False
        return tuple(dict.fromkeys(found))[:8]

    def _lists(self) -> bool:
        """Whether several products are named, joined by "and"."""
        roles = ["and" if self._joins(one) else one.role for one in self._pieces]
        met = [at for at, role in enumerate(roles) if role == "and"]
        return any("name" in roles[:at] and "name" in roles[at:] for at in met)

    def _joins(self, piece: AdvicePiece) -> bool:
        return piece.words in vocabulary(self.language).joiners or piece.words == (JOINED,)

    def _takes_out(self) -> bool:
        """Whether the word for "without" also means removing from a basket."""
        known = vocabulary(self.language)
        return any(
            known.shopping.get((word,)) == "remove"
            for one in self._pieces
            if one.role in ("without", "claim")
            for word in one.words[:1]
        )

    def _is_named(self) -> bool:
        """Whether one product's name has all these words, including the fact's: "sugar free cola"."""
        roles = ("name", "fact", "claim", "free")
        words = [word for one in self._pieces if one.role in roles for word in one.words]
        return bool(self._linker.link(words).products)

    def _marked_of(self) -> bool:
        """Whether the sentence asks if the named products have the fact: "is the pita gluten free?"."""
        listed = any(one.role == "asks" and len(one.words) > 1 for one in self._pieces)
        return self._marked and not listed and not self._has("something")

    def _asks_inside(self) -> bool:
        """Whether the sentence asks if something is in the named products.

        "Does the hummus have sesame" and "is there sesame in the hummus" do; "milk chocolate" doesn't.
        """
        roles = [one.role for one in self._pieces]
        if "fact" not in roles or not ("name" in roles or "pronoun" in roles):
            return False
        at = roles.index("fact")
        if "has" in roles[:at]:
            return any(role in ("name", "pronoun") for role in roles[: roles[:at].index("has")])
        behind = self._pieces[at + 1 :]
        if any(one.role == "inside" for one in behind):
            return True
        within = [letter for letter, role in vocabulary(self.language).attached_places if role == "at"]
        return bool(behind) and behind[0].role == "name" and behind[0].words[0].startswith(tuple(within))

    def _names(self, pieces: Sequence[AdvicePiece]) -> list[str]:
        """The words that must name products; empty if the sentence has a verb such as "add"."""
        wishes = vocabulary(self.language).shopping
        named = [one for one in pieces if one.role in ("name", "free") and wishes.get(one.words) != "add"]
        return [word for one in named for word in one.words]

    def _any_of(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return all products with these words. A general word ("a chocolate") isn't limited to exact names."""
        found = self._search.find(self._db, " ".join(words), MATCHES_LIMIT, near=False).products
        skus = [one.sku for one in found if one.retired_us is None and has_words(one, words)]
        return tuple(dict.fromkeys([*skus, *self._link(words)]))[:GOODS_MOST]

    def _link(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the products of this name or category; with one letter wrong, the nearest ones."""
        if skus := self._linker.link(words).skus or goods_of_category(self._db, words):
            return skus[:GOODS_MOST]
        near = match(self._db, self._search, " ".join(words), language=self.language)
        return near.skus[:GOODS_MOST] if near.kind != "none" else ()


def _as_named(pieces: Sequence[AdvicePiece]) -> list[AdvicePiece]:
    """Return the pieces with a name to compare with.

    "Something like milk" is about the product, not about goods containing milk.
    """
    found = list(pieces)
    at = next((place for place, one in enumerate(found) if one.role != "little"), len(found))
    while at < len(found) and found[at].role in ("name", "fact"):
        is_free = at + 1 < len(found) and found[at + 1].role == "free"
        if found[at].meant in POSITIVE or is_free:
            break
        found[at] = AdvicePiece("name", found[at].words)
        at += 1
    return found
