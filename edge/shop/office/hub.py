"""How head office hears how much room each box has on its disk, and how far its clock is off."""

from __future__ import annotations

from typing import Any

from msgspec.structs import astuple

from edge.shop.office.head_office_messages import MachineTaken, encode, state_of
from sync.hub.model import Key

_CLOCK_MOST_MS = 2**53
_NOTE = """
    INSERT INTO box_machine (tenant, store, device, disk_mib, disk_free_mib, clock_ms, clock_doubted, told_at)
    VALUES ($1, $2, $3, $4, $5, least($6::bigint / 1000 - (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $8),
            $7, now())
    ON CONFLICT (tenant, store, device) DO UPDATE SET disk_mib = excluded.disk_mib,
        disk_free_mib = excluded.disk_free_mib, clock_ms = excluded.clock_ms, clock_doubted = excluded.clock_doubted,
        told_at = excluded.told_at
"""


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Keep what a box says of its machine; see `head_office_messages`."""
    said = state_of(body)
    values = said.disk_mib, said.disk_free_mib, said.at_us, said.clock_doubted
    await connection.execute(_NOTE, *astuple(key), *values, _CLOCK_MOST_MS)
    return encode(MachineTaken())
