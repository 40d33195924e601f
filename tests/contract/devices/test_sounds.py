"""The contract of microphones and loudspeakers, with sound files, and with ALSA devices that are files."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
import wave
from ctypes.util import find_library
from pathlib import Path

import pytest

from drivers import registry
from drivers.roles import DeviceError

RATE_HZ = 16_000
FRAME_BYTES = 2 * RATE_HZ // 25
MICROPHONES = ("wav",)
SPEAKERS = ("wav",)
"""Drivers with files, including new ones of `./run new driver` until they do something else."""
ALSA = """
pcm.shopmic { type file slave { pcm { type null } } file /dev/null infile INFILE format raw }
pcm.shopspeaker { type file slave { pcm { type null } } file OUTFILE format raw }
"""
CHILD = """
import asyncio
from drivers import registry
from drivers.roles import DeviceError

async def main():
    microphone = registry.create("microphone", "alsa", {"device": "shopmic"})
    await microphone.open()
    async for frame in microphone.frames():
        print(len(frame), frame[:2] == b"\\x11\\x22")
        break
    await microphone.close()
    await microphone.close()
    speaker = registry.create("speaker", "alsa", {"device": "shopspeaker"})
    await speaker.open()
    await speaker.play(b"\\x33\\x44" * 16_000, 16_000)
    await asyncio.sleep(0.5)
    await speaker.hush()
    await speaker.close()
    try:
        await registry.create("microphone", "alsa", {"device": "no such"}).open()
    except DeviceError as error:
        print(error.code, "shopmic" in error.advice)

asyncio.run(main())
"""


def write_wav(path: Path, samples: bytes, rate_hz: int = RATE_HZ) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples)


@pytest.mark.parametrize("driver", MICROPHONES)
def test_a_file_is_heard_as_fast_as_a_room_and_then_there_is_silence(driver: str, tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    write_wav(path, b"\1\0" * (RATE_HZ // 25 + 10))

    async def scenario() -> None:
        microphone = registry.create("microphone", driver, {"path": str(path)})
        for _ in range(2):
            await microphone.open()
            heard = []
            async with asyncio.timeout(10):
                async for frame in microphone.frames():
                    heard.append(frame)
                    if len(heard) == 3:
                        await microphone.close()
            assert {len(frame) for frame in heard} == {FRAME_BYTES}
            assert heard[0] == b"\1\0" * (RATE_HZ // 25) and heard[1].startswith(b"\1\0" * 10 + b"\0\0")
            assert not any(heard[2]), "silence behind it"
        await microphone.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("driver", SPEAKERS)
def test_what_is_said_is_in_the_file(driver: str, tmp_path: Path) -> None:
    path = tmp_path / "answered.wav"

    async def scenario() -> None:
        speaker = registry.create("speaker", driver, {"path": str(path)})
        await speaker.open()
        await speaker.play(b"\5\0" * 100, RATE_HZ)
        await speaker.hush()
        await speaker.play(b"\6\0" * 100, RATE_HZ)
        await speaker.close()
        await speaker.close()

    asyncio.run(scenario())
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.readframes(1_000)) == (RATE_HZ, b"\5\0" * 100 + b"\6\0" * 100)


def test_files_that_are_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        wrong = tmp_path / "wrong.wav"
        for content in (b"", b"RIFF", b"no sound at all"):
            wrong.write_bytes(content)
            with pytest.raises(DeviceError):
                await registry.create("microphone", "wav", {"path": str(wrong)}).open()
        write_wav(wrong, b"\0\0" * 10, 8_000)
        with pytest.raises(DeviceError, match="16000 Hz"):
            await registry.create("microphone", "wav", {"path": str(wrong)}).open()
        with pytest.raises(DeviceError) as told:
            await registry.create("microphone", "wav", {"path": str(tmp_path / "none.wav")}).open()
        assert told.value.code == "not_found"
        with pytest.raises(DeviceError):
            await registry.create("speaker", "wav", {"path": str(tmp_path / "no" / "folder.wav")}).open()

    asyncio.run(scenario())


def test_devices_of_alsa(tmp_path: Path) -> None:
    """In a separate process, because PortAudio reads ALSA's devices only once, when it is loaded."""
    if importlib.util.find_spec("sounddevice") is None or not find_library("portaudio"):
        pytest.skip("missing: PortAudio")
    said, heard = tmp_path / "said.raw", tmp_path / "heard.raw"
    said.write_bytes(b"\x11\x22" * 10 * RATE_HZ)
    (tmp_path / ".asoundrc").write_text(ALSA.replace("INFILE", str(said)).replace("OUTFILE", str(heard)))
    env = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout.split("\n")[:2] == [f"{FRAME_BYTES} True", "not_found True"], done.stderr
    assert b"\x33\x44" * 1_000 in heard.read_bytes()
