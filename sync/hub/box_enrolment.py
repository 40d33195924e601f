"""Enrolment of a box: create its name and password at the broker, by head office's command or a code of its page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from sync.enrolment import Enrolment
from sync.hub.access import AccessFiles
from sync.hub.model import Key


class BrokerPlace(msgspec.Struct, frozen=True, kw_only=True):
    """The broker's address for boxes, and the `folder` of its files. `others`: further brokers with the same files, as
    host:port; `ca`: the authority to trust, as PEM; `signing_key`: the public key that verifies directives."""

    folder: Path
    host: str
    port: int
    others: tuple[str, ...] = ()
    tls: bool = True
    ca: str = ""
    signing_key: str = ""

    @property
    def files(self) -> AccessFiles:
        return AccessFiles(self.folder)

    def enrol(self, box: Key, admit: Callable[[Collection[Key]], None]) -> Enrolment:
        """Create a new password for a box. The previous one is valid until the broker reloads its files.

        `admit` receives the boxes with a password, and raises to refuse this one. Raises `OSError` if the files can't
        be written.
        """
        said = {name: getattr(self, name) for name in ("host", "port", "others", "tls", "ca", "signing_key")}
        whole = msgspec.convert({**msgspec.to_builtins(box), **said, "password": "-" * 16}, Enrolment)
        password = self.files.give(whole.user, lambda users: admit(boxes_of(users)))
        return msgspec.structs.replace(whole, password=password)


def boxes_of(users: Collection[str]) -> list[Key]:
    """The broker users that are boxes."""
    return [Key(*user.split("/")) for user in users if user.count("/") == 2]
