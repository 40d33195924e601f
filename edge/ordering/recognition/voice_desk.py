"""Short-lived state between requests, in memory only: challenge words, failures and enrolment samples. Pure."""

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
"""How long a challenge can be used (microseconds)."""
MISSES = 3
REST_US = 15 * 60 * SECOND_US
"""How long recognition is paused at a place after `MISSES` failures in a row (microseconds)."""
UTTERANCES = 3
"""Number of samples per template."""
ENROL_US = 10 * 60 * SECOND_US
SEEN_US = 300 * SECOND_US
"""How long the match for a picture is remembered, so that the same picture isn't processed again (microseconds)."""
PLACES = 64
"""Maximum number of tills and people tracked at once. Above it, the oldest is dropped."""


class Challenge(msgspec.Struct, frozen=True):
    """Words to say in `language`, in order, before `until_us`."""

    id: str
    language: str
    words: tuple[str, ...]
    until_us: int


class Enrolment(msgspec.Struct, frozen=True):
    """A person's samples so far, made by one model."""

    made_by: str
    began_us: int
    utterances: tuple[Rows, ...] = ()


class VoiceDesk:
    """Voice challenges, failures and enrolments.

    `now_us`: the monotonic clock. `below(n)`: an unpredictable number from 0 to n - 1. Used only on the event loop's
    thread.
    """

    def __init__(self, now_us: Callable[[], int], below: Callable[[int], int] = secrets.randbelow) -> None:
        self._now_us = now_us
        self._below = below
        self._asked: dict[str, Challenge] = {}
        self._missed: dict[str, tuple[int, int]] = {}
        self._enrolling: dict[str, Enrolment] = {}

    def ask(self, place: str, language: str) -> Challenge:
        """Return a new challenge for a place. Its previous challenge expires."""
        words = draw_words(language, self._below)
        made = Challenge(secrets.token_urlsafe(16), language, words, self._now_us() + GOOD_US)
        _put(self._asked, place, made)
        return made

    def take(self, place: str, id: str) -> Challenge | None:
        """Return and remove the place's challenge; None if there is none, its id differs or it has expired."""
        found = self._asked.pop(place, None)
        return found if found and found.id == id and self._now_us() <= found.until_us else None

    def rests(self, place: str) -> bool:
        """Whether recognition is paused at a place."""
        count, last_us = self._missed.get(place, (0, 0))
        if count and self._now_us() - last_us >= REST_US:
            del self._missed[place]
            return False
        return count >= MISSES

    def note_failure(self, place: str) -> None:
        """Count a failure at a place."""
        _put(self._missed, place, (self._missed.get(place, (0, 0))[0] + 1, self._now_us()))

    def note_success(self, place: str) -> None:
        """Reset a place's failure count after a success."""
        self._missed.pop(place, None)

    def utter(self, person: str, made_by: str, rows: Rows) -> Enrolment:
        """Add a sample to a person's enrolment.

        The enrolment starts over if its samples are from another model or too old.
        """
        now_us = self._now_us()
        held = self._enrolling.get(person)
        if held is None or held.made_by != made_by or now_us - held.began_us > ENROL_US:
            held = Enrolment(made_by, now_us)
        held = msgspec.structs.replace(held, utterances=(*held.utterances, rows))
        _put(self._enrolling, person, held)
        return held

    def end(self, person: str) -> None:
        """Delete a person's samples."""
        self._enrolling.pop(person, None)


class FaceDesk(VoiceDesk):
    """The state of face recognition: like for voices, without challenges, but with recent matches by picture digest."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        super().__init__(now_us)
        self._seen: dict[str, tuple[str, int, int]] = {}

    def remember(self, digest: str, person: str, created_us: int) -> None:
        """Remember a match; `created_us`: when its template was made."""
        _put(self._seen, digest, (person, created_us, self._now_us()))

    def recall(self, digest: str) -> tuple[str, int]:
        """The match of this picture from the last five minutes, with its template's time; "" if there is none.

        The caller checks again whether the match is still allowed.
        """
        person, created_us, at_us = self._seen.get(digest, ("", 0, 0))
        return (person, created_us) if person and self._now_us() - at_us <= SEEN_US else ("", 0)


def _put(table: dict[str, T], key: str, value: T) -> None:
    table.pop(key, None)
    while len(table) >= PLACES:
        del table[next(iter(table))]
    table[key] = value
