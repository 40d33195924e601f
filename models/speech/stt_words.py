"""Pronunciation of English words missing in the dictionary: by espeak-ng's rules, in CMUdict's phones.

Product names are such words: "quinoa", "Nutella", "2%". Sources: CMUdict's phone set (cmudict.phones), espeak-ng's IPA
of its voice en-us.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable

PROGRAM = "espeak-ng"
_TIMEOUT_S = 20
_SOUNDS = {
    "tʃ": "CH", "dʒ": "JH", "eɪ": "EY", "aɪ": "AY", "ɔɪ": "OY", "aʊ": "AW", "oʊ": "OW", "əl": "AH L", "ɪə": "IH R",
    "ɪɹ": "IH R", "ʊɹ": "UH R", "ɛɹ": "EH R", "ɑːɹ": "AA R", "ɔːɹ": "AO R", "oːɹ": "AO R", "iː": "IY", "uː": "UW",
    "ɑː": "AA", "ɔː": "AO", "ɜː": "ER", "aɪɚ": "AY ER", "aɪə": "AY AH", "iə": "IY AH", "ɚ": "ER", "ɝ": "ER",
    "i": "IY", "ɪ": "IH", "ᵻ": "IH", "ɛ": "EH", "e": "EH", "æ": "AE", "a": "AE", "ɐ": "AH", "ʌ": "AH", "ə": "AH",
    "ɑ": "AA", "ɒ": "AA", "ɔ": "AO", "o": "OW", "ʊ": "UH", "u": "UW", "y": "UW", "ø": "ER", "œ": "ER", "n̩": "AH N",
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "f": "F", "v": "V", "θ": "TH", "ð": "DH",
    "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "x": "K", "ç": "HH", "m": "M", "n": "N", "ŋ": "NG", "l": "L",
    "ɫ": "L", "ɹ": "R", "r": "R", "ɾ": "T", "ʔ": "T", "j": "Y", "w": "W", "ʍ": "W", "ɬ": "L", "ɲ": "N Y", "β": "V",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)))
_SAID = re.compile(r"[^\W_]")
_EDGES = ".,;:!?\"()[]{}<>«»“”„…'’`*/\\|-_=+~^#"


def words_of(phrase: str) -> list[str]:
    """A phrase's words as in grammars: lower case, without surrounding punctuation."""
    words = (word.strip(_EDGES) for word in phrase.lower().replace("’", "'").split())
    return [word for word in words if _SAID.search(word)]


def sounds_of(words: Iterable[str]) -> dict[str, str]:
    """The pronunciation of each word, if espeak-ng is installed and knows it."""
    asked = list(words)
    if not asked or shutil.which(PROGRAM) is None:
        return {}
    said = _ipa(asked)
    if len(said) != len(asked):  # a word's output took several lines
        said = [" ".join(_ipa([word])) for word in asked]
    made = {word: arpabet(ipa) for word, ipa in zip(asked, said, strict=True)}
    return {word: sounds for word, sounds in made.items() if sounds}


def arpabet(ipa: str) -> str:
    """Convert espeak-ng's IPA to CMUdict's phones; sounds without one are dropped."""
    plain = re.sub("[ˈˌ\u200d_]", "", ipa)
    return " ".join(_SOUNDS[found] for found in _SOUND.findall(plain))


def _ipa(words: list[str]) -> list[str]:
    command = [PROGRAM, "-q", "--ipa", "-v", "en-us", "-b", "1", "--stdin"]
    text = "\n\n".join(words)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]
