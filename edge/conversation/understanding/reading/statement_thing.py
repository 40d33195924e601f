"""An item of a statement during assembly: a name and an amount, and their effects on each other. Pure."""

from __future__ import annotations

import msgspec

from edge.conversation.understanding.lexicon import in_any_language, vocabularies
from edge.conversation.understanding.reading.model import Mention, SaidAmount
from edge.conversation.understanding.reading.sizes import UNITS, figure_of

PACK = "pack"
WEIGHTS = frozenset(("kg", "g", "livre"))
TWO, BETWEEN = 2000, 1
"""The minimum pack size, in thousandths, and the words allowed between both numbers: "packs of six"."""


class StatementThing(msgspec.Struct):
    """An item of a statement during assembly.

    `second`: another number next to its amount, which is then `doubted`. `size`: a size word, and whether it means the
    biggest ("the big milk").
    """

    mention: Mention | None = None
    amount: SaidAmount | None = None
    loose: SaidAmount | None = None
    doubted: bool = False
    second: SaidAmount | None = None
    size: tuple[str, bool] | None = None
    them: bool = False

    @property
    def empty(self) -> bool:
        return self.mention is None and self.amount is None

    @property
    def begin(self) -> int:
        """The item's first word. For an earlier item ("two of them"), the number's."""
        said = [one.source.begin for one in (self.amount, self.mention) if one is not None]
        return said[0] if self.them or len(said) == 1 else min(said)


def counted_in(amount: SaidAmount, before: SaidAmount) -> SaidAmount:
    """Return a number with the counting word before it: "mint bunches, 31"."""
    said = {"unit": before.unit, "container": before.container, "word": before.word}
    return msgspec.structs.replace(amount, **said)


def is_elliptic(thing: StatementThing, words: tuple[str, ...]) -> bool:
    """Whether a number without a unit is followed by "of": "two crates of rum and one of gin"."""
    amount, mention = thing.amount, thing.mention
    if amount is None or amount.unit or amount.value is None or mention is None:
        return False
    return mention.source.begin > amount.source.end and words[amount.source.end] in in_any_language("of")


def is_headed(thing: StatementThing) -> bool:
    """Whether an item's name comes before its amount: "sardines: a case and 3"."""
    return bool(thing.mention and thing.amount and thing.mention.source.begin < thing.amount.source.begin)


def as_size(amount: SaidAmount) -> list[tuple[str, ...]]:
    """A number as written in names: with its unit, as a percentage, or alone. [] with another unit."""
    figure = figure_of(amount.value or 0)
    if amount.unit in UNITS:
        return [(figure, UNITS[amount.unit])]
    return [(figure, "%"), (figure,)] if not amount.unit else []


def same_weight(before: SaidAmount, amount: SaidAmount) -> bool:
    """Whether grams repeat a fraction: "a quarter, so 250 grams"."""
    return not before.unit and amount.unit == "g" and (before.value or 0) * 1000 == (amount.value or 0)


def take_weight(thing: StatementThing, weighed: bool) -> bool:
    """Give a `weighed` item its weight if a count was also stated: "2 dorades, so 900 grams".

    Returns whether it was.
    """
    both = [one for one in (thing.amount, thing.second) if one is not None]
    weights = [one for one in both if one.unit in WEIGHTS]
    if not weighed or len(both) < len(weights) + 1 or len(weights) != 1:
        return False
    if any(one.unit not in ("", "unit", *WEIGHTS) or one.doubted for one in both):
        return False
    first, last = sorted(both, key=lambda one: one.source.begin)
    if first.source.end == last.source.begin:
        return False  # "1 kg 8" is one number
    thing.amount, thing.second, thing.doubted = weights[0], None, False
    return True


def may_be_in_name(thing: StatementThing) -> bool:
    """Whether a number may belong to the name: a second one, or one that counts packs."""
    return thing.second is not None or (thing.amount is not None and thing.amount.container == PACK)


def _packs_of(one: SaidAmount, other: SaidAmount) -> SaidAmount | None:
    """A number of packs with their content; None if the two amounts aren't that."""
    packs, each = (one, other) if one.container == PACK else (other, one)
    if packs.container != PACK or each.unit or one.doubted or other.doubted or not (packs.value and each.value):
        return None
    first, last = sorted((packs, each), key=lambda amount: amount.source.begin)
    apart = last.source.begin - first.source.end > BETWEEN or each.value < TWO
    if apart or packs.value % 1000 or each.value % 1000:
        return None
    return msgspec.structs.replace(packs, value=packs.value * each.value // 1000, container="")


def in_name(thing: StatementThing, numbers: frozenset[int], words: tuple[str, ...]) -> None:
    """Move a number into the item's name if it belongs there.

    For a product sold in sixes, "a six pack of" and "a pack of 6" mean one; otherwise two six packs are twelve.

    `numbers`: those in the name; `words`: the whole sentence.
    """
    amount = thing.amount
    if amount is None:
        return
    if thing.second is not None and (thing.second.value or 0) // 1000 in numbers and not thing.second.unit:
        thing.doubted, thing.second = False, None
        return
    if thing.second is not None and not amount.unit and (amount.value or 0) // 1000 in numbers:
        thing.amount, thing.doubted, thing.second = thing.second, False, None  # "five spice: three bags"
        return
    if thing.second is not None and (many := _packs_of(amount, thing.second)):
        thing.amount, thing.doubted, thing.second = many, False, None
        return
    said = words[amount.source.begin : amount.source.end]
    packed = amount.unit == "unit" and amount.container == PACK and (amount.value or 0) // 1000 in numbers
    if packed and len(said) > 2 and any(one.numbers.get(said[0]) == 1 for one in vocabularies()):
        thing.amount = msgspec.structs.replace(amount, value=1000)
