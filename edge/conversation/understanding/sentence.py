"""Read a sentence by grammar alone: its verb, and each item's quantity, unit and name. Pure.

A word that isn't a verb, number, unit or filler stays in the name, which the catalogue must have. So unrelated
sentences match no product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.amounts import (
    JOINED,
    amounts_in,
    counts_behind,
    is_minus,
    without_fillers,
)
from edge.conversation.understanding.clause import AMOUNT_LIMIT, Clause, clause_of
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.listed_names import names_listed
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.name_forms import ATTACHED
from edge.conversation.understanding.sentence_parts import STOPS, between_stops
from edge.conversation.understanding.taking_back import takes_back, takes_back_because
from edge.conversation.understanding.tokens import DASHES, all_tokens
from edge.conversation.understanding.understood import LANGUAGES

CLAUSES = 8
"""Maximum items per sentence; a longer sentence is refused entirely rather than partly done."""

Kind = Literal[
    "act",
    "fact",
    "stock",
    "low",
    "expiring",
    "help",
    "cancel",
    "stop",
    "yes",
    "no",
    "wait",
    "correct",
    "held",
    "language",
    "other",
    "empty",
]


class Sentence(msgspec.Struct, frozen=True):
    """A sentence as read. `language`: the language in which it was understood."""

    kind: Kind
    language: str
    clauses: tuple[Clause, ...] = ()
    wish: str = ""
    words: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


def understand(text: str, language: str) -> Sentence:
    """Read a sentence in `language`, or in another language in which it has a verb."""
    tokens = all_tokens(text)
    others = [other for other in LANGUAGES if other != language]
    first = _read(tokens, vocabulary(language))
    if first.kind not in ("other", "held") or not tokens:
        return first
    for other in others:
        found = _read(tokens, vocabulary(other))
        if found.kind not in ("other", "held", "empty"):
            return found
    return first


def _read(tokens: list[str], known: Vocabulary) -> Sentence:
    words = [token for token in apart_from(tokens, known) if token != "%"]
    said = [word for word in words if word not in STOPS and word != JOINED]
    if not said or not any(word[0].isalnum() for word in said):
        return Sentence("empty", known.language)
    if short := _short(said, known):
        return short
    if takes_back_because(words, known):
        return Sentence("cancel", known.language, words=len(said))
    if asked := _stock_question(said, known) or _asked_in_part(words, known):
        return asked
    summary, kind = _summary(words, known), _kind(words, known)
    return Sentence(kind, known.language, (summary,) if summary != Clause() else (), words=len(said))


def _kind(words: list[str], known: Vocabulary) -> Kind:
    """Whether words with a verb say that something happened, or deny, plan or ask it."""
    if not _verbs(words, known)[0]:
        return "other"
    holds = any(known.match(known.hold, words, at) for at in range(len(words)))
    asks = any(_verbs(part, known)[0] and asks_first(part, known) for part in between_stops(words))
    return "held" if holds or asks or words[-1] == "?" else "act"


def apart_from(tokens: Iterable[str], known: Vocabulary) -> list[str]:
    """Return the words with Hebrew "and" split off before a number, verb or counting word.

    A "that" before a verb is dropped, and so is an "in" that belongs to one ("used").
    """
    found: list[str] = []
    written = known.written_out(list(tokens))
    for at, token in enumerate(written):
        if token in DASHES and found and found[-1] in known.fractions:
            continue  # "demi-livre"
        if token in DASHES and ((found and found[-1] == JOINED) or not is_minus(written, at, known)):
            found += [","] if found and counts_behind(written, at + 1, known) else []
            continue
        if known.language == "he" and token in ATTACHED and token != "ו":
            continue  # Hebrew "in" or "to", hyphenated before a number
        rest = token[1:]
        if known.language == "he" and token[0] == "ו" and len(token) > 2:
            counts = rest in known.numbers or rest in known.fractions or (rest,) in known.counted
            if counts or (rest,) in known.verbs or rest in known.dozens:
                found += [JOINED, rest]
                continue
        if known.language == "he" and token[0] == "ש" and (rest,) in known.verbs and (token,) not in known.verbs:
            token = rest
        elif known.language == "he" and token[0] == "ב" and found and (found[-1], "ב") in known.verbs:
            token = rest if rest in known.numbers or rest in known.fractions or rest in known.dozens else token
        found.append(JOINED if token == "ו" and known.language == "he" else token)
    return found


def _short(said: list[str], known: Vocabulary) -> Sentence | None:
    """A reply, a language request or a correction that makes up the whole sentence, apart from politeness."""
    whole = tuple(said)
    bare = tuple(without_fillers(said, known))
    for phrase in (whole, bare):
        if kind := known.replies.get(phrase):
            return Sentence(kind, known.language, words=len(said))  # type: ignore[arg-type]
        if wish := known.languages.get(phrase):
            return Sentence("language", known.language, wish=wish, words=len(said))
        if kind := known.asks.get(phrase):
            return Sentence("stock" if kind == "stock" else kind, known.language, words=len(said))  # type: ignore[arg-type]
    if takes_back(said, known):
        return Sentence("cancel", known.language, words=len(said))
    if kind := _several_replies(said, known):
        return Sentence(kind, known.language, words=len(said))
    at = 0
    while length := known.match(known.negations, said, at) or (at and known.match(known.fillers, said, at)):
        at += length
    if at and (said[0],) in known.hold and known.replies.get((said[0],)) != "no":
        return None  # "not four" gives no number
    yes = 0 if at else next((n for n in range(len(said), 0, -1) if known.replies.get(tuple(said[:n])) == "yes"), 0)
    if at or yes:
        rest = said[at or yes :]
        while rest and (rest[-1],) in known.hurried:  # "in fact, two only"
            rest = rest[:-1]
        clause = clause_of(rest, known, "")
        if clause.amount is not None and not clause.text:
            return Sentence("correct", known.language, (clause,), words=len(said))
    return None


def _several_replies(words: Sequence[str], known: Vocabulary) -> Literal["yes", "no", ""]:
    """The meaning of several agreeing replies: "yeah go ahead", "non non surtout pas"."""
    kinds: set[str] = set()
    at = 0
    while at < len(words):
        length, says_nothing = known.match(known.replies, words, at), known.match(known.fillers, words, at)
        if length or not says_nothing:
            kinds.add(known.replies[tuple(words[at : at + length])] if length else "")
        at += length or says_nothing or 1
    return "yes" if kinds == {"yes"} else "no" if kinds == {"no"} else ""


def asks_first(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether the words begin like a question: "did you take 3", "were 3 delivered", but not "have taken 3"."""
    at = 0
    while at < len(words) and not known.match(known.verbs, words, at):
        if known.match(known.present, words, at) or (at and (words[at - 1],) in known.subjects):
            return False  # "there are only 9", "we have 7"
        if length := known.match(known.inverted, words, at):
            behind = at + length
            while more := known.match(known.adverbs, words, behind):
                behind += more
            spoken_to = known.match(known.fillers, words, behind)  # in "did we get", "we get" would be a verb
            return bool(spoken_to) or not known.match(known.verbs, words, behind)
        if words[at] not in STOPS and words[at] != JOINED:
            length = known.match(known.fillers, words, at) or known.match(known.hurried, words, at)
            if not length:
                return False
        at += length or 1
    return False


