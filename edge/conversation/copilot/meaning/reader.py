"""Read a question's words into its meaning: every word is assigned once, and unassigned ones are reported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from edge.conversation.copilot.meaning.answerable import LISTED_BY_CATEGORY, TABLE, asks_ahead
from edge.conversation.copilot.meaning.follow import follow_up, follow_up_product
from edge.conversation.copilot.meaning.model import DIMENSIONS, OF_A_PRODUCT, OF_NOW, Meaning, UnderstoodQuestion
from edge.conversation.copilot.meaning.names import ShopName, ShopNames, goods_called, link_names, stretch
from edge.conversation.copilot.meaning.pieces import SaidPieces, SentencePiece
from edge.conversation.copilot.meaning.slots import RELATIVE, listed_times, meaning_of
from edge.conversation.copilot.meaning.times import USUAL_WEEK, Week
from edge.conversation.copilot.meaning.vocabulary import (
    Gaps,
    MeaningVocabulary,
    PhraseMatch,
    meaning_vocabulary,
    pronouns,
)
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.goods.search.query.text import with_final_letters, words_of

PARTS = 3
"""Questions answered per sentence; the answer mentions that there are more."""
NAME_WORDS = 2
OF_ONE = ("product", "place", "person", "customer")
"""Dimensions that can be read out as a list."""
AND = "ו"
_BREAK = re.compile(r"(?<!\d)[,،;?!\n]+|[,،;?!\n]+(?!\d)|\.+(?=\s)")
_FIRST = (
    *("times", "by", "order", "show", "compare", "follow", "measures", "registers", "tenders", "reasons", "statuses"),
    *("fused", "dimensions", "money", "count", "how_much", "sold", "left", "drift", "who", "which", "destroy"),
    *(
        "because",
        "enough",
        "when",
        "joiners",
        "echo",
        "unapplied",
        "bounds",
        "share",
        "currency",
        "percent",
        "units",
        "little",
    ),
)
_RANK = {kind: rank for rank, kind in enumerate(_FIRST)}
_OF_BOTH = ("times", "compare", "by", "fused", "tenders", "registers", "name", "show")
_ORDERS = frozenset({"most", "least"})
RANKS = frozenset({*_ORDERS, "none"})
CONTENT = frozenset(_FIRST) - {"joiners", "little", "which", "who", "when", "echo"}


class AskedWhere(msgspec.Struct, frozen=True):
    """The business day (ISO 8601) and the store's week."""

    today: str
    week: Week = USUAL_WEEK


def read_questions(
    text: str,
    language: str,
    names: ShopNames,
    linker: CatalogueLinker,
    here: AskedWhere,
    before: Meaning | None = None,
) -> list[UnderstoodQuestion]:
    """The questions in a sentence, split at "and". `before`: the previous question."""
    words, breaks = _split_words(text)
    matched = SentenceMatches(words)
    spoken = _language(matched, language)
    pieces = _pieces(matched, spoken, names, linker)
    found: list[UnderstoodQuestion] = []
    earlier = before
    spans = list(_parts(words, breaks, pieces))
    linked = [_link_pieces(words, span, pieces, names, linker) for span in spans]
    for linked_pieces in _share_pieces(linked, words, spoken):
        if found and linked_pieces.said.has_measure:  # the common parts were already copied to it
            linked_pieces = linked_pieces._replace(said=msgspec.structs.replace(linked_pieces.said, joined=False))
        for of_one_time in _split_by_times(linked_pieces):
            asked = _question(words, of_one_time, spoken, here, earlier)
            found += _split_by_product(_relative_to(asked, of_one_time, found))
            if found[-1].complete and _asks_for_how_much(found[-1].meaning, of_one_time.said):
                meant = msgspec.structs.replace(found[-1].meaning, measure="sales", show="figures")
                found.append(msgspec.structs.replace(found[-1], meaning=meant))
            earlier = found[-1].meaning if found[-1].complete else earlier
    return [*found[:PARTS], *(msgspec.structs.replace(one, beyond=True) for one in found[PARTS:])]


def _split_words(text: str) -> tuple[list[str], frozenset[int]]:
    """The words of a sentence, and the positions after a comma or another break."""
    words: list[str] = []
    breaks: set[int] = set()
    for clause in _BREAK.split(clean(text)):
        breaks.add(len(words))
        words += words_of(clause)
    return words, frozenset(breaks - {0, len(words)})


