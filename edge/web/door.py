"""Front door of a site: admission and limits that every request passes before authentication."""

from __future__ import annotations

import asyncio
import copy
import os
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from edge.core.addresses import is_loopback
from edge.core.denials import Denials
from edge.web.page_quota import Seats
from edge.web.rate_limit import Rates

if TYPE_CHECKING:  # loaded only if other machines can connect
    from edge.core.tls.certificates import Certificates


class FrontDoor:
    """Access to the site. `token` gives this machine's command line full access; `here` returns whether an address is
    this machine; `register`: the only register it leads to, in training mode."""

    def __init__(self, certificates: Certificates | None) -> None:
        self.token = os.urandom(32).hex()
        self.here: Callable[[str], bool] = is_loopback
        self.certificates = certificates
        self.rates = Rates(time.monotonic)
        self.others_turn = asyncio.Lock()
        self.seats = Seats()
        self.denials = Denials()
        self.register = ""

    def leading_to(self, register: str) -> FrontDoor:
        """Return this door for training at a register."""
        door = copy.copy(self)
        door.register = register
        return door

    def names(self) -> frozenset[str]:
        """Names that the certificate covers."""
        return self.certificates.names if self.certificates else frozenset()

    def context(self) -> ssl.SSLContext | None:
        """Current TLS context."""
        return self.certificates.context if self.certificates else None
