"""What printers say, taken apart: the manual's bits, whatever pieces they come in, with anything in between."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printers.escpos_replies import Automatic, Noise, Parser, Processed, Realtime, ask_processed, status_of
from drivers.printers.usb import Pipes, pipes_of
from drivers.roles import PrinterStatus
from edge.foundation.printing.printers.status import printer_lost_state, remark, state_of, trouble
from edge.lib.i18n import LANGUAGES, words
from sim.printer.status import Condition, answer, automatic, realtime

CONDITIONS = st.builds(
    Condition,
    st.booleans(),
    st.sampled_from(["ok", "near_end", "out"]),
    st.sampled_from(["none", "cutter", "overheated", "broken"]),
    st.booleans(),
)


def expected(condition: Condition) -> PrinterStatus:
    return PrinterStatus(
        condition.prints,
        condition.cover_open,
        condition.paper,
        condition.error,
        "high" if condition.drawer_open else "low",
    )


@given(CONDITIONS)
def test_a_printer_says_how_it_is_when_asked_and_by_itself(condition: Condition) -> None:
    asked = [answer for n in (1, 2, 3, 4) for answer in Parser().feed(realtime(condition, n))]
    assert all(isinstance(answer, Realtime) for answer in asked)
    assert status_of(asked) == expected(condition)  # type: ignore[arg-type]
    assert Parser().feed(automatic(condition)) == [Automatic(expected(condition))]


@given(st.lists(st.sampled_from([b"\x12", b"\x00", b"\x37\x220042\x00", b"_EPSON\x00", b"\x11", b"\x14\x00\x03\x00"])))
def test_the_pieces_do_not_matter(parts: list[bytes]) -> None:
    whole, parser = b"".join(parts), Parser()
    assert [answer for byte in whole for answer in parser.feed(bytes((byte,)))] == Parser().feed(whole)


@given(st.binary(max_size=300))
def test_anything_is_fed_without_an_exception_in_bounded_memory(data: bytes) -> None:
    parser = Parser()
    parser.feed(data)
    assert len(parser._held) < 100


def test_what_is_printed_is_told_by_its_mark() -> None:
    command = ask_processed(b"0042")
    assert Parser().feed(answer(command, Condition())) == [Processed(b"0042")]
    assert Parser().feed(b"\x03") == [Processed()]


def test_a_web_server_is_no_printer() -> None:
    assert any(isinstance(answer, Noise) for answer in Parser().feed(b"HTTP/1.1 400 Bad Request\r\n"))
    assert any(isinstance(answer, Noise) for answer in Parser().feed(b"SSH-2.0-OpenSSH_9.2\r\n"))


@given(CONDITIONS)
def test_every_trouble_has_a_sentence_and_what_to_do(condition: Condition) -> None:
    status = expected(condition)
    state = state_of(status, drawer_left=condition.drawer_open)
    assert (state.state == "lost") == bool(trouble(status)) == (not condition.prints)
    assert bool(state.what) == bool(trouble(status) or remark(status, condition.drawer_open))
    for language in LANGUAGES:
        assert not state.key or {state.key, f"{state.key}_do"} <= set(words(language))


def test_silence_has_advice() -> None:
    assert printer_lost_state("silent").advice


def interface(kind: int, number: int, *ends: int) -> Any:
    class Interface(list[Any]):
        bInterfaceClass = kind  # noqa: N815 - USB's own names
        bInterfaceNumber = number  # noqa: N815
        bAlternateSetting = 0  # noqa: N815

    return Interface(SimpleNamespace(bEndpointAddress=end, bmAttributes=2) for end in ends)


@pytest.mark.parametrize(
    ("configuration", "pipes"),
    [
        ([interface(7, 0, 0x01, 0x82)], Pipes(0, 0, 0x01, 0x82)),
        ([interface(0xFF, 0, 0x03, 0x84), interface(7, 1, 0x01)], Pipes(1, 0, 0x01, None)),
        ([interface(0xFF, 2, 0x84, 0x03)], Pipes(2, 0, 0x03, 0x84)),
        ([interface(3, 0, 0x81), interface(7, 1, 0x82)], None),
    ],
)
def test_the_interface_to_print_by(configuration: list[Any], pipes: Pipes | None) -> None:
    assert pipes_of(configuration) == pipes
