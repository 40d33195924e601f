"""Parts of a reading: tokens with one role each, and values that record their tokens. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.clause import Clause

Owner = Literal["", "act", "amount", "unit", "product", "context", "negation", "filler", "reference"]

Change = Literal["instead", "more", "less", "again", "out", "part", "times", "other_way", "undo"]


class SaidBy(msgspec.Struct, frozen=True):
    """The tokens that a value comes from; every value has some."""

    begin: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.begin < self.end:
            raise ValueError("a value that wasn't said")


class SaidAmount(msgspec.Struct, frozen=True):
    """A quantity in thousandths of a unit ("" if not stated), and its counting word.

    `implied`: no number was stated but one is meant, as in Hebrew "a can".
    """

    value: int | None
    unit: str
    container: str
    word: str
    source: SaidBy
    grouped: bool = False
    doubted: bool = False
    implied: bool = False


class Mention(msgspec.Struct, frozen=True):
    """Words of a name, and the products with all of them."""

    words: tuple[str, ...]
    skus: tuple[str, ...]
    source: SaidBy

    @property
    def text(self) -> str:
        return " ".join(self.words)


class SaidAct(msgspec.Struct, frozen=True):
    """A word for an act: out, in, waste or adjust."""

    kind: str
    source: SaidBy


class Owners:
    """The role of each token; each token has at most one."""

    def __init__(self, count: int) -> None:
        self._owners: list[Owner] = [""] * count

    def take(self, begin: int, end: int, owner: Owner) -> SaidBy:
        """Assign tokens to a role. Raises ValueError if one already has a role."""
        source = SaidBy(begin, end)
        if any(self._owners[begin:end]):
            raise ValueError("a word with two owners")
        self._owners[begin:end] = [owner] * (end - begin)
        return source

    def of(self, at: int) -> Owner:
        return self._owners[at]

    @property
    def free(self) -> list[int]:
        return [at for at, owner in enumerate(self._owners) if not owner]

    def all(self) -> tuple[Owner, ...]:
        return tuple(self._owners)


class Reading(msgspec.Struct, frozen=True):
    """The events that a sentence reports.

    `clauses`: its items, as the conversation uses them. `links`: the products of each mention by its text. `context`:
    remarks kept with the movement. `told`: an act is stated in words. `sure`: it may be done without confirmation.
    `either`: the direction is uncertain. `waits`: confirmation is always needed, because of an earlier day or an
    unknown destination. `proposed`: quoted by a language model, so it needs confirmation and answers no question. It
    also has the role of each token, and the words without one.
    """

    language: str
    clauses: tuple[Clause, ...]
    links: dict[str, tuple[str, ...]]
    owners: tuple[Owner, ...]
    unowned: tuple[str, ...] = ()
    context: str = ""
    told: bool = False
    sure: bool = False
    either: bool = False
    waits: bool = False
    proposed: bool = False

    @property
    def has_act_and_quantity(self) -> bool:
        """Whether the sentence states both an act and a quantity."""
        return self.told and any(one.amount is not None for one in self.clauses)


class StockCorrection(msgspec.Struct, frozen=True):
    """A correction of the newest action.

    `amount`: thousandths of `unit` ("" and None: unchanged). `skus`: the correct products, or those referred to.
    `denied`: the wrong products. `more` and `less` add and subtract. `part`: the quantity that was another product.
    `times` multiplies (thousandths), `other_way` reverses, `undo` cancels that many of the newest entries (None: all).
    """

    change: Change
    verb: str = ""
    amount: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)] | None = None
    unit: str = ""
    counted_as: str = ""
    text: str = ""
    skus: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class BasketChange(msgspec.Struct, frozen=True):
    """A change to a basket by reference.

    It's `less` or `more` of something, a quantity (`set`) for it or for `each` line, a multiple (`times`), `both` lines
    removed, all others removed (`only`), a replacement (`swap`), no change (`stands`), or the state before the newest
    change (`back`). `again`: as many as were just added. `undo`: the newest sentence's changes. `clear`: everything.

    `text` and `of`: the products named, () for those mentioned last. `into`: the replacement. `amount`: thousandths of
    `unit` ("" for a count); None: everything, or for `swap` and `more` as many as before. `out`: the quantity to
    replace. `loose`: it may also be a request if the product isn't in the basket. `at`: the line's position (0: none
    stated, -1: the last). `among`: the number of lines meant. `every`: each of them. `container`: of the products
    meant. `also`: further changes. `besides`: products to add.
    """

    change: Literal[
        "less", "more", "set", "both", "swap", "times", "each", "only", "stands", "back", "again", "undo", "clear"
    ]
    language: Annotated[str, msgspec.Meta(max_length=2)]
    amount: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    of: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=80)], ...], msgspec.Meta(max_length=24)] = ()
    into: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=80)], ...], msgspec.Meta(max_length=24)] = ()
    unit: Annotated[str, msgspec.Meta(max_length=8)] = ""
    out: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    loose: bool = False
    at: Annotated[int, msgspec.Meta(ge=-1, le=20)] = 0
    among: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    every: bool = False
    container: Annotated[str, msgspec.Meta(max_length=20)] = ""
    also: Annotated[tuple[BasketChange, ...], msgspec.Meta(max_length=3)] = ()
    besides: Annotated[tuple[Clause, ...], msgspec.Meta(max_length=6)] = ()

    @property
    def is_named(self) -> bool:
        return bool(self.text)
