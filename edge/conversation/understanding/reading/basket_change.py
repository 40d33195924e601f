"""Read changes to a basket: "one less", "remove both", "swap them for baguettes", "half that", "not two, one".

The sentence is only read if each word has a meaning.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import msgspec

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.basket_comments import goods_told_of, is_of_guests, without_comments
from edge.conversation.understanding.reading.basket_exception import all_of, clears, read_cleared_but, read_exception
from edge.conversation.understanding.reading.basket_goods import (
    COUNTS,
    POINTS,
    SKUS_MOST,
    TIMES,
    NamedGoods,
    goods_of,
    is_definite,
    is_definite_before_number,
    names_of,
    says_something,
    segments,
    without_stops,
)
from edge.conversation.understanding.reading.basket_lines import read_line_change
from edge.conversation.understanding.reading.basket_swap import read_swap, swap
from edge.conversation.understanding.reading.basket_words import (
    BasketPart,
    Role,
    basket_words,
    behind_questions,
    parts_in,
    with_turns_together,
)
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import BasketChange
from edge.conversation.understanding.reading.statement_words import languages_first, length_at
from edge.conversation.understanding.reading.words import split_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.conversation.understanding.tokens import clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.lib.units.quantity import THOUSANDTHS

MOST_WORDS = 20
_OUT = {"drop", "carry", "away"}
SEVERAL = (2, 4)
"""Minimum and maximum number of changes in one sentence."""


def read_basket_change(db: Connection, search: Search, text: str, language: str) -> BasketChange | None:
    """Return the basket change in a sentence; None if it isn't one or has an unknown word."""
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language)
    if not words or len(words) > MOST_WORDS:
        return None
    if found := read_cleared_but(words, linker):
        return found
    if clears(words, language):
        return None
    for one in languages_first(language):
        linker.language = one
        said, asked = behind_questions(with_turns_together(words, one), one)
        parts = parts_in(said, one, linker.has_word)
        if not parts:
            continue
        if several := _read_several(said, linker):
            return several
        if found := _read(parts, linker, asked):
            return found
        told = without_comments(parts, linker) or (parts if asked else [])
        if told and (found := _read(told, linker, asked) or _bare_number(told, linker)):
            return found
        if found := _of_what_was_told(parts, linker):
            return found
        if is_of_guests(parts, linker):
            return BasketChange("stands", one)
    return None


def _read_several(words: Sequence[str], linker: CatalogueLinker) -> BasketChange | None:
    """Read several changes: "scrap the pears and double the bananas".

    Each part names the products it changes, except that one may refer to the last ("and make it two trays").
    """
    groups = _between_joints(words, linker.language)
    if not SEVERAL[0] <= len(groups) <= SEVERAL[1]:
        return None
    changes: list[BasketChange] = []
    for group in groups:
        parts = parts_in(group, linker.language, linker.has_word)
        found = (
            _read_move(group, linker) or _read(parts, linker) or _named_out(parts, linker) or _so_many(parts, linker)
        )
        found = found or (None if changes else _bare_number(parts, linker))
        if found is None or found.change not in ("less", "more", "set", "times", "swap") or found.also:
            return None
        changes.append(found)
    unnamed = [n for n, one in enumerate(changes) if not (one.is_named or one.at)]
    begins = unnamed == [0] and any(one.change == "more" for one in changes[1:])
    pointless = len(unnamed) > 1 or any(changes[n].change == "swap" for n in unnamed)
    pointless |= any(n and {changes[n].change, changes[n - 1].change} == {"set"} for n in unnamed)
    if pointless or not (begins or any(not one.loose for one in changes)):
        return None
    return msgspec.structs.replace(changes[0], loose=False, also=(*changes[1:],))


