"""Handlers of translation commands, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.product import MANAGER
from edge.goods.translation.calling import call_so, take_back_product
from edge.goods.translation.checks import findings, is_hard, term_findings
from edge.goods.translation.commands import (
    AcceptTranslations,
    DecidedTranslation,
    ProposeTranslations,
    RefuseTranslations,
    RestoreTranslations,
    SetTranslation,
)
from edge.goods.translation.events import TranslationAccepted, TranslationProposed, TranslationRefused
from edge.goods.translation.queries import (
    TRANSLATIONS,
    WaitingText,
    elsewhere_for,
    names_of,
    terms_for,
    waiting_for,
)
from edge.goods.translation.rules import BroughtText, propose_text


def propose(tx: Transaction, command: ProposeTranslations) -> tuple[BroughtText, ...]:
    keys = [text.key for text in command.texts]
    _two(command.source_language, command.language)
    things, waiting = names_of(tx.db, keys), waiting_for(tx.db, command.language, keys)
    elsewhere = elsewhere_for(tx.db, command.source_language, command.language, [one.source for one in command.texts])
    terms = terms_for(tx.db, command.source_language, command.language)
    brought = []
    for text in command.texts:
        known = {(one.source, one.text) for one in (waiting.get(text.key),) if one is not None}
        languages = (command.source_language, command.language)
        others = elsewhere.setdefault(text.source, {})
        different = {said for key, said in others.items() if key != text.key}
        one, event = propose_text(text, things.get(text.key), languages, known, command.origin, different, terms)
        brought.append(one)
        if event is not None:
            others[text.key] = event.text
            tx.append(event)
    return tuple(brought)


def accept(tx: Transaction, command: AcceptTranslations) -> tuple[DecidedTranslation, ...]:
    waiting = waiting_for(tx.db, command.language, command.keys)
    things = names_of(tx.db, command.keys)
    decided = []
    for key in dict.fromkeys(command.keys):
        one, thing = waiting.get(key), things.get(key)
        if one is None or one.state != "proposed":
            raise Refusal("translation_not_waiting", {"named": key})
        if thing is None or thing.names.get(one.source_language) != one.source:
            raise Refusal("translation_outdated", {"named": key})
        terms = terms_for(tx.db, one.source_language, command.language)
        if (one.findings or any(term_findings(one.source, one.text, terms))) and not command.flagged:
            raise Refusal("translation_flagged", {"named": key})
        rows = call_so(tx, key, command.language, one.text, TRANSLATIONS)
        tx.append(TranslationAccepted(key, command.language, one.source_language, one.source, one.text))
        now = thing.names.get(command.language, "")
        decided.append(
            _with_before(DecidedTranslation(key, one.source_language, now, one.text, first=rows[0], last=rows[1]), one)
        )
    return tuple(decided)


def set_translation(tx: Transaction, command: SetTranslation) -> tuple[DecidedTranslation, ...]:
    key, text = command.text.key, command.text.text.strip()
    _two(command.source_language, command.language)
    thing = names_of(tx.db, [key]).get(key)
    source = thing.names.get(command.source_language, "") if thing else ""
    if thing is None or source != command.text.source:
        raise Refusal("translation_outdated", {"named": key})
    found = findings(source, text, command.language, thing.keep, thing.most)
    if is_hard(found):
        raise Refusal("translation_wrong", {"named": key, "findings": " ".join(found)})
    before, now = waiting_for(tx.db, command.language, [key]).get(key), thing.names.get(command.language, "")
    rows = call_so(tx, key, command.language, text, MANAGER)
    tx.append(TranslationAccepted(key, command.language, command.source_language, source, text))
    made = DecidedTranslation(key, command.source_language, now, text, True, first=rows[0], last=rows[1])
    return (_with_before(made, before),)


def refuse(tx: Transaction, command: RefuseTranslations) -> tuple[DecidedTranslation, ...]:
    waiting = waiting_for(tx.db, command.language, command.keys)
    decided = []
    for key in dict.fromkeys(command.keys):
        if key not in waiting or waiting[key].state != "proposed":
            raise Refusal("translation_not_waiting", {"named": key})
        tx.append(TranslationRefused(key, command.language))
        decided.append(_with_before(DecidedTranslation(key, waiting[key].source_language), waiting[key]))
    return tuple(decided)


def restore(tx: Transaction, command: RestoreTranslations) -> None:
    language, keys = command.language, [one.key for one in command.texts]
    things, waiting = names_of(tx.db, keys), waiting_for(tx.db, language, keys)
    for one in command.texts:
        thing, row = things.get(one.key), waiting.get(one.key)
        if thing is None or row is None or not _take_back(tx, one, language, row, thing.names.get(language, "")):
            raise Refusal("translation_changed", {"named": one.key})
        said = (one.key, language, one.source_language, one.source, one.text)
        if one.state == "accepted":
            tx.append(TranslationAccepted(*said))
        elif one.state:
            tx.append(TranslationProposed(*said, one.origin, one.findings))
        if one.state == "refused":
            tx.append(TranslationRefused(one.key, language))


def _take_back(tx: Transaction, one: DecidedTranslation, language: str, row: WaitingText, now: str) -> bool:
    """Restore the name. Returns False if the translation or the name `now` has changed since."""
    if (row.state, row.text) != (("accepted", one.said) if one.said else ("refused", one.text)):
        return False
    if not one.said:
        return True
    source = MANAGER if one.by_hand else TRANSLATIONS
    if one.key.startswith("product/"):
        return take_back_product(tx, one.key, (one.first, one.last), source)
    if now == one.said:
        call_so(tx, one.key, language, one.now, source)
    return now == one.said


def _with_before(decided: DecidedTranslation, before: WaitingText | None) -> DecidedTranslation:
    """A decision, with the translation before it."""
    if before is None:
        return decided
    return msgspec.convert({**msgspec.to_builtins(decided), **msgspec.to_builtins(before)}, DecidedTranslation)


def _two(source_language: str, language: str) -> None:
    if source_language == language:
        raise Refusal("translation_one_language")
