"""`[notify]`: by which channels the shop may tell people of alerts. Passwords and tokens: `secret:NAME` or files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault, Section
from edge.lib.i18n import ENGLISH

Address = Annotated[
    str, msgspec.Meta(pattern=r"^https?://[^\s/@]+[^\s]*$(?!\n)", description="an address that begins with https://")
]
OptionalMail = Annotated[
    str, msgspec.Meta(pattern=r"^([^\s@<>]+@[^\s@<>]+)?$(?!\n)", description="an e-mail address, or nothing")
]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class EmailEntry(Section, frozen=True, kw_only=True):
    """`[notify.email]`: the server that takes the shop's mail, and whom it is from."""

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
            pattern=r"^[^\s@<>]+@[^\s@<>]+$(?!\n)", description="an e-mail address, such as 'shop@example.com'"
        ),
    ]


class SmsEntry(Section, frozen=True, kw_only=True):
    """`[notify.sms]`: an account at a service that speaks as Twilio does. `unsigned`: its reports have no signature,
    and are believed by the token in their address alone."""

    url: Address = "https://api.twilio.com"
    account: str
    token: str = ""
    token_file: str = ""
    sender: str
    unsigned: bool = False


class WhatsAppEntry(Section, frozen=True, kw_only=True):
    """`[notify.whatsapp]`: a number at Meta's Cloud API, and an approved template with two parameters. `chat`: that
    number as people write to it (E.164), where they may; then `app_secret` has to say who sends what they write."""

    url: Address
    token: str = ""
    token_file: str = ""
    template: str
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = (ENGLISH,)
    verify_token: str = ""
    app_secret: str = ""
    chat: Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{5,14})?$(?!\n)")] = ""


class NotifySection(Section, frozen=True, kw_only=True):
    """`[notify]`. `link`: where people open the manager's pages from outside. `allow`: hosts of this machine or beside
    it that may be asked all the same. `retry`: whether what fails is tried again. `webhook_secret_former`: the
    secret before, which signs beside the new one until every receiver has that. `push`: whom push services write to,
    where people are told by their browsers, and `push_page` head office's page on which browsers that
    do not trust this box agree to it. `printer`: which prints alerts; `speaker`: which
    says them aloud, where there is a voice. `apprise`: whether people may name any service that Apprise knows.
    `office`: whom head office has written to where nobody in the shop sees to what is critical. `by_office`: mail goes
    by head office, as the box has no way out of its own; `reports`: where services report to, at head office's API."""

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
        """What types cannot say; by the names of the receipt printers and of the loudspeakers."""
        for field, name, names in (("printer", self.printer, printers), ("speaker", self.speaker, speakers)):
            if name and name not in names:
                what = f"There is no {'receipt printer' if field == 'printer' else field} {name!r}."
                yield ConfigFault(("notify", field), what, f"Available: {', '.join(names) or 'none'}.")
        if self.email and self.by_office:
            what = "Mail goes by head office, or by [notify.email], not by both."
            yield ConfigFault(("notify", "by_office"), what, "Remove one of them.")
        if self.email and bool(self.email.user) != bool(self.email.password or self.email.password_file):
            what = "[notify.email] needs both 'user' and 'password', or neither."
            yield ConfigFault(("notify", "email"), what, "Say both.")
        if self.whatsapp and self.whatsapp.chat and not self.whatsapp.app_secret:
            what = "What people write to 'chat' is believed only where Meta's app has signed it."
            yield ConfigFault(("notify", "whatsapp"), what, 'Set its secret: app_secret = "secret:whatsapp-app"')
        for place, entry in (("sms", self.sms), ("whatsapp", self.whatsapp)):
            if entry and not (entry.token or entry.token_file):
                what = f"[notify.{place}] has no 'token'."
                yield ConfigFault(
                    ("notify", place), what, f'Save it (edge secret set {place}), and set: token = "secret:{place}"'
                )
