"""What a whole turn says by its tags: what happened, what is changed of what was done before, or of a basket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from edge.shop.turn_reading.second_reader.tagged_lines import TaggedLine, UncertainTags
from edge.shop.understanding.clause import Clause
from edge.shop.understanding.reading.model import BasketChange, Reading, StockCorrection

ONE, TWICE, HALF = 1000, 2000, 500
"""Thousandths."""
_VERBS = {"out": "out", "in": "in", "waste": "waste", "count": "adjust", "add": "add"}
NAME_CHARS = 200


class TaggedTurn(NamedTuple):
    """One of these at most."""

    reading: Reading | None = None
    correction: StockCorrection | None = None
    basket: BasketChange | None = None


def staff_turn(intent: str, lines: Sequence[TaggedLine], language: str) -> TaggedTurn:
    """What staff say. UncertainTags: nothing that can be done."""
    _require_products(lines)
    if intent == "told" and any(one.tag in ("old", "new") for one in lines):
        intent = "swap"
    if intent == "told":
        return TaggedTurn(reading=_reading_of(lines, language))
    line = _only(lines) if intent != "swap" else _new_of(lines)
    amount = line.amount
    said = {
        "amount": amount.value if amount else None,
        "unit": amount.unit if amount else "",
        "counted_as": amount.word if amount else "",
        "text": " ".join(line.words),
        "skus": line.skus,
    }
    if line.loose:
        raise UncertainTags("boxes and single ones")
    match intent:
        case "amount" if said["amount"] is not None:
            return _correction_of("instead", **said)
        case "more" | "less":
            return _correction_of(intent, **said | {"amount": ONE if said["amount"] is None else said["amount"]})
        case "again":
            return _correction_of("again", **said)
        case "double" | "half":
            return _correction_of("times", **said | {"amount": TWICE if intent == "double" else HALF, "unit": ""})
        case "flip":
            return _correction_of("other_way", **said)
        case "swap":
            denied = tuple(sku for one in lines if one.tag == "old" for sku in one.skus)
            return _correction_of("instead", **said, denied=denied)
        case "undo" if not line.words:
            return _correction_of("undo", amount=ONE)
        case "undo_all" if not line.words:
            return _correction_of("undo", amount=said["amount"])
    raise UncertainTags(intent)


def _correction_of(change: str, **said: object) -> TaggedTurn:
    return TaggedTurn(correction=StockCorrection(change, **said))  # type: ignore[arg-type]


def customers_turn(intent: str, lines: Sequence[TaggedLine], language: str) -> TaggedTurn:
    """What a customer says; what is wished for and is not in the shop has no products. UncertainTags: nothing that can
    be done."""
    _require_products([one for one in lines if one.tag != "add"])
    if intent == "told":
        return _wishes_of(lines, language)
    line = _only(lines) if intent != "swap" else _new_of(lines)
    said = _of_line(line)
    amount = line.amount.value if line.amount else None
    match intent:
        case "amount" if amount is not None:
            return _change_of("set", language, **said)
        case "more" | "less":
            return _change_of(intent, language, **said | {"amount": ONE if amount is None else amount})
        case "again":
            return _change_of("again", language, **said)
        case "double" | "half":
            return _change_of("times", language, **said | {"amount": TWICE if intent == "double" else HALF, "unit": ""})
        case "swap":
            return TaggedTurn(basket=_swap(lines, language))
        case "undo" | "undo_all" | "clear" | "keep" if not line.words:
            kinds = {"undo": "undo", "undo_all": "undo", "clear": "clear", "keep": "stands"}
            return _change_of(kinds[intent], language)
    raise UncertainTags(intent)


def _require_products(lines: Sequence[TaggedLine]) -> None:
    """UncertainTags: something is named that the shop has not."""
    if any(one.words and not one.skus for one in lines):
        raise UncertainTags("goods that no product is")


def _change_of(change: str, language: str, **said: object) -> TaggedTurn:
    return TaggedTurn(basket=BasketChange(change, language, **said))  # type: ignore[arg-type]


def _of_line(line: TaggedLine) -> dict[str, object]:
    """A line as a change of a basket says it."""
    if line.loose:
        raise UncertainTags("boxes and single ones")
    amount = line.amount
    found: dict[str, object] = {"text": " ".join(line.words)[:NAME_CHARS], "of": line.skus[:24]}
    if amount is not None:
        found |= {"amount": amount.value, "unit": amount.unit if amount.value is not None else ""}
    return found


def _wishes_of(lines: Sequence[TaggedLine], language: str) -> TaggedTurn:
    """What is put in, taken out, and exchanged."""
    if any(one.tag in ("old", "new") for one in lines):
        if any(one.tag not in ("old", "new", "") for one in lines):
            raise UncertainTags("an exchange and more")
        return TaggedTurn(basket=_swap(lines, language))
    changes: list[BasketChange] = []
    for one in lines:
        if one.tag == "rem":
            changes.append(BasketChange("less", language, **_of_line(one)))  # type: ignore[arg-type]
        elif one.tag == "set":
            if one.amount is None or one.amount.value is None:
                raise UncertainTags("set to nothing")
            changes.append(BasketChange("set", language, **_of_line(one)))  # type: ignore[arg-type]
        elif one.tag != "add":
            raise UncertainTags("goods spoken of before")
    adds = [one for one in lines if one.tag == "add"]
    if adds and not any(one.skus for one in adds):
        raise UncertainTags("goods that no product is")
    if len(adds) > 1 and any(one.amount is None for one in adds):
        raise UncertainTags("some counted and others not")
    if len({one.skus or one.words for one in lines}) < len(lines):
        raise UncertainTags("the same goods twice")
    if not changes:
        return TaggedTurn(reading=_reading_of(adds, language))
    first, *also = changes
    besides = tuple(_clause(one) for one in adds)
    names = {" ".join(one.words): one.skus for one in adds}
    whole = msgspec.structs.replace(first, also=tuple(also[:3]), besides=besides)
    return TaggedTurn(basket=whole, reading=Reading(language, besides, names, ()) if besides else None)


def _swap(lines: Sequence[TaggedLine], language: str) -> BasketChange:
    new = _new_of(lines)
    old = [one for one in lines if one.tag in ("old", "rem")]
    if len(old) > 1 or new.loose:
        raise UncertainTags("several exchanged")
    amount = new.amount or (old[0].amount if old else None)
    return BasketChange(
        "swap",
        language,
        amount=amount.value if amount else None,
        unit=amount.unit if amount and amount.value is not None else "",
        text=" ".join(old[0].words)[:NAME_CHARS] if old else "",
        of=old[0].skus[:24] if old else (),
        into=new.skus[:24],
    )


def _new_of(lines: Sequence[TaggedLine]) -> TaggedLine:
    """What comes in its place."""
    new = [one for one in lines if one.words and one.tag not in ("old", "rem")]
    bare = [one for one in lines if not one.words]
    if len(new) != 1 or len(bare) > 1:
        raise UncertainTags("several exchanged")
    return new[0] if new[0].amount or not bare else new[0]._replace(amount=bare[0].amount)


def _only(lines: Sequence[TaggedLine]) -> TaggedLine:
    if len(lines) > 1:
        raise UncertainTags("several lines")
    return lines[0] if lines else TaggedLine("", (), (), None)


def _reading_of(lines: Sequence[TaggedLine], language: str) -> Reading:
    """What happened, or is wished for, line by line."""
    if not lines or any(one.tag not in _VERBS for one in lines):
        raise UncertainTags("goods that are not named")
    links = {" ".join(one.words): one.skus for one in lines}
    return Reading(language, tuple(map(_clause, lines)), links, (), told=True, sure=False, proposed=True)


def _clause(line: TaggedLine) -> Clause:
    text, verb = " ".join(line.words), _VERBS[line.tag]
    amount = line.amount
    if amount is None:
        return Clause(verb, text=text)
    return Clause(
        verb,
        amount.value,
        amount.unit,
        amount.container,
        text,
        numbered=amount.value is not None,
        loose=line.loose,
        grouped=amount.grouped,
        counted_as=amount.word,
    )
