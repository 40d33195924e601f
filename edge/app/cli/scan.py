"""`edge scan`: parse raw scans and decode barcodes in pictures; prints one JSON object per line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from edge.app.cli.output import say
from edge.lib.codes.code import SCAN_LIMIT, Code, ScanError
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.ranges import COUNTRIES
from edge.lib.codes.rules import CodeRules
from edge.lib.codes.symbology import BY_NAME, as_told
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH
from edge.lib.i18n import translate as sentence
from edge.runtime import config
from edge.runtime.config.codes import Codes

_encode = msgspec.json.Encoder().encode
_LINE_BYTES = 4 * SCAN_LIMIT + 2
"""Bytes of a line to read. The rest is skipped, because the line is already too long for a scan."""


def parse(args: argparse.Namespace) -> int:
    """Parse scans, one per line. Errors are reported in each object."""
    rules = _rules(args)
    if args.symbology and as_told(args.symbology) is None:
        known = f"Available: {', '.join(BY_NAME)}; and AIM identifiers such as ]C1."
        raise ConfigError(f"Code type {args.symbology!r} isn't supported.", known)
    year = date.today().year
    with _open_input(args.file) as stream:
        for line in _lines(stream):
            say(_encode(code_as_json(parse_scan(line, args.symbology or "", rules, year), line)).decode())
    return 0


def image(args: argparse.Namespace) -> int:
    """Decode barcodes in pictures. The exit status is 0 only if every file was a picture."""
    from edge.app.cli.barcode_images import UnreadablePicture, decode, open_picture

    rules, status = _rules(args), 0
    for name in args.file:
        try:
            picture = open_picture(Path(name))
        except UnreadablePicture as unreadable:
            say(_encode({"file": name, "error": {"what": str(unreadable)}}).decode())
            status = 1
            continue
        for found in decode(picture, rules):
            fields = {"symbology": found.symbology, "text": found.text, "gtin": found.gtin, "position": found.position}
            say(_encode({"file": name, **fields}).decode())
    return status


def code_as_json(code: Code | ScanError, raw: bytes) -> dict[str, Any]:
    """A barcode as JSON."""
    if isinstance(code, ScanError):
        text = raw[:80].decode("utf-8", "backslashreplace")
        values = {"code": text, "place": code.at + 1, "ai": code.ai, "other": code.other}
        what = sentence(ENGLISH, f"refused.{code.what}", **values)
        return {"raw": text, "error": {"code": code.what, "what": what, "where": code.at}}
    return {
        "raw": code.raw,
        "symbology": code.symbology or None,
        "kind": code.kind,
        "gtin": code.gtin,
        "key": code.number or next(iter(code.keys), None),
        "elements": code.elements,
        "lot": code.lot,
        "expiry": code.expiry,
        "serial": code.serial,
        "weight_g": code.weight_g,
        "count": code.count,
        "price_minor": code.price_minor,
    }


def _rules(args: argparse.Namespace) -> CodeRules:
    """The shop's code rules, if any, overridden by arguments."""
    path = Path(args.config)
    shop = config.load(path) if path.exists() else None
    codes = shop.codes if shop else Codes()
    country = getattr(args, "country", None)
    if country and country not in COUNTRIES:
        raise ConfigError(f"No code rules for {country!r}.", f"Available countries: {', '.join(COUNTRIES)}.")
    said = {
        "country": country,
        "fnc1": getattr(args, "gs", None),
        "strict": getattr(args, "strict", None) or None,
    }
    codes = msgspec.structs.replace(codes, **{name: value for name, value in said.items() if value is not None})
    return codes.rules(shop.store.currency if shop else "EUR")


def _open_input(name: str) -> Any:
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise ConfigError(f"{name} can't be read: {error.strerror}.") from None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines without their line ends, limited in length."""
    while line := stream.readline(_LINE_BYTES):
        whole = line
        while not whole.endswith(b"\n") and (whole := stream.readline(_LINE_BYTES)):
            pass
        yield line.rstrip(b"\r\n")