def _split_by_times(asked: LinkedPieces) -> list[LinkedPieces]:
    """One question per period, if several are listed."""
    times = listed_times(asked.said)
    if not times:
        return [asked]
    rest = [[piece for piece in asked.said.pieces if piece == one or piece not in times] for one in times]
    return [asked._replace(said=msgspec.structs.replace(asked.said, pieces=tuple(pieces))) for pieces in rest]


def _relative_to(
    asked: UnderstoodQuestion, pieces: LinkedPieces, found: Sequence[UnderstoodQuestion]
) -> UnderstoodQuestion:
    """Apply "the day before" in a list of periods to the one before it."""
    before = found[-1].meaning.period if found else None
    relative = any(piece.key("times") in RELATIVE for piece in pieces.said.of("times"))
    if before is None or not relative or asked.meaning.period:
        return asked
    return msgspec.structs.replace(asked, meaning=msgspec.structs.replace(asked.meaning, period=before.before))


def _asks_for_how_much(meaning: Meaning, said: SaidPieces) -> bool:
    """Whether a question asks for money as well as quantity: "how many bagels did we sell, and for how much"."""
    kinds = ("count", "how_much", "money")
    asked = [piece for piece in said.pieces if any(piece.is_a(kind) for kind in kinds)]
    last = asked[-1] if len(asked) > 1 else None
    if meaning.measure != "quantity" or last is None or not (last.is_a("how_much") or last.is_a("money")):
        return False
    return not any(piece.name for piece in said.pieces if piece.begin >= last.end)


def _split_by_product(asked: UnderstoodQuestion) -> list[UnderstoodQuestion]:
    """One question per product, if the measure can only be given for one."""
    meaning = asked.meaning
    if not asked.complete:
        return [asked]
    narrowed: list[dict[str, tuple[str, ...]]] = []
    products, categories = (meaning.filters.get(one, ()) for one in ("product", "category"))
    several = next((one for one in OF_ONE if len(meaning.filters.get(one, ())) > 1), "")
    together = meaning.measure in LISTED_BY_CATEGORY and meaning.measure not in OF_A_PRODUCT
    if several and TABLE[meaning.measure].unit == "none" and not together:
        narrowed = [{several: (value,)} for value in meaning.filters[several]]
    elif products and categories:
        narrowed = [{"category": categories}, {"product": products}]
    if not narrowed:
        return [asked]
    rest = {key: value for key, value in meaning.filters.items() if not any(key in one for one in narrowed)}
    return [
        msgspec.structs.replace(asked, meaning=msgspec.structs.replace(meaning, filters=one | rest)) for one in narrowed
    ]


class SentenceMatches:
    """The phrases that match at each word of a sentence, in each language, matched once."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._found: dict[tuple[str, int], list[PhraseMatch]] = {}
        self._gaps: dict[str, Gaps] = {}

    def at(self, place: int, language: str) -> list[PhraseMatch]:
        if (language, place) not in self._found:
            gaps = self._gaps.setdefault(language, {})
            self._found[language, place] = list(meaning_vocabulary(language).matches(self.words, place, gaps))
        return self._found[language, place]


def _language(matched: SentenceMatches, language: str) -> str:
    """The language of most words; the page's on a tie."""
    order = (language, *(one for one in LANGUAGES if one != language))
    fewest, spoken = len(matched.words) + 1, language
    for one in order:
        unowned = len(_words_without_owner(matched, one))
        if unowned < fewest:
            fewest, spoken = unowned, one
        if not fewest:
            break
    return spoken


def unowned_words(words: Sequence[str], known: MeaningVocabulary) -> list[str]:
    """Return the words that no phrase of a vocabulary matches; the longest phrases are matched first."""
    return _words_without_owner(SentenceMatches(words), known.language)


def _words_without_owner(matched: SentenceMatches, language: str) -> list[str]:
    words, found = matched.words, list[str]()
    at = 0
    while at < len(words):
        length = max((one.length for one in matched.at(at, language)), default=0)
        if not length:
            found.append(words[at])
        at += length or 1
    return found


