"""What can be asked about notifications."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.notify.preferences import Browser, Channel, NotificationPreferences
from edge.analytics.notify.written_messages import AT_ONCE, WrittenMessage
from edge.core.messages import AskingCommand, Command, Number, PersonId
from edge.foundation.alerts.commands import ONE_LINE

SUBJECT_CHARS, TEXT_CHARS, ANSWER_CHARS = 80, 1_000, 4_000


class SetPreferences(Command, frozen=True):
    """What a person wants to be told of, and how: their own word, or a manager's. All of it at once."""

    personal = ("preferences",)
    user: PersonId
    preferences: NotificationPreferences


class SendTest(Command, frozen=True):
    """Send somebody a message of nothing, to see whether it arrives. Its result is the message's id."""

    user: PersonId
    channel: Channel


class SendText(Command, frozen=True):
    """Send somebody a text of its own, on one channel; not where they left out its `kind`. Its result is the message's
    id."""

    personal = ("subject", "text")
    user: PersonId
    channel: Channel
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=SUBJECT_CHARS, pattern=ONE_LINE)]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)] = ""
    kind: Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]{0,39})?$(?!\n)")] = ""


class AddBrowser(Command, frozen=True):
    """Tell somebody by this browser as well (web push). Its result is the browser's id."""

    personal = ("browser",)
    user: PersonId
    browser: Browser


class DropBrowser(Command, frozen=True):
    """Not by that browser any more; "": by none of theirs."""

    user: PersonId
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,16}$(?!\n)")] = ""


class SwitchChannel(Command, frozen=True):
    """Let a channel be used, or not, by anybody."""

    channel: Channel
    active: bool


class RetryMessage(AskingCommand, frozen=True):
    """Try once more what could not be delivered, or what nobody knows of. Of an alert that is over it is asked whether
    that is meant: then it is told as over."""

    message: Number


class OfferChatCode(Command, frozen=True):
    """Let a number of somebody's write to the shop: its result is the code that is to come from it within ten
    minutes."""

    user: PersonId


class DropChatNumber(Command, frozen=True):
    """Let no number write for somebody any more."""

    user: PersonId


class TakeWritten(Command, frozen=True):
    """What came to the shop's number, each message once. Its result is how many wait for an answer."""

    personal = ("messages",)
    messages: Annotated[tuple[WrittenMessage, ...], msgspec.Meta(max_length=AT_ONCE)]


class BeginAnswer(Command, frozen=True):
    """A message that was written is taken in this conversation, however often that is tried."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    session: Annotated[str, msgspec.Meta(pattern=r"^[a-p]{32}$(?!\n)")]


class AnswerWritten(Command, frozen=True):
    """A message that was written is answered, once; "": nothing is said. Its words are gone."""

    personal = ("text",)
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    text: Annotated[str, msgspec.Meta(max_length=ANSWER_CHARS)]


class ReportDelivery(Command, frozen=True):
    """The service that took a message says how it ended, with its code where it could not be delivered."""

    message: Number
    state: Literal["delivered", "failed"]
    code: Annotated[str, msgspec.Meta(max_length=20)] = ""
