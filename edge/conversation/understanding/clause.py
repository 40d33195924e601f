"""One item of a sentence: quantity, unit and the words of its name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import msgspec

from edge.conversation.understanding.amounts import (
    JOINED,
    MINUS,
    Doubt,
    amounts_in,
    best_of,
    trim_filler,
    without_fillers,
)
from edge.conversation.understanding.lexicon import Vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.said_modifier import SaidModifier

AMOUNT_LIMIT = 100_000_000
"""Maximum amount in thousandths, as more than 100,000 units in one sentence aren't plausible."""


class Clause(msgspec.Struct, frozen=True):
    """One item of a sentence. `amount` in thousandths of `unit` ("" if not stated); None if not stated.

    `text`: the words of its name; `whole`: the same with a number that may be part of it ("7 up"). `container`: as
    counted ("3 cans"). `numbered`: a number was stated, not just an article. `cause`: the reason for waste, if known.
    `doubt`: why the amount is unusable. `loose`: thousandths besides boxes. `grouped`: for weighed goods it may be a
    decimal ("1.000"). `listed`: the items if it may be a list ("bread and milk"), which only the catalogue
    distinguishes from one name ("salt and vinegar"). `counted_as`: the word for its unit. `note`: further remarks (for
    whom), kept with the movement. `unsure`: show its effect first, with the `unowned` words; `either`: the direction is
    uncertain, so offer both. `modifiers`: those requested or excluded.
    """

    verb: str = ""
    amount: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)] | None = None
    unit: str = ""
    container: str = ""
    text: str = ""
    whole: str = ""
    cause: str = ""
    numbered: bool = False
    doubt: Doubt = ""
    loose: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)] = 0
    grouped: bool = False
    listed: tuple[Clause, ...] = ()
    counted_as: str = ""
    note: str = ""
    unsure: bool = False
    unowned: tuple[str, ...] = ()
    either: bool = False
    modifiers: tuple[SaidModifier, ...] = ()


def counted_together(clauses: Iterable[Clause], same: Callable[[Clause, Clause], bool]) -> tuple[Clause, ...]:
    """Combine counts of boxes and of single units of the same item. `same`: whether two items are the same.

    Two counts that can't be added are asked about before either is carried out.
    """
    found: list[Clause] = []
    for one in clauses:
        last = found[-1] if found else None
        if (
            last is None
            or {last.verb, one.verb} != {"adjust"}
            or not same(last, one)
            or last.amount is None
            or one.amount is None
        ):
            found.append(one)
        elif {last.unit, one.unit} == {"box", "unit"} and not (last.loose or one.loose or last.doubt or one.doubt):
            box, loose = (last, one) if last.unit == "box" else (one, last)
            said = {"unit": "box", "amount": box.amount, "counted_as": box.counted_as, "container": "", "whole": ""}
            found[-1] = msgspec.structs.replace(last, **said, loose=loose.amount, numbered=True)
        else:
            found[-1] = msgspec.structs.replace(last, doubt="numbers", loose=0)
    return tuple(found)


def clause_of(words: Sequence[str], known: Vocabulary, verb: str) -> Clause:
    """The quantity, unit and name in some words."""
    words = trim_filler(words, known)
    amounts = amounts_in(words, known)
    if not amounts:
        return Clause(verb, text=" ".join(without_fillers([w for w in words if w != JOINED], known)))
    best = best_of(amounts, words, known)
    if best is None:
        return Clause(verb, text=" ".join(without_fillers(words, known)))
    if best.value is not None and not best.doubt and _cut_off(words, best.end, known):
        best = msgspec.structs.replace(best, doubt="numbers")  # "7 up and eggs" isn't seven eggs
    rest = [*words[: best.at], *words[best.end :]]
    behind = next((one for one in amounts if one.end == len(words) and one.at > best.end and one.value is None), None)
    if not best.unit and behind and behind.unit in ("box", "unit"):  # "3 colas in boxes"
        best = msgspec.structs.replace(best, unit=behind.unit)
        rest = [*words[: best.at], *words[best.end : behind.at]]
    text = " ".join(without_fillers([word for word in rest if word != JOINED and word not in MINUS], known))
    text = text or " ".join(word for word in rest if word != JOINED and word not in MINUS)
    whole = ""
    if best.doubt == "numbers":
        text = " ".join(word for word in text.split() if read_number(known, [word], 0) is None)
        behind_it = words[best.end :]
        called = any(read_number(known, [one], 0) is None or (one.isdigit() and len(one) > 3) for one in behind_it)
        touching = best.at == 0 and read_number(known, words, best.end) is not None
        if called and touching and not all(words[at][0].isdigit() for at in (0, best.end)):  # "two 7 up", not "2 7 up"
            whole = _bare_name(behind_it, known)
            text = text or whole
    measured = best.unit in ("kg", "g", "litre")
    if text and not whole and best.value is not None and (measured or not best.unit):
        whole = _bare_name([word for word in words if word != JOINED and word not in MINUS], known)
    doubt: Doubt = best.doubt or ("too_many" if best.value is not None and best.value > AMOUNT_LIMIT else "")
    numbered = best.number_end > best.at
    counted_as = words[best.end - 1] if best.unit else ""
    said = (best.value, best.unit, best.container, text, whole)
    return Clause(verb, *said, numbered=numbered, doubt=doubt, grouped=best.grouped, counted_as=counted_as)


def _cut_off(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether only possible name words are between a number and an "and"."""
    begins = at
    while at < len(words):
        if words[at] == JOINED or known.match(known.joiners, words, at):
            return begins < at and at + 1 < len(words)
        length = known.match(known.fillers, words, at)
        if not length or length > 1:
            return False
        at += length
    return False


def _bare_name(words: Sequence[str], known: Vocabulary) -> str:
    """A possible name that includes its number, without polite words; two words always stay, as in "7 up"."""
    kept = list(words)
    while len(kept) > 2 and (kept[-1],) in known.fillers:
        kept.pop()
    while len(kept) > 2 and (kept[0],) in known.fillers:
        kept.pop(0)
    return " ".join(kept)
