"""Read customers' sentences: searches, questions and purchases, and topics that are always declined. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.amounts import JOINED, MINUS, without_fillers
from edge.conversation.understanding.clause import Clause, clause_of
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.listed_names import names_listed
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.amending import amend_number
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import language_of
from edge.conversation.understanding.sentence import Sentence, apart_from, understand
from edge.conversation.understanding.sentence_parts import parts_of
from edge.conversation.understanding.tokens import tokens_of
from edge.conversation.understanding.understood import LANGUAGES
from edge.lib.units.quantity import THOUSANDTHS

ORDER = (
    "medical", "minors", "people", "person", "order_status", "wishlist", "cheapest", "dearest", "compare", "reviews",
    "clear", "remove", "change",
    "checkout", "basket", "price", "in_stock", "details", "promotions", "hours", "recommend", "find", "add",
)  # fmt: skip
"""Intents in order of precedence. Declined intents end the turn before any tool is called."""
RANKED = frozenset({"cheapest", "dearest"})
OF_GOODS = frozenset({"price", "in_stock", "details", "find", *RANKED})
OF_SHOP = ("promotions", "hours", "recommend")
"""Questions about goods or the shop; without named goods, they are about the shop."""
OF_BASKET = frozenset({"add", "remove"})
LISTED = frozenset({"", "remove", "add", *OF_GOODS})
"""Verbs that may apply to several products, given only by name."""
DECLINED = frozenset({"medical", "minors", "people"})
SHORTEST = 3
"""Minimum letters of a Hebrew word that may have a prefix."""
PASSED = frozenset({"yes", "no", "wait", "cancel", "stop", "language", "empty", "help"})
"""Phrases with the same meaning as for staff."""


def hear(text: str, language: str, staff: Sentence | None = None) -> Sentence:
    """Read a customer's sentence.

    `act` has the intent as its verb; `other` has only words, perhaps a product. `staff`: the same text read as a staff
    sentence.
    """
    staff = staff or understand(text, language)
    if staff.kind in PASSED:
        return staff
    tokens = tokens_of(text)
    spoken = language_of(tokens, language)
    tokens = amend_number(tokens, spoken) if tokens else tokens
    asks = tokens[-1:] == ["?"]
    heard = (
        _read_sentence(_filter_tokens(tokens, vocabulary(one)), vocabulary(one), asks)
        for one in (language, *(o for o in LANGUAGES if o != language))
    )
    first = next(heard)
    found = next((one for one in chain((first,), heard) if one.kind == "act" and _may_be(one, language, spoken)), first)
    return staff if staff.kind == "correct" and found.kind == "other" else found


def _may_be(heard: Sentence, first: str, spoken: str) -> bool:
    """Whether the detected language is plausible: "pain" in a French sentence is bread."""
    return heard.language in (first, spoken) or all(one.verb not in DECLINED for one in heard.clauses)


def _filter_tokens(tokens: Sequence[str], known: Vocabulary) -> list[str]:
    """Return the words, with Hebrew "and" split off before counted nouns."""
    kept = (JOINED, ",", *MINUS)
    return [token for token in apart_from(tokens, known) if token[0].isalnum() or token in kept]


def _read_sentence(words: Sequence[str], known: Vocabulary, asks: bool = False) -> Sentence:
    """Read a customer's sentence from its words. `asks`: whether it ends in a question mark."""
    words = _rejoin_removal(_without_praise(words, known.language), known.language)
    if anew := _restart_basket(words, known):
        return anew
    for at in range(1, len(words)):
        if told := _report(words, at, 0, known):
            both = _purchase_with_question(words[:at], words[at + told :], known)
            return _one(words, known, asks) if both is None else msgspec.structs.replace(both, words=len(words))
    return _one(words, known, asks)


