"""Read sentences that undo the last action in more words than usual. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import without_fillers
from edge.conversation.understanding.lexicon import Vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.sentence_parts import STOPS


def takes_back(said: Sequence[str], known: Vocabulary) -> bool:
    """Whether the whole sentence asks to undo, possibly after a correction.

    "Undo the last two", "no wait, undo that", "oops fat fingers undo my last entry".
    """
    begins, at = statement_words(known.language).corrects, 0
    while at < len(said):
        corrected = at and length_at(begins, said, 0)
        if _is_back(said[at:], known) or _undoes(said[at:], known) or (corrected and _nothing_moved(said[at:], known)):
            return True
        length = (
            length_at(begins, said, at)
            or known.match(known.negations, said, at)
            or known.match(known.polite, said, at)
            or known.match(known.fillers, said, at)
            or (1 if known.replies.get((said[at],)) in ("cancel", "no") else 0)
        )
        if not length:
            return False
        at += length
    return False


def _nothing_moved(said: Sequence[str], known: Vocabulary) -> bool:
    """Whether the words deny that anything moved: "nothing left the shelf"."""
    words, at, acts = statement_words(known.language), 1, 0
    if (said[0],) not in words.nothing:
        return False
    while at < len(said):
        act = length_at(words.acts, said, at)
        length = max(act, known.match(known.verbs, said, at), known.match(known.fillers, said, at))
        length = max(length, *(length_at(one, said, at) for one in (words.little, words.denying, words.storage)))
        if not length:
            return False
        acts, at = acts + (act > 0), at + length
    return acts > 0


def takes_back_because(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether the action is undone with a reason: "forget it, they were fine", "no wait, cancel that, wrong shop", "she
    gave it back, undo that". A count or act afterwards is a replacement, not a reason; a reason before names nothing.

    >>> from edge.conversation.understanding.lexicon import vocabulary
    >>> takes_back_because(["forget", "it", ",", "they", "were", "fine"], vocabulary("en"))
    True
    >>> takes_back_because(["forget", "it", ",", "they", "took", "pears"], vocabulary("en"))
    False
    """
    if words[-1] != "?" and _is_undone_for_a_reason(words, known):
        return True
    for stop, word in enumerate(words):
        head = [one for one in words[:stop] if one not in STOPS]
        if word not in STOPS or not (_is_back(head, known) or takes_back(head, known)):
            continue
        why = [one for one in words[stop:] if one not in STOPS]
        places = range(len(why))
        return words[-1] != "?" and not any(_does(why, at, known) or read_number(known, why, at) for at in places)
    return False


def _does(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether an act begins here, other than counting, finding or a purpose ("they're fine for roasting")."""
    said = statement_words(known.language)
    if any((word,) in said.before_now for word in words):
        return False  # "Tom had already put those in"
    verb, act = known.match(known.verbs, words, at), length_at(said.acts, words, at)
    kinds = {known.verbs[tuple(words[at : at + verb])]} if verb else set()
    kinds |= {said.acts[tuple(words[at : at + act])]} if act else set()
    is_for = bool(at) and length_at(said.before, words, at - 1) == 1
    return bool(kinds - {"adjust"}) and not is_for


def _is_undone_for_a_reason(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether the last part asks to undo, and the others neither name nor count: "she gave it back, undo that"."""
    stop = max((at for at, word in enumerate(words) if word in STOPS), default=0)
    why, said = [word for word in words[:stop] if word not in STOPS], statement_words(known.language)
    if not why or not takes_back([word for word in words[stop:] if word not in STOPS], known):
        return False
    at = 0
    while at < len(why):
        length = max(length_at(one, why, at) for one in (said.little, said.plainly, said.acts, said.corrects))
        length = max(length, known.match(known.fillers, why, at), known.match(known.negations, why, at))
        length = max(length, known.match(known.verbs, why, at))
        if not length or read_number(known, why, at):
            return False
        at += length
    return True


def movements_to_undo(words: Sequence[str], known: Vocabulary) -> int:
    """The number of movements to undo: "undo the last two", "cancel both"; 0 if not stated.

    >>> from edge.conversation.understanding.lexicon import vocabulary
    >>> [movements_to_undo(one.split(), vocabulary("en")) for one in ("undo the last two", "cancel both", "undo that")]
    [2, 2, 0]
    """
    words, pair = _without_entry(words, known), statement_words(known.language).pair
    if any(length_at(pair, words, at) for at in range(len(words))):
        return 2
    return next((number for word in words if (number := _number_of(word, known)) > 1), 0)


def _number_of(word: str, known: Vocabulary) -> int:
    """A whole number, in Hebrew also with an attached "the"; 0 if it isn't one."""
    if word.isdigit():
        return int(word) if len(word) < 3 else 0
    return next((number for one in known.bare(word) if (number := known.numbers.get(one, 0))), 0)


def _is_back(said: Sequence[str], known: Vocabulary) -> bool:
    bare = tuple(without_fillers(list(said), known))
    uncounted = tuple(word for word in said if _number_of(word, known) < 2)
    alone = _without_entry(said, known)
    entries = _without_entry(uncounted, known)  # "delete both entries"
    ways = (
        tuple(said),
        bare,
        uncounted,
        alone,
        *(tuple(without_fillers(list(one), known)) for one in (alone, entries)),
    )
    return "cancel" in map(known.replies.get, ways)


def _undoes(said: Sequence[str], known: Vocabulary) -> bool:
    """Whether the words are a verb of undoing and its object: "void the last line", "get rid of what I just put"."""
    words = statement_words(known.language)
    at, named = length_at(words.undoing, said, 0), False
    tables = (words.entry, words.them, words.pointing, words.little)
    while 0 < at < len(said):
        length = max(length_at(one, said, at) for one in tables)
        length = max(length, known.match(known.fillers, said, at), known.match(known.polite, said, at))
        if not length or _number_of(said[at], known) > 1:
            return False
        named = named or max(length_at(words.entry, said, at), length_at(words.them, said, at)) > 0
        named = named or (said[at],) in words.pointed
        at += length
    return named


def _without_entry(said: Sequence[str], known: Vocabulary) -> tuple[str, ...]:
    """The words without those that identify the entry or give a reason."""
    entry, rest, at = statement_words(known.language).entry, list[str](), 0
    while at < len(said):
        length = length_at(entry, said, at)
        rest += [] if length else [said[at]]
        at += length or 1
    return tuple(rest)
