"""The vocabulary of stock statements, by language, from `vocabulary/statements/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

from edge.conversation.understanding.lexicon import Phrase, Phrases, PhraseTable, spell_phrases, vocabulary
from edge.conversation.understanding.reading.name_forms import YOD
from edge.conversation.understanding.reading.verb_forms import verb_forms
from edge.conversation.understanding.understood import LANGUAGES, understood_language
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file
from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz.distance import OSA
else:
    OSA = LateModule("rapidfuzz.distance.OSA")

KINDS = ("out", "in", "adjust", "waste")
ONLY_MORE = frozenset(("plus",))
"""Size words that count only together with another word."""
LONGEST = 7
_MADE_INTO_OTHERS = frozenset(
    (
        "out",
        "into",
        "waste",
        "adjust",
        "surely",
        "verbs",
        "signs_out",
        "signs_in",
        "out_particles",
        "in_particles",
        "few",
    )
)
"""Sections of the file that are combined into others instead of being phrase sets."""
KEPT = 10_000
_AGREEMENT = re.compile("e?s?$")
TYPO_LETTERS = 5
"""Words of at least this many letters may have one typo, as for product names."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    out: tuple[str, ...]
    into: tuple[str, ...] = msgspec.field(name="in")
    waste: tuple[str, ...] = ()
    adjust: tuple[str, ...] = ()
    signs_out: tuple[str, ...] = ()
    signs_in: tuple[str, ...] = ()
    giving: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    storage: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    refilling: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    to_us: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    not_so: tuple[str, ...] = ()
    may_deny: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    determiners: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    plainly: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    existence: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    bigger: tuple[str, ...] = ()
    smaller: tuple[str, ...] = ()
    cheaper: tuple[str, ...] = ()
    dearer: tuple[str, ...] = ()
    out_particles: tuple[str, ...] = ()
    in_particles: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    inexact: tuple[str, ...] = ()
    inexact_behind: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()
    ago: tuple[str, ...] = ()
    shown_first: tuple[str, ...] = ()
    sights: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    fetched_from: tuple[str, ...] = ()
    toward: tuple[str, ...] = ()
    polite: tuple[str, ...] = ()
    few: tuple[str, ...] = ()
    loosely: tuple[str, ...] = ()
    zeroing: tuple[str, ...] = ()
    halls: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    worth: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    none_left: tuple[str, ...] = ()
    no_more: tuple[str, ...] = ()
    them: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    praise: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    fetched_back: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    wishing: tuple[str, ...] = ()
    therefore: tuple[str, ...] = ()
    obtained: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    dishes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    selves: tuple[str, ...] = ()
    little: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    in_box: tuple[str, ...] = ()
    box_size: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    another: tuple[str, ...] = ()
    sorry: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    really: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    undoing: tuple[str, ...] = ()
    before_now: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    repeating: tuple[str, ...] = ()
    entry: tuple[str, ...] = ()
    as_new: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    meanwhile: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    pointed: tuple[str, ...] = ()
    were: tuple[str, ...] = ()
    set_to: tuple[str, ...] = ()
    packed_in: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()
    surely: dict[str, tuple[str, ...]] = {}
    verbs: dict[str, tuple[str, ...]] = {}