def _pieces(matched: SentenceMatches, language: str, names: ShopNames, linker: CatalogueLinker) -> list[SentencePiece]:
    """Split words into pieces, longest phrase first. A shop's name beats a phrase of the same length, and a phrase of
    another language ("mars" is a month only in French)."""
    words, others = matched.words, [one for one in LANGUAGES if one != language]
    found: list[SentencePiece] = []
    at = 0
    while at < len(words):
        matches = matched.at(at, language)
        if not matches and not (words[at].isascii() and linker.has_word(words[at])):
            matches = next((some for one in others if (some := matched.at(at, one))), [])
        matches = [
            one
            for one in matches
            if not _is_of_goods(words, at, one, linker) and not _is_of_place(words, at, one, names)
        ]
        length = max((one.length for one in matches), default=0)
        name = names.at(words, at) or _brand_at(matched, at, language, names)
        if name and _is_in_product(words, at, name, linker):
            at += 1
            continue
        if name and name[0] >= length and not _is_time(matches, length):
            found.append(SentencePiece(at, at + name[0], (), name[1]))
        elif length:
            best = [one for one in matches if one.length == length]
            exact = min(one.loose for one in best)
            best = [one for one in best if one.loose == exact]
            best.sort(key=lambda one: _RANK[one.entry.kind])
            found.append(SentencePiece(at, at + length, tuple(best)))
        at = found[-1].end if found and found[-1].end > at else at + 1
    return found


def _brand_at(matched: SentenceMatches, at: int, language: str, names: ShopNames) -> tuple[int, ShopName] | None:
    """Return a brand next to a word for "brand". Elsewhere, a brand is part of its products' names."""
    found = names.brand_at(matched.words, at)
    beside = (at - 1, at + found[0]) if found else ()
    places = (one for one in beside if 0 <= one < len(matched.words))
    called = any(one.entry.key == "brand" for place in places for one in matched.at(place, language))
    return found if called else None


def _is_of_goods(words: Sequence[str], at: int, match: PhraseMatch, linker: CatalogueLinker) -> bool:
    """Whether a phrase is part of a product name instead: "After Eight" isn't a time, and "rosé" isn't a rise."""
    if match.entry.kind == "drift":
        return match.length == 1 and any(words[at] in name for name in linker.names_with(words[at]))
    if match.entry.kind != "times" or match.length < NAME_WORDS:
        return False
    begin, end = stretch(linker, words, at)
    return begin <= at and end >= at + match.length


def _is_of_place(words: Sequence[str], at: int, match: PhraseMatch, names: ShopNames) -> bool:
    """Whether the end of a phrase for stock is one of the shop's locations instead: "en réserve"."""
    if match.entry.kind != "left":
        return False
    named = (names.at(words, place) for place in range(at, at + match.length))
    return any(one is not None and one[1].dimension == "place" for one in named)


def _is_in_product(words: Sequence[str], at: int, name: tuple[int, ShopName], linker: CatalogueLinker) -> bool:
    """Whether a category's name is only the beginning of a product's: "boisson à l'avoine" doesn't mean all drinks."""
    if name[1].dimension != "category":
        return False
    begin, end = stretch(linker, words, at)
    return begin <= at and end > at + name[0] and len(linker.link(words[begin:end]).products) == 1


def _is_time(matches: Sequence[PhraseMatch], length: int) -> bool:
    return any(one.entry.kind == "times" and one.length == length for one in matches)


def _parts(words: Sequence[str], breaks: Collection[int], pieces: Sequence[SentencePiece]) -> Iterator[tuple[int, int]]:
    """Yield the spans of a sentence's questions.

    A sentence is split at an "and" or comma with a question on both sides, including a Hebrew attached "and".
    """
    inside = {at for piece in pieces for at in range(piece.begin + 1, piece.end)}
    joints = {piece.begin: piece.end for piece in pieces if piece.is_a("joiners")}
    joints |= {at: joints.get(at, at) for at in breaks if at not in inside}
    joints |= {
        piece.begin: piece.begin
        for piece in pieces
        if piece.begin not in joints and _is_joined(words, piece.begin, pieces)
    }
    ends = sorted(joints)
    begin = 0
    for place, end in enumerate(ends):
        behind = ends[place + 1] if place + 1 < len(ends) else len(words)
        behind = len(words) if joints[end] == behind else behind
        asked, other = (
            _requested_measures(words, (begin, end), pieces),
            _requested_measures(words, (joints[end], behind), pieces),
        )
        if asked and other and asked != other and not _ranks(pieces, begin, end, other):
            yield begin, end
            begin = joints[end]
    yield begin, len(words)


