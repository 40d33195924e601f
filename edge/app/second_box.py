"""Makes a new machine a shop's second box from the set-up page. It contacts the first box, shows digits for a person to
compare there, and starts with that box's configuration."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.backoffice.twin.membership.joining import join
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.configuration import with_values, write_config
from twin.link_port import LINK_PORT

JoinState = Literal["", "knocking", "waiting", "joined", "failed"]
PORT_OF_PAGES = 8080


class JoinShop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`at`: the address of the first box's pages, as in a browser. `link_port`: of this box's link to the other."""

    at: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    link_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = LINK_PORT


class SecondBox:
    """Requests admission, one attempt at a time, in a thread, because a person's answer takes minutes. `data`: this
    machine's ledger folder in its configuration; `page`: the port of its pages."""

    def __init__(self, file: Path, data: str, page: int) -> None:
        self._file = file
        self._data = data
        self._page = page
        self.state: JoinState = ""
        self.digits = ""
        self.why = ""

    def begin(self, wanted: JoinShop) -> None:
        """Contact the first box, unless an attempt is in progress or succeeded."""
        if self.state in ("knocking", "waiting", "joined"):
            return
        self.state, self.digits, self.why = "knocking", "", ""
        threading.Thread(target=self._join, args=(wanted,), name="second box", daemon=True).start()

    def _join(self, wanted: JoinShop) -> None:
        try:
            folder = self._file.parent / self._data
            content = join(folder, address_of(wanted.at), "box", wanted.link_port, self._page, self._show)
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_config(self._file, with_values(content.config, {"data": self._data, "panel.port": self._page}))
            self.state = "joined"
        except (NeedsHuman, ConfigError) as wrong:
            self.state, self.why = "failed", f"{wrong.what} {wrong.advice}"
        except OSError as error:
            self.state, self.why = "failed", str(error)

    def _show(self, digits: str) -> None:
        self.state, self.digits = "waiting", digits


def address_of(typed: str) -> str:
    """Host and port of an address copied from a browser.

    >>> address_of(" http://192.168.1.20:8080/manager?lang=en "), address_of("192.168.1.20")
    ('192.168.1.20:8080', '192.168.1.20:8080')
    """
    bare = re.sub(r"^[a-z]+://", "", typed.strip()).partition("/")[0].partition("?")[0]
    return bare if re.search(r":\d+$", bare) else f"{bare}:{PORT_OF_PAGES}"
