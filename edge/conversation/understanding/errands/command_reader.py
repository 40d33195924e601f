"""Read a command requested by name, with the values of its fields."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.errands.commands import (
    AS_WRITTEN,
    OF_AMOUNT,
    OF_GOODS,
    OF_NUMBER,
    ONE_WORD,
    OPTIONAL_FIELDS,
    SaidCommand,
    Slot,
    named_commands,
    said_commands,
)
from edge.conversation.understanding.errands.errand_words import (
    THOUSAND,
    amount_in,
    ends_in,
    errand_words,
    names_in,
    number_in,
    supplier_in,
)
from edge.conversation.understanding.errands.model import Errand, SaidErrand
from edge.conversation.understanding.errands.written_slots import (
    as_written,
    first_address,
    first_code,
    first_number,
    sale_in,
    without_first,
)
from edge.conversation.understanding.lexicon import Phrase
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.sentence_parts import STOPS
from edge.core.storage.database import Connection


def read_command(
    db: Connection,
    linker: CatalogueLinker,
    text: str,
    words: Sequence[str],
    language: str,
    minor: int,
    lacking: bool = False,
) -> SaidErrand | None:
    """The command a sentence asks for by name, with its values; None if there is none or a word has no owner.
    `lacking`: accept one with missing parts, to be asked for."""
    linker.language = language
    known = errand_words(language)
    plain = [word for word in words if word not in (*STOPS, "%", "#", "?", "-")]
    while plain and (length := ends_in(known["polite"], plain)):
        plain = plain[: len(plain) - length]
    for command in said_commands(plain, language):
        said = _fill_slots(db, linker, text, command, minor)
        if said is not None and bool(said.errand.lacks) == lacking:
            return said
    return None


class _Said(msgspec.Struct):
    """A command read so far, and the remaining words."""

    words: list[str]
    lacks: list[Slot] = []
    supplier: str = ""
    number: int = 0
    price_minor: int = 0
    text: str = ""
    clause: Clause = Clause()


def _fill_slots(
    db: Connection, linker: CatalogueLinker, text: str, command: SaidCommand, minor: int
) -> SaidErrand | None:
    """A command with its fields filled; None if a word has no owner or a number makes no sense."""
    slots, language = named_commands()[command.name].slots, linker.language
    known, said = errand_words(language), _Said([*command.rest])
    if "supplier" in slots:
        said.words, said.supplier = supplier_in(db, ["", *said.words], known["supplier"] | {("",)})
        said.words = [word for word in said.words if word]
        said.lacks += [] if said.supplier else ["supplier"]
    if "sale" in slots:
        number, said.words = sale_in(said.words, language, known)
        said.lacks += ["sale"] if number is None else []
        said.number = number or 0
    if slots & OF_NUMBER and not _take_number(said, slots, language, known, minor):
        return None
    if slots & AS_WRITTEN and not _take_text(said, slots, text, command, known):
        return None
    if slots & OF_AMOUNT:
        said.clause, said.words = amount_in(said.words, language)
    names = names_in(said.words, language, ("little", "polite"))
    skus = linker.link(names).skus if names and slots & OF_GOODS else ()
    if bool(names) != bool(skus):
        return None
    said.lacks += [one for one in OF_GOODS & slots if one not in OPTIONAL_FIELDS and not skus]
    errand = Errand(
        "command", said.price_minor, said.supplier, said.number, name=command.name, text=said.text, lacks=(*said.lacks,)
    )
    return SaidErrand(errand, language, msgspec.structs.replace(said.clause, text=" ".join(names)), skus[:24])


def _take_number(
    said: _Said, slots: frozenset[Slot], language: str, known: dict[str, frozenset[Phrase]], minor: int
) -> bool:
    """Consume the number or sum; False if it's invalid."""
    (slot,) = OF_NUMBER & slots
    money = known["money"] if slot == "money" else frozenset[Phrase]()
    if money or slots & AS_WRITTEN:
        number, said.words = first_number(said.words, language, known["little"], money)
    else:
        number, said.words = number_in(said.words, language)
    if number is None:
        said.lacks.append(slot)
        return True
    whole, parts = divmod(number * (minor if slot == "money" else 1), THOUSAND)
    said.number, said.price_minor = (0, whole) if slot == "money" else (whole, 0)
    return whole > 0 and not parts


def _take_text(
    said: _Said, slots: frozenset[Slot], text: str, command: SaidCommand, known: dict[str, frozenset[Phrase]]
) -> bool:
    """Consume text verbatim; False if it can't be kept or other words precede it."""
    if command.remark is not None:
        if without_first(said.words, (known["little"],)):
            return False
        said.words = [*command.remark]
    (slot,) = AS_WRITTEN & slots
    words = without_first(said.words, (known["because"],))
    if slot in ONE_WORD:
        read = first_address if slot == "address" else first_code
        said.text, said.words = read(text, words)
        if not said.text:  # "l" may begin a code or be an article, so retry without it
            said.text, said.words = read(text, without_first(words, (known["little"],)))
    else:
        said.text, said.words = as_written(text, words), []
    if said.text or slot == "remark":
        return bool(said.text) or not words
    said.lacks.append(slot)
    return not words