def _ranks(pieces: Sequence[SentencePiece], begin: int, joint: int, other: set[str]) -> bool:
    """Whether the second part only lists the candidates of a ranking: "tips of Dana or Avi, who had most"."""
    before = [piece for piece in pieces if begin <= piece.begin < joint]
    return other <= _ORDERS and sum(bool(piece.name) or piece.key("times") == "weekday" for piece in before) > 1


def _requested_measures(words: Sequence[str], span: tuple[int, int], pieces: Sequence[SentencePiece]) -> set[str]:
    """The measures a span of words asks for; none if it only refines another part."""
    own = [piece for piece in pieces if span[0] <= piece.begin and piece.end <= span[1]]
    order = {piece.key("order") for piece in own if piece.matches and piece.matches[0].entry.kind == "order"}
    if keys := {key for piece in own if _asks(piece) for key in _keys(piece)}:
        return keys
    if any(piece.is_a("sold") for piece in own) or order:
        apart = any(piece.is_a("dimensions") or piece.is_a("sold") for piece in own)
        return {"sold", *order} if apart else order
    named = any(piece.name for piece in own) or any(not _is_owned(at, own) for at in range(*span))
    counts = any(piece.is_a("count") or piece.is_a("how_much") for piece in own)
    return {"left"} if any(piece.is_a("left") for piece in own) or (counts and named) else set()


def _share_pieces(parts: Sequence[LinkedPieces], words: Sequence[str], language: str) -> list[LinkedPieces]:
    """Share pieces between the questions of a sentence.

    "Sales and waste of milk last week": both are of milk and last week. "Sales of milk and waste last week": both are
    last week. "Sales last week, and waste": both are last week.
    """
    found: list[LinkedPieces] = []
    behind: LinkedPieces | None = None
    for part in reversed(parts):
        if behind is not None and not part.said.has("times"):
            kinds = _OF_BOTH if all(map(_is_bare, part.said.pieces)) else ("times",)
            part = _with_shared(part, behind, kinds)
        found.insert(0, part)
        behind = part
    for place in range(len(found) - 2, -1, -1):
        if _counts_alone(found[place].said):
            found[place] = _with_shared(found[place], found[place + 1], ("sold", "left"))
    for place in range(1, len(found)):
        same = _means_the_same(found[place].said) or _points_back(found[place].said, words, language)
        if same and found[place - 1].said.names:
            found[place] = _with_shared(found[place], found[place - 1], ("name",))
    for place in range(1, len(found)):
        if not any(found[place].said.has(kind) for kind in ("times", "compare")):
            found[place] = _with_shared(found[place], found[place - 1], ("times",))
    return found


def _counts_alone(said: SaidPieces) -> bool:
    """Whether a question only counts something and takes its verb from the next one.

    Example: "how many bagels and how many baguettes did we sell".
    """
    return (said.has("count") or said.has("how_much")) and not said.has_measure


def _means_the_same(said: SaidPieces) -> bool:
    """Whether a question is about the goods of the previous one.

    Examples: "how many beers are left and how many did we sell", "and the margin".
    """
    if any(map(_asks, said.pieces)) and all(_is_bare(one) or one.is_a("joiners") for one in said.pieces):
        return True
    asks = (said.has("count") or said.has("how_much")) and said.has("sold")
    return asks and not (said.names or any(map(_asks, said.pieces)) or said.has("dimensions") or said.has("order"))


def _points_back(said: SaidPieces, words: Sequence[str], language: str) -> bool:
    """Whether a pronoun refers to the goods of the previous question: "and how much money did they bring in"."""
    they = pronouns(language)
    return not said.names and any(words[at] in they for piece in said.pieces for at in range(piece.begin, piece.end))


def _with_shared(part: LinkedPieces, other: LinkedPieces, kinds: Sequence[str]) -> LinkedPieces:
    """A question with the shared filters of another one."""
    keys = {key for piece in part.said.of("measures") for key in _keys(piece)}
    if part.said.has("left") and not keys:
        keys = {"stock"}
    can = {one for key in keys for one in TABLE[key].dimensions} if keys else set(DIMENSIONS)
    taken = tuple(
        piece
        for piece in other.said.pieces
        if _is_of(piece, kinds)
        and not _asks(piece)
        and (piece.name is None or piece.name.dimension in can)
        and not (piece.is_a("times") and keys and keys <= OF_NOW)
    )
    return part._replace(said=msgspec.structs.replace(part.said, pieces=(*part.said.pieces, *taken)))


