"""Decide whether goods may have gone the other way than a verb says: brought to a person, obtained from a supplier.
Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.lexicon import Phrase, vocabulary
from edge.conversation.understanding.reading.modality import NAMED
from edge.conversation.understanding.reading.model import SaidAct
from edge.conversation.understanding.reading.name_forms import bare_forms, has_any
from edge.conversation.understanding.reading.pieces import Cut
from edge.conversation.understanding.reading.statement_words import StatementWords, length_at, statement_words

OPEN = "open"
MOST_FOR = 8
"""The longest purpose clause in words; a longer one may mean something else."""
NEAR = 3
"""Words before a verb of giving in which the recipient may appear: "ils nous ont donné"."""


def turned_way(cut: Cut, acts: Sequence[SaidAct]) -> str:
    """The likelier direction if context contradicts the verb; it's shown first. `OPEN` if neither is likelier; "": as
    the verb says."""
    said, words = statement_words(cut.language), cut.words
    phrases = [words[one.source.begin : one.source.end] for one in acts]
    handed = any(one in said.handed for one in phrases)
    begin = acts[0].source.begin if acts else 0
    led = has_any(words[:begin], said.suppliers)
    if (
        handed
        and not (led and all(one in said.turned for one in phrases))  # "le maraîcher m'a apporté 8 kilos"
        and not goes_to_supplier(cut)
        and any(length_at(said.to_us, words, at) for at in range(max(0, acts[0].source.begin - NEAR), len(words)))
    ):
        return OPEN  # goods handed to us, or handed back, may be incoming
    if acts and all(one.kind == "in" for one in acts) and _is_in_dish(_without_goods(cut), acts[-1].source.end, said):
        return "out"  # "three trays of mushrooms are in the risotto"
    if acts and all(one in said.refilling for one in phrases) and _fills_served(words, acts[-1].source.end, said):
        return OPEN  # "topped up the bar fridge" may be from the store
    dropped = any(act.kind == "waste" and one in said.turned for act, one in zip(acts, phrases, strict=True))
    brought = all(one in said.turned and one not in said.fetched_back for one in phrases) and not dropped
    seats = said.served & said.numbered
    if led and phrases and brought:
        if any(_party_at(words, at, seats, said) == "to" for at in range(acts[0].source.end, len(words))):
            return OPEN  # "the driver brought 3 croissants to room 4"
        return "in" if any(act.kind == "out" for act in acts) else ""  # "le fournisseur a apporté 4 fûts"
    if led and (handed or dropped or any(one in said.fetched_back for one in phrases)):
        return OPEN  # "the wholesaler took back 2 cases", "dropped 12", "the baker gave out 3"
    spans = [range(one.source.begin, one.source.end) for one in acts]
    if any((word,) in said.returning and not any(at in one for one in spans) for at, word in enumerate(words)):
        to_them = any(_party_at(words, at, said.suppliers, said) == "to" for at in range(len(words)))
        if to_them and all(one.kind == "out" for one in acts):
            return ""  # "one keg went back to the brewery"
        return OPEN if to_them or any(one.kind == "out" for one in acts) else ""  # "took 3 bagels back"
    if any(one.kind == "out" for one in acts):
        return OPEN if any(_party_at(words, at, said.suppliers, said) == "from" for at in range(len(words))) else ""
    behind = max((one.source.end for one in acts), default=0)
    to_seats = (at for at in range(behind) if any((bare,) in seats for bare in bare_forms(words[at])[:1]))
    if any(_party_at(words, at, seats, said) != "from" for at in to_seats):
        return "out"  # "room 214 received a bottle"
    if any(
        one in said.receives and _comes_to_others(words, act.source.begin, said)
        for one, act in zip(phrases, acts, strict=True)
    ):
        return "out"  # "the hotel received 4 bagels"
    given = (_party_at(words, at, said.suppliers | said.served, said) for at in range(behind, len(words)))
    return "out" if any(one in said.turned for one in phrases) and "to" in given else ""


def is_seat_served(cut: Cut, acts: Sequence[SaidAct]) -> bool:
    """Whether a numbered table or room received goods: "room 214 got a bottle of riesling", "la 214 a eu"."""
    said, words = statement_words(cut.language), cut.words
    told = [one for one in cut.pieces if one.kind != "filler"]
    if len(told) < 2 or told[0].kind != "context" or not words[told[0].end - 1].isdigit():
        return False
    seat, verb = words[told[0].begin : told[0].end], words[told[1].begin : told[1].end]
    pointed = len(seat) == 1 and words[told[0].begin - 1 : told[0].begin] == ("la",)
    called = len(seat) == 2 and any((bare,) in said.served & said.numbered for bare in bare_forms(seat[0])[:1])
    got = verb in said.obtained if told[1].kind == "carried" else told[1].kind == "act"
    moved = all(one.kind in ("in", "out") for one in acts)
    return (pointed or called) and got and moved and not has_any(words, said.returning)


def _without_goods(cut: Cut) -> tuple[str, ...]:
    """Return the words with product names replaced, as a cream among the goods isn't a dish."""
    named = {at for one in cut.pieces if one.kind == "goods" for at in range(one.begin, one.end)}
    return tuple(NAMED if at in named else word for at, word in enumerate(cut.words))