def _restart_basket(words: Sequence[str], known: Vocabulary) -> Sentence | None:
    """Read "start over, just one bag of flour" as emptying the basket and adding the rest. None if nothing follows."""
    at = next((at for at, word in enumerate(words) if not known.match(known.fillers, [word], 0)), 0)
    length = known.match(known.shopping, words, at)
    if not length or known.shopping[tuple(words[at : at + length])] != "clear":
        return None
    behind = at + length
    while behind < len(words) and (words[behind] in (",", JOINED) or known.match(known.joiners, words, behind)):
        behind += 1
    wished = _one(words[behind:], known)
    wants = all(one.verb in ("", "add") and one.amount is not None and one.text for one in wished.clauses)
    if not wants:
        return None
    put = tuple(msgspec.structs.replace(one, verb="add") for one in wished.clauses)
    return Sentence("act", known.language, (Clause("clear"), *put), words=len(words))


def _without_praise(words: Sequence[str], language: str) -> list[str]:
    """The words after an acknowledgement ("great, I take one")."""
    said, kept = statement_words(language), list(words)
    while (length := length_at(said.praise, kept, 0)) and kept[length : length + 1] == [","] and len(kept) > length + 1:
        kept = kept[length + 1 :]
    return kept


def _rejoin_removal(words: list[str], language: str) -> list[str]:
    """ "Take the challahs out" with its verb rejoined."""
    if (
        language == "en"
        and len(words) > 2
        and words[0] in ("take", "put")
        and words[-1] in ("out", "off", "away", "back")
    ):
        return ["remove", *words[1:-1]]
    return words


def _purchase_with_question(before: Sequence[str], asked: Sequence[str], known: Vocabulary) -> Sentence | None:
    """Read a purchase or return followed by a question: "add two milk, my wife wants to know if you have bread".

    None if there is no purchase, and the words only name the person asking ("a lady here", "two ladies").
    """
    ends = [at for at, word in enumerate(before) if word in (",", JOINED) or _joins(before, at, known)]
    counted = _purchase_start(before, known)
    who = next(
        (at for at in reversed(ends[-1:]) if _purchase_start(before[at:], known) == len(before) - at), len(before)
    )
    first = _one(before[:who], known)
    kept = any(one.text or one.amount is not None for one in first.clauses)
    verb = first.clauses[0].verb
    if not kept or not (verb in (*OF_BASKET, "change") or (not verb and who < len(before) and counted < who)):
        return first if verb in DECLINED else None
    second = _read_sentence(asked, known)
    about = second.clauses[0].verb
    if about in DECLINED:
        return second
    reads = not about or about in (*OF_BASKET, "change")
    questions = tuple(msgspec.structs.replace(one, verb="find") if reads else one for one in second.clauses)
    questions = () if reads and not any(one.text for one in questions) else questions
    done = tuple(msgspec.structs.replace(one, verb=one.verb or "add") for one in first.clauses)
    return Sentence("act", known.language, (*done, *questions))


