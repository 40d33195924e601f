"""Commands that customers run for themselves. `session` is the browser's secret, which identifies the customer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import Command
from edge.lib.i18n import ENGLISH
from edge.money.payments.events import MethodId
from edge.ordering.reviews.commands import ReviewId
from edge.people.customers.customer import NotMine, Preferences, Purpose, Tag

Secret = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$(?!\n)")]
Code = Annotated[str, msgspec.Meta(pattern=r"^\d{6}$(?!\n)")]
To = Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Text = Annotated[str, msgspec.Meta(max_length=8_000)]
"""Text as typed; if it's too long, the command is refused with an explanation."""
Device = Annotated[str, msgspec.Meta(max_length=200)]
Blob = Annotated[str, msgspec.Meta(max_length=4_096, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")]
"""Bytes in base64url without padding."""


class AskAccountCode(Command, frozen=True):
    """Request a code by phone or email; `asking` is the requester's secret.

    The answer doesn't reveal whether the address is known. `network`: the caller's network, if requests are limited by
    network.
    """

    personal: ClassVar[tuple[str, ...]] = ("to", "network")

    asking: Secret
    to: To
    language: Tag = ENGLISH
    network: Annotated[str, msgspec.Meta(max_length=60)] = ""


class SignInAccount(Command, frozen=True):
    """Sign in with a code and return a session's secret.

    New customers give their details and consents; without a `name`, it's requested and the code stays valid.
    `take_back`: reclaim an address that was the customer's until recently and that they didn't replace themselves; all
    other sessions end. `program`: the secret is a token for the customer's program and opens no page.
    """

    personal: ClassVar[tuple[str, ...]] = ("code", "name", "born")

    asking: Secret
    code: Code
    name: Text = ""
    born: Text = ""
    language: Tag = ENGLISH
    consents: Annotated[tuple[Purpose, ...], msgspec.Meta(max_length=10)] = ()
    take_back: bool = False
    device: Device = ""
    program: bool = False


class OwnCommand(Command, frozen=True):
    """A command of a signed-in customer."""

    session: Secret


class AskOwnCode(OwnCommand, frozen=True):
    """Request a code before an irreversible action.

    It's sent to an address other than the one used to sign in, if there is one.
    """


class ConfirmOwnCode(OwnCommand, frozen=True):
    """Confirm the code requested by `AskOwnCode`. The confirmation is valid for five minutes."""

    personal: ClassVar[tuple[str, ...]] = ("code",)

    code: Code


class AskOwnWay(OwnCommand, frozen=True):
    """Request a code to another phone or email."""

    personal: ClassVar[tuple[str, ...]] = ("to",)

    to: To


class ProveOwnWay(OwnCommand, frozen=True):
    """Confirm the code sent to a new address, which becomes the customer's.

    The previous address is notified and can reclaim it.
    """

    personal: ClassVar[tuple[str, ...]] = ("code",)

    code: Code


class RemoveOwnWay(OwnCommand, frozen=True):
    """Remove an address used to sign in. The last one can't be removed."""

    kind: Literal["email", "sms"]


class EndOwnSession(OwnCommand, frozen=True):
    """Sign out: in this browser, in the one with this `id`, or with `others` in all other browsers."""

    id: Annotated[str, msgspec.Meta(max_length=40)] = ""
    others: bool = False


class SetOwnDetails(OwnCommand, frozen=True):
    """Set the customer's name and language."""

    personal: ClassVar[tuple[str, ...]] = ("name",)

    name: Text
    language: Tag


class SetOwnPreferences(OwnCommand, frozen=True):
    """Set likes and dislikes; requires consent to a profile."""

    personal: ClassVar[tuple[str, ...]] = ("preferences",)

    preferences: Preferences


class CorrectProfile(OwnCommand, frozen=True):
    """Mark a word in the customer's profile as wrong, or as right again.

    Suggestions ignore the purchases behind a wrong word.
    """

    personal: ClassVar[tuple[str, ...]] = ("word",)

    word: NotMine
    is_mine: bool = False


class SetOwnConsent(OwnCommand, frozen=True):
    """Give or withdraw consent to a purpose, in the wording that the customer read."""

    purpose: Purpose
    given: bool
    language: Tag = ENGLISH


class AddOwnWish(OwnCommand, frozen=True):
    """Add a product to their wish list."""

    personal: ClassVar[tuple[str, ...]] = ("note",)

    sku: Sku
    note: Text = ""


class RemoveOwnWish(OwnCommand, frozen=True):
    """Remove a product from their wish list."""

    sku: Sku


class AddCartWish(Command, frozen=True):
    """Add a product to the wish list of the customer signed in to a kiosk's cart."""

    cart: Secret
    sku: Sku


class RemoveCartWish(Command, frozen=True):
    """Remove a product from the wish list of the customer signed in to a kiosk's cart."""

    cart: Secret
    sku: Sku


class WriteOwnReview(OwnCommand, frozen=True):
    """Write a review of a product."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    sku: Sku
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    text: Text = ""


class WithdrawOwnReview(OwnCommand, frozen=True):
    """Withdraw the customer's review, in any state."""

    review: ReviewId


class ReportOwnReview(OwnCommand, frozen=True):
    """Report another customer's review."""

    review: ReviewId


class AddOwnCard(OwnCommand, frozen=True):
    """Create a provider's page to add a card. `agreed`: the shop may store it there and charge it for their orders."""

    agreed: bool


class RemoveOwnCard(OwnCommand, frozen=True):
    """Remove a stored card."""

    card: MethodId


class UseOwnCart(OwnCommand, frozen=True):
    """Make this phone's cart the customer's, merged with their other cart."""

    cart: Secret


class ExportOwn(OwnCommand, frozen=True):
    """Export all data about the customer and return its id. Requires a code confirmed in the last five minutes."""


class ForgetOwn(OwnCommand, frozen=True):
    """Erase the customer's data. Irreversible; requires a code confirmed in the last five minutes."""


class AskPasskey(Command, frozen=True):
    """Create a challenge for a passkey: to sign in, or (with a `session`) to add one or confirm. Returns the
    challenge."""

    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    purpose: Annotated[str, msgspec.Meta(pattern=r"^(sign_in|add|confirm)$(?!\n)")] = "sign_in"


class AddPasskey(OwnCommand, frozen=True):
    """Add a passkey created by the browser, as its API returns it: key (SPKI), algorithm (COSE)."""

    credential: Blob
    key: Blob
    algorithm: Annotated[int, msgspec.Meta(ge=-65_536, le=65_535)]
    authenticator: Blob
    client: Blob
    origin: Annotated[str, msgspec.Meta(max_length=300)]
    device: Device = ""


class RemovePasskey(OwnCommand, frozen=True):
    """Revoke a passkey."""

    credential: Blob


class SignInPasskey(Command, frozen=True):
    """Check a passkey's signature: sign in (returns a session's secret), or with a `session` confirm for five
    minutes."""

    credential: Blob
    authenticator: Blob
    client: Blob
    signature: Blob
    origin: Annotated[str, msgspec.Meta(max_length=300)]
    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    device: Device = ""


class DueWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wish list product that a customer is to be notified about."""

    customer: Annotated[str, msgspec.Meta(max_length=21)]
    sku: Sku


class TellWishes(Command, frozen=True):
    """Notify customers that wish list products are back or cheaper; at most once per product and week."""

    wishes: Annotated[tuple[DueWish, ...], msgspec.Meta(max_length=10_000)]
