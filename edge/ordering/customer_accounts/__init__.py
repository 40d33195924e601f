"""Customer accounts: sign-in, sessions, and customers' own data. See README.md."""

from __future__ import annotations

from functools import partial

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import CART, MACHINE
from edge.foundation.access.rights import BASKET, MANAGE
from edge.ordering.customer_accounts import commands
from edge.ordering.customer_accounts.events import EVENTS
from edge.ordering.customer_accounts.handlers import Accounts
from edge.ordering.customer_accounts.own import OwnThings, after_merging, personal_data_of
from edge.ordering.customer_accounts.own import forget_account as forget_account
from edge.ordering.customer_accounts.passkeys import Passkeys
from edge.ordering.customer_accounts.project import projector
from edge.ordering.customer_accounts.settings import CustomerAccountSettings as CustomerAccountSettings
from edge.ordering.customer_accounts.settings import settings_of as settings_of
from edge.ordering.customer_accounts.wish_news import PARTS, tell_wishes
from edge.people.customers.commands import MergeCustomers


def capability(settings: CustomerAccountSettings) -> Capability:
    """Customer accounts capability with these settings. Each command needs a code or a session's secret."""
    accounts, own, passkeys = Accounts(settings), OwnThings(settings), Passkeys(settings)
    asks = partial(CommandSpec, right=BASKET, surfaces=CART)
    return Capability(
        name="customer_accounts",
        commands=(
            asks(commands.AskAccountCode, accounts.ask_code),
            asks(commands.SignInAccount, accounts.sign_in),
            asks(commands.AskOwnCode, accounts.ask_own_code),
            asks(commands.ConfirmOwnCode, accounts.confirm),
            asks(commands.AskOwnWay, accounts.ask_way),
            asks(commands.ProveOwnWay, accounts.prove_way),
            asks(commands.RemoveOwnWay, accounts.remove_way),
            asks(commands.EndOwnSession, accounts.end_session),
            asks(commands.SetOwnDetails, own.set_details),
            asks(commands.SetOwnPreferences, own.set_preferences),
            asks(commands.CorrectProfile, own.correct_profile),
            asks(commands.SetOwnConsent, own.set_consent),
            asks(commands.AddOwnWish, own.add_wish),
            asks(commands.RemoveOwnWish, own.remove_wish),
            asks(commands.AddCartWish, own.add_cart_wish),
            asks(commands.RemoveCartWish, own.remove_cart_wish),
            asks(commands.WriteOwnReview, own.write_review),
            asks(commands.WithdrawOwnReview, own.withdraw_review),
            asks(commands.ReportOwnReview, own.report_review),
            asks(commands.AddOwnCard, own.add_card),
            asks(commands.RemoveOwnCard, own.remove_card),
            asks(commands.UseOwnCart, own.use_cart),
            asks(commands.ExportOwn, own.export),
            asks(commands.ForgetOwn, own.forget),
            asks(commands.AskPasskey, passkeys.ask),
            asks(commands.AddPasskey, passkeys.add),
            asks(commands.RemovePasskey, passkeys.remove),
            asks(commands.SignInPasskey, passkeys.sign_in),
            CommandSpec(commands.TellWishes, tell_wishes, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        parts=PARTS,
        after={MergeCustomers: after_merging},
        personal_data_of=personal_data_of,
    )