def _joins(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether "and" is here or, in Hebrew, attached to the word."""
    attached = known.language == "he" and len(words[at]) > SHORTEST and words[at][0] == "ו"
    return attached or bool(known.match(known.joiners, words, at))


class _Scan(NamedTuple):
    """The parts of a sentence: intents, name words, and words that may be either.

    `asks`: whether it is a question. `told`: whether its words, and not only a question mark, show that.
    """

    intents: list[str]
    kept: list[str]
    passed: list[str]
    asks: bool
    told: bool


def _scan(words: Sequence[str], known: Vocabulary, asks: bool) -> _Scan:
    intents: list[str] = []
    passed: list[str] = []
    kept: list[str] = []
    put: list[str] = []
    told = False
    asked_to, into = 0, False  # for "add milk to my basket", but not "I want to see what is in my basket"
    bought_from = _purchase_start(words, known)
    at = known.match(known.joiners, words, 0)  # "et les œufs ?"
    while at < len(words):
        declined, why = _match_declined(words, at, known)
        length = known.match(known.shopping, words, at)
        if declined:
            intents.append(why)
        elif reported := _report(words, at, length, known):
            kept.clear()  # "a lady here asking if the milk is in stock"
            intents[:] = [one for one in intents if one in DECLINED]  # the "I want" of "I want to know" isn't a wish
            asks = told = True
            at += reported
            continue
        elif place := known.match(known.into, words, at):
            into = into or not asked_to or _names(words[asked_to:at], known)
            put.append("basket")
            at += place
            continue
        elif length and at >= bought_from and tuple(words[at : at + length]) in known.ambiguous:
            passed.append(known.shopping[tuple(words[at : at + length])])
            kept += [] if passed[-1] == "order_status" else words[at : at + length]
        elif length:
            intents.append(known.shopping[tuple(words[at : at + length])])
        else:
            length = known.match(known.asking, words, at)
            asked_to = at + length if length else asked_to
            if not length:
                kept.append(words[at])
        at += declined or length or 1
    if not (into and "add" in intents and _names(kept, known)):
        intents += put
    return _Scan(intents, kept, passed, asks, told)


def _one(words: Sequence[str], known: Vocabulary, asks: bool = False) -> Sentence:
    asks, words = _asks(words, known, asks)
    intents, kept, passed, asks, told = _scan(words, known, asks)
    if "closing" in intents:  # "milk, and that's all"
        intents = [*intents, "add" if _names(kept, known) else "checkout"]
        kept = kept[:-1] if kept and (kept[-1] == JOINED or (kept[-1],) in known.joiners) else kept
    intent = next((one for one in ORDER if one in intents), "")
    named = [word for word in kept if (word,) not in known.ambiguous and (word,) not in known.hold]
    if passed and not _names(named, known):
        intent = passed[0]  # "can I have my order"
    if intent in OF_GOODS and not _names(kept, known):
        intent = next((one for one in OF_SHOP if one in intents), intent)  # "have you any offers"
    understood = bool(intent) or told  # a question mark alone doesn't tell the language
    several = intent in ("", "add")
    if asks and kept and (several or intent in OF_GOODS):  # "I want to see the milk", "two milks?"
        intent, kept = "find" if several else intent, _without(kept, known, known.hold)
    names = () if several else _names_of(kept, known, intent)
    if not several:
        kept = [word for word in kept if word not in (JOINED, ",")]
    kept = _without(kept, known, known.negations) if intent in ("change", "remove") else kept  # "no, make it four"
    if intent == "compare":
        both = tuple(clause_of(part, known, intent) for part in _sides(kept, known))
        return Sentence("act", known.language, both, words=len(words))
    said = _clauses(parts_of(kept, known) if several else [kept], known, intent) or (Clause(intent),)
    said = (msgspec.structs.replace(said[0], listed=names),) if names and len(said) == 1 else said
    return Sentence("act" if understood else "other", known.language, said, words=len(words))


def _clauses(parts: Sequence[list[str]], known: Vocabulary, intent: str) -> tuple[Clause, ...]:
    """Return the request in each part of a sentence. Behind words that withdraw something, no amount is certain."""
    clauses = [_clause(part, known, intent) for part in parts]
    denied = next((n for n, one in enumerate(parts) if n and known.match(known.negations, one, 0)), len(parts))
    if denied == len(parts):
        return tuple(clauses)
    return tuple(msgspec.structs.replace(one, amount=None, doubt="numbers") for one in clauses)


def _purchase_start(words: Sequence[str], known: Vocabulary) -> int:
    """Return the position at which purchases begin.

    With a basket verb that's the start; otherwise the first number; the sentence's length if there is neither.
    """
    counted = len(words)
    for at in range(len(words) - 1, -1, -1):
        number = read_number(known, words, at)
        if number and (words[at][0].isdigit() or number.value != THOUSANDTHS):
            counted = at
    at = 0
    while at < len(words):
        length = known.match(known.shopping, words, at)
        phrase = tuple(words[at : at + length])
        if length and phrase not in known.ambiguous and known.shopping[phrase] in OF_BASKET:
            return 0
        at += length or 1
    return counted


def _names(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether the words may name a product."""
    return any(word[0].isalnum() for word in without_fillers(words, known))


def _asks(words: Sequence[str], known: Vocabulary, marked: bool) -> tuple[bool, Sequence[str]]:
    """Whether a sentence is a question, by its question mark (`marked`) or first words, and not a request.

    Also returns its words without polite forms: "could you give me two".
    """
    at = known.match(known.joiners, words, 0)
    while at < len(words):
        if length := known.match(known.polite, words, at):
            return False, [*words[:at], *words[at + length :]]
        if known.match(known.shopping, words, at):
            break
        if known.match(known.inverted, words, at):
            return True, words
        length = known.match(known.fillers, words, at)
        if not length:
            break
        at += length
    wished = any(
        known.shopping.get(tuple(words[at : at + known.match(known.shopping, words, at)])) == "add"
        for at in range(len(words))
    )
    return marked and not wished, words


def _report(words: Sequence[str], at: int, length: int, known: Vocabulary) -> int:
    """Return the length of words that only introduce a question: "I want to know if".

    They may begin like a request of `length` words. The question itself ("if you have") stays.
    """
    for inside in range(at, at + max(1, length)):
        told = known.match(known.reports, words, inside)
        if inside == at or inside + told > at + length:
            if told and (words[inside + told - 1],) in known.hold:
                told -= 1
            if told:
                return inside - at + told
    return 0


def _names_of(words: Sequence[str], known: Vocabulary, intent: str) -> tuple[Clause, ...]:
    """Return the items of a list. "Bread or milk" is a list in a question, but not in a request."""
    if intent not in LISTED:
        return ()
    return names_listed(words, known, known.joiners if intent in OF_BASKET else known.joiners | known.between)


def _without(words: Sequence[str], known: Vocabulary, phrases: frozenset[tuple[str, ...]]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = known.match(phrases, words, at)
        kept += [] if length else [words[at]]
        at += length or 1
    return kept


def _match_declined(words: Sequence[str], at: int, known: Vocabulary) -> tuple[int, str]:
    """Return the length and topic of declined words at a position. Hebrew attaches "to" or "for" to the first one."""
    for bare in known.bare(words[at]):
        said = [bare, *words[at + 1 :]]
        if length := known.match(known.declined, said, 0):
            return length, known.declined[tuple(said[:length])]
    return 0, ""


def _clause(words: list[str], known: Vocabulary, intent: str) -> Clause:
    """Read a request into a clause. An uncertain amount counts as none."""
    clause = clause_of(words, known, "")
    names = _names_of(words, known, intent)
    said = Clause(intent, clause.amount, clause.unit, clause.container, clause.text, clause.whole, listed=names)
    said = msgspec.structs.replace(said, grouped=clause.grouped, numbered=clause.numbered, counted_as=clause.counted_as)
    if not clause.doubt:
        return said
    return msgspec.structs.replace(said, amount=None, unit="", container="", doubt=clause.doubt)


def _sides(words: Sequence[str], known: Vocabulary) -> tuple[Sequence[str], Sequence[str]]:
    """The two sides of a comparison; Hebrew attaches "and" and "to" to the second name."""
    for at in range(1, len(words) - 1):
        if length := known.match(known.between, words, at):
            return words[:at], words[at + length :]
    for attached in ("ו", "ל") if known.language == "he" else ():
        for at in range(1, len(words)):
            if words[at][0] == attached and len(words[at]) > SHORTEST:
                return words[:at], [words[at][1:], *words[at + 1 :]]
    return words, ()


def day_in(text: str, language: str) -> str:
    """Return the day a sentence names ("today", "tomorrow", "mon"...); "" if none."""
    words = [token for token in tokens_of(text) if token[0].isalnum()]
    for known in (vocabulary(language), *(vocabulary(one) for one in LANGUAGES if one != language)):
        for at in range(len(words)):
            if length := known.match(known.days, words, at):
                return known.days[tuple(words[at : at + length])]
    return ""