class StatementWords(msgspec.Struct, frozen=True):
    """The statement vocabulary of one language.

    Acts. `acts`: the act each phrase states, `formed`: those derived from verbs; `asked`: an English verb at the
    start of a request ("chuck half a kilo"); `signs`: at the start only ("minus two"). `certain`: acts that alone
    state what happened and in which direction (all of `[surely]`); the effect of others is shown first.
    `auxiliary`: acts that mean nothing before another verb ("j'en ai mis"). `carried`: put and got, whose
    `particles` give the direction (`moved`: between places; `obtained`: came in if no recipient is named;
    `receives`: came to the person named before it). `handed`: acts that with `to_us` may be incoming; `refilling`:
    acts that take from stock where guests are served; `giving` and `coming`: the direction if no act states it.

    Context. `storage`: locations of goods; `occasions`: what goods are for, `dishes` what they are made into;
    `deals`: purposes that don't mean goods went out ("for sale"); `people`: persons involved, `selves`: the
    speaker; `suppliers` deliver and take back, `served` receive, `turned` is said of both (`fetched_back`: goods
    that suppliers take, named first); `fetched_from` and `toward` tell them apart ("toward" is also part of names:
    "bagel à l'orange"). `before`: begins a context; `numbered`: a following number isn't a count ("table 6"),
    `measured`: nor a preceding one ("9 o'clock"; `hours`: times of day); `ago`: how long ago; `packs`: names of
    multi-packs besides the words that count packs; `halls`: places often without a number, so a number before goods
    isn't theirs; `per`: begins a price basis ("a kilo").

    Not statements. `wishing`: phrases around customers' wishes; `wants`: nothing has happened; `polite`: asks to
    record something, `request`: to do it; `needed`: something was needed, a statement only if an act follows
    (`therefore`); `level`: asks for the quantity, `worth`: for something else; `kinds`: asks for varieties; `few`:
    asks how many, and after an act means that no one counted. `shown_first`: earlier days and round numbers,
    `sights`: things seen or heard of, both wait for confirmation; `returning`: goods may have come back. `inexact`
    precedes an estimate, `inexact_behind` follows it; after one of `spans` two numbers are an estimate ("between 3
    and 5"). `none_left` with a word of `no_more`: what is out of stock; `standing`: the named goods are unchanged;
    `stays`: they weren't moved.

    Filler. `praise` before a comma, `little` and `pointing` ("that one") mean nothing; nor do `states` of goods
    ("ripe") outside names; `sealed`: unopened goods, with "not" in the phrase.

    Exclusions and corrections. `left_out` begins goods that weren't meant ("the rum, not the gin"); `objects`: acts
    in a part that gives a reason; `unsaid`: denies the whole sentence from a separate part ("kidding"); `denying`:
    what such a part denies or calls off; `beside` denies nothing; `another` is one more; `sorry` alone retracts a
    number; `undoing` undoes the goods named after it ("forget the vinegar"); `entry`: words about a record around
    the word that undoes it ("my last one", "wrong shop"); `recorded`: before a number in the books, followed by the
    one that `really` is there; a total follows `totals`; `before_now`: someone did it before; `repeating`: between
    a sentence and its repetition; `them`: the goods named before; `meanwhile`: begins what happened at the same
    time ("when the crate fell"). Right before a number `not_so` says that it wasn't that many, `may_deny` that it
    may be so. With `without` at its end a sentence says that nothing was taken, with `nothing` at its start that
    nothing moved; `pointed`: words for the newest entry; `were` links goods and a number in a correction. `corrects`,
    `but`, `more`, `less` and `again` change the last action.

    `wanted` begins a clause about goods that someone needed ("the pears which he needed").

    Amounts and answers. `money`: currencies, whose number counts no goods; `set_to`: before a new level ("set it to
    30"), `packed_in` before the unit of goods just counted ("in boxes"); `during` begins the act that another happened
    in; `markets`: suppliers that are places. `in_box` asks for the contents of a box, as `box_size` does next to a box,
    unless it is about what `remains`; `loosely` ("a bunch") counts only goods named without another unit; `zeroing`
    answers "set it to 0?". `denies`, `articles` and `plainly` surround a unit in answers ("not boxes", "a box", "full
    boxes").
    `both` means several of the options shown, `pair` two; `bigger`, `smaller`, `cheaper`, `dearer` and `usual`
    (nothing added to the name) tell options apart; `as_new`: numbers that behind counted goods are a state (French
    "neuf").
    """

    language: str
    acts: dict[Phrase, str]
    formed: frozenset[Phrase]
    asked: dict[Phrase, str]
    signs: dict[Phrase, str]
    giving: frozenset[Phrase]
    coming: frozenset[Phrase]
    storage: frozenset[Phrase]
    handed: frozenset[Phrase]
    refilling: frozenset[Phrase]
    deals: frozenset[Phrase]
    to_us: frozenset[Phrase]
    pointing: frozenset[Phrase]
    corrects: frozenset[Phrase]
    not_so: frozenset[Phrase]
    may_deny: frozenset[Phrase]
    but: frozenset[Phrase]
    more: frozenset[Phrase]
    less: frozenset[Phrase]
    again: frozenset[Phrase]
    denies: frozenset[Phrase]
    articles: frozenset[Phrase]
    determiners: frozenset[Phrase]
    wanted: frozenset[Phrase]
    plainly: frozenset[Phrase]
    both: frozenset[Phrase]
    pair: frozenset[Phrase]
    existence: frozenset[Phrase]
    relative: frozenset[Phrase]
    bigger: frozenset[Phrase]
    smaller: frozenset[Phrase]
    cheaper: frozenset[Phrase]
    dearer: frozenset[Phrase]
    particles: dict[Phrase, str]
    times: frozenset[Phrase]
    carried: frozenset[Phrase]
    before: frozenset[Phrase]
    numbered: frozenset[Phrase]
    measured: frozenset[Phrase]
    hours: frozenset[Phrase]
    packs: frozenset[Phrase]
    wants: frozenset[Phrase]
    inexact: frozenset[Phrase]
    inexact_behind: frozenset[Phrase]
    suppliers: frozenset[Phrase]
    turned: frozenset[Phrase]
    ago: frozenset[Phrase]
    shown_first: frozenset[Phrase]
    sights: frozenset[Phrase]
    returning: frozenset[Phrase]
    served: frozenset[Phrase]
    fetched_from: frozenset[Phrase]
    toward: frozenset[Phrase]
    polite: frozenset[Phrase]
    few: frozenset[str]
    loosely: frozenset[Phrase]
    zeroing: frozenset[Phrase]
    halls: frozenset[Phrase]
    level: frozenset[Phrase]
    worth: frozenset[Phrase]
    request: frozenset[Phrase]
    none_left: frozenset[Phrase]
    no_more: frozenset[Phrase]
    them: frozenset[Phrase]
    states: frozenset[Phrase]
    moved: frozenset[Phrase]
    praise: frozenset[Phrase]
    standing: frozenset[Phrase]
    fetched_back: frozenset[Phrase]
    needed: frozenset[Phrase]
    wishing: frozenset[Phrase]
    therefore: frozenset[Phrase]
    obtained: frozenset[Phrase]
    receives: frozenset[Phrase]
    occasions: frozenset[Phrase]
    dishes: frozenset[Phrase]
    people: frozenset[Phrase]
    selves: frozenset[Phrase]
    little: frozenset[Phrase]
    sealed: frozenset[Phrase]
    beside: frozenset[Phrase]
    left_out: frozenset[Phrase]
    per: frozenset[Phrase]
    in_box: frozenset[Phrase]
    box_size: frozenset[Phrase]
    remains: frozenset[Phrase]
    kinds: frozenset[Phrase]
    another: frozenset[Phrase]
    sorry: frozenset[Phrase]
    recorded: frozenset[Phrase]
    really: frozenset[Phrase]
    totals: frozenset[Phrase]
    undoing: frozenset[Phrase]
    before_now: frozenset[Phrase]
    auxiliary: frozenset[Phrase]
    denying: frozenset[Phrase]
    objects: frozenset[Phrase]
    unsaid: frozenset[Phrase]
    stays: frozenset[Phrase]
    repeating: frozenset[Phrase]
    entry: frozenset[Phrase]
    as_new: frozenset[Phrase]
    usual: frozenset[Phrase]
    spans: frozenset[Phrase]
    meanwhile: frozenset[Phrase]
    money: frozenset[Phrase]
    without: frozenset[Phrase]
    nothing: frozenset[Phrase]
    pointed: frozenset[Phrase]
    were: frozenset[Phrase]
    set_to: frozenset[Phrase]
    packed_in: frozenset[Phrase]
    during: frozenset[Phrase]
    markets: frozenset[Phrase]
    certain: frozenset[Phrase]

    def ways_of(self, phrase: Phrase, behind: Phrase) -> tuple[str, ...]:
        """Return the meanings of an act.

        Also of a direction word, if only a time or, for outgoing goods, a recipient follows.
        """
        way = self.particles.get(phrase, "")
        ends = not behind or not behind[0].isalnum() or bool(length_at(self.times, behind, 0))
        ends = ends or (way == "out" and (behind[0],) in self.giving)
        return tuple(one for one in (self.acts.get(phrase, ""), way if ends else "") if one)