def _read_move(words: list[str], linker: CatalogueLinker) -> BasketChange | None:
    """Read a verb that adds or removes, with a number and a product.

    "Put 3 muffins in", "take the pittas out", "take one out".
    """
    known, said = vocabulary(linker.language), basket_words(linker.language)
    ends = next((n for n in (1, 2) if tuple(words[-n:]) in {*said["away"], *said["inside"]}), 0)
    begins = known.match(known.shopping, words, 0)
    act = known.shopping[tuple(words[:begins])] if begins else ""
    carries = length_at(said["carry"], words, 0)
    if ends and carries:
        begins, act = carries, "add" if tuple(words[-ends:]) in said["inside"] else "remove"
    elif ends:
        return None
    if act not in ("add", "remove"):
        return None
    parts = without_stops(parts_in(words[begins : len(words) - ends], linker.language, linker.has_word))
    goods = goods_of(parts, linker)
    number = goods.number
    if not {one.role for one in parts} <= {"name", *COUNTS, *POINTS} or goods.numbers > 1:
        return None
    if number and (number.value <= 0 or (number.value % THOUSANDTHS and not number.unit)):
        return None
    if (goods.is_named and not goods.skus) or not (goods.is_named or (number and act == "remove")):
        return None
    amount, unit = (number.value, number.unit or _box(parts, linker.language)) if number else (None, "")
    if act == "add":
        return BasketChange("more", linker.language, amount or THOUSANDTHS, goods.text, goods.skus, unit=unit)
    return BasketChange("less", linker.language, amount, goods.text, goods.skus, unit=unit)


def _between_joints(words: Sequence[str], language: str) -> list[list[str]]:
    """The words between punctuation and conjunctions of two changes."""
    joints = basket_words(language)["joints"]
    found: list[list[str]] = [[]]
    at = 0
    while at < len(words):
        length = length_at(joints, words, at)
        if words[at] in STOPS or words[at] == JOINED or length:
            found.append([])
        else:
            found[-1].append(words[at])
        at += length or 1
    return [one for one in found if one]


