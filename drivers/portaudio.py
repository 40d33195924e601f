"""PortAudio through `sounddevice`: ALSA's devices, and PipeWire's through them. Loaded on first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drivers.roles import DeviceError


def open_stream(kind: str, device: str, rate_hz: int, callback: Callable[..., None]) -> Any:
    """Start a stream: `RawInputStream` or `RawOutputStream`, of 16 bits and one channel. Raises DeviceError."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # the Python package or PortAudio itself is missing
        what = f"PortAudio can't be used: {error}."
        raise DeviceError(what, "Install it: apt-get install libportaudio2", "failed") from error
    thing = f"sound device {device or 'of the system'}"
    try:
        stream = getattr(sounddevice, kind)(
            samplerate=rate_hz,
            channels=1,
            dtype="int16",
            blocksize=rate_hz // 25,
            device=device or None,
            callback=callback,
        )
        stream.start()
    except ValueError as error:
        found = sorted({str(one["name"]) for one in sounddevice.query_devices()})
        advice = f"Plug it in, or use one of: {', '.join(found) or 'none found'}."
        raise DeviceError(f"The {thing} wasn't found.", advice, "not_found") from error
    except sounddevice.PortAudioError as error:
        advice = "Check whether another program is using it."
        raise DeviceError(f"The {thing} can't be opened: {error}.", advice, "in_use") from error
    return stream