def _is_bare(piece: SentencePiece) -> bool:
    """Whether a piece only names the measure, or is filler."""
    return piece.name is None and (piece.is_a("measures") or piece.is_a("little"))


def _is_of(piece: SentencePiece, kinds: Sequence[str]) -> bool:
    return any(piece.is_a(kind) for kind in kinds) or (piece.name is not None and "name" in kinds)


def _asks(piece: SentencePiece) -> bool:
    """Whether a piece can only be a measure."""
    return bool(piece.matches) and all(one.entry.kind == "measures" for one in piece.matches)


def _keys(piece: SentencePiece) -> set[str]:
    return {one.entry.key for one in piece.matches if one.entry.kind == "measures"}


def _question(
    words: Sequence[str], linked_pieces: LinkedPieces, language: str, here: AskedWhere, before: Meaning | None
) -> UnderstoodQuestion:
    said = linked_pieces.said
    own = meaning_of(said, here.today, here.week)
    meaning, several = own.meaning, linked_pieces.several
    if before is not None and (said.follows or not (said.has_measure or said.is_whole)) and _says_something(said):
        meaning = follow_up(own, said, before, here.today, here.week)
    elif before is not None and not several:
        meaning = follow_up_product(meaning, before)
    unknown = (*linked_pieces.unknown, *(words[at] for at in dict.fromkeys(own.extra)))
    meaning = msgspec.structs.replace(meaning, unknown=tuple(map(with_final_letters, unknown)))
    content = [piece for piece in said.pieces if piece.name or any(piece.is_a(kind) for kind in CONTENT)]
    owned = max(0, sum(piece.end - piece.begin for piece in content) - len(own.extra))
    destroys = any(piece.matches and piece.matches[0].entry.kind == "destroy" for piece in said.pieces)
    asked = UnderstoodQuestion(meaning, language, owned, owned + len(unknown), several, own.measures, destroys)
    no_days = with_final_letters(" ".join(words[at] for at in own.no_days))
    ahead = bool(meaning.measure) and asks_ahead(meaning, here.today)
    return msgspec.structs.replace(asked, no_days=no_days, ahead=ahead)


def _says_something(said: SaidPieces) -> bool:
    """Whether a sentence without a measure can change the previous question."""
    kinds = ("times", "by", "fused", "order", "show", "measures", "sold", "tenders", "statuses", "registers", "reasons")
    return bool(said.names) or any(said.has(kind) for kind in kinds)


class LinkedPieces(NamedTuple):
    """Pieces with product names resolved, the candidate products of an ambiguous name, and unknown words."""

    said: SaidPieces
    several: tuple[str, ...]
    unknown: tuple[str, ...]


def _link_pieces(
    words: Sequence[str],
    span: tuple[int, int],
    pieces: Sequence[SentencePiece],
    names: ShopNames,
    linker: CatalogueLinker,
) -> LinkedPieces:
    """Resolve words outside the vocabulary: numbers, and names of products, categories and people."""
    known = meaning_vocabulary(linker.language)
    kept = [piece for piece in pieces if span[0] <= piece.begin and piece.end <= span[1]]
    several: tuple[str, ...] = ()
    unknown: list[str] = []
    numbers: dict[int, int] = {}
    ranked = any(piece.key("order") in RANKS for piece in kept)
    groups: list[tuple[str, ...]] = []
    for at in range(*span):
        if _is_owned(at, kept):
            continue
        if _counts_pieces(words[at], linker.language) and _counts_a_name(words, at, span[1], kept, linker):
            kept.append(SentencePiece(at, at + 1))  # "bottles of wine": a counting word, not a name
            continue
        number = known.number(words, at)
        begin, end = stretch(linker, words, at)
        if number and end - begin < NAME_WORDS:
            numbers[at] = number[0]
            kept.append(SentencePiece(at, at + number[1]))
            continue
        named = max((piece.end for piece in kept if piece.name and piece.end <= at), default=span[0])
        begin, end = _without_particles(words, (max(begin, named), min(end, span[1])), at, kept, names, linker)
        if end - begin < NAME_WORDS:
            end = _run_end(words, end, span[1], kept, known)
        found = link_names(names, linker, words[begin:end])
        if ranked and (group := goods_called(names, linker, words[begin:end])):
            kept += [SentencePiece(begin, end, (), ShopName("product", sku)) for sku in group]
            groups.append(found.several or tuple(words[begin:end]))
            continue
        while end - begin > 1 and not (found.name or found.several):
            end -= 1  # two names next to each other: try fewer words
            found = link_names(names, linker, words[begin:end])
        while found.name and end < span[1] and not _is_owned(end, kept) and words[end][0] != AND:
            if link_names(names, linker, words[begin : end + 1]).name != found.name:
                break
            end += 1  # "0% yoghurt" for "Yoghurt 0%"
        kept = [piece for piece in kept if piece.end <= begin or piece.begin >= end]
        kept.append(SentencePiece(begin, end, (), found.name))
        several = several or found.several
        unknown += [] if found.name or found.several else words[begin:end]
    if len(groups) > 1:  # "bread or milk": each of several, so which ones?
        several = several or groups[0]
    kept.sort(key=lambda piece: piece.begin)
    unknown = [word for word in unknown if not (_counts_pieces(word, linker.language) and _has_product(kept))]
    return LinkedPieces(SaidPieces(tuple(kept), numbers, _is_joined(words, span[0], kept)), several, tuple(unknown))


