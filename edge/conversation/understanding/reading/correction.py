"""Read corrections of the newest action: another quantity, product, unit or act; more, less, again, or one of several
removed.

"No, baguettes", "make it eight", "and two more", "not rum, tequila", "a whole case instead", "one less". Every word
must have an owner.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED, SpokenAmount, amount_at
from edge.conversation.understanding.lexicon import CountingWord, Vocabulary, in_any_language, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker, comes_by_itself
from edge.conversation.understanding.reading.modality import is_inexact
from edge.conversation.understanding.reading.model import Change, StockCorrection
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.sizes import bottle_sizes
from edge.conversation.understanding.reading.statement_words import StatementWords, length_at, statement_words
from edge.conversation.understanding.reading.ways import is_given
from edge.conversation.understanding.reading.words import language_of, own_words, split_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search

MOST_WORDS = 14
ONE = 1000


def read_correction(db: Connection, search: Search, text: str, language: str) -> StockCorrection | None:
    """The correction in a sentence; None if it isn't one."""
    linker = CatalogueLinker(db, search, language)
    words = split_words(text, linker, language) or []
    while words and words[-1] in STOPS and words[-1] != "?":
        words.pop()
    if not words or len(words) > MOST_WORDS or words[-1] == "?":
        return None
    spoken = language_of(words, language)
    linker.language = spoken
    words = _without_cancelling(words, spoken)
    found = _read_stays(words, linker, spoken) or _Reader(words, linker, spoken).read()
    found = found or _read_total(words, linker, spoken)
    found = found or _read_without_comments(words, linker, spoken)
    again = found is not None and found.change == "again" and found.amount is None  # "encore une fois": no number
    cue = length_at(statement_words(spoken).corrects, words, 0)  # as a correction, "let's say 6" is exact
    return found if again or not is_inexact(" ".join(words[cue:]) if cue else text, language) else None


def _without_cancelling(words: list[str], language: str) -> list[str]:
    """Return the words after "cancel that and", if they give a replacement number: "cancel that, make it 2"."""
    known = vocabulary(language)
    length = next((n for n in range(len(words), 0, -1) if known.replies.get(tuple(words[:n])) == "cancel"), 0)
    while length and length < len(words) and words[length] in ("that", "it", "ca", "זה"):
        length += 1
    rest = words[length:]
    bare = [word.removeprefix("ו") for word in rest[:1]] + rest[1:] if language == "he" else rest
    while bare and (bare[0] in STOPS or bare[0] == JOINED or (bare[0],) in known.joiners):
        bare = bare[1:]
    counts = any(read_number(known, bare, at) for at in range(len(bare)))
    return bare if length and counts and bare != rest else words


def _read_without_comments(words: list[str], linker: CatalogueLinker, language: str) -> StockCorrection | None:
    """Read the correction without the parts that only give a reason.

    "Scratch the bagels, they didn't want them", "checked again, only two broke, the rest are fine".
    """
    known = vocabulary(language)
    parts: list[tuple[list[str], bool]] = [([], False)]
    for at, word in enumerate(words):
        reason = known.match(known.reasons, words, at)
        if word in STOPS or reason:
            parts.append(([], bool(reason)))
        if word not in STOPS:
            parts[-1][0].append(word)
    said = [(one, because) for one, because in parts if one]
    kept = [one for one, because in said if not because and not _is_comment(one, linker, language)]
    if len(kept) == len(said):
        return None
    return _Reader([word for one in kept for word in (*one, ",")][:-1], linker, language).read() if kept else None


def _read_stays(words: list[str], linker: CatalogueLinker, language: str) -> StockCorrection | None:
    """Read the product that wasn't moved after all: "the arak stays on the shelf, I never opened it".

    None if there is a number, as it counts the remaining goods.
    """
    stays, known = statement_words(language).stays, vocabulary(language)
    at = next((n for n in range(1, len(words)) if length_at(stays, words, n)), 0)
    named = [one for one in words[:at] if one.isalpha() and one not in own_words(language) and linker.naming(one)]
    skus = linker.link(named).skus if named else ()
    if not skus or any(read_number(known, words, n) for n in range(len(words))):
        return None
    return StockCorrection("out", text=" ".join(named), skus=skus, denied=skus)


