"""How Germany's security device (TSE) signs receipts: what of it is kept, what waits for it, and what a receipt says.

Inside the transaction, but for reads. What a device could not sign as it was made is not signed later: the receipt said
so, and the law wants no more of it.
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
"""Why something is not signed although there is a device; receipts say it, too."""
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
    """How many receipts were not signed in a row up to now, and since when (us, 0: the last one was)."""

    unsigned: int
    since_us: int


def client_serial(register: str) -> str:
    """What a register is called by a device: its serial number in DSFinV-K, too."""
    return f"{SOFTWARE_NAME}-{register}"


def devices(db: Connection, through: int = EVER) -> tuple[GermanDevice, ...]:
    """Those that were named up to a row of the journal, the first first."""
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
    """The row behind which rows are told a device; 0: there is none."""
    return int(db.execute(_FIRST).fetchone()[0])


def told_through(db: Connection) -> int:
    """The newest row that a device was told, or could not be."""
    return max(first_secured(db), int(db.execute(_LAST).fetchone()[0]))


def signed_at(db: Connection, seq: int, through: int = EVER) -> DeviceSigned | None:
    """How a row was signed, as it was known at row `through`; None: nobody has answered."""
    row = db.execute(_SIGNED, (seq, through)).fetchone()
    return msgspec.json.decode(row[0], type=DeviceSigned) if row else None


def signature_of(event: DeviceSigned | None) -> GermanSignature | None:
    """The signature of an answer; None: there is none."""
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
    """Whether the device is out."""
    count, since_us = db.execute(_OUT).fetchone()
    return DeviceState(count, since_us or 0)


def waits(db: Connection, settings: FiscalSettings, register: str, number: int) -> bool:
    """Whether a receipt is on its way to the device, so that its print waits for the answer."""
    if not settings.device_host or not (first := first_secured(db)):
        return False
    receipt = read_receipt(db, register, number)
    return receipt is not None and receipt.seq > first and signed_at(db, receipt.seq) is None


def device_mark(db: Connection, register: str, number: int) -> dict[str, Any]:
    """What a receipt says: the code of its signature, or that the device was out, or that there is none."""
    first, receipt = first_secured(db), read_receipt(db, register, number)
    if receipt is None or not first or receipt.seq < first:
        return {"code": "", "device_out": False}
    signature = signature_of(signed_at(db, receipt.seq))
    if signature is None:
        return {"code": "", "device_out": True}
    device = next(one for one in devices(db) if one.serial == signature.serial)
    return {"code": receipt_code(device, client_serial(register), signature), "device_out": False}


def name_device(tx: Transaction, command: commands.NameSecurityDevice) -> bool:
    """Whether it is another one than before."""
    known = devices(tx.db)
    if any(one.serial == command.serial for one in known):
        return False
    tx.append(SecurityDeviceNamed(**msgspec.structs.asdict(command)))
    return True


def record_device_answers(tx: Transaction, command: commands.RecordDeviceAnswers) -> int:
    """How many of them nobody had answered before."""
    noted = 0
    for one in command.answers:
        if signed_at(tx.db, one.of_seq) is None:
            tx.append(DeviceSigned(**msgspec.structs.asdict(one)))
            noted += 1
    return noted