def _named_out(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a removal by name: "scrap the pears", "the oil isn't needed"."""
    roles = {one.role for one in parts}
    return all_of(parts, linker) if "drop" in roles and roles <= {"drop", "name", *POINTS} else None


def _so_many(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a quantity of a product: "three penne", "three more penne"."""
    goods = goods_of(parts, linker)
    roles = {one.role for one in parts}
    if not (roles <= {"name", "more", "them", *COUNTS} and goods.skus and goods.number):  # "la" counts as "them"
        return None
    found = _set(linker, goods.number, parts, goods, loose=True)
    return msgspec.structs.replace(found, change="more") if found and "more" in roles else found


def _of_what_was_told(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a pronoun for the product just mentioned: "the oil is for my sister, so take it off mine"."""
    names, rest = goods_told_of(parts, linker)
    goods = linker.link(names).skus[:SKUS_MOST] if names else ()
    found = _read(without_comments(rest, linker) or rest, linker) if goods else None
    if found is None or found.is_named or found.at or found.every or found.also:
        return None
    return msgspec.structs.replace(found, text=" ".join(names), of=goods)


def _read(parts: Sequence[BasketPart], linker: CatalogueLinker, asked: Sequence[str] = ()) -> BasketChange | None:
    parts = _without_excess(parts)
    if _has_separate_count(parts):
        return None
    found = read_line_change(parts, linker) or read_exception(parts, linker)
    found = found or _read_denial(parts, linker) or _dropped_for(parts, linker)
    if found := found or read_swap(parts, linker, asked) or _counted_anew(parts, linker):
        return found
    said = _normalize_corrections(without_stops(parts), linker)
    if said is None or {"instead", "swap", "denied"} & {one.role for one in said}:
        return None
    kept = _without_whom(said, linker)
    if len(kept) < len(said) and {one.role for one in kept} <= COUNTS:
        kept = [BasketPart("second", ()), *kept]  # "and one for my sister"
    parts = _without_rest(kept, linker)
    return _count_change(parts, linker) or _removal(parts, linker)


def _without_excess(parts: Sequence[BasketPart]) -> Sequence[BasketPart]:
    """The parts without "that's too many" if another part states the number: "five is plenty"."""
    groups = [(group, {one.role for one in group}) for group in segments(parts)]
    if not any({"only", "number"} <= roles for _, roles in groups):
        return parts
    kept = [group for group, roles in groups if not ("less" in roles and roles <= {"less", *POINTS})]
    return [part for n, group in enumerate(kept) for part in ([BasketPart("stop", (",",))] if n else []) + group]


def _has_separate_count(parts: Sequence[BasketPart]) -> bool:
    """Whether "one more" comes with another number: "there are six of them, so one more"."""
    counted = [{one.role for one in group} for group in segments(parts) if group]
    return any("second" in one and "number" not in one for one in counted) and any("number" in one for one in counted)


def _normalize_corrections(parts: list[BasketPart], linker: CatalogueLinker) -> list[BasketPart] | None:
    """The parts with corrections read as "just": "instead two" and "no, two" become "just two". None if something is
    denied."""
    only = basket_words(linker.language)["only"]
    named = bool(names_of(parts))
    found: list[BasketPart] = []
    for one in parts:
        if one.role == "denied" and one.words not in only:
            return None
        says = one.role == "denied" or (one.role in ("instead", "turn", "rather") and not named)
        found.append(one._replace(role="only") if says or one.role == "turn" else one)
    return found


def _dropped_for(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a removal with a replacement: "forget the rum, give me tequila"."""
    groups = [one for one in segments(parts) if one]
    if len(groups) > SEVERAL[0] and {one.role for one in groups[-1]} <= {"same", "little"}:
        groups.pop()  # "no croissants, give me baguettes, same amount"
    if len(groups) != SEVERAL[0] or (gone := _named_out(groups[0], linker)) is None:
        return None
    was, now = NamedGoods(gone.of, gone.text), goods_of(groups[1], linker)
    plain = {one.role for one in groups[1]} <= {"name", "number", "unit", "only", "turn", "rather", *POINTS}
    if not plain or not now.skus or {*now.skus} & {*was.skus}:
        return None
    return swap(linker, was, now, None)


def _read_denial(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a denial with a replacement: "sesame oil, not vinegar", "not two, one box"."""
    groups = segments(parts)
    at = next((n for n, one in enumerate(groups) if any(part.role == "denied" for part in one)), -1)
    if at < 0:
        return None
    place = next(n for n, part in enumerate(groups[at]) if part.role == "denied")
    before = [part for one in groups[:at] for part in one] + groups[at][:place]
    behind = [part for one in groups[at + 1 :] for part in one]
    old = groups[at][place + 1 :]
    new = before if says_something(before) else behind
    if (says_something(before) and says_something(behind)) or not (says_something(old) and says_something(new)):
        return None
    allowed = {"name", "number", "unit", "little", "only", "turn", "rather", "them", "instead", "same"}
    if not {one.role for one in (*old, *new)} <= allowed:
        return None
    was, now = goods_of(old, linker), goods_of(new, linker)
    if now.numbers > 1 or was.numbers > 1 or (now.is_named and not now.skus) or (was.is_named and not was.skus):
        return None
    if was.is_named and now.is_named:
        return swap(linker, was, now, None)
    if now.number is None or was.is_named:
        return None
    return _set(linker, now.number, new, now)


def _counted_anew(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a new quantity: "half that", "double it", "one of each", "only the baguettes", "two more", "ten of them"."""
    kept = without_stops(parts)
    kept = _without_whom(kept, linker) if any(one.role == "again" for one in kept) else kept
    roles = {one.role for one in kept}
    goods = goods_of(kept, linker)
    if goods.numbers > 1 or (goods.is_named and not goods.skus):
        return None
    change = BasketChange("times", linker.language, None, goods.text, goods.skus, loose=True)
    if said := roles & {*TIMES}:
        goes = {"drop", "less", "carry", "away"} if said == {"half"} else set()  # "take half of them off"
        plain = goods.number is None and roles <= {"half", "double", "name", "only", "turn", *goes, *POINTS}
        return msgspec.structs.replace(change, amount=TIMES["half" if "half" in said else "double"]) if plain else None
    number = goods.number
    if number and number.value == TIMES["half"] and not (number.unit or goods.is_named) and _takes_out(roles):
        return msgspec.structs.replace(change, amount=TIMES["half"]) if roles <= {*_OUT, *COUNTS, *POINTS} else None
    if "again" in roles and not (goods.is_named or number) and roles <= {"again", "only", "whom", "by", *POINTS}:
        return msgspec.structs.replace(change, change="more")
    if goods.is_named and not number and roles <= {"only", "name", "little", "them"} and _declines(kept[-1], linker):
        return msgspec.structs.replace(change, change="less", loose=False)  # "the baguette, no"
    if "only" in roles and goods.is_named and not number and roles <= {"only", "name", "little", "them"}:
        return msgspec.structs.replace(change, change="only") if is_definite(kept, linker) else None
    if number is None or number.value <= 0 or goods.is_named:
        return None
    if number.unit and "each" in roles and roles <= {*COUNTS, *POINTS, "each", "only", "turn"}:
        return msgspec.structs.replace(change, change="each", amount=number.value, unit=number.unit)
    if number.unit:  # "another kilo"
        more = {"more", "second"} & roles and roles <= {*COUNTS, *POINTS, "more", "second"}
        return msgspec.structs.replace(change, change="more", amount=number.value, unit=number.unit) if more else None
    if number.value % THOUSANDTHS:
        return None
    if "each" in roles:
        return _of_each(change, number.value, roles)
    pointed = "behind" in roles and not {"only", "drop", "less"} & roles
    if ("more" in roles or pointed) and roles <= {*COUNTS, *POINTS, "more"}:
        return msgspec.structs.replace(change, change="more", amount=number.value)
    return None


def _declines(part: BasketPart, linker: CatalogueLinker) -> bool:
    """Whether a part is a separate "no", which declines the product before it."""
    return vocabulary(linker.language).replies.get(part.words) == "no"


def _takes_out(roles: Set[Role]) -> bool:
    return "drop" in roles or {"carry", "away"} <= {*roles}


def _of_each(change: BasketChange, amount: int, roles: Set[Role]) -> BasketChange | None:
    """Read a quantity for each line: "one of each", "one less of each", "two more of each"."""
    plain = {*COUNTS, *POINTS, "each"}
    if roles <= {*plain, "only", "turn"}:
        return msgspec.structs.replace(change, change="each", amount=amount)
    if roles <= {*plain, "more"}:
        return msgspec.structs.replace(change, change="more", amount=amount, every=True)
    if roles <= {*plain, "less", "drop"}:
        return msgspec.structs.replace(change, change="less", amount=amount, every=True)
    return None


def _bare_number(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a number with a mere comment as the quantity of the product just added: "two, we have guests"."""
    kept = without_stops(parts)
    goods = goods_of(kept, linker)
    if goods.number is None or goods.numbers > 1 or not {one.role for one in kept} <= COUNTS:
        return None
    return _set(linker, goods.number, kept, goods, loose=True)


def _set(
    linker: CatalogueLinker, number: BasketPart, parts: Sequence[BasketPart], goods: NamedGoods, loose: bool = False
) -> BasketChange | None:
    if not number.unit and (number.value <= 0 or number.value % THOUSANDTHS):
        return None
    unit = number.unit or _box(parts, linker.language)
    known = vocabulary(linker.language)
    container = next((known.counted[one.words].container for one in parts if one.role == "unit"), "")
    change = BasketChange("set", linker.language, number.value, goods.text, goods.skus, (), unit, None, loose)
    return change if goods.is_named else msgspec.structs.replace(change, container=container)


def _box(parts: Sequence[BasketPart], language: str) -> str:
    """ "box" if cases are counted, else ""."""
    known = vocabulary(language)
    return "box" if any(one.role == "unit" and known.counted[one.words].unit == "box" for one in parts) else ""


def _without_whom(parts: Sequence[BasketPart], linker: CatalogueLinker) -> list[BasketPart]:
    """Return the parts before "for my mother", which doesn't affect the request."""
    at = next((place for place, one in enumerate(parts) if place and one.role == "whom"), len(parts))
    counts = any(one.role not in ("name", "little", "whom") for one in parts[at:])
    return [*parts] if counts or any(map(linker.naming, names_of(parts[at:]))) else [*parts[:at]]


def _without_rest(parts: Sequence[BasketPart], linker: CatalogueLinker) -> list[BasketPart]:
    """The parts without trailing non-product words: "make it 2 I'm being good"."""
    number = next((at for at, one in enumerate(parts) if one.role == "number"), len(parts))
    counted = number + 1 + (parts[number + 1 : number + 2] != [] and parts[number + 1].role == "unit")
    if parts[counted : counted + 1] and parts[counted].role == "name":
        return [*parts]  # "drop one unicorn"
    at = next((place for place, one in enumerate(parts) if place > number and one.role == "name"), len(parts))
    plain = {one.role for one in parts[at:]} <= {"name", "little", "them", "whom"}
    return [*parts[:at]] if plain and not any(map(linker.naming, names_of(parts[at:]))) else [*parts]


def _count_change(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a quantity for the product mentioned last or named before: "just two", "the lettuce just one".

    "And a second one" adds one.
    """
    roles = [one.role for one in parts]
    definite = is_definite_before_number(parts, linker)
    if not ("only" in roles or "second" in roles or definite):
        return None
    goods = goods_of(parts, linker)
    number = goods.number
    if not {*roles} <= {"only", "second", *COUNTS, *POINTS, "name"} or goods.numbers > 1:
        return None
    if number and not number.unit and number.value % THOUSANDTHS:
        return None
    if "second" in roles:
        much = number or BasketPart("number", (), THOUSANDTHS)
        if goods.is_named and not goods.skus:
            return None
        more = BasketChange("more", linker.language, much.value, goods.text, goods.skus, unit=much.unit)
        return msgspec.structs.replace(more, loose=goods.is_named)
    if number is None or (goods.is_named and not goods.skus):
        return None
    counted_first = goods.is_named and roles.index("number") < roles.index("name")  # "one croissant will do"
    return _set(linker, number, parts, goods, loose=counted_first or (definite and "only" not in roles))


def _removal(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Read a removal: "drop one", "take them off", "one baguette less"."""
    roles = [one.role for one in parts]
    goods = goods_of(parts, linker)
    if (goods.is_named and not goods.skus) or {"half", "double", "each", "more", "guests", "rather"} & {*roles}:
        return None
    drops = _takes_out({*roles})
    if ("carry" in roles or "away" in roles) and not drops:
        return None
    if "both" in roles and drops and not goods.is_named and not goods.numbers:
        return BasketChange("both", linker.language)
    if drops and "them" in roles and not (goods.is_named or goods.numbers or "less" in roles):
        return BasketChange("less", linker.language)
    known = vocabulary(linker.language).shopping
    otherwise = any(one.role == "drop" and one.words not in known for one in parts)  # "don't want the gouda any more"
    otherwise |= "carry" in roles and "away" in roles  # "take the bagels out again"
    if otherwise and goods.is_named and not goods.numbers and "both" not in roles:
        return BasketChange("less", linker.language, None, goods.text, goods.skus)
    number = goods.number
    if goods.numbers != 1 or number is None or "both" in roles or (number.value % THOUSANDTHS and not number.unit):
        return None
    if "less" in roles or (drops and not goods.is_named):
        return BasketChange("less", linker.language, number.value, goods.text, goods.skus, (), number.unit)
    return None
