"""Access control of the broker: Mosquitto's password file and access list, written atomically.

A device's user name is `tenant/store/device`, and one pattern gives every device its own two topics. Shared
subscriptions can't bypass it, but joining the hub's group would swallow a share of all messages: Mosquitto lets any
client join a group and drops forbidden messages only at delivery (mosquitto.conf(5), `acl_file`). So the group's name
is a secret (`group`).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

HUB = "hub"
"""The broker user name shared by all workers."""
PASSWORD_BYTES = 32
ITERATIONS = 101
"""Rounds of the hash, as in mosquitto_passwd. Their number doesn't matter, as passwords are long and random."""
SALT_BYTES = 12
MODE = 0o640

ACCESS_LIST = f"""\
# Written by `edge hub enrol`. A device's user name is tenant/store/device.
user {HUB}
topic read edge/+/+/+/up
topic write edge/+/+/+/down

pattern write edge/%u/up
pattern read edge/%u/down
"""


def group(password: str) -> str:
    """The name of the group shared by workers with this password; devices can't guess it."""
    return "hub-" + hashlib.sha256(b"group:" + password.encode()).hexdigest()[:32] if password else "hub"


def hash_password(password: str) -> str:
    """A password hash as in Mosquitto 2: `$7$` rounds `$` salt `$` PBKDF2 with SHA-512, both base64 (its source,
    password_mosq.c)."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class AccessFiles:
    """The files of one broker in `folder`, owned by the folder's owner."""

    def __init__(self, folder: Path) -> None:
        self.passwords = folder / "passwords"
        self.access_list = folder / "access"
        self.hub_password = folder / "hub-password"
        self._folder = folder

    @property
    def configuration(self) -> str:
        """The lines for mosquitto.conf. Without the last one TCP delays acknowledgements by up to 40 ms."""
        who = f"allow_anonymous false\npassword_file {self.passwords}\nacl_file {self.access_list}\n"
        return f"{who}set_tcp_nodelay true\n"

    def give(self, user: str, admit: Callable[[Collection[str]], None] = lambda _users: None) -> str:
        """Set a new password for `user`, who may be new. The old password is valid until the broker reloads its files.

        The first call also creates the hub's password, in the file `hub_password`. `admit` receives the users with a
        password, including the hub, while the files are locked, and raises to refuse `user`.
        """
        with self._lock_folder():
            users = self._read()
            admit(users.keys())
            self._give_the_hub_one(users)
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            users[user] = hash_password(password)
            self._write(users)
        return password

    def begin(self) -> None:
        """Create the files for a hub without boxes; existing ones stay unchanged."""
        with self._lock_folder():
            users = self._read()
            if self._give_the_hub_one(users):
                self._write(users)

    def _give_the_hub_one(self, users: dict[str, str]) -> bool:
        """Create the hub's password; False if it has one."""
        if HUB in users:
            return False
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        self._swap(self.hub_password, password + "\n")
        users[HUB] = hash_password(password)
        return True

    def users(self) -> Collection[str]:
        """The users with a password, including the hub."""
        return self._read().keys()

    def take(self, user: str) -> bool:
        """Remove `user` once the broker reloads its files. False if the name is unknown."""
        with self._lock_folder():
            users = self._read()
            known = users.pop(user, None) is not None
            if known:
                self._write(users)
        return known

    @contextmanager
    def _lock_folder(self) -> Iterator[None]:
        """Lock the folder, so that simultaneous enrolments run one after the other."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _read(self) -> dict[str, str]:
        if not self.passwords.exists():
            return {}
        lines = (line.partition(":") for line in self.passwords.read_text().splitlines())
        return {user: digest for user, _, digest in lines if digest}

    def _write(self, users: dict[str, str]) -> None:
        self._swap(self.access_list, ACCESS_LIST)
        self._swap(self.passwords, "".join(f"{user}:{digest}\n" for user, digest in sorted(users.items())))

    def _swap(self, path: Path, text: str) -> None:
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
            os.fchmod(file.fileno(), MODE)  # regardless of the umask: the broker reads it through its group
            file.write(text)
            if os.geteuid() == 0:  # the broker drops root before it rereads the file
                owner = self._folder.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