def _stock_question(said: list[str], known: Vocabulary) -> Sentence | None:
    """A stock question: level, low stock or expiry."""
    for at in range(len(said)):  # "I want to know how many there are"
        told = known.match(known.reports, said, at)
        if told and not any(_verb_at(said, place, known) for place in range(at)):
            said = said[at + told :]
            break
    for at in range(len(said)):
        length = known.match(known.asks, said, at)
        if not length:
            continue
        kind = known.asks[tuple(said[at : at + length])]
        if any(_verb_at(said, place, known) not in ("", "adjust") for place in range(at)):
            return None  # "il reste" in "il reste combien" is still a question
        before = [word for word in without_fillers(said[:at], known) if (word,) not in known.asking]
        rest = [*before, *said[at + length :]]
        if kind != "stock":
            if all((word,) in known.asking for word in without_fillers(rest, known)):
                return Sentence(kind, known.language, words=len(said))  # type: ignore[arg-type]
            continue
        return Sentence("stock", known.language, (_asked_of(rest, known),), words=len(said))
    return None


def _asked_in_part(words: Sequence[str], known: Vocabulary) -> Sentence | None:
    """A question about low stock or expiry in one part: "doing the order, what's low?"."""
    parts = between_stops(words)
    for part in parts if len(parts) > 1 else ():
        asked = _stock_question(part, known) if part else None
        if asked is not None and asked.kind in ("low", "expiring"):
            return asked
    return None


def _verb_at(words: list[str], at: int, known: Vocabulary) -> str:
    length = known.match(known.verbs, words, at)
    return known.verbs[tuple(words[at : at + length])] if length else ""


def _asked_of(rest: list[str], known: Vocabulary) -> Clause:
    """Return the subject of a question, without the counting words and verbs around it."""
    kept: list[str] = []
    at = 0
    while at < len(rest):
        length = known.match(known.verbs, rest, at) or known.match(known.fillers, rest, at)
        counted = known.match(known.counted, rest, at)
        if length or (counted and len(rest) > counted and not kept):
            at += max(length, counted)
            continue
        kept.append(rest[at])
        at += 1
    return Clause("stock", text=" ".join(kept), listed=names_listed(kept, known, known.joiners))


def _summary(words: Sequence[str], known: Vocabulary) -> Clause:
    """The verb of a sentence, its only amount, and its other words. What staff report is read with the catalogue."""
    rest = [word for word in words if word not in STOPS and word != JOINED and word not in DASHES]
    kinds, rest = _verbs(rest, known)
    verb = next(iter(kinds)) if len(kinds) == 1 else ""
    amounts = amounts_in(rest, known)
    if len(amounts) != 1:
        return Clause(verb, text=" ".join(without_fillers(rest, known)), numbered=bool(amounts))
    (only,) = amounts
    text = " ".join(without_fillers([*rest[: only.at], *rest[only.end :]], known))
    counted_as = rest[only.end - 1] if only.unit else ""
    doubt = only.doubt or ("too_many" if (only.value or 0) > AMOUNT_LIMIT else "")
    said = (verb, only.value, only.unit, only.container, text)
    return Clause(*said, numbered=only.number_end > only.at, doubt=doubt, grouped=only.grouped, counted_as=counted_as)


def cause_in(words: Sequence[str], known: Vocabulary) -> str:
    """The reason for waste, as stock names it."""
    for at in range(len(words)):
        if length := known.match(known.causes, words, at):
            return known.causes[tuple(words[at : at + length])]
    return ""


def _verbs(words: list[str], known: Vocabulary) -> tuple[set[str], list[str]]:
    """The kinds of the verbs, and the words without them."""
    kinds: set[str] = set()
    rest: list[str] = []
    at = 0
    while at < len(words):
        weighs = at and (words[at],) in known.counted and read_number(known, words, at - 1)  # "deux livres"
        length = 0 if weighs else known.match(known.verbs, words, at)
        kinds |= {known.verbs[tuple(words[at : at + length])]} if length else set()
        rest += [] if length else [words[at]]
        at += length or 1
    if not kinds and known.language == "en" and len(words) > 1 and words[-1] == "left":
        return {"adjust"}, words[:-1]
    return kinds, rest
