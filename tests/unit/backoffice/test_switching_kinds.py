"""Files of other systems are known by their columns, of whichever system and in whichever language."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edge.backoffice.switching.headings import SALE, find_columns
from edge.backoffice.switching.kinds import kind_of, system_of
from edge.backoffice.switching.moved import FileKind
from edge.lib.units.amounts import amount_of, mark_of

HEADERS: tuple[tuple[FileKind, str, str], ...] = (
    (
        "catalogue",
        "Square",
        "Token|Item Name|Variation Name|SKU|Description|Category|GTIN|Price|Option Name 1|Option Value 1"
        "|Default Unit Cost"
        "|Current Quantity Main St|Tax - Sales Tax (6.625%)",
    ),
    (
        "sales_lines",
        "Square",
        "Date|Time|Time Zone|Category|Item|Qty|Price Point Name|SKU|Modifiers Applied|Gross Sales|Discounts"
        "|Net Sales|Tax"
        "|Transaction ID|Payment ID|Device Name|Event Type|Location|Customer ID|Customer Name|GTIN|Employee"
        "|Channel|Token",
    ),
    (
        "receipts",
        "Square",
        "Date|Time|Time Zone|Gross Sales|Discounts|Net Sales|Gift Card Sales|Tax|Tip|Total Collected|Card|Cash|Fees"
        "|Net Total|Transaction ID|Payment ID|Device Name|Staff Name|Staff ID|Customer ID|Customer Name|Deposit ID",
    ),
    (
        "customers",
        "Square",
        "Reference ID|First Name|Last Name|Email Address|Phone Number|Nickname|Company Name|Street Address 1|City|State"
        "|Postal Code|Birthday|Memo|Square Customer ID|Creation Source|First Visit|Last Visit"
        "|Transaction Count|Lifetime Spend"
        "|Email Subscription Status",
    ),
    ("gift_cards", "Square", "Gift Card GAN|State|Balance|Created At|Activated At"),
    ("staff", "", "First Name|Last Name|Email|Phone|Job Title|Hourly Wage|Passcode|Permission Set"),
    (
        "catalogue",
        "Shopify",
        "Handle|Title|Body (HTML)|Vendor|Type|Tags|Published|Option1 Name|Option1 Value|Variant SKU"
        "|Variant Inventory Qty"
        "|Variant Price|Variant Barcode|Gift Card|Cost per item|Status",
    ),
    (
        "customers",
        "Shopify",
        "Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company"
        "|Default Address Address1"
        "|Default Address City|Default Address Zip|Default Address Phone|Phone|Total Spent|Total Orders"
        "|Note|Tax Exempt|Tags",
    ),
    (
        "sales_lines",
        "Shopify",
        "Name|Email|Financial Status|Paid at|Fulfillment Status|Currency|Subtotal|Shipping|Taxes|Total|Discount Code"
        "|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem sku|Billing Name"
        "|Billing Street|Cancelled at"
        "|Payment Method|Refunded Amount|Vendor|Id|Source",
    ),
    (
        "gift_cards",
        "Shopify",
        "Id|Last Characters|Customer Name|Email|Order Name|Created At|Expires On|Initial Balance"
        "|Current Balance|Currency"
        "|Expired?|Enabled?|Disabled At",
    ),
    (
        "stock",
        "Shopify",
        "Handle|Title|Option1 Name|Option1 Value|SKU|HS Code|COO|Location|Incoming|Committed|Available|On hand",
    ),
    ("catalogue", "Lightspeed", "System ID|UPC|EAN|Custom SKU|Item|Qty.|Price|Tax Class|Default Cost|Vendor|Category"),
    ("gift_cards", "", "code|balance"),
    ("sales_lines", "", "Date|ID|Item|Custom SKU|Qty|Retail|Subtotal|Discount|Tax|Total|Employee|Register"),
    (
        "catalogue",
        "Lightspeed",
        "id|handle|sku|name|variant_option_one_name|variant_option_one_value|supply_price|retail_price|brand_name"
        "|supplier_name|inventory_Main_Outlet|reorder_point_Main_Outlet",
    ),
    (
        "customers",
        "Lightspeed",
        "id|customer_code|customer_group_name|first_name|last_name|company_name|email|phone|mobile|physical_address1"
        "|physical_city|physical_postcode|date_of_birth|loyalty_balance|account_balance"
        "|store_credit_balance|year_to_date",
    ),
    (
        "sales_lines",
        "",
        "Date|Receipt Number|Line Type|Customer Code|Customer Name|Note|Quantity|Subtotal|Sales Tax"
        "|Discount|Loyalty|Total"
        "|Paid|Details|Register|User|Status|Sku|AccountCodeSale",
    ),
    (
        "catalogue",
        "Loyverse",
        "Handle|SKU|Name|Category|Sold by weight|Option 1 name|Option 1 value|Cost|Barcode|SKU of included item"
        "|Quantity of included item|Track stock|Price [Main]|In stock [Main]",
    ),
    (
        "sales_lines",
        "Loyverse",
        "Date|Receipt number|Receipt type|Category|SKU|Item|Variant|Modifiers applied|Quantity|Gross sales|Discounts"
        "|Net sales|Cost of goods|Gross profit|Taxes|POS|Store|Cashier name|Customer name|Customer contacts"
        "|Comment|Status",
    ),
    (
        "receipts",
        "Loyverse",
        "Date|Receipt number|Receipt type|Gross sales|Discounts|Net sales|Taxes|Tips|Total collected|Cost of goods"
        "|Gross profit|Payment type|Description|POS|Store|Cashier name|Customer name|Customer contacts|Status",
    ),
    (
        "customers",
        "Loyverse",
        "Customer ID|Customer name|Email|Phone|Address|City|Region|Postal code|Country|Customer code"
        "|Points balance|Note"
        "|First visit|Last visit|Total visits|Total spent",
    ),
    (
        "sales_summary",
        "",
        "Item name|SKU|Category|Items sold|Gross sales|Items refunded|Refunds|Discounts|Net sales|Cost of goods",
    ),
    ("sales_days", "", "Date|Gross sales|Refunds|Discounts|Net sales|Cost of goods|Gross profit|Taxes"),
    (
        "sales_lines",
        "Toast",
        "Location|Order Id|Order #|Sent Date|Order Date|Check Id|Server|Table|Dining Area|Item Id|Master Id|SKU|PLU"
        "|Menu Item|Menu Group|Sales Category|Gross Price|Discount|Net Price|Qty|Tax|Void?",
    ),
    ("catalogue", "", "Menu|Menu Group|Menu Item|Description|Price|SKU|PLU|Calories"),
    (
        "catalogue",
        "Odoo",
        "External ID|Name|Internal Reference|Barcode|Sales Price|Cost|Product Category|Quantity On Hand",
    ),
    ("catalogue", "Odoo", "id|name|default_code|barcode|list_price|standard_price|categ_id/id|qty_available"),
    ("customers", "", "id|name|email|phone|mobile|street|street2|city|zip|country_id/name|vat|is_company"),
    ("sales_lines", "", "Order Ref|Date|Order Lines/Product|Order Lines/Quantity|Order Lines/Subtotal"),
    ("receipts", "Odoo", "name|date_order|pos_reference|partner_id/name|amount_total|amount_tax|state"),
    ("gift_cards", "", "Code|Balance|Partner|Program|Expiration Date"),
    (
        "catalogue",
        "WooCommerce",
        "ID|Type|SKU|Name|Published|Is featured?|Visibility in catalog|Short description|Tax status|In stock?|Stock"
        "|Sale price|Regular price|Categories|Tags|Images|Parent|Attribute 1 name|Attribute 1 value(s)",
    ),
    (
        "customers",
        "",
        "user_login|user_email|first_name|last_name|billing_phone|billing_address_1|billing_city|billing_postcode",
    ),
    (
        "sales_lines",
        "",
        "Order Number|Order Status|Order Date|Customer Note|First Name (Billing)|Last Name (Billing)|Email (Billing)"
        "|Payment Method Title|Order Total Amount|SKU|Item #|Item Name|Quantity (- Refund)|Item Cost",
    ),
    (
        "catalogue",
        "ERPNext",
        "Item Code|Item Name|Item Group|Stock UOM|Valuation Rate|Standard Rate|Has Variants|Variant Of",
    ),
    ("customers", "", "Customer Name|Customer Group|Territory|Mobile No|Email Id|Loyalty Program"),
    ("suppliers", "", "Supplier Name|Supplier Group|Country|Email Id|Mobile No"),
    ("staff", "", "Employee|Employee Name|Designation|Department|Date of Joining"),
    ("customers", "", "Nom|Prénom|Courriel|Téléphone|Adresse|Ville|Code postal|Points de fidélité"),
    ("customers", "", 'שם פרטי|שם משפחה|טלפון נייד|דוא"ל|כתובת|עיר'),
    ("catalogue", "", "Désignation|Prix TTC|Code-barres|Fournisseur"),
    ("sales_lines", "", "Date|Article|Quantité|Montant"),
    ("taxes", "", "Tax Name|Rate|Tax Scope"),
    ("categories", "", "Category Name|Parent Category"),
    ("discounts", "", "Discount Name|Discount Type|Discount Value"),
    ("unknown", "", "Foo|Bar"),
)


@pytest.mark.parametrize(("kind", "system", "header"), HEADERS)
def test_a_file_is_known_by_its_columns(kind: FileKind, system: str, header: str) -> None:
    columns = tuple(header.split("|"))
    assert kind_of(columns) == kind
    assert system_of(columns) == system or not system


@pytest.mark.parametrize(
    ("header", "day"),
    (
        ("Completed On|Item|Qty|Total", "Completed On"),
        ("finalised_date|Item|Qty", "finalised_date"),
        ("closedOn|Item|Qty", "closedOn"),
        ("Date Closed|Item|Qty", "Date Closed"),
        ("Sale location|Order creation date|Item|Qty", "Order creation date"),
        ("Paid on|Order placed date|Item|Qty", "Order placed date"),
        ("Bill Date/Time|Item|Qty", "Bill Date/Time"),
        ("COMPLETEDON|Item|Qty", "COMPLETEDON"),
        ("Payment Station|Item|Qty", ""),
        ("Transaction Location|Item|Qty", ""),
        ("Receipt Format|Order last update|Item|Qty", ""),
    ),
)
def test_a_day_is_a_heading_whose_last_word_says_so(header: str, day: str) -> None:
    columns = tuple(header.split("|"))
    place = find_columns(columns, SALE).get("day")
    assert ("" if place is None else columns[place]) == day


def test_money_is_read_as_a_whole_column_has_it() -> None:
    column = ("$1,234.50", "(4.20)", "-$0.40", "12", "")
    assert [amount_of(cell, mark_of(column)) for cell in column] == [
        Decimal("1234.50"),
        Decimal("-4.20"),
        Decimal("-0.40"),
        Decimal(12),
        Decimal(0),
    ]
    column = ("1.234,50 €", "3,5", "1.250")
    assert [amount_of(cell, mark_of(column)) for cell in column] == [Decimal("1234.50"), Decimal("3.5"), Decimal(1250)]
    assert amount_of("free") is None
