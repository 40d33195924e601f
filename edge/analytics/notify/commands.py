"""Notification commands."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.notify.preferences import Browser, Channel, NotificationPreferences
from edge.analytics.notify.written_messages import AT_ONCE, WrittenMessage
from edge.core.messages import AskingCommand, Command, Number, PersonId
from edge.foundation.alerts.commands import ONE_LINE

SUBJECT_CHARS, TEXT_CHARS, ANSWER_CHARS = 80, 1_000, 4_000


class SetPreferences(Command, frozen=True):
    """Set a user's complete preferences. Users can set their own, managers anyone's."""

    personal = ("preferences",)
    user: PersonId
    preferences: NotificationPreferences


class SendTest(Command, frozen=True):
    """Send a user a test message. Returns its id."""

    user: PersonId
    channel: Channel


class SendText(Command, frozen=True):
    """Send a user a text on one channel, unless they disabled its `kind`. Returns its id."""

    personal = ("subject", "text")
    user: PersonId
    channel: Channel
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=SUBJECT_CHARS, pattern=ONE_LINE)]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)] = ""
    kind: Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]{0,39})?$(?!\n)")] = ""


class AddBrowser(Command, frozen=True):
    """Add a browser for push notifications. Returns its id."""

    personal = ("browser",)
    user: PersonId
    browser: Browser


class DropBrowser(Command, frozen=True):
    """Remove a browser; "": all of the user's browsers."""

    user: PersonId
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,16}$(?!\n)")] = ""


class SwitchChannel(Command, frozen=True):
    """Enable or disable a channel for everyone."""

    channel: Channel
    active: bool


class RetryMessage(AskingCommand, frozen=True):
    """Retry a failed message, or one with an unknown outcome.

    If its alert is resolved, confirmation is needed, and it is sent as resolved.
    """

    message: Number


class OfferChatCode(Command, frozen=True):
    """Let a user link a phone number. Returns the code to send from it within ten minutes."""

    user: PersonId


class DropChatNumber(Command, frozen=True):
    """Unlink a user's phone number."""

    user: PersonId


class TakeWritten(Command, frozen=True):
    """Store messages to the shop's number, each once. Returns the number that await an answer."""

    personal = ("messages",)
    messages: Annotated[tuple[WrittenMessage, ...], msgspec.Meta(max_length=AT_ONCE)]


class BeginAnswer(Command, frozen=True):
    """Set the conversation of a received message, so that retries use the same one."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    session: Annotated[str, msgspec.Meta(pattern=r"^[a-p]{32}$(?!\n)")]


class AnswerWritten(Command, frozen=True):
    """Record the answer to a received message, once ("": none), and delete its text."""

    personal = ("text",)
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    text: Annotated[str, msgspec.Meta(max_length=ANSWER_CHARS)]


class ReportDelivery(Command, frozen=True):
    """Record a service's delivery report, with its error code."""

    message: Number
    state: Literal["delivered", "failed"]
    code: Annotated[str, msgspec.Meta(max_length=20)] = ""
