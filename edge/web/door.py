"""Who comes in, and how many: what all requests of a site pass before anybody is asked who they are."""

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

if TYPE_CHECKING:  # loaded by who is reached from elsewhere
    from edge.core.tls.certificates import Certificates


class FrontDoor:
    """`token` lets the command line of this machine do everything; `here` says whether an address is this machine to
    itself; `register`: the only register that it leads to, as the shop calls it, where somebody practises there."""

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
        """The same door for those who practise at a register."""
        door = copy.copy(self)
        door.register = register
        return door

    def names(self) -> frozenset[str]:
        """Those that the certificate proves to be ours."""
        return self.certificates.names if self.certificates else frozenset()

    def context(self) -> ssl.SSLContext | None:
        """What to speak TLS with now."""
        return self.certificates.context if self.certificates else None
