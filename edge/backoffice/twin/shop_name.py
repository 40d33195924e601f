"""The shop's network name, announced by the leading box with multicast DNS (RFC 6762) and DNS-SD (RFC 6763).

`STORE.local` leads to the shop whichever box leads. The next leader announces the same name with the cache-flush bit
(RFC 6762, 10.2).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

import structlog

from edge.core.process.parts import Ready
from edge.core.tls import machine

_log = structlog.get_logger(__name__)

SHOP_NAME = "shop_name"
LOOK_S = 30.0
"""Interval at which the box's addresses are checked, as a DHCP lease may end."""


class ShopNamePart:
    """Announces `name` (`corner.local`) and the `port` of the pages, https or http. `interfaces`: own addresses to
    announce on; by default all. If a network has no multicast, this is logged and retried."""

    def __init__(
        self,
        name: str,
        port: int,
        tls: bool,
        addresses: Callable[[], Sequence[str]] = machine.addresses,
        interfaces: Sequence[str] | None = None,
    ) -> None:
        self._name, self._port, self._addresses, self._interfaces = name, port, addresses, interfaces
        self._service = f"_{'https' if tls else 'http'}._tcp.local."

    async def run(self, ready: Ready) -> None:
        await asyncio.to_thread(import_module, "zeroconf.asyncio")  # importing takes longer than tills may wait
        ready(None)
        while True:
            try:
                await self._say()
            except OSError as error:
                _log.warning("the shop's name couldn't be announced on its network", name=self._name, why=str(error))
            await asyncio.sleep(LOOK_S)

    async def _say(self) -> None:
        """Announce until cancelled, or until the network is gone."""
        # Imported here because a single box never announces its name.
        from zeroconf import InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

        chosen = InterfaceChoice.All if self._interfaces is None else list(self._interfaces)
        async with AsyncZeroconf(interfaces=chosen, ip_version=IPVersion.V4Only) as network:
            said: AsyncServiceInfo | None = None
            try:
                while True:
                    found = self._packed_addresses()
                    if said is None or said.addresses != found:
                        made = AsyncServiceInfo(
                            self._service,
                            f"{self._name.removesuffix('.local')}.{self._service}",
                            addresses=found,
                            port=self._port,
                            properties={"path": "/"},
                            server=f"{self._name}.",
                        )
                        if said is None:  # the previous leader may still announce it; both names mean the same shop
                            heard = await network.async_register_service(made, cooperating_responders=True)
                        else:
                            heard = await network.async_update_service(made)
                        said = made
                        await heard
                    await asyncio.sleep(LOOK_S)
            finally:
                if said is not None:
                    with suppress(OSError):
                        await (await network.async_unregister_service(said))

    def _packed_addresses(self) -> list[bytes]:
        every = map(ipaddress.ip_address, self._addresses())
        keep = self._interfaces is not None
        return [one.packed for one in every if one.version == 4 and (keep or not one.is_loopback)]
