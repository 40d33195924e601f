"""Bar codes as strings of 0 (white) and 1 (black), one character per module.

python-barcode draws most of them; this module adds UPC-E, Code 93, and Code 128 with code sets chosen by the host.
Sources: GS1 General Specifications, section 5.2 (UPC-E); ISO/IEC 15417 (Code 128); AIM USS Code 93.
"""

from __future__ import annotations

from barcode import codabar, codex, ean, itf, upc  # type: ignore[import-untyped]
from barcode.charsets import code128  # type: ignore[import-untyped]
from barcode.charsets import ean as ean_charset
from barcode.errors import BarcodeError  # type: ignore[import-untyped]

UPC_E_PARITY = ["BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB"]
UPC_E_DIGITS = (6, 7, 8, 11, 12)
CODE93_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
CODE93_SHIFTS = {"$": 43, "%": 44, "/": 45, "+": 46}
# fmt: off
CODE93 = (
    "100010100", "101001000", "101000100", "101000010", "100101000", "100100100", "100100010", "101010000",
    "100010010", "100001010", "110101000", "110100100", "110100010", "110010100", "110010010", "110001010",
    "101101000", "101100100", "101100010", "100110100", "100011010", "101011000", "101001100", "101000110",
    "100101100", "100010110", "110110100", "110110010", "110101100", "110100110", "110010110", "110011010",
    "101101100", "101100110", "100110110", "100111010", "100101110", "111010100", "111010010", "111001010",
    "101101110", "101110110", "110101110", "100100110", "111011010", "111010110", "100110010",
)
# fmt: on
CODE93_EDGE = "101011110"


def bars(kind: str, data: bytes) -> tuple[str, str]:
    """Modules and plain text of a bar code; `kind` as in printer_codes.KINDS.

    Raises ValueError for invalid data or an unsupported kind.
    """
    text = data.decode("latin-1")
    try:
        match kind:
            case "EAN13":
                return _library(ean.EuropeanArticleNumber13(text))
            case "EAN8":
                return _library(ean.EuropeanArticleNumber8(text))
            case "UPC-A":
                return _library(upc.UniversalProductCodeA(text))
            case "UPC-E":
                return _upc_e(text)
            case "CODE39":
                return _library(codex.Code39(text.strip("*"), add_checksum=False))
            case "ITF":
                return _library(itf.ITF(text, narrow=1, wide=3))
            case "CODABAR":
                return _library(codabar.CODABAR(text.upper(), narrow=1, wide=3))
            case "CODE93":
                return _code93(data), text
            case "CODE128":
                return _code128(data)
            case "GS1-128":
                return _code128(data if data.startswith(b"{") else b"{B{1" + data)
    except (BarcodeError, LookupError, ValueError) as err:
        raise ValueError(f"{kind} can't hold {text!r}") from err
    raise ValueError(f"{kind} is not drawn")


def _library(code: ean.EuropeanArticleNumber13) -> tuple[str, str]:
    return code.build()[0], code.get_fullcode()


def _upc_e(text: str) -> tuple[str, str]:
    """From 6 (short), 7 and 8 (with number system and check digit), 11 or 12 digits (UPC-A).

    As in GS k: other lengths are invalid, and a number system other than 0 prints nothing.
    """
    if len(text) not in UPC_E_DIGITS or (len(text) > 6 and text[0] != "0"):
        raise ValueError
    short = _shorten(text[:11]) if len(text) >= 11 else text[1:7] if len(text) > 6 else text
    if len(short) != 6 or not text.isdigit():
        raise ValueError
    check = upc.UniversalProductCodeA("0" + _lengthen(short)).get_fullcode()[-1]
    digits = zip(UPC_E_PARITY[int(check)], short, strict=True)
    modules = "".join(ean_charset.CODES[side][int(digit)] for side, digit in digits)
    return f"101{modules}010101", f"0{short}{check}"


def _lengthen(short: str) -> str:
    """Expand six digits of a UPC-E to the ten of a UPC-A (without number system and check digit)."""
    if short[5] in "012":
        return short[:2] + short[5] + "0000" + short[2:5]
    if short[5] == "3":
        return short[:3] + "00000" + short[3:5]
    if short[5] == "4":
        return short[:4] + "00000" + short[4]
    return short[:5] + "0000" + short[5]


def _shorten(eleven: str) -> str:
    maker, item = eleven[1:6], eleven[6:11]
    candidates = [
        maker[:2] + item[2:] + maker[2],
        maker[:3] + item[3:] + "3",
        maker[:4] + item[4] + "4",
        maker + item[4],
    ]
    return next((short for short in candidates if _lengthen(short) == maker + item), "")


def _code93(data: bytes) -> str:
    values = [value for byte in data for value in _code93_values(byte)]
    for most in (20, 15):
        weights = [position % most + 1 for position in range(len(values))]
        values.append(sum(w * v for w, v in zip(weights, reversed(values), strict=True)) % 47)
    return CODE93_EDGE + "".join(CODE93[value] for value in values) + CODE93_EDGE + "1"


def _code93_values(byte: int) -> list[int]:
    """The values of a full ASCII character: itself, or a shift and a letter."""
    char = chr(byte)
    if char in CODE93_CHARS:
        return [CODE93_CHARS.index(char)]
    for first, last, shift, letter in (
        (1, 26, "$", "A"),
        (27, 31, "%", "A"),
        (33, 58, "/", "A"),
        (59, 63, "%", "F"),
        (91, 95, "%", "K"),
        (97, 122, "+", "A"),
        (123, 127, "%", "P"),
        (0, 0, "%", "U"),
        (64, 64, "%", "V"),
        (96, 96, "%", "W"),
    ):
        if first <= byte <= last:
            return [CODE93_SHIFTS[shift], CODE93_CHARS.index(letter) + byte - first]
    raise ValueError


def _code128(data: bytes) -> tuple[str, str]:
    """ESC/POS names the code sets in the data: {A {B {C, {S shift, {1 to {4 FNC, {{ a brace."""
    if data[:1] != b"{" or data[1:2] not in (b"A", b"B", b"C"):
        raise ValueError
    active = chr(data[1])
    values, text = [code128.START_CODES[active]], ""
    rest = iter(data[2:])
    for byte in rest:
        special = chr(next(rest, 0)) if byte == ord("{") else ""
        if special in ("A", "B", "C"):
            values.append(_code_set(active)[f"TO_{special}"])
            active = special
        elif special == "S":
            values += [98, _code_set("A" if active == "B" else "B")[chr(next(rest, 255))]]
        elif special not in ("", "{"):
            values.append({"1": 102, "2": 97, "3": 96, "4": 101 if active == "A" else 100}[special])
        elif active == "C":
            values.append(_pair(byte))
            text += f"{byte:02d}"
        else:
            values.append(_code_set(active)[chr(byte & 0x7F)])
            text += chr(byte & 0x7F) if byte >= 32 else " "
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return "".join(code128.CODES[value] for value in [*values, check]) + code128.STOP + "11", text


def _pair(byte: int) -> int:
    if byte > 99:
        raise ValueError
    return byte


def _code_set(name: str) -> dict[str, int]:
    sets: dict[str, dict[str, int]] = {"A": code128.A, "B": code128.B, "C": code128.C}
    return sets[name]
