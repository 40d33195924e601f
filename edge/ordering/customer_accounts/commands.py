"""What customers ask for themselves. `session` is the secret of their browser: it says who they are."""

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
"""As it was typed: what is too long is refused in words."""
Device = Annotated[str, msgspec.Meta(max_length=200)]
Blob = Annotated[str, msgspec.Meta(max_length=4_096, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")]
"""Bytes in base64url without padding."""


class AskAccountCode(Command, frozen=True):
    """A code is wanted, to a phone or an e-mail; `asking` is the secret of who asks. The answer is the same whether
    anybody is known by it. `network`: from where it is asked, as far as callers are counted."""

    personal: ClassVar[tuple[str, ...]] = ("to", "network")

    asking: Secret
    to: To
    language: Tag = ENGLISH
    network: Annotated[str, msgspec.Meta(max_length=60)] = ""


class SignInAccount(Command, frozen=True):
    """The code that was sent; the result is the secret of a session. Who is not known yet says who they are, and to
    what they consent: without a `name` that is asked for, and the code stays good. `take_back`: this was their way
    until lately, and it was not them who replaced it: it is theirs again, and everybody else is signed out. `program`:
    the secret is a token for a program of theirs, and opens no page."""

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
    """What somebody who is signed in asks for themselves."""

    session: Secret


class AskOwnCode(OwnCommand, frozen=True):
    """A code before what cannot be undone: to a way that they did not sign in by, where they have one."""


class ConfirmOwnCode(OwnCommand, frozen=True):
    """That code: it counts for five minutes."""

    personal: ClassVar[tuple[str, ...]] = ("code",)

    code: Code


class AskOwnWay(OwnCommand, frozen=True):
    """Another phone or e-mail is wanted: a code goes there."""

    personal: ClassVar[tuple[str, ...]] = ("to",)

    to: To


class ProveOwnWay(OwnCommand, frozen=True):
    """The code that went to the new way: it is theirs from now on. The one before is told, and may take it back."""

    personal: ClassVar[tuple[str, ...]] = ("code",)

    code: Code


class RemoveOwnWay(OwnCommand, frozen=True):
    """Sign in by that no longer; the last way stays."""

    kind: Literal["email", "sms"]


class EndOwnSession(OwnCommand, frozen=True):
    """Sign out, here (without an `id`) or in another browser; `others`: in all but this one."""

    id: Annotated[str, msgspec.Meta(max_length=40)] = ""
    others: bool = False


class SetOwnDetails(OwnCommand, frozen=True):
    """What the shop calls them, and in which language it writes."""

    personal: ClassVar[tuple[str, ...]] = ("name",)

    name: Text
    language: Tag


class SetOwnPreferences(OwnCommand, frozen=True):
    """What they like and avoid; only by their consent to a profile."""

    personal: ClassVar[tuple[str, ...]] = ("preferences",)

    preferences: Preferences


class CorrectProfile(OwnCommand, frozen=True):
    """Say of a word of their profile that it is not theirs, or that it is after all: what they bought of that does not
    count in what is suggested to them."""

    personal: ClassVar[tuple[str, ...]] = ("word",)

    word: NotMine
    is_mine: bool = False


class SetOwnConsent(OwnCommand, frozen=True):
    """Yes or no to a purpose, in the wording that they read."""

    purpose: Purpose
    given: bool
    language: Tag = ENGLISH


class AddOwnWish(OwnCommand, frozen=True):
    """Put a product onto their own list."""

    personal: ClassVar[tuple[str, ...]] = ("note",)

    sku: Sku
    note: Text = ""


class RemoveOwnWish(OwnCommand, frozen=True):
    """Take it off."""

    sku: Sku


class AddCartWish(Command, frozen=True):
    """At a kiosk, where they signed in to the cart: put a product onto their list."""

    cart: Secret
    sku: Sku


class RemoveCartWish(Command, frozen=True):
    """Take it off there."""

    cart: Secret
    sku: Sku


class WriteOwnReview(OwnCommand, frozen=True):
    """Say something of a product."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    sku: Sku
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    text: Text = ""


class WithdrawOwnReview(OwnCommand, frozen=True):
    """Take back what they said of a product, whatever became of it."""

    review: ReviewId


class ReportOwnReview(OwnCommand, frozen=True):
    """Say that what somebody else wrote should be looked at again."""

    review: ReviewId


class AddOwnCard(OwnCommand, frozen=True):
    """Have a page of the provider's made on which they give a card. `agreed`: the shop may keep it there and charge it
    for what they ordered."""

    agreed: bool


class RemoveOwnCard(OwnCommand, frozen=True):
    """Let a card of theirs be kept no more."""

    card: MethodId


class UseOwnCart(OwnCommand, frozen=True):
    """The cart of this phone is theirs from now on, with what lay in another cart of theirs."""

    cart: Secret


class ExportOwn(OwnCommand, frozen=True):
    """All that is kept of them, for them; a code of the last five minutes is needed. The result is their id."""


class ForgetOwn(OwnCommand, frozen=True):
    """Nothing is kept of them any more; a code of the last five minutes is needed. It cannot be undone."""


class AskPasskey(Command, frozen=True):
    """Something for a passkey to sign: to sign in, or (with a `session`) to add one or to confirm. The result is the
    challenge."""

    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    purpose: Annotated[str, msgspec.Meta(pattern=r"^(sign_in|add|confirm)$(?!\n)")] = "sign_in"


class AddPasskey(OwnCommand, frozen=True):
    """A passkey that the browser made, as its own interface gives it: key (SPKI), algorithm (COSE)."""

    credential: Blob
    key: Blob
    algorithm: Annotated[int, msgspec.Meta(ge=-65_536, le=65_535)]
    authenticator: Blob
    client: Blob
    origin: Annotated[str, msgspec.Meta(max_length=300)]
    device: Device = ""


class RemovePasskey(OwnCommand, frozen=True):
    """A passkey opens nothing any more."""

    credential: Blob


class SignInPasskey(Command, frozen=True):
    """What a passkey signed: signs in (the result is the secret of a session), or confirms for five minutes where a
    `session` is named."""

    credential: Blob
    authenticator: Blob
    client: Blob
    signature: Blob
    origin: Annotated[str, msgspec.Meta(max_length=300)]
    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    device: Device = ""


class DueWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wish of somebody's of which they are to be written to."""

    customer: Annotated[str, msgspec.Meta(max_length=21)]
    sku: Sku


class TellWishes(Command, frozen=True):
    """Write to customers that what they wish for is there again or costs less; once a product and week."""

    wishes: Annotated[tuple[DueWish, ...], msgspec.Meta(max_length=10_000)]
