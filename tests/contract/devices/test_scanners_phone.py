"""Phones as scanners, beyond the common contract: only paired ones, and pictures that the phone can't read itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from drivers import registry
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding import process
from drivers.scanners.decoding.kinds import NoPicture
from drivers.scanners.phone import PICTURES_WAITING, PhoneScanner, Refused
from drivers.scanners.queue import MAX_WAITING
from sim.scanners.camera import picture
from tests.scanners import run, take, text

PAIRING = "k3vQ9zX1mT7bR2wY"


def phone() -> PhoneScanner:
    made = registry.create("scanner", "phone", {"pairing": PAIRING})
    assert isinstance(made, PhoneScanner)
    return made


def test_only_the_whole_secret_pairs() -> None:
    assert phone().is_paired(PAIRING)
    for wrong in ("", PAIRING[:-1], PAIRING + "x", PAIRING.lower(), "é" * 16):
        assert not phone().is_paired(wrong)


SAMPLE = re.search(r'pairing = "(.*)"', (Path(__file__).parents[3] / "config.toml").read_text())
assert SAMPLE


@pytest.mark.parametrize("pairing", ["", "short", "with a blank in it", "a/path/of/16/chars", SAMPLE[1]])
def test_a_secret_that_is_none_is_refused(pairing: str) -> None:
    with pytest.raises(registry.BadOptions) as refused:
        registry.create("scanner", "phone", {"pairing": pairing})
    assert refused.value.key == "pairing"


def test_codes_in_a_picture_are_told_and_not_yet_scanned() -> None:
    async def go() -> None:
        scanner = phone()
        await scanner.open()
        assert await scanner.read(picture("4006381333931")) == [DecodedScan(b"4006381333931", "]E0")]
        with pytest.raises(Refused, match="valid image"):
            await scanner.read(b"no picture")
        scanner.scan(b"96385074", "]E4")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    run(go())


def test_a_scan_whose_answer_got_lost_is_one_scan() -> None:
    async def go() -> None:
        scanner = phone()
        with pytest.raises(Refused):
            scanner.scan(b"1", id="a")  # refused, so the same id may be used again
        await scanner.open()
        for id in ("a", "a", "b", "", ""):
            scanner.scan(b"1", id=id)
        assert len(await take(scanner, 4)) == 4
        scanner.scan(b"2", id="a")
        scanner.scan(b"3", id="c")
        assert text(await take(scanner, 1)) == ["3"]
        await scanner.close()

    run(go())


def test_what_cannot_be_taken_is_said_so_that_the_phone_tries_again() -> None:
    async def go() -> None:
        scanner = phone()
        with pytest.raises(Refused, match="accepting scans"):
            scanner.scan(b"1")
        with pytest.raises(Refused, match="too busy for pictures"):
            await scanner.read(picture("4006381333931"))
        await scanner.open()
        for wrong in (b"", b"x" * 5000):
            with pytest.raises(Refused, match="A code can't have"):
                scanner.scan(wrong)
        for n in range(MAX_WAITING):
            scanner.scan(b"%d" % n)
        with pytest.raises(Refused, match="accepting scans"):
            scanner.scan(b"1")
        assert len(await take(scanner, MAX_WAITING)) == MAX_WAITING
        scanner.scan(b"1")
        reads = [scanner.read(picture("4006381333931")) for _ in range(PICTURES_WAITING + 1)]
        answers = await asyncio.gather(*reads, return_exceptions=True)
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        await scanner.close()

    run(go())


def test_a_picture_that_ends_the_process_that_looks_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that crashes the decoder or takes too long is refused. The next picture is read."""
    looking = process.PictureProcess(["ean_upc"])
    try:
        good = picture("4006381333931")
        assert [code.data for code in looking.codes_in(good)] == [b"4006381333931"]
        first = looking._process
        assert first is not None
        assert [code.data for code in looking.codes_in(good)] == [b"4006381333931"] and looking._process is first
        with pytest.raises(NoPicture):
            looking.codes_in(b"<svg>")
        assert looking._process is first, "what is no picture ends nothing"
        first.kill()
        with pytest.raises(NoPicture):
            looking.codes_in(good)
        monkeypatch.setattr(process, "LOOK_S", 0.0)
        with pytest.raises(NoPicture, match="too much time"):
            looking.codes_in(good)
        monkeypatch.undo()
        assert [code.data for code in looking.codes_in(good)] == [b"4006381333931"]
    finally:
        looking.close()