def _read_total(words: list[str], linker: CatalogueLinker, language: str) -> StockCorrection | None:
    """A corrected total after its reason: "the baker took three back, so 17". None if products are named or it's a
    plan."""
    known, said = vocabulary(language), statement_words(language)
    at = next((n for n in range(len(words) - 1, 0, -1) if length_at(said.totals, words, n)), 0)
    head, tail = words[:at], words[at + length_at(said.totals, words, at) :]
    plans = any(known.match(known.hold, head, n) and not length_at(said.denying, head, n) for n in range(len(head)))
    named = any(word.isalpha() and word not in own_words(language) and linker.naming(word) for word in head)
    if not head or plans or named:
        return None
    reader = _Reader(tail, linker, language)
    return reader.total() if reader.owns_all() else None


def _is_comment(words: Sequence[str], linker: CatalogueLinker, language: str) -> bool:
    """Whether a part is a mere comment: it has no count, product or action, and an unknown word."""
    known, said, places = vocabulary(language), statement_words(language), range(len(words))
    if _stands(words, linker, said):
        return True
    acts = (said.acts[tuple(words[at : at + n])] for at in places if (n := length_at(said.acts, words, at)))
    needed = any(length_at(said.needed, words, at) for at in places)  # "he only wanted one"
    if any(one != "adjust" for one in acts) or (not needed and any(_counts(words, at, known) for at in places)):
        return False
    owned = own_words(language)
    if any(
        word.isalpha() and (word,) not in said.plainly and word not in owned and linker.naming(word) for word in words
    ):
        return False
    reader = _Reader(words, linker, language)
    return not reader.owns_all() or reader.says_nothing


def _stands(words: Sequence[str], linker: CatalogueLinker, said: StatementWords) -> bool:
    """Whether a part only confirms its products ("the baguettes are right") or denies the action without naming any."""
    at = next((at for at in range(len(words)) if length_at(said.standing, words, at)), -1)
    if at >= 0 and at + length_at(said.standing, words, at) == len(words):
        return not any(read_number(vocabulary(said.language), words, place) for place in range(at))
    denies = length_at(said.denies, words, 0)
    rest = words[denies:]
    acts = any(length_at(said.acts, rest, place) for place in range(len(rest)))
    named = any(word.isalpha() and word not in own_words(said.language) and linker.naming(word) for word in rest)
    counted = any(read_number(vocabulary(said.language), rest, place) for place in range(len(rest)))
    return bool(denies) and acts and not (named or counted)


