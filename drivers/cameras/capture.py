"""Capture the newest picture of a stream or device with OpenCV: `python -m drivers.cameras.capture SOURCE`.

Each picture has its own process, so that a hanging or crashing decoder can be ended from outside.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
import time
from typing import Any

from drivers.os_errors import device_error
from drivers.roles import DeviceError, Frame
from sandbox.environment import bare_environment
from sandbox.landlock import confine

SKIPPED = 5
"""Pictures to skip: the first ones of a stream may be old, and a sensor needs a moment for its exposure."""
LIMIT_S = 20.0
"""Time limit for opening and all pictures; then the process is ended."""
NICENESS = 10
NO_LIBRARY, NOT_OPENED, NO_PICTURE = 3, 4, 5
PICTURE_BYTES = 16 * 1024 * 1024


async def capture_frame(source: str, thing: str, limit_s: float = LIMIT_S) -> Frame:
    """The newest picture of a source. Raises DeviceError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "drivers.cameras.capture", source),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=bare_environment(),
    )
    try:
        async with asyncio.timeout(limit_s):
            data, _ = await process.communicate()
    except TimeoutError as err:
        raise device_error(OSError(errno.ETIMEDOUT, "it sends no data"), thing) from err
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == NO_LIBRARY:
        raise DeviceError(f"The {thing} needs OpenCV.", "Install the extra “models”.", "no_opencv")
    if process.returncode or not data or len(data) > PICTURE_BYTES:
        raise device_error(OSError(errno.EHOSTUNREACH, "it sends no images"), thing)
    return Frame(data, time.monotonic_ns() // 1000, skipped=SKIPPED)


def main(arguments: list[str]) -> int:
    """Write a JPEG to standard output; returns 0 on success."""
    os.nice(NICENESS)
    signal.alarm(round(LIMIT_S) + 5)  # end this process even if its caller has died
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp|timeout;5000000")
    try:
        import cv2
    except ImportError:
        return NO_LIBRARY
    [source] = arguments
    if not source.startswith("/dev/"):  # a device needs more permissions than reading a file
        confine([source], "connects")
    backend = cv2.CAP_V4L2 if source.startswith("/dev/") else cv2.CAP_FFMPEG
    opened: Any = cv2.VideoCapture(source, backend)
    if not opened.isOpened():
        return NOT_OPENED
    newest = None
    for _ in range(SKIPPED + 1):
        there, picture = opened.read()
        newest = picture if there else newest
    opened.release()
    if newest is None:
        return NO_PICTURE
    made, data = cv2.imencode(".jpg", newest, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not made:
        return NO_PICTURE
    sys.stdout.buffer.write(data.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
