"""Payouts of card providers, compared with payments; and disputes. See README.md."""

from __future__ import annotations

from functools import partial

from edge.accounting.settlements import commands, disputes, handlers
from edge.accounting.settlements.events import EVENTS
from edge.accounting.settlements.evidence import read_evidence
from edge.accounting.settlements.figures import FIGURES
from edge.accounting.settlements.gauges import GAUGES
from edge.accounting.settlements.project import projector
from edge.accounting.settlements.queries import (
    read_batch_lines,
    read_batches,
    read_disputes,
    read_missing_payments,
    read_unsettled,
)
from edge.accounting.settlements.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, PAYMENTS, REPORTS
from edge.money.payments.commands import MovePayment


def capability(currency: str) -> Capability:
    """The settlements capability of a store with this currency."""
    made = handlers.Settlements(currency)
    command = partial(CommandSpec, right=MANAGE, also=PAYMENTS, surfaces=STAFF)
    query = partial(QuerySpec, right=MANAGE, also=REPORTS, surfaces=STAFF)
    return Capability(
        name="settlements",
        commands=(
            command(commands.TakeBatch, made.take_batch),
            command(commands.JudgeAgain, handlers.judge_again),
            command(commands.CloseBatch, handlers.close_batch, ask_first=True),
            command(commands.TakeCredits, handlers.take_credits),
            command(commands.AssignPayout, handlers.assign_payout),
            CommandSpec(commands.NotePayoutsAsked, handlers.record_payout_fetch, MANAGE, surfaces=MACHINE),
            command(commands.LoseStored, handlers.lose_stored, ask_first=True),
            command(commands.OpenDispute, disputes.open_dispute),
            CommandSpec(commands.HearDispute, disputes.hear_dispute, MANAGE, surfaces=MACHINE),
            command(commands.AnswerDispute, disputes.answer_dispute),
            command(commands.EndDispute, disputes.end_dispute, ask_first=True),
        ),
        after={MovePayment: handlers.lose_refused},
        events=EVENTS,
        projectors=(projector,),
        queries=(
            query("settlements", read_batches),
            query("settlement_lines", read_batch_lines),
            query("settlement_missing_there", read_missing_payments),
            query("unsettled_payments", read_unsettled),
            query("card_disputes", read_disputes),
            query("dispute_evidence", read_evidence),
        ),
        watches=WATCHES,
        mended_at="/manager/settlements",
        gauges=GAUGES,
        figures=FIGURES,
    )