def _counts(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether a number begins here. The "one" of "found another one" doesn't count."""
    number = read_number(known, words, at)
    pointed = bool(at) and (words[at - 1],) in statement_words(known.language).another
    return number is not None and not (number.value == ONE and (pointed or words[at] == "one"))


def begins_to_correct(words: Sequence[str], language: str) -> bool:
    """Whether a sentence begins like a correction: "no, ...", "I meant ..."."""
    said = statement_words(language)
    return bool(length_at(said.corrects, words, 0) or length_at(said.denies, words, 0))


def denies_first(words: Sequence[str], language: str) -> bool:
    """Whether a sentence begins with a denial: "no, ...", "not ..."."""
    known = vocabulary(language_of(words, language))
    cancels = known.replies.get(tuple(words[:1])) in ("no", "cancel")
    return cancels or bool(length_at(statement_words(known.language).denies, words, 0))


def _together(words: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> list[str]:
    """The words with a split verb rejoined: "put back one" for "put one back"."""
    for at in range(len(words) - 2):
        if (words[at], words[at + 2]) in phrases:
            return [*words[: at + 1], words[at + 2], words[at + 1], *words[at + 3 :]]
    return list(words)


class _Reader:
    """Reads each word of a sentence as part of a correction to the newest action."""

    def __init__(self, words: Sequence[str], linker: CatalogueLinker, language: str) -> None:
        self._known, self._said = vocabulary(language), statement_words(language)
        self._words, self._linker = _together(words, self._said.less), linker
        self._seeds = [one for word in words if word.isalpha() for one in linker.naming(word)]
        self._another = any(length_at(self._said.another, words, at) for at in range(len(words)))
        self._denies = self._cue = self._joined = self._article = self._undoes = False
        self._denies_act = self._part = False
        self._changes: set[Change] = set()
        self._names: list[str] = []
        self._denied: list[str] = []
        self._amounts: list[tuple[int | None, str, str]] = []
        self._verbs: set[str] = set()

    def read(self) -> StockCorrection | None:
        return self._correction() if self.owns_all() else None

    def total(self) -> StockCorrection | None:
        """Return the quantity, if the sentence states nothing else."""
        self._cue = True
        only = not (self._names or self._denied or self._verbs or self._changes) and len(self._amounts) == 1
        return self._correction() if only and self._amounts[0][0] is not None else None

    @property
    def says_nothing(self) -> bool:
        """Whether the words neither correct nor count: "it is still there"."""
        return not (self._cue or self._amounts or self._names or self._verbs or self._denied)

    def owns_all(self) -> bool:
        """Whether every word has a meaning."""
        at = 0
        while at < len(self._words):
            length = (
                self._place(at)
                or self._was(at)
                or self._sign(at)
                or self._name_run(at)
                or self._mark(at)
                or self._amount(at)
            )
            length = length or self._name(at) or self._relative(at) or self._little(at) or self._context(at)
            if not length:
                return False
            at += length
        return True

    def _context(self, at: int) -> int:
        """Return the length of a purpose at the end of the sentence: "and two more for the salad of table 2"."""
        begins = length_at(self._said.before, self._words, max(0, at - 1)) or is_given(self._words[at], self._said)
        counted = self._amounts or "again" in self._changes
        if not begins or not counted or not (self._changes & {"more", "again"}):
            return 0
        rest = self._words[at:]
        acts = any(length_at(self._said.acts, rest, one) for one in range(len(rest)))
        named = any(word.isalpha() and self._linker.naming(word) for word in rest)
        return 0 if acts or named or any(word in STOPS for word in rest) else len(rest)

    def _place(self, at: int) -> int:
        """The length of a table, room or order: "no, 12 cans, to table 3"."""
        if length_at(self._said.before, self._words, at) and at + 1 < len(self._words) and self._place(at + 1):
            return 1
        numbered = any((bare,) in self._said.numbered for bare in bare_forms(self._words[at]))
        number = read_number(self._known, self._words, at + 1) if numbered else None
        return 1 + number.length if number else 0

    def _relative(self, at: int) -> int:
        """Return the length of a relative clause about the person who wanted it: "c'est les poires qu'il voulait"."""
        rest = self._words[at:]
        end = next((n for n, word in enumerate(rest) if word in STOPS), len(rest))
        asks = (
            self._names
            and (self._words[at],) in self._said.wanted
            and any(length_at(self._said.needed, rest, n) for n in range(end))
        )
        counts = any(amount_at(rest[n:end], 0, self._known) for n in range(end))
        own = own_words(self._said.language)
        goods = any(word.isalpha() and word not in own and self._linker.naming(word) for word in rest[:end])
        return 0 if counts or goods or not asks else end

    def _was(self, at: int) -> int:
        """Return the length of a linking "were" after a name or a number.

        Examples are "the croissants were 5" and "one was lentils".
        """
        if (
            (self._words[at],) in self._said.were
            and (self._amounts or self._article)
            and not (self._names or self._denied)
        ):
            self._cue = self._part = True
            return 1
        number = (
            amount_at(self._words[at + 1 :], 0, self._known)
            if (self._words[at],) in self._said.were and self._names
            else None
        )
        if number is None or number.value is None or at + 1 + number.end != len(self._words):
            return 0
        self._cue, self._denies = True, False
        return 1

    def _sign(self, at: int) -> int:
        """Punctuation, "and", or a word of denial or contrast."""
        word, said = self._words[at], self._said
        if word in STOPS:
            self._denies = False
            return 1
        if word == JOINED or (word,) in self._known.joiners:
            if not (self._names or self._denied or self._amounts or self._verbs):
                self._joined, self._cue = True, self._denies  # "oh, and a water" adds something
            return 1
        undoing = length_at(self._said.undoing, self._words, at)
        undoing = 0 if length_at(said.less, self._words, at) > undoing else undoing
        cancels = self._known.replies.get((word,)) == "cancel" and not length_at(said.less, self._words, at)
        if (undoing or cancels) and not self._names:
            self._cue = self._denies = self._undoes = True  # "undo only the parsley"
            return undoing or 1
        if length := length_at(said.but, self._words, at):
            self._denies = False
            return length
        cue, denial = length_at(said.corrects, self._words, at), length_at(said.denies, self._words, at)
        if denial and denial >= cue:
            self._cue = self._denies = True
            return denial
        if cue:
            self._cue, self._denies = True, False
            behind = slice(at + cue, at + cue + 1)
            self._words[behind] = map(self._known.bare_number, self._words[behind])
        return cue

    def _mark(self, at: int) -> int:
        """A word for more, less, again or an act."""
        said = self._said
        marks: tuple[tuple[Change, frozenset[tuple[str, ...]]], ...] = (
            ("again", said.again),
            ("less", said.less),
            ("more", said.more),
        )
        found = max(((length_at(phrases, self._words, at), change) for change, phrases in marks), default=(0, "more"))
        act = length_at(said.acts, self._words, at)
        if tuple(self._words[at : at + act]) in said.formed or length_at(said.little, self._words, at) >= act:
            act = 0  # "take that off" may mean undo; "there were" in "there were three in all" is filler
        if act > found[0] and not self._linker.naming(self._words[at]):
            self._denies_act |= self._denies
            if not self._denies:
                self._verbs.add(said.acts[tuple(self._words[at : at + act])])
            return act
        if found[0] and not (found[1] == "more" and self._words[max(0, at - 1)] in in_any_language("definite") and at):
            self._changes.add(found[1])  # "the other red one" doesn't mean more
        return found[0]

    def _amount(self, at: int) -> int:
        behind_du = at and self._words[at - 1] == "du" and self._words[at].isdigit()
        if len(self._words[at]) == 1 and (self._words[at],) in self._known.counted:
            return 0  # "l'autre"
        if behind_du and (at + 1 == len(self._words) or self._words[at + 1] in STOPS):
            return 0  # "c'était du 5" counts nothing
        amount = amount_at(self._words[at:], 0, self._known)
        if amount is not None and amount.value is not None and self._undoes:
            return 0  # an undo is never partial
        if amount is None or amount.doubt or amount.grouped or (amount.value is None and not amount.unit):
            return self._unit(at)
        behind = at + amount.end
        marked = max(length_at(one, self._words, behind) for one in (self._said.less, self._said.more))
        marked = marked or bool(self._changes & {"more", "less"})  # "encore une"
        article = (self._words[at],) in self._said.articles and not amount.unit and not marked  # "un de moins"
        article &= (*self._words[behind : behind + 1],) not in self._said.plainly  # "une seule baguette"
        self._article |= article
        uncounted = amount.value is None and not amount.number_end
        if article or (uncounted and amount.container and self._linker.naming(self._words[at])):
            return 0
        if size := self._size_behind(at, amount):
            self._names.extend(size)
            return amount.end
        if not self._denies:
            word = self._words[at + amount.end - 1] if amount.unit else ""
            self._amounts.append((amount.value, amount.unit, word))
        return amount.end

    def _size_behind(self, at: int, amount: SpokenAmount) -> tuple[str, ...]:
        """The size in a number after a name that selects a bottle: "Heineken, glass, 33"."""
        if amount.unit or not (self._names and at and self._words[at - 1] == self._names[-1]):
            return ()
        sizes = bottle_sizes(amount.value or 0)
        return next((size for size in sizes if self._linker.link((*self._names, *size)).skus), ())

    def _unit(self, at: int) -> int:
        length = self._known.match(self._known.counted, self._words, at)
        if not length:
            return 0
        form: CountingWord = self._known.counted[tuple(self._words[at : at + length])]
        if not self._denies:
            self._amounts.append((None, form.unit, self._words[at + length - 1]))
        return length

    def _name_run(self, at: int) -> int:
        """Words adjacent in a product name, including a number ("twelve grain bread")."""
        length = self._linker.run_at(self._words, at, self._seeds)
        if length and any(word[0].isalpha() for word in self._words[at : at + length]):
            (self._denied if self._denies else self._names).extend(self._words[at : at + length])
            return length
        return 0

    def _name(self, at: int) -> int:
        word = self._words[at]
        owned = self._little(at) or (word,) in self._said.plainly
        if word == "%" or (not owned and self._linker.naming(word)):
            (self._denied if self._denies else self._names).append(word)
            return 1
        return 0

    def _little(self, at: int) -> int:
        said = self._said
        tables = (said.little, said.plainly, said.polite, said.articles, said.pointing if self._undoes else frozenset())
        lengths = [length_at(one, self._words, at) for one in tables]
        return max(*lengths, self._known.match(self._known.fillers, self._words, at))

    def _is_one(self, skus: Sequence[str]) -> bool:
        """Whether an uncounted product means one item: "and challah". Hebrew has no indefinite article."""
        if (
            self._said.language != "he"
            or self._amounts
            or len(skus) != 1
            or self._names[-1].endswith(self._known.plurals)
        ):
            return False
        return comes_by_itself(self._linker.link(self._names).products[0])

    def _correction(self) -> StockCorrection | None:
        skus = self._linker.link(self._names).skus if self._names else ()
        denied = self._linker.link(self._denied).skus if self._denied else ()
        if (self._names and not skus) or (self._denied and not denied):
            return None
        wanted = self._names or self._verbs or self._amounts or self._changes
        if self._undoes and (wanted or any(word[0].isdigit() for word in self._denied)):
            return None  # "forget it, took 2"
        if len(self._verbs) > 1 or len(self._changes) > 1 or len({one for one, _, _ in self._amounts if one}) > 1:
            return None
        change: Change = next(iter(self._changes), "part" if self._part and skus else "instead")
        counted = next((one for one in self._amounts if one[1]), ("", "", ""))
        amount = next((one for one, _, _ in self._amounts if one is not None), None)
        said = {"verb": next(iter(self._verbs), ""), "amount": amount, "unit": counted[1], "counted_as": counted[2]}
        named = {"text": " ".join(self._names), "skus": skus, "denied": denied}
        if denied and not (skus or self._verbs or self._amounts or self._changes):
            return StockCorrection("out", **named)  # type: ignore[arg-type]
        if self._denies_act and skus and not (denied or self._verbs or self._amounts or self._changes):
            return StockCorrection("out", text="", denied=skus)  # "the challahs weren't taken after all"
        if change == "part":
            return StockCorrection(change, **said | {"amount": ONE if amount is None else amount}, **named)  # type: ignore[arg-type]
        if change == "instead":
            if self._joined and not self._cue and skus and amount is not None:
                return StockCorrection("more", **said, **named)  # type: ignore[arg-type]
            if self._joined and not self._cue and skus and (self._article or self._is_one(skus)):
                return StockCorrection("more", **said | {"amount": ONE}, **named)  # type: ignore[arg-type]
            if not self._cue or not (skus or self._verbs or self._amounts):
                return None
        if change == "more" and amount is None and (self._is_one(skus) or self._another):
            said["amount"] = amount = ONE
        if change in ("more", "less") and amount is None:
            return None
        return StockCorrection(change, **said, **named)  # type: ignore[arg-type]
