"""Codes are judged as GS1's own engine judges them: the vectors of its unit tests (Apache-2.0, GS1 AISBL)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from edge.lib.codes.code import Code, Unreadable
from edge.lib.codes.gs1 import elements
from edge.lib.codes.gs1.dictionary import dictionary
from edge.lib.codes.gs1.elements import Element, check_together, parse_bracketed, parse_unbracketed
from edge.lib.codes.gs1.generate_table import TABLE, table_of
from edge.lib.codes.gs1.link import read_link, unescape
from edge.lib.codes.gs1.table import VERSION
from edge.lib.codes.parse import parse_scan

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "gs1"
VECTORS = FOLDER / "vectors.json"
SYMBOLOGIES = {"DM": "datamatrix", "QR": "qr", "DotCode": "dotcode", "DataBarExpanded": "databar", "EAN13": "ean13"}
SYMBOLOGIES |= {"EAN8": "ean8", "UPCE": "ean13", "GS1_128_CCA": "gs1-128"}
# Lines of GS1's tests that permit what old links had: words, and GTINs without leading zeros
OLD_LINKS = {1437, 1438, 1440, 1469, 1484, 1689}
# What an encoder may not print, which says nothing about reading: no symbology chosen; too large for DataBar Limited
ENCODERS_ONLY = {643, 764}
# Vectors whose text GS1's test program makes in a loop
MADE: dict[int, list[Any]] = {
    1423: [True, "(99)" + "A" * 90, "^99" + "A" * 90],
    1822: [False, "^99" + "A" * 91],
    1860: [False, "^" + "^".join(["99XY"] * 65)],
}


def vectors() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="missing: ../shared/data/gs1"))]
    return [pytest.param(vector, id=f"{vector['file']}:{vector['line']}") for vector in json.loads(VECTORS.read_text())]


def as_gs1(found: Sequence[Element]) -> str:
    """Element strings as the engine writes them: ^ is FNC1."""
    text, separate = "^", False
    for ai, value, _ in found:
        text += f"{'^' if separate else ''}{ai}{value}"
        entry = dictionary().find(ai)
        separate = not (entry and entry.fixed)
    return text


def from_gs1(text: str) -> list[Element]:
    return parse_unbracketed(text.removeprefix("^").replace("^", elements.FNC1))


def scanned(code: Code) -> str:
    """What a scan held, as the engine writes it."""
    found = [(ai, value, 0) for ai, value in code.elements.items()]
    if code.symbology in ("ean13", "ean8"):
        digits = (code.gtin or "")[-13 if code.symbology == "ean13" else -8 :]
        return f"{digits}|{as_gs1(found[1:])}" if found else digits
    if found and not code.raw[3:].startswith("http"):
        return as_gs1(found)
    plain = code.raw[3:]
    return f"\\{plain}" if plain.lstrip("\\").startswith("^") else plain


def unless_unreadable(read_it: Callable[[], Any]) -> Any:
    """What was read, or None."""
    try:
        return read_it()
    except Unreadable:
        return None


def check(vector: Any) -> None:
    args, line = MADE.get(vector["line"], vector["args"]), vector["line"]
    match vector["fn"]:
        case "test_parseAIdata":
            found = unless_unreadable(lambda: parse_bracketed(args[1]))
            assert (found is not None) == args[0]
            assert not found or as_gs1(found) == args[2]
        case "test_processAIdata":
            assert (unless_unreadable(lambda: from_gs1(args[1])) is not None) == args[0]
        case "test_validateAIs":
            found = parse_bracketed(args[2], unknown=True)
            rule = {
                "validateAIrepeats": elements.check_repeats,
                "validateAImutex": lambda them: elements.check_excluded(them, [ai for ai, _, _ in them]),
                "validateAIrequisites": elements.check_needed,
                "validateDigSigRequiresSerialisedKey": elements.check_signed,
            }[args[1]["sym"]]
            assert (unless_unreadable(lambda: [rule(found)]) is not None) == args[0]
        case "test_parseDLuri":
            found = unless_unreadable(lambda: read_link(args[1], old=line in OLD_LINKS))
            assert (found is not None) == args[0]
            assert not found or as_gs1(found) == args[2]
        case "test_URIunescape":
            assert [unescape(args[0], False), unescape(args[0], True)] == args[1:]
        case "test_testProcessScanData":
            code = parse_scan(args[1])
            assert isinstance(code, Code) == args[0]
            if isinstance(code, Code):
                assert code.symbology.removeprefix("gs1-") == SYMBOLOGIES[args[2]["sym"]].removeprefix("gs1-")
                assert scanned(code) == args[3]
        case "test_testGenerateScanData":
            _read_back(args, line)
        case "test_testGenerateDLuri":
            _read_back_link(*args)
        case other:
            raise AssertionError(f"nothing judges {other}")


def _read_back(args: list[Any], line: int) -> None:
    """What an encoder prints is read as what it was given; what it refuses to print is no code."""
    symbology, data, printed = args
    if line in ENCODERS_ONLY:
        return
    code = parse_scan(f"]C1{data}" if printed is None else printed)
    assert isinstance(code, Code) == (printed is not None)
    if isinstance(code, Code):
        assert code.symbology == SYMBOLOGIES[symbology["sym"]]
        assert scanned(code) == _joined(data)


def _joined(data: str) -> str:
    """A linear code and its composite as one scan has them; an article number stays apart."""
    linear, _, composite = data.partition("|")
    if not composite:
        return data
    found = from_gs1(composite)
    if not linear.startswith("^") or linear.startswith("^010"):
        return f"{linear.removeprefix('^010')}|{as_gs1(found)}"
    return as_gs1([*from_gs1(linear), *found])


def _read_back_link(ok: bool, stem: str, data: str, printed: str) -> None:
    found = parse_bracketed(data, unknown=True)
    if ok:
        assert dict.fromkeys(item[:2] for item in found) == dict.fromkeys(item[:2] for item in read_link(printed))
        return
    path = [f"{ai}/{value}" for ai, value, _ in found if ai in ("01", "22", "10", "21", "235")]
    query = [f"{ai}={value}" for ai, value, _ in found if ai not in ("01", "22", "10", "21", "235")]
    assert unless_unreadable(lambda: read_link(f"{stem}/{'/'.join(path)}?{'&'.join(query)}")) is None


@pytest.mark.parametrize("vector", vectors())
def test_a_vector_of_gs1(vector: Any) -> None:
    check(vector)


def test_all_vectors_are_there() -> None:
    if not VECTORS.exists():
        pytest.skip("missing: ../shared/data/gs1")
    assert len(vectors()) == 160


def test_the_table_is_the_dictionary() -> None:
    source = FOLDER / "gs1-syntax-dictionary.txt"
    if not source.exists():
        pytest.skip("missing: ../shared/data/gs1")
    assert TABLE.read_text() == table_of(source.read_bytes(), VERSION), (
        "write it again: see edge/lib/codes/gs1/generate_table.py"
    )


def test_companions_are_asked_for_where_the_shop_says_so() -> None:
    """The engine's rules hold together as well as one by one."""
    found = parse_bracketed("(02)12345678901231(37)123")
    check_together(found)
    with pytest.raises(Unreadable):
        check_together(found, strict=True)
