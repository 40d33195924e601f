"""What is remembered between two requests, and no longer: which words somebody was asked to say, how often
nobody was known, and utterances of an enrolment. In memory alone. Pure.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

import msgspec

from edge.ordering.recognition.challenge import draw_words
from edge.ordering.recognition.trials import Rows

T = TypeVar("T")
SECOND_US = 1_000_000
GOOD_US = 60 * SECOND_US
"""How long somebody may take to begin."""
MISSES = 3
REST_US = 15 * 60 * SECOND_US
"""For so long no voice is listened to after MISSES in a row at one place."""
UTTERANCES = 3
"""Of which a template is made."""
ENROL_US = 10 * 60 * SECOND_US
SEEN_US = 300 * SECOND_US
"""How long a picture that is sent again is answered without looking at it."""
PLACES = 64
"""Tills and people at once; the oldest makes room."""


class Challenge(msgspec.Struct, frozen=True):
    """`words` are to be said in `language`, in their order, before `until_us`."""

    id: str
    language: str
    words: tuple[str, ...]
    until_us: int


class Enrolment(msgspec.Struct, frozen=True):
    """Utterances of one person by one model, so far."""

    made_by: str
    began_us: int
    utterances: tuple[Rows, ...] = ()


class VoiceDesk:
    """`now_us` is of the monotonic clock; `below(n)` is a number of 0 to n - 1 that nobody foresees. Used on the event
    loop's thread."""

    def __init__(self, now_us: Callable[[], int], below: Callable[[int], int] = secrets.randbelow) -> None:
        self._now_us = now_us
        self._below = below
        self._asked: dict[str, Challenge] = {}
        self._missed: dict[str, tuple[int, int]] = {}
        self._enrolling: dict[str, Enrolment] = {}

    def ask(self, place: str, language: str) -> Challenge:
        """Words for whoever stands at a place; those asked for before are over."""
        words = draw_words(language, self._below)
        made = Challenge(secrets.token_urlsafe(16), language, words, self._now_us() + GOOD_US)
        _put(self._asked, place, made)
        return made

    def take(self, place: str, id: str) -> Challenge | None:
        """What was asked for there, once; None: nothing, something else, or it is over."""
        found = self._asked.pop(place, None)
        return found if found and found.id == id and self._now_us() <= found.until_us else None

    def rests(self, place: str) -> bool:
        """Whether no voice is listened to there now."""
        count, last_us = self._missed.get(place, (0, 0))
        if count and self._now_us() - last_us >= REST_US:
            del self._missed[place]
            return False
        return count >= MISSES

    def missed(self, place: str) -> None:
        """Nobody was known there."""
        _put(self._missed, place, (self._missed.get(place, (0, 0))[0] + 1, self._now_us()))

    def known(self, place: str) -> None:
        """Somebody was: it is counted anew."""
        self._missed.pop(place, None)

    def utter(self, person: str, made_by: str, rows: Rows) -> Enrolment:
        """One more utterance of somebody who is being enrolled; of another model, or too late, it is the first."""
        now_us = self._now_us()
        held = self._enrolling.get(person)
        if held is None or held.made_by != made_by or now_us - held.began_us > ENROL_US:
            held = Enrolment(made_by, now_us)
        held = msgspec.structs.replace(held, utterances=(*held.utterances, rows))
        _put(self._enrolling, person, held)
        return held

    def end(self, person: str) -> None:
        """Nothing of their utterances is remembered."""
        self._enrolling.pop(person, None)


class FaceDesk(VoiceDesk):
    """The same of faces, which are asked for no words; and who was known by a picture just now, by its digest alone."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        super().__init__(now_us)
        self._seen: dict[str, tuple[str, int, int]] = {}

    def remember(self, digest: str, person: str, created_us: int) -> None:
        """`created_us`: when the template was made by which they were known."""
        _put(self._seen, digest, (person, created_us, self._now_us()))

    def recall(self, digest: str) -> tuple[str, int]:
        """Who was known by this picture within five minutes, by the template of when; "": nobody. Whether they may
        still be is asked again."""
        person, created_us, at_us = self._seen.get(digest, ("", 0, 0))
        return (person, created_us) if person and self._now_us() - at_us <= SEEN_US else ("", 0)


def _put(table: dict[str, T], key: str, value: T) -> None:
    table.pop(key, None)
    while len(table) >= PLACES:
        del table[next(iter(table))]
    table[key] = value
