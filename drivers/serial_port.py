"""Opening a serial port exclusively, with failures in plain words."""

from __future__ import annotations

import errno
from typing import Any

import serial

from drivers.os_errors import device_error
from drivers.roles import DeviceError


def open_port(thing: str, path: str, **settings: Any) -> serial.Serial:
    """An open, exclusive, non-blocking port; `settings` are pyserial's, `thing` is named in messages.

    Discards what the kernel had buffered. May block for seconds with a hanging USB device: call it in a thread. Raises
    DeviceError. Its `close` may block too, up to 30 s while bytes wait to be sent: see outflow.discard_output.
    """
    try:
        # a missing modem line (as on a pty) isn't a failure: pyserial ignores it
        # pyserial's lock (flock) ends with the process, even if killed; TIOCEXCL, which also binds programs that don't
        # check the lock, would stay set while another process has the port open, and lock us out
        return serial.Serial(path, timeout=0, exclusive=True, **settings)
    except serial.SerialException as err:
        raise device_error(OSError(_errno_of(err), str(err)), thing) from err
    except OSError as err:
        raise device_error(err, thing) from err
    except ValueError as err:
        what = f"The {thing} can't work with these settings ({err})."
        raise DeviceError(what, "Correct its settings.", "wrong_settings") from err


def _errno_of(err: serial.SerialException) -> int:
    """Return the error number. EAGAIN means a held lock; refused settings have no number in pyserial."""
    return errno.EBUSY if err.errno == errno.EAGAIN else err.errno or errno.ENOTTY