def _without_particles(
    words: Sequence[str],
    run: tuple[int, int],
    at: int,
    pieces: Sequence[SentencePiece],
    names: ShopNames,
    linker: CatalogueLinker,
) -> tuple[int, int]:
    """Return the span of a product name without the short words at its ends that belong to the sentence.

    "Of red wine" doesn't mean a glass of it, and "gin and" doesn't mean a gin and tonic. Such words are kept if the
    rest isn't a name.
    """
    begin, end = run
    while begin < at and _is_particle(begin, pieces):
        begin += 1
    while end > at + 1 and _is_particle(end - 1, pieces):
        end -= 1
    trimmed = (begin, end) != run and link_names(names, linker, words[begin:end]).name is not None
    return (begin, end) if trimmed else run


def _is_particle(at: int, pieces: Sequence[SentencePiece]) -> bool:
    kinds = ("little", "joiners", "count")
    return any(piece.begin <= at < piece.end and any(piece.is_a(kind) for kind in kinds) for piece in pieces)


def _counts_a_name(
    words: Sequence[str], at: int, last: int, pieces: Sequence[SentencePiece], linker: CatalogueLinker
) -> bool:
    """Whether a counting word is followed by a product name that doesn't contain it."""
    behind = next((one for one in range(at + 1, last) if not _is_little(one, pieces)), last)
    if behind >= last:
        return False
    named = any(piece.name and piece.begin == behind for piece in pieces)
    return named or (not _is_owned(behind, pieces) and stretch(linker, words, at)[1] == at + 1)


def _is_little(at: int, pieces: Sequence[SentencePiece]) -> bool:
    return any(piece.begin <= at < piece.end and piece.is_a("little") for piece in pieces)


def _counts_pieces(word: str, language: str) -> bool:
    """Whether a word counts single units ("bottles"), as products are counted."""
    form = vocabulary(language).counted.get((word,))
    return form is not None and form.unit == "unit"


def _has_product(pieces: Sequence[SentencePiece]) -> bool:
    return any(piece.name is not None and piece.name.dimension == "product" for piece in pieces)


def _is_joined(words: Sequence[str], first: int, pieces: Sequence[SentencePiece]) -> bool:
    """Whether the first word has an attached "and", as in Hebrew."""
    begins = next((piece for piece in pieces if piece.begin == first), None)
    if begins is None or first >= len(words) or words[first][0] != AND:
        return False
    return all(one.loose for one in begins.matches) if begins.matches else begins.name is not None


def _is_owned(at: int, pieces: Sequence[SentencePiece]) -> bool:
    return any(piece.begin <= at < piece.end for piece in pieces)


def _run_end(
    words: Sequence[str], at: int, last: int, pieces: Sequence[SentencePiece], known: MeaningVocabulary
) -> int:
    """The end of a run of adjacent unassigned words."""
    while at < last and not _is_owned(at, pieces) and known.number(words, at) is None:
        at += 1
    return at
