"""The shop's name on its network (mDNS on loopback): it leads to the leading box, and disappears when that ends."""

from __future__ import annotations

import asyncio

from zeroconf import DNSQuestionType, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from edge.backoffice.twin.shop_name import ShopNamePart
from tests.http_client import when
from tests.shop_fixture import run

NAME, SERVICE, PORT = "corner.local", "_https._tcp.local.", 8443


async def _asked() -> tuple[list[str], int | None, str | None] | None:
    """Return the answer to a phone that looks for the shop for the first time."""
    async with AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only) as network:
        info = AsyncServiceInfo(SERVICE, f"corner.{SERVICE}")
        if not await info.async_request(network.zeroconf, 500, DNSQuestionType.QM):
            return None
        return info.parsed_addresses(IPVersion.V4Only), info.port, info.server


def test_the_box_that_leads_says_the_shops_name_and_takes_it_back() -> None:
    async def scenario() -> None:
        part = ShopNamePart(NAME, PORT, True, lambda: ("192.0.2.7", "::1"), ["127.0.0.1"])
        ready = asyncio.Event()
        runs = asyncio.create_task(part.run(lambda state: ready.set()))
        await ready.wait()
        found = await when(_asked, bool, "the shop's name is known")
        assert found == (["192.0.2.7"], PORT, f"{NAME}.")
        runs.cancel()
        await asyncio.gather(runs, return_exceptions=True)
        assert await _asked() is None, "it ended with the box that led"

    run(scenario())
