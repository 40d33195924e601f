"""Loads the system's certificate authorities with the first connection instead of at import.

aiohttp creates two contexts when its client is imported, and each reads the whole list. This takes 33 ms and 2.5 MB,
for clients that many shops never use.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_loading = threading.Lock()


class LateContext(ssl.SSLContext):
    """A context that loads the system's authorities before its first connection."""

    def wrap_bio(self, *args: Any, **named: Any) -> ssl.SSLObject:
        self.load_authorities()
        return super().wrap_bio(*args, **named)

    def wrap_socket(self, *args: Any, **named: Any) -> ssl.SSLSocket:
        self.load_authorities()
        return super().wrap_socket(*args, **named)

    def load_authorities(self) -> None:
        """Load the authorities once. A context that verifies nothing doesn't need them."""
        with _loading:
            if self.verify_mode != ssl.CERT_NONE and not self.__dict__.get("_loaded"):
                self.load_default_certs()
                self._loaded = True


@contextmanager
def late_authorities() -> Iterator[None]:
    """Replace contexts that would load the system's authorities by a `LateContext`, while modules load."""

    def wait(context: ssl.SSLContext, *_args: object) -> None:
        context.__class__ = LateContext

    names = ("load_default_certs", "set_default_verify_paths")
    own = {name: vars(ssl.SSLContext)[name] for name in names if name in vars(ssl.SSLContext)}
    for name in names:
        setattr(ssl.SSLContext, name, wait)
    try:
        yield
    finally:
        for name in names:
            if name in own:
                setattr(ssl.SSLContext, name, own[name])
            else:
                delattr(ssl.SSLContext, name)


async def load_client_authorities() -> None:
    """Load the authorities of aiohttp's client in a thread. Otherwise the first encrypted request would block the loop
    for 33 ms."""
    from aiohttp import connector  # nothing else in this module needs it

    context = connector._SSL_CONTEXT_VERIFIED
    if isinstance(context, LateContext) and not context.__dict__.get("_loaded"):
        await asyncio.to_thread(context.load_authorities)
