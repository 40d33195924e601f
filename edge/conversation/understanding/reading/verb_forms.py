"""Verb forms used in reports, generated from the base form, so a vocabulary lists a verb once. Pure."""

from __future__ import annotations

_VOWELS = frozenset("aeiou")
_FRENCH = {
    "er": ("é", "és", "ée", "ées", "er", "e", "es", "ez", "ent"),
    "ir": ("i", "is", "ie", "ies", "it", "ir", "issez", "issent"),
    "re": ("u", "us", "ue", "ues", "re", "s", "ez", "ent"),
}
SHORTEST = 3


def verb_forms(verb: str, language: str) -> tuple[str, ...]:
    """The forms of a verb. French verbs are listed by infinitive, English ones by base form, Hebrew ones by the third
    person past.

    >>> "renversées" in verb_forms("renverser", "fr"), "הורדנו" in verb_forms("הוריד", "he")
    (True, True)
    >>> verb_forms("drop", "en")
    ('dropped', 'to drop', 'dropping')
    """
    if language == "fr":
        return tuple(verb[:-2] + ending for ending in _FRENCH[verb[-2:]])
    return _english_forms(verb) if language == "en" else _hebrew(verb)


def is_prepared(word: str, language: str) -> bool:
    """Whether a word after a name describes preparation, from any verb: "sea bream filleted"."""
    return language == "en" and len(word) > SHORTEST + 2 and word.isalpha() and word.endswith("ed")


def _english_forms(verb: str) -> tuple[str, ...]:
    """The past, the base form after "to", and the participle; a bare base form may be a noun ("slice")."""
    past = _english(verb)
    doing = (verb[:-1] if verb.endswith("e") else past[:-2] if past[:-2].startswith(verb) else verb) + "ing"
    return past, f"to {verb}", doing


def _english(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    closed = len(verb) >= SHORTEST and verb[-1] not in "aeiouwxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    syllables = sum(one in _VOWELS for one in verb)
    return verb + verb[-1] + "ed" if closed and syllables == 1 else verb + "ed"


def _hebrew(verb: str) -> tuple[str, ...]:
    stem, she, they = verb, verb + "ה", verb + "ו"
    if verb.endswith("ה"):  # verbs that end in a vowel, like "drank"
        stem, she, they = verb[:-1] + "י", verb[:-1] + "תה", verb[:-1] + "ו"
    elif verb[0] == "ה" and verb[-2] == "י":  # "took down" loses a vowel in the first person
        stem = verb[:-2] + verb[-1]
    said = [verb, stem + "תי", stem + "נו", she, they]
    if verb[0] == "ה" and verb[-2] == "י" and not verb.endswith("ה"):  # these are also used in requests: "take down"
        said += ["ת" + verb[1:], "ת" + verb[1:] + "י", "ת" + verb[1:] + "ו", "ל" + verb]
    return (*said, *("ש" + one for one in said))
