"""Manager's switch: keep a register's audio for minutes, to find out why speech is misunderstood.

Audio is encrypted in an unnamed file that disappears with the process. The key and the recognised texts are only in
memory. Everything is erased when the time is up or the switch is turned off.
"""

from __future__ import annotations

import asyncio
import io
import os
import time
import wave
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.conversation.assistant.commands import RECORDING_MINUTES

SOUND_BYTES = 64 * 1024 * 1024
"""Maximum bytes of a recording's audio; the rest is discarded."""
SENTENCES = 500
NONCE_BYTES = 12


class HeardSound(NamedTuple):
    """A sentence's audio (16 bits, mono), recognised text, confidence, and start by the monotonic clock."""

    samples: bytes
    rate_hz: int
    text: str
    sure: float
    began_s: float


class RecordedSentence(NamedTuple):
    """A recorded sentence. `sure`: the recogniser's confidence, 0 to 1."""

    number: int
    at_us: int
    ms: int
    text: str
    sure: float


class _Kept(NamedTuple):
    shown: RecordedSentence
    rate_hz: int
    offset: int
    size: int


class VoiceRecorder:
    """A shop's recorder; it makes one recording at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._register = ""
        self._until_s = 0.0
        self._file: IO[bytes] | None = None
        self._cipher: AESGCM | None = None
        self._kept: list[_Kept] = []
        self._ending: asyncio.TimerHandle | None = None
        self.switching = asyncio.Lock()
        """Held while recording is switched on or off, until that is journalled."""

    @property
    def register(self) -> str:
        """The register being recorded; "" if none."""
        return self._register if self.left_s(self._register) else ""

    def left_s(self, register: str) -> float:
        """Seconds left of a register's recording; 0 if it isn't recorded."""
        if not register or register != self._register:
            return 0.0
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            self.end()
        return max(0.0, left_s)

    def new_file(self) -> IO[bytes]:
        """An unnamed temporary file for `begin`. Raises OSError if the disk can't be written."""
        return TemporaryFile(dir=self._folder)

    def begin(self, register: str, minutes: int, file: IO[bytes]) -> None:
        """Start recording into `file`, for at most this many minutes; `end` closes it. Erases an earlier recording."""
        self.end()
        seconds = 60.0 * min(minutes, RECORDING_MINUTES)
        self._file = file
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._register, self._until_s = register, time.monotonic() + seconds
        self._ending = asyncio.get_running_loop().call_later(seconds, self.end)

    def end(self) -> None:
        """Stop recording and erase everything."""
        if self._ending is not None:
            self._ending.cancel()
        if self._file is not None:
            self._file.close()
        self._ending = self._file = self._cipher = None
        self._register, self._until_s = "", 0.0
        self._kept.clear()

    def keep(self, register: str, heard: HeardSound, at_us: int) -> None:
        """Keep a sentence if its register is being recorded and there is room. Ends the recording if writing fails."""
        if not self.left_s(register) or self._file is None or self._cipher is None or len(self._kept) >= SENTENCES:
            return
        offset = self._kept[-1].offset + self._kept[-1].size if self._kept else 0
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, heard.samples, None)
        if offset + len(sealed) > SOUND_BYTES:
            return
        try:
            self._file.seek(offset)
            self._file.write(sealed)
            self._file.flush()
        except OSError:
            return self.end()
        ms = len(heard.samples) * 500 // heard.rate_hz
        shown = RecordedSentence(len(self._kept) + 1, at_us, ms, heard.text, round(heard.sure, 2))
        self._kept.append(_Kept(shown, heard.rate_hz, offset, len(sealed)))
        return None

    def sentences(self) -> tuple[RecordedSentence, ...]:
        """The recorded sentences, newest first."""
        return tuple(one.shown for one in reversed(self._kept)) if self.register else ()

    def sound(self, number: int) -> bytes | None:
        """A sentence as a WAV file; None if the number is unknown or the recording has ended."""
        found = next((one for one in self._kept if one.shown.number == number), None)
        if not self.register or found is None or self._file is None or self._cipher is None:
            return None
        self._file.seek(found.offset)
        sealed = self._file.read(found.size)
        made = io.BytesIO()
        with wave.open(made, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(found.rate_hz)
            file.writeframes(self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None))
        return made.getvalue()


_of: WeakKeyDictionary[object, VoiceRecorder] = WeakKeyDictionary()


def recorder_of(site: object, folder: Path) -> VoiceRecorder:
    """The recorder of a shop's panel."""
    found = _of.get(site)
    if found is None:
        found = _of[site] = VoiceRecorder(folder)
    return found