@cache
def statement_words(language: str) -> StatementWords:
    """The vocabulary of a language."""
    language = understood_language(language)
    file = msgspec.toml.decode(
        read_file("edge.conversation.understanding", "vocabulary/statements", language), type=_File
    )
    surely = {kind: spell_phrases(texts) for kind, texts in file.surely.items()}
    shown = {"out": file.out, "in": file.into, "adjust": file.adjust, "waste": file.waste}
    listed = {phrase: kind for kind in KINDS for phrase in (*spell_phrases(shown[kind]), *surely.get(kind, ()))}
    acts = _verbs(file, language) | listed
    acts |= _spelt_short(acts) if language == "he" else {}
    ways = {"out": file.out_particles, "in": file.in_particles}
    particles = {phrase: kind for kind, texts in ways.items() for phrase in spell_phrases(texts)}
    signs = dict.fromkeys(spell_phrases(file.signs_out), "out") | dict.fromkeys(spell_phrases(file.signs_in), "in")
    sets = (one.name for one in msgspec.structs.fields(_File) if one.name not in _MADE_INTO_OTHERS)
    phrases = {name: spell_phrases(getattr(file, name)) for name in sets}
    formed = Phrases(acts.keys() - listed.keys())
    certain = phrases["certain"].union(*surely.values())
    phrases["certain"] = Phrases(certain | (_agreeing(certain, acts) if language == "fr" else frozenset()))
    return StatementWords(
        language=language,
        acts=PhraseTable(acts),
        formed=formed,
        asked={(verb,): kind for kind, verbs in file.verbs.items() for verb in verbs} if language == "en" else {},
        few=frozenset(file.few),
        signs=PhraseTable(signs),
        particles=PhraseTable(particles),
        **phrases,
    )


