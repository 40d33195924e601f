"""Records of the uniform file structure 1.31, as structs whose attributes are the fields.

Source: Israel Tax Authority, "Instructions for making files in the uniform structure", version 1.31, 2009-05-10. Fields
that repeat a number, the dealer, the document's type and number or a count have defaults: the writer fills them in
(`uniform_file.py`).
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from edge.lib.fiscal.israel.fixed_width import Record, day, digits, minute, optional_day, signed_column, text

MIDNIGHT = time()


class FileHeader(Record, frozen=True, kw_only=True):
    """A000. The content of INI.TXT except its counts: the software, the dealer, the files and the time."""

    code: Annotated[str, text(1000, 4)] = "A000"
    reserved_1001: Annotated[str, text(1001, 5)] = ""
    records: Annotated[int, digits(1002, 15)] = 0
    """all records of BKMVDATA.TXT, including the first and the last"""
    dealer_number: Annotated[int, digits(1003, 9)]
    identifier: Annotated[int, digits(1004, 15)]
    """random, and different for each file"""
    constant: Annotated[str, text(1005, 8)] = "&OF1.31&"
    registration_number: Annotated[int, digits(1006, 8)] = 0
    software_name: Annotated[str, text(1007, 20)] = ""
    software_version: Annotated[str, text(1008, 20)] = ""
    maker_dealer_number: Annotated[int, digits(1009, 9)] = 0
    maker_name: Annotated[str, text(1010, 20)] = ""
    several_years: Annotated[int, digits(1011, 1)] = 2
    """1 one year, 2 several years"""
    path: Annotated[str, text(1012, 50)]
    bookkeeping: Annotated[int, digits(1013, 1)] = 0
    """0 none, 1 single entry, 2 double entry"""
    balance_by: Annotated[int, digits(1014, 1)] = 0
    """1 by entry, 2 by batch"""
    company_number: Annotated[int, digits(1015, 9)] = 0
    deductions_number: Annotated[int, digits(1016, 9)] = 0
    reserved_1017: Annotated[str, text(1017, 10)] = ""
    business_name: Annotated[str, text(1018, 50)]
    street: Annotated[str, text(1019, 50)] = ""
    house: Annotated[str, text(1020, 10)] = ""
    city: Annotated[str, text(1021, 30)] = ""
    postcode: Annotated[str, text(1022, 8)] = ""
    tax_year: Annotated[int, digits(1023, 4)] = 0
    since: Annotated[date | None, optional_day(1024)] = None
    until: Annotated[date | None, optional_day(1025)] = None
    made_on: Annotated[date, day(1026)]
    made_at: Annotated[time, minute(1027)]
    language: Annotated[int, digits(1028, 1)] = 0
    """0 Hebrew, 1 Arabic, 2 other"""
    character_set: Annotated[int, digits(1029, 1)] = 1
    """1 ISO-8859-8, 2 CP-862"""
    compression: Annotated[str, text(1030, 20)] = "zip"
    currency: Annotated[str, text(1032, 3)] = "ILS"
    branches: Annotated[int, digits(1034, 1)] = 0
    reserved: Annotated[str, text(1035, 46)] = ""


class RecordCount(Record, frozen=True, kw_only=True):
    """A line of INI.TXT: the number of records of a kind in BKMVDATA.TXT."""

    code: Annotated[str, text(1050, 4)]
    records: Annotated[int, digits(1051, 15)] = 0


class FileOpening(Record, frozen=True, kw_only=True):
    """A100. The first record of BKMVDATA.TXT."""

    code: Annotated[str, text(1100, 4)] = "A100"
    record_number: Annotated[int, digits(1101, 9)] = 0
    dealer_number: Annotated[int, digits(1102, 9)] = 0
    identifier: Annotated[int, digits(1103, 15)] = 0
    constant: Annotated[str, text(1104, 8)] = "&OF1.31&"
    reserved: Annotated[str, text(1105, 50)] = ""


class FileClosing(Record, frozen=True, kw_only=True):
    """Z900. The last record of BKMVDATA.TXT."""

    code: Annotated[str, text(1150, 4)] = "Z900"
    record_number: Annotated[int, digits(1151, 9)] = 0
    dealer_number: Annotated[int, digits(1152, 9)] = 0
    identifier: Annotated[int, digits(1153, 15)] = 0
    constant: Annotated[str, text(1154, 8)] = "&OF1.31&"
    records: Annotated[int, digits(1155, 15)] = 0
    reserved: Annotated[str, text(1156, 50)] = ""


class DocumentHeader(Record, frozen=True, kw_only=True):
    """C100. A document: its type, parties and sums."""

    code: Annotated[str, text(1200, 4)] = "C100"
    record_number: Annotated[int, digits(1201, 9)] = 0
    dealer_number: Annotated[int, digits(1202, 9)] = 0
    document_type: Annotated[int, digits(1203, 3)]
    document_number: Annotated[str, text(1204, 20)]
    made_on: Annotated[date, day(1205)]
    """set by the system"""
    made_at: Annotated[time, minute(1206)] = MIDNIGHT
    customer_name: Annotated[str, text(1207, 50)] = ""
    street: Annotated[str, text(1208, 50)] = ""
    house: Annotated[str, text(1209, 10)] = ""
    city: Annotated[str, text(1210, 30)] = ""
    postcode: Annotated[str, text(1211, 8)] = ""
    country: Annotated[str, text(1212, 30)] = ""
    country_code: Annotated[str, text(1213, 2)] = ""
    telephone: Annotated[str, text(1214, 15)] = ""
    customer_dealer_number: Annotated[int, digits(1215, 9)] = 0
    value_date: Annotated[date | None, optional_day(1216)] = None
    foreign_minor: Annotated[int, signed_column(1217, 15)] = 0
    """export invoices only"""
    foreign_currency: Annotated[str, text(1218, 3)] = ""
    before_discount_minor: Annotated[int, signed_column(1219, 15)] = 0
    discount_minor: Annotated[int, signed_column(1220, 15)] = 0
    """below zero"""
    net_minor: Annotated[int, signed_column(1221, 15)] = 0
    vat_minor: Annotated[int, signed_column(1222, 15)] = 0
    total_minor: Annotated[int, signed_column(1223, 15)] = 0
    """in a receipt, without the tax withheld"""
    withheld_minor: Annotated[int, signed_column(1224, 12)] = 0
    """receipts only"""
    customer_key: Annotated[str, text(1225, 15)] = ""
    matching: Annotated[str, text(1226, 10)] = ""
    cancelled: Annotated[str, text(1228, 1)] = ""
    """"1" if cancelled"""
    document_date: Annotated[date, day(1230)]
    """as on the document; date ranges use it"""
    branch: Annotated[str, text(1231, 7)] = ""
    operator: Annotated[str, text(1233, 9)] = ""
    link: Annotated[int, digits(1234, 7)] = 0
    """counts the documents of the file"""
    reserved: Annotated[str, text(1235, 13)] = ""


class DocumentRow(Record, frozen=True, kw_only=True):
    """D110. A line of goods or services."""

    code: Annotated[str, text(1250, 4)] = "D110"
    record_number: Annotated[int, digits(1251, 9)] = 0
    dealer_number: Annotated[int, digits(1252, 9)] = 0
    document_type: Annotated[int, digits(1253, 3)] = 0
    document_number: Annotated[str, text(1254, 20)] = ""
    line: Annotated[int, digits(1255, 4)] = 0
    base_type: Annotated[int, digits(1256, 3)] = 0
    base_number: Annotated[str, text(1257, 20)] = ""
    deal: Annotated[int, digits(1258, 1)] = 0
    """1 service, 2 sale, 3 both"""
    article: Annotated[str, text(1259, 20)] = ""
    description: Annotated[str, text(1260, 30)]
    maker: Annotated[str, text(1261, 50)] = ""
    serial_number: Annotated[str, text(1262, 30)] = ""
    unit: Annotated[str, text(1263, 20)] = ""
    quantity_ten_thousandths: Annotated[int, signed_column(1264, 17)]
    unit_price_minor: Annotated[int, signed_column(1265, 15)] = 0
    """without VAT"""
    discount_minor: Annotated[int, signed_column(1266, 15)] = 0
    """below zero"""
    net_minor: Annotated[int, signed_column(1267, 15)]
    """without VAT, less the discount"""
    vat_basis_points: Annotated[int, digits(1268, 4)]
    """1800 is 18 %"""
    branch: Annotated[str, text(1270, 7)] = ""
    document_date: Annotated[date | None, optional_day(1272)] = None
    link: Annotated[int, digits(1273, 7)] = 0
    base_branch: Annotated[str, text(1274, 7)] = ""
    reserved: Annotated[str, text(1275, 21)] = ""


class DocumentPayment(Record, frozen=True, kw_only=True):
    """D120. A payment of a document or of a part of it."""

    code: Annotated[str, text(1300, 4)] = "D120"
    record_number: Annotated[int, digits(1301, 9)] = 0
    dealer_number: Annotated[int, digits(1302, 9)] = 0
    document_type: Annotated[int, digits(1303, 3)] = 0
    document_number: Annotated[str, text(1304, 20)] = ""
    line: Annotated[int, digits(1305, 4)] = 0
    means: Annotated[int, digits(1306, 1)]
    """1 cash, 2 cheque, 3 card, 4 transfer, 5 vouchers, 6 exchange slip, 7 note, 8 standing order, 9 other"""
    bank: Annotated[int, digits(1307, 10)] = 0
    bank_branch: Annotated[int, digits(1308, 10)] = 0
    bank_account: Annotated[int, digits(1309, 15)] = 0
    cheque: Annotated[int, digits(1310, 10)] = 0
    due_on: Annotated[date | None, optional_day(1311)] = None
    amount_minor: Annotated[int, signed_column(1312, 15)]
    acquirer: Annotated[int, digits(1313, 1)] = 0
    """1 Isracard, 2 Cal, 3 Diners, 4 American Express, 6 Leumi Card"""
    card_name: Annotated[str, text(1314, 20)] = ""
    card_deal: Annotated[int, digits(1315, 1)] = 0
    """1 plain, 2 instalments, 3 credit, 4 deferred, 5 other"""
    branch: Annotated[str, text(1320, 7)] = ""
    document_date: Annotated[date | None, optional_day(1322)] = None
    link: Annotated[int, digits(1323, 7)] = 0
    reserved: Annotated[str, text(1324, 60)] = ""


class AccountEntry(Record, frozen=True, kw_only=True):
    """B100. A line of a bookkeeping entry."""

    code: Annotated[str, text(1350, 4)] = "B100"
    record_number: Annotated[int, digits(1351, 9)] = 0
    dealer_number: Annotated[int, digits(1352, 9)] = 0
    entry: Annotated[int, digits(1353, 10)]
    """the same in all lines of an entry"""
    line: Annotated[int, digits(1354, 5)]
    batch: Annotated[int, digits(1355, 8)] = 0
    entry_kind: Annotated[str, text(1356, 15)] = ""
    reference: Annotated[str, text(1357, 20)] = ""
    reference_type: Annotated[int, digits(1358, 3)] = 0
    second_reference: Annotated[str, text(1359, 20)] = ""
    second_reference_type: Annotated[int, digits(1360, 3)] = 0
    details: Annotated[str, text(1361, 50)] = ""
    entry_date: Annotated[date, day(1362)]
    value_date: Annotated[date, day(1363)]
    account: Annotated[str, text(1364, 15)]
    counter_account: Annotated[str, text(1365, 15)] = ""
    """single-entry bookkeeping only"""
    side: Annotated[int, digits(1366, 1)]
    """1 debit, 2 credit"""
    foreign_currency: Annotated[str, text(1367, 3)] = ""
    amount_minor: Annotated[int, signed_column(1368, 15)]
    foreign_minor: Annotated[int, signed_column(1369, 15)] = 0
    quantity_hundredths: Annotated[int, signed_column(1370, 12)] = 0
    matching: Annotated[str, text(1371, 10)] = ""
    second_matching: Annotated[str, text(1372, 10)] = ""
    branch: Annotated[str, text(1374, 7)] = ""
    entered_on: Annotated[date, day(1375)]
    operator: Annotated[str, text(1376, 9)] = ""
    reserved: Annotated[str, text(1377, 25)] = ""


class LedgerAccount(Record, frozen=True, kw_only=True):
    """B110. An account of the books with its sums in the range."""

    code: Annotated[str, text(1400, 4)] = "B110"
    record_number: Annotated[int, digits(1401, 9)] = 0
    dealer_number: Annotated[int, digits(1402, 9)] = 0
    account: Annotated[str, text(1403, 15)]
    name: Annotated[str, text(1404, 50)]
    balance_code: Annotated[str, text(1405, 15)]
    balance_name: Annotated[str, text(1406, 30)]
    street: Annotated[str, text(1407, 50)] = ""
    house: Annotated[str, text(1408, 10)] = ""
    city: Annotated[str, text(1409, 30)] = ""
    postcode: Annotated[str, text(1410, 8)] = ""
    country: Annotated[str, text(1411, 30)] = ""
    country_code: Annotated[str, text(1412, 2)] = ""
    parent: Annotated[str, text(1413, 15)] = ""
    opening_minor: Annotated[int, signed_column(1414, 15)] = 0
    """+ debit, - credit"""
    debits_minor: Annotated[int, signed_column(1415, 15)] = 0
    """without the opening"""
    credits_minor: Annotated[int, signed_column(1416, 15)] = 0
    """without the opening"""
    form_6111: Annotated[int, digits(1417, 4)] = 0
    party_dealer_number: Annotated[int, digits(1419, 9)] = 0
    branch: Annotated[str, text(1421, 7)] = ""
    foreign_opening_minor: Annotated[int, signed_column(1422, 15)] = 0
    foreign_currency: Annotated[str, text(1423, 3)] = ""
    reserved: Annotated[str, text(1424, 16)] = ""


class InventoryItem(Record, frozen=True, kw_only=True):
    """M100. A product: its stock, movements and cost."""

    code: Annotated[str, text(1450, 4)] = "M100"
    record_number: Annotated[int, digits(1451, 9)] = 0
    dealer_number: Annotated[int, digits(1452, 9)] = 0
    universal_code: Annotated[str, text(1453, 20)] = ""
    supplier_code: Annotated[str, text(1454, 20)] = ""
    article: Annotated[str, text(1455, 20)]
    name: Annotated[str, text(1456, 50)]
    category: Annotated[str, text(1457, 10)] = ""
    category_name: Annotated[str, text(1458, 30)] = ""
    unit: Annotated[str, text(1459, 20)]
    opening_hundredths: Annotated[int, signed_column(1460, 12)] = 0
    in_hundredths: Annotated[int, signed_column(1461, 12)] = 0
    """without the opening"""
    out_hundredths: Annotated[int, signed_column(1462, 12)] = 0
    """without the opening"""
    cost_minor: Annotated[int, digits(1463, 10)] = 0
    """per unit, outside bond"""
    bonded_cost_minor: Annotated[int, digits(1464, 10)] = 0
    """per unit, in bond"""
    reserved: Annotated[str, text(1465, 50)] = ""
