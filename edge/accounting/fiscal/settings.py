"""A store's fiscal settings."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.fiscal.regimes import Regime
from edge.core.config_section import ConfigFile, Section

Word = Annotated[str, msgspec.Meta(max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


Known = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[A-Za-z0-9 .-]*$(?!\n)")]
Place = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^(https://[^\s]+)?$(?!\n)")]


class QuebecSection(Section, frozen=True, kw_only=True):
    """`[fiscal.ca-qc]`: the transaction service ("": none), the certificate service, and the software's and store's
    registration with Revenu Québec.

    `ca`: a file with the services' trusted certificates ("": the machine's). `lookup`: the start of the URL in the QR
    code on bills; `service_key`: a file with the public key that encrypts it.
    """

    host: Place = ""
    enrolment: Place = ""
    ca: Annotated[str, msgspec.Meta(max_length=300)] = ""
    environment: Literal["DEV", "ESSAI", "PROD"] = "DEV"
    device: Known = "0000-0000-000"
    authorisation: Known = ""
    system: Known = ""
    version: Known = ""
    certificate_code: Known = ""
    partner: Known = ""
    parent_version: Known = ""
    gst: Known = ""
    qst: Known = ""
    service: Literal["CMP", "TBL", "LVR", "LVT"] = "CMP"
    lookup: Place = ""
    service_key: Annotated[str, msgspec.Meta(max_length=300)] = ""


class FiscalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Fiscal settings. `regimes`: the laws in config.toml. `year_ends` (MM-DD): the end of the tax year, which also
    names it. The taxpayer's data is for files. `country` (ISO 3166) and `zone` (IANA) are the store's."""

    regimes: tuple[Regime, ...] = ()
    year_ends: str = "12-31"
    name: str = ""
    tax_number: str = ""
    street: str = ""
    house: str = ""
    postcode: str = ""
    city: str = ""
    company_number: str = ""
    zone: str = "UTC"
    exempt_dealer: bool = False
    books: bool = False
    registration_number: int = 0
    cash_register_id: str = "EDGE"
    certificate: str = ""
    template: str = ""
    quebec: QuebecSection = QuebecSection()
    allocation_host: str = ""
    allocation_ca: str = ""
    device_host: str = ""
    device_ca: str = ""
    device_tss: str = ""
    device_clients: tuple[tuple[str, str], ...] = ()

    @property
    def last_month(self) -> int:
        """The last month of the tax year, 1 to 12."""
        return int(self.year_ends[:2])


class IsraelSection(Section, frozen=True, kw_only=True):
    """`[fiscal.il]`: whether the business is exempt (no VAT), whether files include the books, and this software's
    registration number with the authority (0: none).

    `host`: the service for allocation numbers ("": they're typed by hand). `ca`: a file with its trusted certificates
    ("": the machine's).
    """

    exempt_dealer: bool = False
    books: bool = False
    registration_number: Annotated[int, msgspec.Meta(ge=0, le=99_999_999)] = 0
    host: Place = ""
    ca: Annotated[str, msgspec.Meta(max_length=300)] = ""


class AustriaSection(Section, frozen=True, kw_only=True):
    """`[fiscal.at]`: the prefix of registered cash register ids (followed by the register's own id), and the name of
    the signing key's certificate, COMPANY-KEYID of a closed system."""

    cash_register_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,30}$(?!\n)")] = "EDGE"
    certificate: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9:-]{1,60})?$(?!\n)")] = ""


class GermanySection(Section, frozen=True, kw_only=True):
    """`[fiscal.de]`: the service of the security device (TSE) ("": none), its trusted certificates ("": the machine's),
    the device (`tss`), and each till's client name at the service."""

    host: Place = ""
    ca: Annotated[str, msgspec.Meta(max_length=300)] = ""
    tss: Known = ""
    clients: Annotated[dict[str, Known], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=dict)


class OntarioSection(Section, frozen=True, kw_only=True):
    """`[fiscal.ca-on]`: the file with the monthly report's headings ("": ours)."""

    template: Annotated[str, msgspec.Meta(max_length=300)] = ""


class FiscalSection(Section, frozen=True, kw_only=True):
    """`[fiscal]`: the laws that apply to the store, the end of its tax year, and the taxpayer's data for files, in
    addition to `[store]`."""

    regimes: tuple[Regime, ...] = ()
    year_ends: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(01-31|02-28|03-31|04-30|05-31|06-30|07-31|08-31|09-30|10-31|11-30|12-31)$(?!\n)",
            description="the last day of a month, such as '12-31'",
        ),
    ] = "12-31"
    company_number: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{0,20}$(?!\n)")] = ""
    street: Word = ""
    house: Annotated[str, msgspec.Meta(max_length=10)] = ""
    postcode: Annotated[str, msgspec.Meta(max_length=8)] = ""
    city: Annotated[str, msgspec.Meta(max_length=30)] = ""
    il: IsraelSection = IsraelSection()
    at: AustriaSection = AustriaSection()
    de: GermanySection = GermanySection()
    ca_on: OntarioSection = msgspec.field(default=OntarioSection(), name="ca-on")
    ca_qc: QuebecSection = msgspec.field(default=QuebecSection(), name="ca-qc")


SECTION = ("fiscal", FiscalSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> FiscalSettings:
    """Fiscal settings from config.toml."""
    said, store = file.of(FiscalSection), file.store
    return FiscalSettings(
        regimes=said.regimes,
        year_ends=said.year_ends,
        name=store.name(store.header),
        tax_number=str(file.said_of("store.tax_number") or ""),
        street=said.street,
        house=said.house,
        postcode=said.postcode,
        city=said.city,
        company_number=said.company_number,
        zone=store.zone,
        exempt_dealer=said.il.exempt_dealer,
        books=said.il.books,
        registration_number=said.il.registration_number,
        cash_register_id=said.at.cash_register_id,
        certificate=said.at.certificate,
        template=said.ca_on.template,
        quebec=said.ca_qc,
        allocation_host=said.il.host,
        allocation_ca=said.il.ca,
        device_host=said.de.host,
        device_ca=said.de.ca,
        device_tss=said.de.tss,
        device_clients=tuple(sorted(said.de.clients.items())),
    )
