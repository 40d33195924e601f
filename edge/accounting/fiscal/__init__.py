"""Fiscal law for tills: signatures, closings, archives and files. See README.md."""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.accounting.fiscal import commands
from edge.accounting.fiscal.beside_signing import BesideSigning
from edge.accounting.fiscal.events import EVENTS, UPCASTERS
from edge.accounting.fiscal.figures import FIGURES
from edge.accounting.fiscal.germany.german_device import name_device
from edge.accounting.fiscal.handlers import Law, Logging
from edge.accounting.fiscal.israel.allocations import allocation_of, before_print, lacking
from edge.accounting.fiscal.keys import FiscalKeys as FiscalKeys
from edge.accounting.fiscal.late_signing import sign_late
from edge.accounting.fiscal.law_part import part
from edge.accounting.fiscal.project import projector, regimes
from edge.accounting.fiscal.queries import REGIMES_NOW, closings, fiscal_files, read_regimes
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.settings import settings_of as settings_of
from edge.accounting.fiscal.signing import BILL, PRACTISED, Signing
from edge.accounting.fiscal.watches import watches
from edge.accounting.receipt_mail.commands import MailReceipt
from edge.core.messages import Command
from edge.core.registry import Capability, CommandSpec, OnlyWhere, QuerySpec, Transaction
from edge.core.surfaces import NAMED_TILL, STAFF
from edge.counter.till import commands as till
from edge.counter.till.paying.advances import PayBackAdvance
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import FISCAL, MANAGE
from edge.foundation.printing.commands import QueuePrint

PAPERS_MADE: tuple[type[Command], ...] = (
    till.Pay,
    till.SellPriced,
    till.SellBasket,
    till.VoidLastSale,
    till.RefundSale,
    till.RefundWithoutReceipt,
    PayBackAdvance,
)
"""Till commands that make papers."""


def capability(
    settings: FiscalSettings, till_settings: TillSettings, keys: FiscalKeys, brings_in: type[Command]
) -> Capability:
    """The fiscal capability with these settings. `keys`: the box's; `brings_in`: the command that imports another box's
    events (`late_signing.BringsIn`)."""
    signing = Signing(till_settings, settings, keys)
    beside = BesideSigning(signing)
    law, log = Law(settings, keys, signing), Logging(till_settings, settings, keys)

    return Capability(
        name="fiscal",
        commands=_commands(law, log),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(regimes, projector),
        queries=(
            QuerySpec("fiscal_regimes", read_regimes, right=FISCAL, surfaces=STAFF),
            QuerySpec("fiscal_closings", closings, right=FISCAL, surfaces=STAFF),
            QuerySpec("fiscal_files", fiscal_files, right=FISCAL, surfaces=STAFF),
            QuerySpec("invoices_lacking_numbers", lacking, right=FISCAL, surfaces=STAFF),
            QuerySpec("invoice_allocation", allocation_of, right=FISCAL, surfaces=STAFF),
        ),
        watches=watches(settings, keys),
        mended_at="/manager/fiscal",
        before={
            QueuePrint: OnlyWhere(REGIMES_NOW, partial(_before_print, signing, beside)),
            till.AbandonBasket: OnlyWhere(REGIMES_NOW, beside.before_cleared),
        },
        after={
            **dict.fromkeys(PAPERS_MADE, OnlyWhere(REGIMES_NOW, signing.after_paper)),
            MailReceipt: signing.after_mail,
            brings_in: OnlyWhere(REGIMES_NOW, partial(sign_late, signing)),
        },
        parts=(part(settings),),
        figures=FIGURES,
    )


def _before_print(signing: Signing, beside: BesideSigning, tx: Transaction, command: QueuePrint) -> Any:
    if command.kind == PRACTISED:
        made = beside.sign_practice(tx, command)
    elif command.kind == BILL:
        made = signing.bill(tx, command) or beside.bill(tx, command)
    else:
        made = signing.before_print(tx, command)
    return made or before_print(tx, command)


def _commands(law: Law, log: Logging) -> tuple[CommandSpec, ...]:
    return (
        CommandSpec(commands.StartRegime, law.start_regime, FISCAL, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.EndRegime, law.end_regime, FISCAL, ask_first=True, reauthenticate=True, surfaces=STAFF),
        CommandSpec(
            commands.ReplaceSigningKey,
            law.replace_key,
            FISCAL,
            ask_first=True,
            reauthenticate=True,
            surfaces=STAFF,
        ),
        CommandSpec(commands.CloseFiscalPeriods, law.close_periods, MANAGE, surfaces=NAMED_TILL),
        CommandSpec(commands.SignLog, log.sign_log, MANAGE, surfaces=STAFF),
        CommandSpec(commands.RecordFiscalFile, law.record_file, MANAGE, surfaces=STAFF),
        CommandSpec(commands.RecordTransactionAnswers, law.record_answers, MANAGE, surfaces=NAMED_TILL),
        CommandSpec(commands.NameSecurityDevice, name_device, MANAGE, surfaces=STAFF),
        CommandSpec(commands.RecordDeviceAnswers, law.record_device_answers, MANAGE, surfaces=STAFF),
        CommandSpec(commands.ReleaseHeldPrints, law.release_prints, MANAGE, surfaces=STAFF),
        CommandSpec(commands.RecordAllocation, law.record_allocation, FISCAL, surfaces=STAFF),
        CommandSpec(commands.RecordAllocationRefused, law.record_refused, FISCAL, surfaces=STAFF),
    )
