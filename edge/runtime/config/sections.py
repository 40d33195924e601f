"""Simple sections of `config.toml`. Larger ones have their own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Interface
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from edge.core.addresses import address_of, is_loopback
from edge.core.config_section import ConfigFault, Section
from edge.lib.i18n import ENGLISH, Language
from edge.lib.regions.place import CANADA, Jurisdiction, is_part
from edge.lib.regions.provinces import provinces
from edge.lib.regions.selling_hours import SpanText
from edge.lib.units.denominations import denominations
from edge.runtime.config.explain import twice
from edge.runtime.config.till_choices import DISCOUNT_REASONS, PinFor, ReceiptPart, TaresG
from sync.enrolment import Others
from twin.link_port import LINK_PORT

Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$(?!\n)",
        description="a name of lowercase letters, digits, '-' and '_' that starts with a letter or digit",
    ),
]


class StoreSection(Section, frozen=True, kw_only=True):
    """`[store]`: the store's identity. `day_turns_at`: the time at which a business day ends, in the shop's time zone.
    `country`: location, and the date format (default: the zone's country); `province`: of Canada, or the US state.
    Taxes, addresses, holidays, age limits and other limits depend on the latter two."""

    tenant: Name = "demo"
    id: Name
    device: Name = "box1"
    header: tuple[str, ...]
    footer: tuple[str, ...] = ()
    tax_number: str = ""
    currency: Annotated[
        str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="three capital letters (ISO 4217), such as 'EUR'")
    ]
    language: Language = ENGLISH
    zone: str = "UTC"
    country: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Z]{2})?$(?!\n)", description="two capital letters (ISO 3166), such as 'FR', or nothing"
        ),
    ] = ""
    province: Annotated[
        str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)", description="two capital letters, such as 'ON', or nothing")
    ] = ""
    day_turns_at: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="hours and minutes in quotes, such as '04:00'"
        ),
    ] = "04:00"
    cash_step_minor: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    cash_halves: Literal["", "up", "down"] = ""

    def __post_init__(self) -> None:
        if self.province and not self.country:
            msgspec.structs.force_setattr(self, "country", CANADA)

    @property
    def place(self) -> Jurisdiction:
        """Legal jurisdiction of the store."""
        return Jurisdiction(self.country, self.province)

    def name(self, header: Sequence[str]) -> str:
        """Return the name of the shop: the first line of its receipt `header`, otherwise its id."""
        return header[0] if header else self.id

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        if self.province and not is_part(self.country, self.province):
            what = f"{self.country} has no province or state {self.province!r}."
            advice = f"Canada has: {', '.join(provinces())}. For country = 'US' use a state; otherwise remove it."
            yield ConfigFault(("store", "province"), what, advice)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield ConfigFault(
                ("store", "zone"), f"Time zone {self.zone!r} doesn't exist.", "Use a name like 'Europe/Paris'."
            )
        if denominations(self.currency) is None and not _is_currency(self.currency):
            advice = "Use an ISO 4217 code, such as 'EUR', 'GBP', 'USD' or 'ILS'."
            yield ConfigFault(("store", "currency"), f"Currency {self.currency!r} doesn't exist.", advice)


def _is_currency(code: str) -> bool:
    from babel.numbers import is_currency  # loads CLDR, which most shops don't need

    return is_currency(code)


Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$(?!\n)",
        description="the origin of a page, such as 'https://shop.example:8443', without wildcards or a path",
    ),
]


class Panel(Section, frozen=True, kw_only=True):
    """`[panel]`: the address at which pages are served. `aside`: a page shown next to the cashier's (the demo's
    devices).

    `tls_cert` and `tls_key` are files; without them the box issues its own certificate (edge/core/tls). Forwarded
    headers from `trusted_proxy` (an address) are trusted; its clients use `public_origin`. `origins`: other sites whose
    pages may call the API with a token. `pairing`: which browsers need a manager's approval: those of other machines,
    or with `always` also the box's own.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    aside: str = ""
    pairing: Literal["network", "always"] = "network"
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxy: str = ""
    public_origin: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?)?$(?!\n)",
            description="https:// and a host name, with a port other than 443 if needed, such as 'https://till.example'",
        ),
    ] = ""
    origins: Annotated[tuple[Origin, ...], msgspec.Meta(max_length=20)] = ()

    @property
    def beyond(self) -> bool:
        """Whether other machines can reach the panel."""
        return not is_loopback(self.host)

    @property
    def tls(self) -> bool:
        """Whether TLS is used. It always is beyond this machine."""
        return self.beyond or bool(self.tls_cert)

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        for one, other in (("tls_cert", "tls_key"), ("trusted_proxy", "public_origin")):
            if bool(getattr(self, one)) != bool(getattr(self, other)):
                given, lacks = (one, other) if getattr(self, one) else (other, one)
                yield ConfigFault(("panel", given), f"[panel] sets {given!r} without {lacks!r}.", f"Set {lacks!r} too.")
        for origin in self.origins:
            if origin.endswith({"https": ":443", "http": ":80"}[origin.partition(":")[0]]):
                what = f"origins of [panel] has {origin!r}, which browsers send without the port."
                yield ConfigFault(("panel", "origins"), what, f"Use {origin.rpartition(':')[0]!r}.")
        try:
            if self.trusted_proxy:
                address_of(self.trusted_proxy)
        except ValueError:
            what = f"trusted_proxy of [panel] can't be {self.trusted_proxy!r}."
            yield ConfigFault(("panel", "trusted_proxy"), what, "It must be an address, such as '192.168.1.2'.")