def _agreeing(certain: frozenset[Phrase], acts: dict[Phrase, str]) -> frozenset[Phrase]:
    """Phrases that differ from a certain one only in the participle's agreement: "sont parties", from "sont partis"."""
    known = {(*one[:-1], _AGREEMENT.sub("", one[-1]), acts.get(one)) for one in certain}
    return frozenset(one for one, kind in acts.items() if (*one[:-1], _AGREEMENT.sub("", one[-1]), kind) in known)


def _verbs(file: _File, language: str) -> dict[Phrase, str]:
    """The act of each verb form; forms of two acts are left out."""
    found: dict[Phrase, set[str]] = {}
    for kind, verbs in file.verbs.items():
        for phrase in spell_phrases(form for verb in verbs for form in verb_forms(verb, language)):
            found.setdefault(phrase, set()).add(kind)
    return {phrase: next(iter(kinds)) for phrase, kinds in found.items() if len(kinds) == 1}


def _spelt_short(acts: dict[Phrase, str]) -> dict[Phrase, str]:
    """Return Hebrew acts spelt without the yod of a short vowel, unless that is another act."""
    short = {(one[0] + one[2:], *rest): kind for (one, *rest), kind in acts.items() if len(one) > 4 and one[1] == YOD}
    return {phrase: kind for phrase, kind in short.items() if phrase not in acts}


def languages_first(language: str) -> tuple[str, ...]:
    """All languages, this one first."""
    first = understood_language(language)
    return (first, *(one for one in LANGUAGES if one != first))


def length_at(phrases: Iterable[Phrase] | dict[Phrase, str] | frozenset[Phrase], words: Sequence[str], at: int) -> int:
    """The length of the longest of these phrases at a position; 0 if none matches."""
    left = len(words) - at
    lengths: Iterable[int] = range(min(LONGEST, left), 0, -1)
    if left > 0 and isinstance(phrases, (Phrases, PhraseTable)):
        lengths = phrases.lengths.get(words[at], ())
    for length in lengths:
        if length <= left and tuple(words[at : at + length]) in phrases:
            return length
    return 0


def biggest_by(word: str, language: str) -> bool | None:
    """Whether a word means the biggest (True) or smallest (False) of some products; None for neither."""
    said = statement_words(language)
    sized = ((word,) in said.bigger and word not in ONLY_MORE, (word,) in said.smaller)
    return sized[0] if any(sized) else None


def is_slip(word: str, meant: str) -> bool:
    """Whether a word has a letter missing, doubled or transposed. With another letter it's a different word."""
    same_letters = len(word) != len(meant) or sorted(word) == sorted(meant)
    return same_letters and OSA.distance(word, meant, score_cutoff=1) <= 1


@lru_cache(maxsize=KEPT)
def _misspelt(word: str, language: str) -> str:
    acts = statement_words(language).acts
    kinds = {
        kind
        for phrase, kind in acts.items()
        if len(phrase) == 1 and len(phrase[0]) >= TYPO_LETTERS and phrase[0][0] == word[0] and is_slip(word, phrase[0])
    }
    return next(iter(kinds)) if len(kinds) == 1 else ""


def misspelt_act(word: str, said: StatementWords) -> str:
    """The act that a misspelt word means; "" if none or several are close. Not for Hebrew, whose words are too short
    and varied.

    >>> misspelt_act("recieved", statement_words("en")), misspelt_act("terrible", statement_words("en"))
    ('in', '')
    """
    return _misspelt(word, said.language) if len(word) >= TYPO_LETTERS and word.isascii() and word.isalpha() else ""


@lru_cache(maxsize=KEPT)
def counting_word_respelt(word: str, language: str) -> str:
    """The counting word that a misspelt one stands for; "" if none or several are close.

    >>> counting_word_respelt("bottels", "en"), counting_word_respelt("bananas", "en")
    ('bottles', '')
    """
    if len(word) < TYPO_LETTERS or not word.isalpha():
        return ""
    counted = vocabulary(language).counted
    near = [one for (one, *rest) in counted if not rest and one[0] == word[0] and is_slip(word, one)]
    return near[0] if len({counted[one,] for one in near}) == 1 and len(near[0]) >= TYPO_LETTERS else ""


def way_said(text: str) -> str:
    """The direction of goods that a whole answer states, in any language; "" if none.

    >>> way_said("Took them"), way_said("came in"), way_said("a bagel")
    ('out', 'in', '')
    """
    words = [word for word in words_of(text) if word[0].isalnum()]
    for language in LANGUAGES:
        said = statement_words(language)
        kept = [word for word in words if (word,) not in said.little or (word,) in said.particles]
        for phrase in (tuple(words), tuple(kept)):
            if way := said.acts.get(phrase) or said.particles.get(phrase) or said.signs.get(phrase):
                return way
    return ""
