"""Request a network camera's stream, with authentication, and interpret its refusals."""

from __future__ import annotations

import errno
from pathlib import Path

import aiohttp

from drivers.os_errors import device_error
from drivers.roles import DeviceError

Login = tuple[str, str]


def login_of(username: str, password: str, password_file: str, thing: str) -> Login | None:
    """Return the camera's user name and password, which may be in a file; None if it needs none. Raises DeviceError."""
    if not username or password:
        return (username, password) if username else None
    try:
        password = Path(password_file).read_text(encoding="utf-8").strip() if password_file else ""
    except (OSError, UnicodeDecodeError) as err:
        what = f"The password file of the {thing} can't be read ({err})."
        raise DeviceError(
            what, "Enter the path of a text file that contains only the password.", "no_password"
        ) from err
    return username, password


def session_of(login: Login | None, timeouts: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """A session with digest authentication, which most cameras use and which hides the password."""
    digest = (aiohttp.DigestAuthMiddleware(*login),) if login else ()
    return aiohttp.ClientSession(timeout=timeouts, middlewares=digest)


async def ask(session: aiohttp.ClientSession, url: str, login: Login | None, thing: str) -> aiohttp.ClientResponse:
    """Request an address. Raises DeviceError if it's unreachable or access is denied."""
    try:
        response = await session.get(url)
        if login and response.status == 401 and "basic" in response.headers.get("WWW-Authenticate", "").lower():
            response.release()
            response = await session.get(url, headers={"Authorization": aiohttp.encode_basic_auth(*login)})
    except (aiohttp.ClientError, OSError) as err:
        cause = err if isinstance(err, OSError) and err.errno else OSError(errno.EHOSTUNREACH, str(err))
        raise device_error(cause, thing) from err
    if response.status in (401, 403):
        what = f"The {thing} rejected the user name or password."
        raise DeviceError(what, "Set its username and password_file.", "not_let_in")
    return response


async def stream(session: aiohttp.ClientSession, url: str, login: Login | None, thing: str) -> aiohttp.ClientResponse:
    """The stream of pictures. Raises DeviceError."""
    response = await ask(session, url, login, thing)
    if response.status != 200 or not response.content_type.startswith("multipart/"):
        raise no_stream(response, thing)
    return response


def no_stream(response: aiohttp.ClientResponse, thing: str) -> DeviceError:
    """The error of an answer that isn't a stream."""
    what = f"The {thing} doesn't send an image stream ({response.status}, {response.content_type})."
    return DeviceError(what, "You'll find the address of its MJPEG stream in its manual.", "no_stream")
