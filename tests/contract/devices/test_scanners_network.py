"""Network scanners, beyond the common contract: several connections at a time, and strangers are rejected."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from drivers import registry
from drivers.roles import DeviceError
from drivers.scanners.network import NetworkScanner
from drivers.scanners.tcp_server import MAX_CONNECTIONS, ListeningScanner
from sim.ports import free_port
from sim.scanners.network import SimWirelessScanner
from tests.scanners import run, take, text
from tests.sync_doubles import until


def listening(**options: object) -> ListeningScanner:
    wanted = {"port": free_port(), "host": "127.0.0.1", "peers": ["127.0.0.0/8"], **options}
    made = registry.create("scanner", "listen", wanted)
    assert isinstance(made, ListeningScanner)
    return made


def port_of(scanner: ListeningScanner) -> int:
    return scanner._config.port


def test_what_several_scanners_send_at_once_is_not_mixed() -> None:
    async def go() -> None:
        scanner = listening()
        await scanner.open()
        one, two = SimWirelessScanner(port_of(scanner)), SimWirelessScanner(port_of(scanner))
        for first, second in zip("4006381333931", "0000096385074", strict=True):
            one.type(first, suffix=b"")
            two.type(second, suffix=b"")
        one.type(b"")
        two.type(b"")
        assert sorted(text(await take(scanner, 2))) == ["0000096385074", "4006381333931"]
        one.hang_up()
        two.type("again")
        assert text(await take(scanner, 1)) == ["again"]
        one.type("woke up")
        assert text(await take(scanner, 1)) == ["woke up"]
        await scanner.close()
        await until(two.sent_away, "it is sent away")
        one.hang_up()
        two.hang_up()

    run(go())


def test_a_scanner_that_falls_asleep_in_the_midst_leaves_no_half_code() -> None:
    async def go() -> None:
        scanner = listening()
        await scanner.open()
        device = SimWirelessScanner(port_of(scanner))
        device.type("400638", suffix=b"")
        device.hang_up()
        await until(lambda: scanner.dropped == 1, "the scan is dropped")
        device.type("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()
        device.hang_up()

    run(go())


def test_strangers_are_turned_away() -> None:
    async def go() -> None:
        scanner = listening(peers=["127.0.0.2", "::1"])
        await scanner.open()
        stranger = SimWirelessScanner(port_of(scanner), "127.0.0.1")
        stranger.type("11111111")
        await until(stranger.sent_away, "it is sent away")
        known = SimWirelessScanner(port_of(scanner), "127.0.0.2")
        known.type("22222222")
        assert text(await take(scanner, 1)) == ["22222222"]
        assert scanner.turned_away == 1
        await scanner.close()
        for device in (stranger, known):
            device.hang_up()

    run(go())


def test_there_is_room_for_a_shop_full_of_scanners_and_no_more() -> None:
    async def go() -> None:
        scanner = listening()
        await scanner.open()
        devices = [SimWirelessScanner(port_of(scanner)) for _ in range(MAX_CONNECTIONS + 1)]
        async with AsyncExitStack() as stack:
            for number, device in enumerate(devices):
                stack.callback(device.hang_up)
                device.type(f"{number:08}")
            await until(devices[-1].sent_away, "it is sent away")
            due = [f"{number:08}" for number in range(MAX_CONNECTIONS)]
            assert sorted(text(await take(scanner, MAX_CONNECTIONS))) == due
            await scanner.close()

    run(go())


@pytest.mark.parametrize("peers", [[], ["nonsense"], ["192.0.2.1/24"]])
def test_whose_connections_are_taken_must_be_said(peers: list[str]) -> None:
    with pytest.raises(registry.BadOptions) as refused:
        listening(peers=peers)
    assert refused.value.key == "peers"


def test_an_address_that_is_none_is_said() -> None:
    async def go() -> None:
        scanner = NetworkScanner(NetworkScanner.Config(host="scanner.invalid", port=2001))
        with pytest.raises(DeviceError, match="can't be reached over the network"):
            await scanner.open()

    run(go())
