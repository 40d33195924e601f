"""Receipts signed by Germany's security device (TSE): stored state, waiting rows, and the text on receipts.

Functions run inside the transaction, except for reads. A row that the device couldn't sign in time is never signed
later. The receipt says so, which is all the law requires.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge.accounting.fiscal import commands
from edge.accounting.fiscal.events import DeviceSigned, SecurityDeviceNamed
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.version import SOFTWARE_NAME
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_receipt
from edge.lib.fiscal.germany.device import GermanDevice, receipt_code
from edge.lib.fiscal.germany.receipt import GermanSignature

OUT = "TSE ausgefallen"
"""Notice on receipts whose row isn't signed although there is a device."""
_DEVICES = "SELECT body FROM fiscal_device WHERE seq <= ? ORDER BY seq"
_FIRST = "SELECT coalesce(min(seq), 0) FROM fiscal_device"
_SIGNED = "SELECT body FROM fiscal_device_signed WHERE of_seq = ? AND seq <= ?"
_LAST = "SELECT coalesce(max(of_seq), 0) FROM fiscal_device_signed"
_NEWEST = "SELECT fault, at_us FROM fiscal_device_signed ORDER BY of_seq DESC LIMIT 1"
_OUT = """
    SELECT count(*), min(at_us) FROM fiscal_device_signed WHERE fault <> ''
        AND of_seq > (SELECT coalesce(max(of_seq), 0) FROM fiscal_device_signed WHERE fault = '')
"""
EVER = 2**62


class DeviceState(msgspec.Struct, frozen=True):
    """How many of the latest receipts in a row weren't signed, and since when (us). Both are 0 if the last one was
    signed."""

    unsigned: int
    since_us: int


def client_serial(register: str) -> str:
    """A register's client name at the device, which is also its serial number in DSFinV-K."""
    return f"{SOFTWARE_NAME}-{register}"


def devices(db: Connection, through: int = EVER) -> tuple[GermanDevice, ...]:
    """Devices named up to a journal row, in order."""
    rows = db.execute(_DEVICES, (through,)).fetchall()
    named = (msgspec.json.decode(body, type=SecurityDeviceNamed) for (body,) in rows)
    return tuple(
        GermanDevice(
            serial=one.serial,
            public_key=one.public_key,
            certificate=one.certificate,
            algorithm=one.algorithm,
            time_format=one.time_format,
            encoding=one.encoding,
        )
        for one in named
    )


def first_secured(db: Connection) -> int:
    """The row after which rows are sent to a device, or 0."""
    return int(db.execute(_FIRST).fetchone()[0])


def newest_sent_row(db: Connection) -> int:
    """The newest row that was sent to a device or failed."""
    return max(first_secured(db), int(db.execute(_LAST).fetchone()[0]))


def signed_at(db: Connection, seq: int, through: int = EVER) -> DeviceSigned | None:
    """The device's answer for a row, as known at row `through`; None if there is none."""
    row = db.execute(_SIGNED, (seq, through)).fetchone()
    return msgspec.json.decode(row[0], type=DeviceSigned) if row else None


def signature_of(event: DeviceSigned | None) -> GermanSignature | None:
    """The signature in an answer, or None."""
    if event is None or event.fault:
        return None
    return GermanSignature(
        serial=event.serial,
        transaction=event.transaction,
        counter=event.counter,
        began_s=event.began_s,
        ended_s=event.ended_s,
        data=event.process_data,
        signature=event.signature,
    )


def device_state(db: Connection) -> DeviceState:
    """The device's recent failures."""
    count, since_us = db.execute(_OUT).fetchone()
    return DeviceState(count, since_us or 0)


def waits(db: Connection, settings: FiscalSettings, register: str, number: int) -> bool:
    """Whether a receipt's signature is pending, so that its print waits."""
    if not settings.device_host or not (first := first_secured(db)):
        return False
    receipt = read_receipt(db, register, number)
    return receipt is not None and receipt.seq > first and signed_at(db, receipt.seq) is None


def device_mark(db: Connection, register: str, number: int) -> dict[str, Any]:
    """The receipt's mark: the code with its signature, or a notice that the device failed or that there is none."""
    first, receipt = first_secured(db), read_receipt(db, register, number)
    if receipt is None or not first or receipt.seq < first:
        return {"code": "", "device_out": False}
    signature = signature_of(signed_at(db, receipt.seq))
    if signature is None:
        return {"code": "", "device_out": True}
    device = next(one for one in devices(db) if one.serial == signature.serial)
    return {"code": receipt_code(device, client_serial(register), signature), "device_out": False}


def name_device(tx: Transaction, command: commands.NameSecurityDevice) -> bool:
    """Record the device; returns whether it's a new one."""
    known = devices(tx.db)
    if any(one.serial == command.serial for one in known):
        return False
    tx.append(SecurityDeviceNamed(**msgspec.structs.asdict(command)))
    return True


def record_device_answers(tx: Transaction, command: commands.RecordDeviceAnswers) -> int:
    """Record device answers; returns the number of new ones."""
    noted = 0
    for one in command.answers:
        if signed_at(tx.db, one.of_seq) is None:
            tx.append(DeviceSigned(**msgspec.structs.asdict(one)))
            noted += 1
    return noted
