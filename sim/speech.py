"""A person speaking into the shop's microphone and hearing its loudspeaker, without a sound card: two files.

Speech is made by espeak-ng, if installed, or supplied as a WAV file; the microphone (`wav`, `watched`) plays the file
again whenever it changes. The page plays the loudspeaker's output since.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import wave
from pathlib import Path

RATE_HZ = 22_050
SOUND_BYTES = 2 * 1024 * 1024
TEXT_CHARS = 200
SAY_S = 10.0
SENTENCES = (
    "what is running low",
    "how many ginger beers are there",
    "took three small colas",
    "can",
    "three singles",
    "cancel",
)
"""English sentences about the demo's stock, which the recogniser understands."""


class NotSaid(Exception):
    """Speech couldn't be produced, and why."""


class SimSpeech:
    """`said`: the file that the microphone plays; `answered`: the one that the loudspeaker writes."""

    def __init__(self, folder: Path) -> None:
        self.said, self.answered = folder / "said.wav", folder / "answered.wav"
        self._from_bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        if not self.said.exists():
            self._write(b"\0\0" * (RATE_HZ // 10))

    async def say(self, text: str) -> None:
        """Speak a text. Raises `NotSaid` if nothing here can speak."""
        if not text.isprintable() or not 0 < len(text) <= TEXT_CHARS or text.startswith("-"):
            raise NotSaid(f"Say 1 to {TEXT_CHARS} printable characters.")
        if shutil.which("espeak-ng") is None:
            raise NotSaid("No espeak-ng is installed here: apt-get install espeak-ng, or bring a WAV file.")
        child = await asyncio.create_subprocess_exec(
            *("espeak-ng", "--stdout", "-v", "en-us", text), stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(SAY_S):
            sound, _ = await child.communicate()
        self._put(sound[44:])

    def bring(self, data: bytes) -> None:
        """Speak a WAV file: 16 bits, one channel, 22,050 Hz. Raises `NotSaid` for any other file."""
        try:
            with wave.open(io.BytesIO(data)) as file:
                if (file.getsampwidth(), file.getnchannels(), file.getframerate()) != (2, 1, RATE_HZ):
                    raise NotSaid(f"The sound must be 16-bit mono at {RATE_HZ} Hz.")
                self._put(file.readframes(file.getnframes()))
        except (wave.Error, EOFError):
            raise NotSaid("That isn't a WAV file.") from None

    def read_spoken(self) -> bytes:
        """Return the loudspeaker's output since the last spoken input, as a WAV file; empty if there is none."""
        try:
            with wave.open(str(self.answered)) as file:
                shape, samples = file.getparams(), file.readframes(file.getnframes())
        except (OSError, wave.Error, EOFError):
            return b""
        samples = samples[self._from_bytes if self._from_bytes <= len(samples) else 0 :]
        if not samples:
            return b""
        made = io.BytesIO()
        with wave.open(made, "wb") as file:
            file.setparams(shape)
            file.writeframes(samples)
        return made.getvalue()

    def _put(self, samples: bytes) -> None:
        try:
            with wave.open(str(self.answered)) as file:
                self._from_bytes = 2 * file.getnframes()
        except (OSError, wave.Error, EOFError):
            self._from_bytes = 0
        quiet = b"\0\0" * RATE_HZ
        self._write(quiet + samples + quiet + quiet)

    def _write(self, samples: bytes) -> None:
        made = self.said.with_suffix(".new")
        with wave.open(str(made), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(samples)
        made.replace(self.said)
