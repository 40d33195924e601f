"""Commands of translations, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.product import MANAGER
from edge.goods.translation.calling import call_so
from edge.goods.translation.checks import findings, is_hard, term_findings
from edge.goods.translation.commands import (
    AcceptTranslations,
    ProposeTranslations,
    RefuseTranslations,
    SetTranslation,
)
from edge.goods.translation.events import TranslationAccepted, TranslationRefused
from edge.goods.translation.queries import TRANSLATIONS, elsewhere_for, names_of, terms_for, waiting_for
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


def accept(tx: Transaction, command: AcceptTranslations) -> None:
    waiting = waiting_for(tx.db, command.language, command.keys)
    things = names_of(tx.db, command.keys)
    for key in dict.fromkeys(command.keys):
        one, thing = waiting.get(key), things.get(key)
        if one is None or one.state != "proposed":
            raise Refusal("translation_not_waiting", {"named": key})
        if thing is None or thing.names.get(one.source_language) != one.source:
            raise Refusal("translation_outdated", {"named": key})
        terms = terms_for(tx.db, one.source_language, command.language)
        if (one.findings or any(term_findings(one.source, one.text, terms))) and not command.flagged:
            raise Refusal("translation_flagged", {"named": key})
        call_so(tx, key, command.language, one.text, TRANSLATIONS)
        tx.append(TranslationAccepted(key, command.language, one.source_language, one.source, one.text))


def set_translation(tx: Transaction, command: SetTranslation) -> None:
    key, text = command.text.key, command.text.text.strip()
    _two(command.source_language, command.language)
    thing = names_of(tx.db, [key]).get(key)
    source = thing.names.get(command.source_language, "") if thing else ""
    if thing is None or source != command.text.source:
        raise Refusal("translation_outdated", {"named": key})
    found = findings(source, text, command.language, thing.keep, thing.most)
    if is_hard(found):
        raise Refusal("translation_wrong", {"named": key, "findings": " ".join(found)})
    call_so(tx, key, command.language, text, MANAGER)
    tx.append(TranslationAccepted(key, command.language, command.source_language, source, text))


def refuse(tx: Transaction, command: RefuseTranslations) -> None:
    waiting = waiting_for(tx.db, command.language, command.keys)
    for key in dict.fromkeys(command.keys):
        if key not in waiting or waiting[key].state != "proposed":
            raise Refusal("translation_not_waiting", {"named": key})
        tx.append(TranslationRefused(key, command.language))


def _two(source_language: str, language: str) -> None:
    if source_language == language:
        raise Refusal("translation_one_language")
