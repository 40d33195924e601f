"""SSI scanners, beyond the common contract: no damaged data passes, and nothing is lost or duplicated."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.ssi import ACK, AIM, CMD_NAK, HOST, SsiDecoder, packet
from drivers.scanners.ssi import SsiScanner
from sim.scanners.ssi import SimSsiScanner
from tests.scanners import run, take, text

# From the guide: an acknowledgement, a request for the revision, and the start of a session.
DOCUMENTED = {
    (0xD0, 0x04): "04 D0 04 00 FF 28",
    (0xA3, 0x04): "04 A3 04 00 FF 55",
    (0xE4, 0x04): "04 E4 04 00 FF 14",
}


def decoded(*packets: bytes) -> bytes:
    return b"".join(packets)


def test_packets_are_those_of_the_guide() -> None:
    for (opcode, source), wire in DOCUMENTED.items():
        assert packet(opcode, source) == bytes.fromhex(wire)
    assert bytes.fromhex(DOCUMENTED[0xD0, 0x04]) == ACK


@pytest.mark.parametrize(
    ("kind", "data", "aim"),
    [
        (0x0B, b"4006381333931", "]E0"),
        (0x0A, b"96385074", "]E4"),
        (0x09, b"01234565", "upce"),
        (0x0F, b"0109501101020917", "]C1"),
        (0x99, b"1", None),
    ],
)
def test_the_kind_of_code_comes_as_its_aim_identifier(kind: int, data: bytes, aim: str | None) -> None:
    decoder = SsiDecoder(100)
    assert decoder.feed(packet(0xF3, 0, 0, bytes([kind]) + data)) == [DecodedScan(data, aim)]
    assert decoder.answers() == ACK
    assert set(AIM.values()) <= {"upca", "upce", *(f"]{letter}{digit}" for letter in "ACEFGILQdez" for digit in "014")}


def test_a_damaged_packet_is_asked_for_again_and_gives_nothing() -> None:
    decoder = SsiDecoder(100)
    whole = packet(0xF3, 0, 0, b"\x0b4006381333931")
    for at in range(1, len(whole)):
        assert decoder.feed(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]) == []
        assert decoder.answers() == packet(CMD_NAK, HOST, data=b"\x01")
    assert decoder.feed(whole) == [DecodedScan(b"4006381333931", "]E0")]


def test_half_a_packet_is_asked_for_again_after_a_pause() -> None:
    decoder = SsiDecoder(100)
    assert decoder.feed(packet(0xF3, 0, 0, b"\x0b400638")[:-3]) == []
    assert decoder.pending
    assert decoder.pause() == []
    assert decoder.answers() == packet(CMD_NAK, HOST, data=b"\x01")
    assert decoder.feed(packet(0xF3, 0, 1, b"\x0b400638")) == [DecodedScan(b"400638", "]E0")]


def test_a_code_in_several_packets_is_one_and_one_too_long_is_none() -> None:
    decoder = SsiDecoder(10)
    assert decoder.feed(packet(0xF3, 0, 2, b"\x1c01234") + packet(0xF3, 0, 0, b"\x1c56789")) == [
        DecodedScan(b"0123456789", "]Q0")
    ]
    for _ in range(100):
        assert decoder.feed(packet(0xF3, 0, 2, b"\x1c0123456")) == []
    assert decoder.feed(packet(0xF3, 0, 0, b"\x1c0")) == []
    assert decoder.dropped == 1
    assert decoder.feed(packet(0xF3, 0, 0, b"\x1c1\r\n")) == [DecodedScan(b"1", "]Q0")]


def test_an_invalid_code_is_answered_and_gives_nothing() -> None:
    decoder = SsiDecoder(100)
    assert decoder.feed(b"\x00\x00" + packet(0xF6, 0, 0, b"\x01")) == []  # a wake-up, then an event
    assert decoder.answers() == ACK
    assert decoder.feed(packet(0x77, 0)) == []
    assert decoder.answers() == packet(CMD_NAK, HOST, data=b"\x02")
    assert decoder.feed(packet(0xD0, 0)) == []
    assert decoder.answers() == b""


def test_over_a_bad_line_every_code_comes_once(tmp_path: Path) -> None:
    async def go() -> None:
        device = SimSsiScanner(link=tmp_path / "scanner")
        scanner = SsiScanner(SsiScanner.Config(path=device.path))
        await scanner.open()
        device.damage, device.deafness = 2, 1
        for code in ("11111111", "22222222", "22222222", "33333333"):
            device.scan(code)
        assert text(await take(scanner, 4)) == ["11111111", "22222222", "22222222", "33333333"]
        assert device.naks == 2
        assert device.sent == 4 + 2 + 1
        await scanner.close()
        device.close()

    run(go())


@pytest.mark.parametrize("baud", [9600, 115_200, 38_400])
def test_the_speed_is_found_by_asking(tmp_path: Path, baud: int) -> None:
    async def go() -> None:
        device = SimSsiScanner(link=tmp_path / "scanner", baud=baud)
        scanner = SsiScanner(SsiScanner.Config(path=device.path, find_baud=True, idle_gap_ms=20))
        await scanner.open()
        while scanner.baud != baud:  # noqa: ASYNC110  nothing tells of it; run() has the deadline
            await asyncio.sleep(0)
        device.scan("4006381333931")
        assert text(await take(scanner, 1)) == ["4006381333931"]
        assert scanner.baud == baud
        await scanner.close()
        device.close()

    run(go())
