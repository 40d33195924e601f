"""Card payments: states, refunds and providers. See README.md."""

from __future__ import annotations

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.foundation.access.rights import CUSTOMERS_WRITE, MANAGE, OVERRIDE, PAYMENTS, REPORTS, SELL
from edge.money.payments import commands, handlers, refunds
from edge.money.payments.entities import PROVIDERS, ROUTES
from edge.money.payments.events import EVENTS
from edge.money.payments.figures import FIGURES
from edge.money.payments.on_report import on_reports as on_reports
from edge.money.payments.pay_pages import PayPages, note_pay_page
from edge.money.payments.project import projector
from edge.money.payments.providers import news
from edge.money.payments.providers.breakers import note_call
from edge.money.payments.providers.gauges import GAUGES
from edge.money.payments.providers.provider import Driver as Driver
from edge.money.payments.providers.provider_keys import ProviderKeys as ProviderKeys
from edge.money.payments.providers.provider_keys import keys_of as keys_of
from edge.money.payments.queries import read_methods, read_payments, read_providers, read_routes
from edge.money.payments.requirement import payment_idle
from edge.money.payments.settings import PaymentSettings as PaymentSettings
from edge.money.payments.settings import PaymentsSection as PaymentsSection
from edge.money.payments.settings import TerminalPlace as TerminalPlace
from edge.money.payments.settings import settings_of as settings_of
from edge.money.payments.stored.card_pages import CardPages, end_card_page, keep_paged_card, note_card_page
from edge.money.payments.stored.stored_methods import (
    StoredCharges,
    methods_projector,
    note_detached,
    revoke_method,
    store_method,
)
from edge.money.payments.stored.stored_methods import forget_methods as forget_methods
from edge.money.payments.watches import WATCHES


def capability(settings: PaymentSettings, keys: ProviderKeys | None = None) -> Capability:
    """The payments capability of a store with these terminals; `keys`: its providers' API keys (None: keys aren't
    checked)."""
    made, pages, charges = handlers.Payments(settings), PayPages(settings), StoredCharges(settings)
    cards = CardPages(settings)
    inside = partial(CommandSpec, right=SELL, surfaces=MACHINE)
    return Capability(
        name="payments",
        commands=(
            *PROVIDERS.commands(*((keys.require_mode,) if keys else ())),
            *ROUTES.commands(),
            inside(commands.OpenPayment, made.open_payment),
            inside(commands.OpenPayPage, pages.open),
            inside(commands.NotePayPage, note_pay_page),
            inside(commands.FailOver, pages.fail_over),
            inside(commands.NoteCall, note_call, local=True),
            inside(commands.AskCapture, handlers.ask_capture),
            inside(commands.MovePayment, made.move_payment),
            inside(commands.HoldPayment, handlers.hold_payment),
            inside(commands.WishCancel, handlers.wish_cancel),
            inside(commands.TellOutcome, made.tell_outcome),
            inside(commands.AskSignature, handlers.ask_signature),
            inside(commands.NoteSignature, handlers.note_signature),
            inside(commands.UsePayment, handlers.use_payment),
            inside(commands.HearNews, news.hear_news),
            inside(commands.NoteExternalRefund, news.note_external_refund),
            inside(commands.NoteSettled, handlers.note_settled),
            inside(commands.RequestCardRefund, refunds.request_card_refund),
            inside(commands.MoveCardRefund, refunds.move_card_refund),
            inside(commands.NoteRefundInCash, refunds.note_refund_in_cash),
            inside(commands.NoteLookUp, handlers.note_look_up, local=True),
            inside(commands.DoubtPayments, handlers.doubt_payments),
            inside(commands.NoteTerminalClose, made.note_terminal_close),
            CommandSpec(commands.StoreMethod, store_method, MANAGE, also=PAYMENTS, surfaces=STAFF),
            CommandSpec(commands.RevokeMethod, revoke_method, CUSTOMERS_WRITE, also=PAYMENTS, surfaces=STAFF),
            inside(commands.OpenCardPage, cards.open),
            inside(commands.NoteCardPage, note_card_page, local=True),
            inside(commands.EndCardPage, end_card_page, local=True),
            inside(commands.KeepPagedCard, keep_paged_card),
            inside(commands.OpenStoredCharge, charges.open),
            inside(commands.NoteDetached, note_detached, local=True),
            CommandSpec(commands.ResolveCardRefund, made.resolve_card_refund, OVERRIDE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.RetryCardRefund, refunds.retry_card_refund, MANAGE, also=PAYMENTS, surfaces=STAFF),
            CommandSpec(
                commands.AgreeOffline, made.agree_offline, MANAGE, also=PAYMENTS, ask_first=True, surfaces=STAFF
            ),
            CommandSpec(commands.TryTerminal, made.try_terminal, MANAGE, also=PAYMENTS, surfaces=NAMED_TILL),
        ),
        events=EVENTS,
        projectors=(projector, methods_projector),
        queries=(
            QuerySpec("payment_providers", read_providers, right=MANAGE, also=PAYMENTS, surfaces=STAFF),
            QuerySpec("payment_routes", read_routes, right=MANAGE, also=PAYMENTS, surfaces=STAFF),
            QuerySpec("stored_methods", read_methods, right=MANAGE, also=PAYMENTS, surfaces=STAFF),
            QuerySpec("payments", read_payments, right=OVERRIDE, also=REPORTS, surfaces=STAFF),
        ),
        requirements=(payment_idle,),
        watches=WATCHES,
        mended_at="/manager/payments",
        gauges=GAUGES,
        figures=FIGURES,
    )
