"""GS1 Digital Link URIs: web addresses with element strings. Pure.

GS1 Digital Link Standard: URI Syntax, 1.6; validated like GS1's Barcode Syntax Engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edge.lib.codes.code import ELEMENTS_LIMIT, Unreadable
from edge.lib.codes.gs1.dictionary import DictionaryEntry, dictionary
from edge.lib.codes.gs1.elements import Element, check_value

SCHEMES = ("https://", "HTTPS://", "http://", "HTTP://")
_ALLOWED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_DOMAIN = re.compile(r"[A-Za-z0-9\-.:\[\]]+")
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_WORDS = {
    **{"cpid": "8010", "cpsn": "8011", "cpv": "22", "gcn": "255", "gdti": "253", "giai": "8004", "ginc": "401"},
    **{"gln": "414", "glnx": "254", "gmn": "8013", "grai": "8003", "gsin": "402", "gsrn": "8018", "gsrnp": "8017"},
    **{"gtin": "01", "itip": "8006", "lot": "10", "party": "417", "refno": "8020", "ser": "21", "srin": "8019"},
    "sscc": "00",
}
"""Names that old links use instead of numbers (version 1.1 of the standard)."""

_Piece = tuple[DictionaryEntry, str, int]


def read_link(uri: str, begin: int = 0, old: bool = False) -> list[Element]:
    """Return the element strings of a Digital Link, path first. Raises `Unreadable`.

    `old`: also accept alphabetic keys and GTINs without leading zeros.
    """
    allowed = _ALLOWED.match(uri, begin)
    if allowed is None or allowed.end() < len(uri):
        raise Unreadable("code_character", allowed.end() if allowed else begin)
    scheme = next((scheme for scheme in SCHEMES if uri.startswith(scheme, begin)), None)
    domain = _DOMAIN.match(uri, begin + len(scheme)) if scheme else None
    if domain is None or not uri.startswith("/", domain.end()):
        raise Unreadable("code_link", begin)
    address, _, _ = uri.partition("#")
    path, _, query = address.partition("?")
    key_first = list(_path_pieces(path, domain.end(), old))
    parameters = list(_query_pieces(query, len(path) + 1))
    found = [*_values(key_first, old, False), *_values(parameters, old, True)]
    _check_path(key_first, parameters)
    if len(found) > ELEMENTS_LIMIT:
        raise Unreadable("code_too_long", found[ELEMENTS_LIMIT][2])
    return found


def unescape(text: str, query: bool) -> str:
    """Decode percent escapes (Latin-1). In a query, `+` is a space."""
    text = text.replace("+", " ") if query else text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _path_pieces(path: str, begin: int, old: bool) -> Iterator[_Piece]:
    """Yield the AI and value pairs at the end of a path, from the last primary key, with their positions."""
    parts = path[begin:].split("/")[1:]
    for first in range(len(parts) - 2, -1, -2):
        entry = _entry(parts[first], old)
        if entry is None:
            break
        if entry.paths is not None:
            place = begin + sum(len(part) + 1 for part in parts[:first]) + 1
            for name, value in zip(parts[first::2], parts[first + 1 :: 2], strict=True):
                piece = _entry(name, old)
                assert piece is not None, "the walk to the key has found it"
                yield piece, value, place
                place += len(name) + len(value) + 2
            return
    raise Unreadable("code_link", begin)


def _entry(name: str, old: bool) -> DictionaryEntry | None:
    return dictionary().find(_WORDS.get(name, name) if old else name)


def _query_pieces(query: str, begin: int) -> Iterator[_Piece]:
    """Yield the query parameters that are AIs, ignoring others. Numeric parameters must be AIs."""
    place = begin
    for parameter in query.split("&"):
        name, given, value = parameter.partition("=")
        if given and (not name or name.isdigit()):
            entry = dictionary().find(name)
            if entry is None:
                raise Unreadable("code_ai", place)
            yield entry, value, place
        place += len(parameter) + 1


def _values(pieces: Sequence[_Piece], old: bool, query: bool) -> Iterator[Element]:
    for entry, escaped, at in pieces:
        value = unescape(escaped, query)
        if old and entry.ai == "01" and len(value) in (8, 12, 13):
            value = value.zfill(14)
        check_value(entry, value, at + len(entry.ai) + 1)
        yield entry.ai, value, at


def _check_path(key_first: Sequence[_Piece], parameters: Sequence[_Piece]) -> None:
    """Check that qualifiers follow the key in order and nothing is repeated."""
    (key, _, at), *rest = key_first
    behind = [entry.ai for entry, _, _ in rest]
    ways = [way for way in key.paths or () if [ai for ai in way if ai in behind] == behind]
    if not ways:
        raise Unreadable("code_link", at)
    seen = {key.ai, *behind}
    for entry, _, place in parameters:
        if entry.ai in seen:
            raise Unreadable("code_repeats", place, entry.ai)
        if not entry.attribute or any(entry.ai in way for way in ways):
            raise Unreadable("code_link", place, entry.ai)
        seen.add(entry.ai)