def goes_to_supplier(cut: Cut) -> bool:
    """Whether a supplier is named as the recipient: "back to the supplier", "au fournisseur"."""
    said, words = statement_words(cut.language), cut.words
    people = said.suppliers - said.markets
    return any(_party_at(words, at, people, said) == "to" for at in range(len(words)))


def _fills_served(words: tuple[str, ...], at: int, said: StatementWords) -> bool:
    """Whether the refilled place is one for guests: "the bar fridge", "le minibar"."""
    behind = [bare for word in words[at : at + NEAR] for bare in (word, *bare_forms(word))]
    return any((one,) in said.served or (one,) in said.halls for one in behind)


def _is_in_dish(words: tuple[str, ...], at: int, said: StatementWords) -> bool:
    """Whether a dish directly follows the act: "are in the risotto", "went into the sauce"."""
    behind = words[at : at + NEAR]
    return has_any(behind[:2], said.dishes)


def _party_at(words: tuple[str, ...], at: int, people: frozenset[Phrase], said: StatementWords) -> str:
    """Whether a recipient or source is named at a word: "to", "from" or ""."""
    word, before = words[at], words[max(0, at - 2) : at]
    if said.language == "he":
        attached = word[: 2 if word[1:2] == "ה" else 1]
        bare = word[len(attached) :]
        if (bare,) not in people:
            return ""
        return "to" if attached[0] == "ל" else "from" if attached[0] == "מ" else ""
    if (word,) not in people:
        return ""
    return "from" if any((one,) in said.fetched_from for one in before) else "to" if _leads(before, said) else ""


def _leads(words: tuple[str, ...], said: StatementWords) -> bool:
    return any((one,) in said.giving or (one,) in said.toward for one in words)


def is_given(word: str, said: StatementWords) -> bool:
    """Whether a Hebrew word has "to" attached."""
    return said.language == "he" and len(word) > 2 and (word[:1],) in said.giving


def is_served(cut: Cut) -> bool:
    """Whether goods with only a count and a name were taken to a table, room, meal ("3 baguettes for table 12") or dish
    ("on the pizzas"). There must be no other act, time or question."""
    said, words = statement_words(cut.language), cut.words
    contexts = [words[one.begin : one.end] for one in cut.pieces if one.kind == "context"]
    contexts = [kept for one in contexts if (kept := _without_time(one, said))]
    little = [words[one.begin : one.end] for one in cut.pieces if one.kind == "filler"]
    if not contexts or any(one in said.polite or one in said.wishing for one in little):
        return False
    if {one.kind for one in cut.pieces} - {"context", "filler", "amount", "goods", "unit", "joint", "stop"}:
        return False
    return all(_takes_goods(one, said) for one in contexts)


