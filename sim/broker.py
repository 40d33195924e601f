"""A private Mosquitto 2 as our child: its own port, folder, access list and passwords.

with Broker() as broker:              # or: async with Broker() as broker
    connect("127.0.0.1", broker.port)
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sim.child import Child, ServerError
from sim.ports import free_port

PORT_TRIES = 3
LOCAL = Path(__file__).resolve().parent.parent / ".local"
"""A Debian package unpacked without root: `.local/usr/sbin/mosquitto` and its libraries."""


class Broker:
    """A broker that stores nothing on disk.

    `passwords` (user -> password) turns anonymous access off; `acl` is the text of an access list (mosquitto.conf(5),
    `acl_file`); `extra` are further configuration lines.
    """

    def __init__(self, *, passwords: Mapping[str, str] | None = None, acl: str | None = None, extra: str = "") -> None:
        self._passwords = passwords
        self._acl = acl
        self._extra = extra
        self._folder: Path | None = None
        self._child: Child | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="edge-mosquitto-"))
        self._child = Child("mosquitto", self._folder / "log")
        for left in reversed(range(PORT_TRIES)):
            self.port = free_port()
            try:
                self._configure(self._folder)
                self._spawn()
                self._await_ready()
                return self
            except ServerError as error:
                if not left or "already in use" not in str(error):
                    self._end()
                    raise
        raise ServerError("unreachable: the loop returns or raises")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    async def __aenter__(self) -> Self:
        return self.__enter__()  # not in another thread: the child ends with the thread that spawned it

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._end)

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def has_ended(self) -> bool:
        """Whether it exited without being stopped."""
        return self._running().has_ended

    def stop(self) -> None:
        """Stop it cleanly; `restart` brings it back on the same port, empty."""
        self._running().stop(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL; its clients see the connection break."""
        self._running().kill()

    def restart(self) -> None:
        """Stop it if it runs, and start it on the same port."""
        self.stop()
        self._spawn()
        self._await_ready()

    def allow(self, acl: str) -> None:
        """Apply a new access list while connections stay open (mosquitto reloads on SIGHUP)."""
        if self._folder is None or self._acl is None:
            raise ServerError("this mosquitto has no access list")
        self._acl = acl
        self._configure(self._folder)
        self.reload()

    def reload(self) -> None:
        """Reload its password file and access list while connections stay open."""
        self._running().signal(signal.SIGHUP)

    def _configure(self, folder: Path) -> None:
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "log_dest stderr", "set_tcp_nodelay true"]
        if os.geteuid() == 0:
            lines.append("user root")  # otherwise it switches to an account that can't read this folder
        if self._passwords is None:
            lines.append("allow_anonymous true")
        else:
            lines += ["allow_anonymous false", f"password_file {self._password_file(folder)}"]
        if self._acl is not None:
            (folder / "acl").write_text(self._acl)
            (folder / "acl").chmod(0o600)
            lines.append(f"acl_file {folder / 'acl'}")
        (folder / "mosquitto.conf").write_text("\n".join([*lines, self._extra, ""]))

    def _password_file(self, folder: Path) -> Path:
        path = folder / "passwords"
        path.write_text("".join(f"{user}:{secret}\n" for user, secret in (self._passwords or {}).items()))
        path.chmod(0o600)
        tool, env = find("mosquitto_passwd")
        done = subprocess.run([tool, "-U", path], env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"mosquitto_passwd failed: {done.stderr}")
        return path

    def _spawn(self) -> None:
        program, env = find("mosquitto")
        if self._folder is None:
            raise ServerError("mosquitto hasn't been started")
        self._running().spawn([str(program), "-c", str(self._folder / "mosquitto.conf")], env)

    def _await_ready(self) -> None:
        self._running().wait_until(self._answers)

    def _answers(self) -> bool:
        """Whether it is ready: it listens before it handles SIGHUP, which would kill it until then."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as probe:
                probe.shutdown(socket.SHUT_WR)
                probe.recv(1)  # returns when the broker hangs up
        except ConnectionResetError:
            return True
        except OSError:
            return False
        return True

    def _end(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGTERM)
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def _running(self) -> Child:
        if self._child is None:
            raise ServerError("mosquitto hasn't been started")
        return self._child


def find(name: str) -> tuple[Path, dict[str, str]]:
    """The program `mosquitto` or `mosquitto_passwd`, and the environment it needs.

    Looks at $EDGE_MOSQUITTO (the broker's path), PATH, /usr/sbin, and `.local/`.
    """
    env = {"PATH": "/usr/sbin:/usr/bin:/bin"}
    asked = os.environ.get("EDGE_MOSQUITTO")
    if asked and name == "mosquitto":
        return Path(asked), {**env, **_libraries()}
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if found:
        return Path(found), env
    for folder in ("usr/sbin", "usr/bin", "sbin", "bin"):
        if (LOCAL / folder / name).is_file():
            return LOCAL / folder / name, {**env, **_libraries()}
    raise ServerError(f"{name} wasn't found: install the Debian package mosquitto, or set EDGE_MOSQUITTO")


def _libraries() -> dict[str, str]:
    """LD_LIBRARY_PATH of a package unpacked into `.local/`."""
    folders = sorted({str(found.parent) for found in LOCAL.glob("**/lib*.so*")})
    return {"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}
