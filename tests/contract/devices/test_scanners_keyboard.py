"""Keyboard scanners, beyond the common contract: layouts, GS, stuck keys, and devices that are never grabbed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import registry
from drivers.known_models import models
from drivers.roles import DeviceError
from drivers.scanners.decoding.keyboard import EVENT, KeyboardDecoder, keymap
from drivers.scanners.decoding.lines import LineOptions
from drivers.scanners.keyboard import KeyboardScanner, grab_refused
from sim.scanners.keyboard import ALTGR, CTRL, ENTER, SHIFT, SimKeyboardScanner, alt_number, events, stroke, us
from tests.scanners import run, take, text
from tests.sync_doubles import until

ASCII = "".join(map(chr, range(0x20, 0x7F)))
GS1 = "01095011010209171719050810ABCD1234\x1d2110"
CAPS, F8, LEFT, RIGHTBRACE, SPACE = 58, 66, 105, 27, 57
KP = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}
RECORDED = Path(__file__).parent / "frames" / "keyboard_datalogic.txt"
DROPPED, REPORT = (0, 3, 0), (0, 0, 0)


def typed(data: bytes, layout: str = "us", **options: object) -> list[str]:
    decoder = KeyboardDecoder(LineOptions(), layout, **options)  # type: ignore[arg-type]
    return [code.data.decode() for code in decoder.feed(data)]


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimKeyboardScanner]:
    made = SimKeyboardScanner(tmp_path / "event0")
    yield made
    made.close()


def test_all_of_ascii_on_a_us_keyboard() -> None:
    assert typed(us(ASCII + "\r")) == [ASCII]


@pytest.mark.parametrize("layout", ["us", "fr", "he"])
def test_a_recorded_scanner_that_types_by_number_is_read_in_any_layout(layout: str) -> None:
    rows = [line.split() for line in RECORDED.read_text().splitlines() if not line.startswith("#")]
    recorded = b"".join(events((1, int(key), int(value)), REPORT) for key, value in rows)
    assert typed(recorded + stroke(ENTER), layout) == ["48"]


@pytest.mark.parametrize("layout", ["us", "gb", "fr", "be", "ch", "de", "es", "it", "pt", "se", "dk", "cz", "tr", "he"])
def test_every_layout_types_digits_letters_and_its_own_marks(layout: str) -> None:
    """The key strokes of a scanner set to that layout, on the right key and level for each character."""
    plain, shifted, third = keymap(layout).levels  # type: ignore[arg-type]
    where = {char: (ALTGR, key) for key, char in third.items()}
    where |= {char: (SHIFT, key) for key, char in shifted.items()}
    where |= {char: (key,) for key, char in plain.items()}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + ("" if layout == "he" else "abcdefghijklmnopqrstuvwxyz")
    code = "0123456789" + letters + "".join(char for char in "-./+%$@#_:;()" if char in where)
    assert typed(b"".join(stroke(*where[char]) for char in code) + stroke(ENTER), layout) == [code]


def test_the_same_keys_are_other_characters_in_other_layouts() -> None:
    keys = b"".join(stroke(key) for key in (16, 17, 21, 30, 44, 50)) + stroke(ENTER)  # q w y a z m on a US keyboard
    assert typed(keys, "us") == ["qwyazm"]
    assert typed(keys, "fr") == ["azyqw,"]
    assert typed(keys, "de") == ["qwzaym"]
    assert typed(keys, "he") == ["/'טשזצ"]


def test_french_digits_are_shifted_and_keypad_digits_are_digits_everywhere() -> None:
    assert typed(b"".join(stroke(SHIFT, key) for key in (5, 11, 7)) + stroke(ENTER), "fr") == ["406"]
    keypad = b"".join(stroke(KP[digit]) for digit in "4006381333931") + stroke(96)
    for layout in ("us", "fr", "he"):
        assert typed(keypad, layout) == ["4006381333931"]


def test_a_mark_that_waits_for_the_next_key_is_itself_before_a_blank() -> None:
    assert typed(stroke(30) + stroke(41) + stroke(SPACE) + stroke(48) + stroke(ENTER), "de") == ["a^b"]
    assert typed(stroke(30) + stroke(SPACE) + stroke(48) + stroke(ENTER), "de") == ["a b"]


def test_gs_comes_as_a_control_key_by_its_number_or_as_a_function_key() -> None:
    for layout in ("us", "fr", "de", "he"):
        assert typed(stroke(KP["1"]) + stroke(CTRL, RIGHTBRACE) + stroke(KP["2"]) + stroke(ENTER), layout) == ["1\x1d2"]
        assert typed(stroke(KP["1"]) + alt_number("029") + stroke(KP["2"]) + stroke(ENTER), layout) == ["1\x1d2"]
    assert typed(us("1") + stroke(F8) + us("2\r"), gs_key="F8") == ["1\x1d2"]
    assert typed(us("1") + stroke(F8) + us("2\r")) == ["12"]
    assert typed(us(GS1 + "\r")) == [GS1]


def test_characters_by_their_number() -> None:
    assert typed(b"".join(alt_number(str(ord(char))) for char in "aZ9~") + stroke(ENTER), "he") == ["aZ9~"]
    assert typed(alt_number("0233") + alt_number("130") + alt_number("08364") + stroke(ENTER)) == ["éé€"]
    assert typed(us("1") + alt_number("055555555") + us("2\r96385074\r")) == ["96385074"]  # too many digits
    assert typed(us("1") + alt_number("055555") + us("2\r96385074\r")) == ["96385074"]  # half of a UTF-16 character


def test_caps_lock_swaps_letters_alone() -> None:
    assert typed(stroke(CAPS) + us("aB1!\r") + stroke(CAPS) + us("aB1!\r")) == ["Ab1!", "aB1!"]


def test_a_stuck_key_stops_nothing() -> None:
    """The kernel repeats a held key. No repetition counts as typing."""
    stuck = events((1, 2, 1), REPORT) + events((1, 2, 2), REPORT) * 1000
    decoder = KeyboardDecoder(LineOptions(max_bytes=20), "us")
    assert decoder.feed(stuck) == []
    assert decoder.pause() == []  # the key's first "1" is discarded
    assert [code.data for code in decoder.feed(us("96385074\r") + events((1, 2, 2), REPORT) + us("20\r"))] == [
        b"96385074",
        b"20",
    ]


def test_a_key_that_types_nothing_here_spoils_the_scan_and_only_it() -> None:
    decoder = KeyboardDecoder(LineOptions(), "it")  # where AltGr+1 has no character
    assert decoder.feed(us("40") + stroke(ALTGR, 2) + us("06\r")) == []
    assert decoder.dropped == 1
    assert [code.data for code in decoder.feed(us("96385074\r"))] == [b"96385074"]
    assert decoder.feed(us("40") + stroke(ALTGR, 2)) == []
    assert decoder.pending
    assert decoder.pause() == []
    assert not decoder.pending
    assert decoder.dropped == 2


def test_keys_that_are_no_text_are_passed_over() -> None:
    assert typed(stroke(LEFT) + us("40") + stroke(F8) + stroke(125) + us("06\r")) == ["4006"]


def test_events_that_the_kernel_lost_take_their_scan_with_them() -> None:
    decoder = KeyboardDecoder(LineOptions(), "us")
    lost = events((1, SHIFT, 1), REPORT) + us("40") + events(DROPPED) + us("99")[: 2 * EVENT.size] + events(REPORT)
    assert decoder.feed(lost) == []
    assert decoder.dropped == 1
    assert [code.data for code in decoder.feed(us("96385074\r"))] == [b"96385074"]  # nor does Shift count as held


def test_tab_ends_a_scan_where_it_is_said_to(device: SimKeyboardScanner) -> None:
    async def go() -> None:
        scanner = registry.create("scanner", "keyboard", {"path": str(device.path), "suffix": "tab"})
        await scanner.open()
        device.type("111", suffix="\t")
        device.type("222", suffix="\t")
        assert text(await take(scanner, 2)) == ["111", "222"]
        await scanner.close()

    run(go())


def test_a_scan_that_broke_off_does_not_spoil_the_next(device: SimKeyboardScanner) -> None:
    async def go() -> None:
        scanner = KeyboardScanner(KeyboardScanner.Config(path=str(device.path), idle_gap_ms=1))
        await scanner.open()
        device.type("400638", suffix="")
        await until(lambda: scanner.dropped, "the scan is dropped")
        device.type("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    run(go())


def test_what_is_no_input_device_is_said(tmp_path: Path) -> None:
    async def go() -> None:
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(DeviceError, match="isn't an input device"):
            await registry.create("scanner", "keyboard", {"path": str(tmp_path / "notes.txt")}).open()

    run(go())


def test_only_scanners_are_grabbed() -> None:
    """A keyboard isn't grabbed, wherever it is plugged in, nor any device in place of the configured scanner."""
    keyboard = "046d:c31c"
    assert grab_refused("05e0:1200", "", "scanner") is None
    assert grab_refused(keyboard, keyboard, "scanner") is None
    unknown = grab_refused(keyboard, "", "scanner")
    assert unknown is not None
    assert 'usb = "046d:c31c"' in unknown.advice
    other = grab_refused(keyboard, "05e0:1200", "scanner")
    assert other is not None
    assert "046d:c31c instead of 05e0:1200" in other.what
    assert grab_refused("05e0:1701", "", "scanner") is not None  # this model isn't a keyboard


def test_the_table_of_models_names_each_once_and_only_drivers_that_there_are() -> None:
    numbers = [(model.vendor, model.product) for model in models()]
    assert len(numbers) == len(set(numbers))
    for model in models():
        assert model.driver in ("", *registry.drivers_of(model.role)), model