def _takes_goods(context: tuple[str, ...], said: StatementWords) -> bool:
    """Whether a context states a destination of goods."""
    rest, given = _led_to(context, said)
    if not rest:
        return False
    if all(any((bare,) in said.dishes for bare in bare_forms(one)) for one in rest):
        return True
    if not given:
        return False
    article, rest = _without_article(rest, said)
    rest = _without_place(rest, said)
    if article == "la" and len(rest) == 1 and rest[0].isdigit():
        return True  # "pour la 7"
    if (rest[0],) in said.occasions:
        return all((one,) in said.occasions | said.dishes | said.little | said.determiners for one in rest)
    if article and _is_for_somebody(rest, said):
        return True
    numbered = len(rest) == 2 and rest[1].isdigit() and (rest[0],) in said.numbered
    alone = len(rest) == 1 and ((rest[0],) in said.halls or (rest[0],) not in said.numbered)
    return (numbered or alone) and (rest[0],) in said.served


def _without_place(words: tuple[str, ...], said: StatementWords) -> tuple[str, ...]:
    """The words without a trailing table or room: "le séminaire salle 4"."""
    seated = len(words) > 2 and words[-1].isdigit() and (words[-2],) in said.served & said.numbered
    return words[:-2] if seated else words


def _is_for_somebody(words: tuple[str, ...], said: StatementWords) -> bool:
    """Whether a purpose is neither a storage place, a supplier, a number nor a deal: "for moussaka"."""
    if len(words) > MOST_FOR or any(not word.isalpha() for word in words):
        return False
    apart = said.storage | said.suppliers | said.numbered | said.deals | said.hours
    return not has_any(words, apart)


def _without_time(context: tuple[str, ...], said: StatementWords) -> tuple[str, ...]:
    """A context without a trailing time: "for table 12 at 8 pm", "à 20 h"."""
    last = context[-1] if said.language == "he" and len(context) > 1 else ""
    if last[:1] == "ב" and last[1:] in vocabulary("he").numbers:
        return context[:-1]  # "at eight"
    if (context[-1],) not in said.hours or len(context) < 2 or not context[-2][0].isdigit():
        return context
    begin = len(context) - 2
    return context[: begin - 1] if begin and length_at(said.before, context, begin - 1) else context[:begin]


def _led_to(context: tuple[str, ...], said: StatementWords) -> tuple[tuple[str, ...], bool]:
    """The words after the preposition, and whether that is "for"."""
    if said.language == "he" and len(context[0]) > 2 and context[0][0] in "לב":
        return (context[0][1:], *context[1:]), is_given(context[0], said)
    length, given = length_at(said.before, context, 0), length_at(said.giving, context, 0)
    behind = context[max(length, given) :]
    dish = _without_article(behind, said)[1]
    if dish and all((one,) in said.dishes for one in dish):
        return dish, bool(given)
    return (behind, True) if given else ((), False)


def _without_article(words: tuple[str, ...], said: StatementWords) -> tuple[str, tuple[str, ...]]:
    article = ""
    while len(words) > 1 and (words[0],) in said.determiners:
        article, words = words[0], words[1:]
    return article, words


def is_brought_by(cut: Cut, act: SaidAct) -> bool:
    """Whether a supplier precedes an act that then means incoming: "the driver dropped off"."""
    said, words = statement_words(cut.language), cut.words
    phrase = words[act.source.begin : act.source.end]
    led = has_any(words[: act.source.end - 1], said.suppliers)
    brings = phrase in said.turned or phrase[-1:] in said.turned  # "the driver dropped off" may be one phrase
    return led and act.kind == "in" and brings and phrase not in said.fetched_back


def is_handed_to(cut: Cut, act: SaidAct) -> bool:
    """Whether a verb of giving is followed by a recipient other than a supplier: "handed two to the barista"."""
    said, words = statement_words(cut.language), cut.words
    if words[act.source.begin : act.source.end] not in said.handed:
        return False
    people = (said.people | said.served | said.occasions) - said.suppliers
    return any(_party_at(words, at, people, said) == "to" for at in range(act.source.end, len(words)))


def _comes_to_others(words: tuple[str, ...], at: int, said: StatementWords) -> bool:
    """Whether a word just before (or before "has") is a guest, a served place or an occasion, and not the shop."""
    others = said.served | said.occasions
    return has_any(words[max(0, at - 2) : at], others)