class CatalogSection(Section, frozen=True, kw_only=True):
    """`[catalog]`: defaults for imported files, and the precedence of `sources` (highest first)."""

    language: Language | None = None
    tax_class: Name = "standard"
    retired: Literal["refuse", "sell"] = "refuse"
    sources: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    price_jump_percent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 50
    clean_names: bool = True
    show_effects: bool = False

    office_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that only head office sets; the file has no such key."""

    def faults(self, classes: Sequence[str]) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express. `classes` are the tax class ids."""
        if source := twice(self.sources):
            yield ConfigFault(("catalog", "sources"), f"The source {source!r} is listed twice.", "List each one once.")
        if self.tax_class not in classes:
            what = f"The default tax class {self.tax_class!r} isn't defined."
            advice = f"Define it in [[tax.class]], or set [catalog] tax_class to one of: {', '.join(classes)}."
            yield ConfigFault(("catalog", "tax_class") if self != CatalogSection() else ("tax",), what, advice)


class LabelsSection(Section, frozen=True, kw_only=True):
    """`[labels]`: name of the label printer; by default the requesting till's."""

    printer: str = ""


class TillEntry(Section, frozen=True, kw_only=True):
    """Section `[till]`: the till's settings, such as permissions of cashiers."""

    refunds_without_receipt: bool = False
    sign_in: bool = False
    sign_out_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 30
    discount_reasons: tuple[str, ...] = DISCOUNT_REASONS
    undiscounted: tuple[str, ...] = ()
    open_amount_most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1000
    pin_for: tuple[PinFor, ...] = ()
    receipt_without: tuple[ReceiptPart, ...] = ()
    receipt_proof: bool = False
    tares_g: TaresG = ()


class HoursEntry(Section, frozen=True, kw_only=True):
    """`[hours]`: sales hours of age-restricted goods, if narrower than the law's."""

    cannabis: SpanText = ""


class Sync(Section, frozen=True, kw_only=True):
    """`[sync]`: the broker in the cloud. `others`: further brokers with the same accounts, as host:port, tried in turn.
    `password` is `secret:NAME`; `password_file` and `ca_file` are paths."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8883
    others: Others = ()
    tls: bool = True
    ca_file: str | None = None
    username: str | None = None
    password: str | None = None
    password_file: str | None = None


class TwinSection(Section, frozen=True, kw_only=True):
    """`[twin]`: a pair of boxes. `address`: an additional address, with its network, taken by the leading box, for
    devices that can store only one. `wifi`: whether the boxes may connect without a cable. `sync_ms`: a box with slower
    disk syncs (99th percentile) only follows. `port`: the port on which this box listens for the others after the first
    one is admitted."""

    address: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2})?$(?!\n)",
            description="an address with its network, such as '192.168.1.50/24'",
        ),
    ] = ""
    wifi: bool = False
    sync_ms: Annotated[int, msgspec.Meta(ge=1, le=60_000)] = 20
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = LINK_PORT

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        try:
            if self.address:
                IPv4Interface(self.address)
        except ValueError:
            what = f"address of [twin] can't be {self.address!r}."
            yield ConfigFault(("twin", "address"), what, "It must be an address with its network: '192.168.1.50/24'.")


class HotplugSection(Section, frozen=True, kw_only=True):
    """`[plugging]`: whether a known scanner is used as soon as it is plugged in, if there is only one register."""

    scanners: bool = True


class Log(Section, frozen=True, kw_only=True):
    """`[log]`: log level, and text or JSON lines."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"
