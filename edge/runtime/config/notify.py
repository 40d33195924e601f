"""`[notify]`: channels for alert notifications. Passwords and tokens: `secret:NAME` or files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault, Section
from edge.lib.i18n import ENGLISH

Address = Annotated[
    str, msgspec.Meta(pattern=r"^https?://[^\s/@]+[^\s]*$(?!\n)", description="an address that starts with https://")
]
OptionalMail = Annotated[
    str, msgspec.Meta(pattern=r"^([^\s@<>]+@[^\s@<>]+)?$(?!\n)", description="an email address, or nothing")
]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class EmailEntry(Section, frozen=True, kw_only=True):
    """`[notify.email]`: the shop's mail server and sender address."""

    host: str
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    password_file: str = ""
    ca_file: str = ""
    sender: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[^\s@<>]+@[^\s@<>]+$(?!\n)", description="an email address, such as 'shop@example.com'"
        ),
    ]


class SmsEntry(Section, frozen=True, kw_only=True):
    """`[notify.sms]`: an account at a Twilio-compatible service. `unsigned`: its delivery reports have no signature and
    are trusted only by the token in their address."""

    url: Address = "https://api.twilio.com"
    account: str
    token: str = ""
    token_file: str = ""
    sender: str
    unsigned: bool = False


class WhatsAppEntry(Section, frozen=True, kw_only=True):
    """`[notify.whatsapp]`: a number at Meta's Cloud API, and an approved template with two parameters. `chat`: that
    number for incoming messages (E.164), if enabled; `app_secret` must then authenticate them."""

    url: Address
    token: str = ""
    token_file: str = ""
    template: str
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = (ENGLISH,)
    verify_token: str = ""
    app_secret: str = ""
    chat: Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{5,14})?$(?!\n)")] = ""


class NotifySection(Section, frozen=True, kw_only=True):
    """`[notify]`. `link`: public address of the manager's pages. `allow`: local hosts that may be called anyway.
    `retry`: whether failed deliveries are retried. `webhook_secret_former`: the previous secret, which also signs until
    every receiver has the new one. `push`: contact for push services that deliver notifications to browsers;
    `push_page`: head office's page for subscribing browsers that don't trust this box. `printer` prints alerts;
    `speaker` reads them aloud, if there is a voice. `apprise`: whether users may add any Apprise service. `office`:
    head office's contact for critical alerts that aren't handled in the shop. `by_office`: mail is sent through head
    office because the box can't send it itself; `reports`: address at head office's API for delivery reports."""

    link: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s]+)?$(?!\n)")] = ""
    allow: tuple[str, ...] = ()
    retry: bool = True
    slack: bool = False
    webhook_secret: str = ""
    webhook_secret_file: str = ""
    webhook_secret_former: str = ""
    push: Annotated[str, msgspec.Meta(pattern=r"^((mailto:[^\s@]+@|https://)[^\s@]+)?$(?!\n)")] = ""
    push_page: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#]+)?$(?!\n)")] = ""
    printer: str = ""
    speaker: str = ""
    apprise: bool = False
    office: OptionalMail = ""
    by_office: bool = False
    reports: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#]+)?$(?!\n)")] = ""
    email: EmailEntry | None = None
    sms: SmsEntry | None = None
    whatsapp: WhatsAppEntry | None = None

    @property
    def mails(self) -> bool:
        """Whether the shop sends mail."""
        return self.email is not None or self.by_office

    def faults(self, printers: Sequence[str], speakers: Sequence[str]) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express, given the names of receipt printers and speakers."""
        for field, name, names in (("printer", self.printer, printers), ("speaker", self.speaker, speakers)):
            if name and name not in names:
                what = f"There is no {'receipt printer' if field == 'printer' else field} {name!r}."
                yield ConfigFault(("notify", field), what, f"Available: {', '.join(names) or 'none'}.")
        if self.email and self.by_office:
            what = "Set either head office or [notify.email] for email, not both."
            yield ConfigFault(("notify", "by_office"), what, "Remove one of them.")
        if self.email and bool(self.email.user) != bool(self.email.password or self.email.password_file):
            what = "[notify.email] needs both 'user' and 'password', or neither."
            yield ConfigFault(("notify", "email"), what, "Set both.")
        if self.whatsapp and self.whatsapp.chat and not self.whatsapp.app_secret:
            what = "Messages to 'chat' are only accepted if Meta's app has signed them."
            yield ConfigFault(("notify", "whatsapp"), what, 'Set its secret: app_secret = "secret:whatsapp-app"')
        for place, entry in (("sms", self.sms), ("whatsapp", self.whatsapp)):
            if entry and not (entry.token or entry.token_file):
                what = f"[notify.{place}] has no 'token'."
                yield ConfigFault(
                    ("notify", place), what, f'Save it (edge secret set {place}), and set: token = "secret:{place}"'
                )
