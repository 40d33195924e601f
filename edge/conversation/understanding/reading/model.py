"""What a reading is made of: tokens with one owner each, and slots that say which tokens they are from. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.clause import Clause

Owner = Literal["", "act", "amount", "unit", "product", "context", "negation", "filler", "reference"]

Change = Literal["instead", "more", "less", "again", "out", "part", "times", "other_way", "undo"]


class SaidBy(msgspec.Struct, frozen=True):
    """The tokens that a slot's value was said by; there is none without one."""

    begin: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.begin < self.end:
            raise ValueError("a value that nobody said")


class SaidAmount(msgspec.Struct, frozen=True):
    """How much was said: thousandths of a unit, which is "" where none was, and the word it was counted in.
    `implied`: no number was said, and one of it is meant, as Hebrew says "a can"."""

    value: int | None
    unit: str
    container: str
    word: str
    source: SaidBy
    grouped: bool = False
    doubted: bool = False
    implied: bool = False


class Mention(msgspec.Struct, frozen=True):
    """Words of a name, and the products that have all of them."""

    words: tuple[str, ...]
    skus: tuple[str, ...]
    source: SaidBy

    @property
    def text(self) -> str:
        return " ".join(self.words)


class SaidAct(msgspec.Struct, frozen=True):
    """A word for what happened: out, in, waste or adjust."""

    kind: str
    source: SaidBy


class Owners:
    """Who owns each token: exactly one."""

    def __init__(self, count: int) -> None:
        self._owners: list[Owner] = [""] * count

    def take(self, begin: int, end: int, owner: Owner) -> SaidBy:
        """Give tokens to an owner. ValueError where one has one already."""
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
    """What a sentence says happened.

    `clauses` as the conversation takes them, the products of each mention by its text (`links`), who owns each token,
    and the words that nobody owns. `context` is kept with the movement. `told`: it says in a word what happened.
    `sure`: it may be done without being shown first. `either`: goods may have gone the other way as well.
    `waits`: whoever reads it, it is shown first, as a day before today is named, or what was put where is not said.
    `proposed`: a language model quotes it; it waits for a yes, and answers no question.
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
    def counted(self) -> bool:
        """Whether it says in words what happened, and how much of it."""
        return self.told and any(one.amount is not None for one in self.clauses)


class StockCorrection(msgspec.Struct, frozen=True):
    """What is changed of the newest act. `amount` in thousandths of `unit` ("" and None: as it was); `skus`: what it
    was instead, or what is spoken of; `denied`: what it was not. `more` and `less` say how much besides, `part` how
    much of it was something else. `times` as much (thousandths), the `other_way`, or not at all (`undo`: so many of the
    newest entries, None: all of them)."""

    change: Change
    verb: str = ""
    amount: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)] | None = None
    unit: str = ""
    counted_as: str = ""
    text: str = ""
    skus: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class BasketChange(msgspec.Struct, frozen=True):
    """What a customer changes of a basket without saying all of it again: so much `less` or `more` of something, just
    so much of it (`set`) or of `each` line, so many `times` as much, `both` lines out, all others out (`only`),
    something else instead (`swap`), nothing at all (`stands`), as it was before the newest change (`back`). `text` and
    `of`: the goods that are named, () the ones spoken of; `into`: those that are to come in. `amount`: thousandths of
    `unit` ("" where it counts); None: all of it, and of a swap or of `more` as many as there were; `out`: so many of
    these. `loose`: it may be a wish as well, where nothing of it is in the basket. `at`: the place of its line, 0 where
    none is said, the last -1; `among`: of so many lines; `every`: each of them; `container`: in which its goods come.
    `also`: what else the sentence changes, and `besides` what it puts in. `again`: as many
    as were put in just now; `undo`: what the newest sentence did; `clear`: all of it."""

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
