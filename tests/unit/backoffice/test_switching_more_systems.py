"""Files of systems that nothing here is made for: their columns say what they are, and which field is in which column.

Most headings are those that the systems' public help pages and import templates name, shortened. Nine headers were
written from general knowledge of the systems and compared with no page: the six of staff, Counterpoint's two (NCR, in
capitals) and Lightspeed X's gift cards.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from edge.backoffice.switching.headings import CARD, PERSON, SALE, STAFF, find_columns
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.moved import FileKind
from edge.goods.ingest.mapping.headers import guess_fields
from edge.lib.i18n import ENGLISH

HEADERS: tuple[tuple[FileKind, str], ...] = (
    # Dotypos
    (
        "catalogue",
        "categoryId|categoryName|productId|name|ean|plu|priceWithVat|priceWithoutVat|vat|unit|purchasePriceWithoutVat",
    ),
    # Shopware
    (
        "customers",
        "customer_number|email|first_name|last_name|default_billing_street|default_billing_zipcode"
        "|default_billing_city|birthday|newsletter",
    ),
    # Shopware
    (
        "sales_lines",
        "order_number|order_date|product_number|product_name|quantity|unit_price|total_price|payment_status",
    ),
    # ready2order
    (
        "catalogue",
        "ready2order ID|External reference (ID)|Item number|Barcode|Product name|Product group|Price|VAT|Unit|Stock",
    ),
    # Clover
    (
        "catalogue",
        "Clover ID|Name|Alternate Name|Price|Price Type|Price Unit|Tax Rates|Cost|Product Code|SKU"
        "|Modifier Groups|Quantity|Printer Labels|Hidden|Non-revenue item",
    ),
    # Clover
    (
        "customers",
        "Customer ID|First Name|Last Name|Phone Number|Email Address|Marketing Allowed|Customer Since"
        "|Birthday Month|Address Line 1|City|State / Province|Postal / ZIP Code|Country"
        "|Additional Addresses|Note",
    ),
    # Clover
    (
        "sales_lines",
        "Line Item Date|Order ID|Order Date|Order Employee Name|Item ID|Item Name|Item SKU"
        "|Order Payment State|Item Revenue|Modifiers Revenue|Total Revenue|Discounts|Tax Amount"
        "|Item Total|Refunded|Quantity",
    ),
    # Clover
    (
        "receipts",
        "Order ID|Order Number|Order Date|Order Employee ID|Order Employee Name|Note|Currency|Tax Amount"
        "|Tip|Service Charge|Discount|Order Total|Payments Total|Payment Note|Refunds Total"
        "|Manual Refunds Total|Tender|Credit Card Auth Code",
    ),
    # Clover
    (
        "receipts",
        "Payment ID|Payment Date|Order ID|Order Date|Tender|Result|Amount|Tax Amount|Tip Amount"
        "|Card Brand|Card Number|Employee Name",
    ),
    # Hike
    (
        "catalogue",
        "Name|Description|SKU|Barcode|Product Type|Brand|Supplier|Supplier Code|Cost Price|Markup"
        "|Price Excl. Tax|Tax|Retail Price|Opening Stock|Reorder Level|Reorder Quantity|Attribute Name"
        "|Attribute Value|Tags|Season",
    ),
    # Hike
    (
        "customers",
        "Customer Code|First Name|Last Name|Company|Email|Phone|Mobile|Date of birth|Gender"
        "|Customer Group|Address 1|Address 2|City|State|Postcode|Country|Loyalty Balance"
        "|Outstanding Balance|Allow Marketing",
    ),
    # Lightspeed X (Vend)
    (
        "gift_cards",
        "Card Number|Status|Created At|Expiry|Issued Value|Redeemed|Balance",
    ),
    # Erply
    (
        "catalogue",
        "Product ID|Code|EAN/UPC|Code3|Name|Name (ENG)|Group|Category|Supplier|Brand|Purchase price"
        "|Net price|Price with VAT|VAT rate|Unit|In stock|Reorder point|Status",
    ),
    # Erply
    (
        "customers",
        "Customer ID|Full name|Company name|First name|Last name|Group|Code|E-mail|Phone|Mobile|Birthday"
        "|Card code|Reward points|Credit|Street|City|Postal code|Country|E-mail opt-out",
    ),
    # Erply
    (
        "sales_lines",
        "Date|Time|Invoice No|Location|Register|Customer|Code|EAN|Product|Quantity|Price|Discount %"
        "|Net sales total|VAT|Sales with VAT",
    ),
    # Epos Now
    (
        "catalogue",
        "Id|Name|Description|CostPrice|IsCostPriceIncTax|SalePrice|IsSalePriceIncTax|EatOutPrice"
        "|IsEatOutPriceIncTax|CategoryId|CategoryName|Barcode|SalePriceTaxGroupName|BrandName"
        "|SupplierName|ArticleCode|OrderCode|ButtonColour|SortPosition|IsArchived",
    ),
    # Epos Now
    (
        "customers",
        "Id|Title|Forename|Surname|BusinessName|DateOfBirth|ContactNumber|EmailAddress|MainAddressLine1"
        "|Town|County|PostCode|CardNumber|CurrentPoints|CurrentBalance|MaxCredit|SignUpDate|IsContactable",
    ),
    # Epos Now
    (
        "sales_lines",
        "TransactionID|DateTime|Location|Till|Staff|Product|Category|Quantity|Unit Price|Discount|Tax|Total",
    ),
    # Revel
    (
        "catalogue",
        "ID|Name|Category|Subcategory|Barcode|SKU|Price|Cost|Tax Class|Sold by Weight|Stock Amount"
        "|Alert Level|Vendor|Active|Attribute Parent",
    ),
    # Revel
    (
        "customers",
        "Customer ID|First Name|Last Name|Email|Phone Number|Account Balance|Total Visits|Total Purchases"
        "|Reward Points|Gift Card Number|Address|City|State|Zipcode|Birth Date|Email Subscribe",
    ),
    # Revel
    (
        "sales_lines",
        "Order ID|Created Date|Station|Employee|Product Name|Barcode|SKU|Quantity|Price|Discount Amount"
        "|Tax Amount|Initial Price|Voided|Returned",
    ),
    # TouchBistro
    (
        "catalogue",
        "Menu Item Name|Short Name|Menu Group|Sales Category|Price|Cost|Tax 1|Tax 2|SKU|UPC|In Stock Count",
    ),
    # TouchBistro
    (
        "sales_lines",
        "Bill Date|Bill Number|Order Number|Table|Waiter|Menu Item|Menu Group|Sales Category|Quantity"
        "|Gross Sales|Discounts|Net Sales|Tax 1|Void",
    ),
    # SumUp
    (
        "catalogue",
        "Item name|Variations|Option set 1|Option 1|Is variation visible? (Yes/No)|Price"
        "|On sale in Online Store?|Regular price (before sale)|Tax rate (%)|Unit"
        "|Track inventory? (Yes/No)|Quantity|Low stock threshold|SKU|Barcode"
        "|Description (Online Store and Invoices only)|Category|Item id (Do not change)"
        "|Variant id (Do not change)",
    ),
    # SumUp
    (
        "sales_lines",
        "Account|Date|Time|Type|Transaction ID|Receipt Number|Payment Method|Quantity|Description"
        "|Currency|Price (Gross)|Discount|Price (Net)|Tax|Tax rate|Transaction refunded",
    ),
    # Zettle
    (
        "catalogue",
        "Name|Variant|Option name 1|Option value 1|Category|Unit name|Price (EUR)|Cost price (EUR)|Tax"
        "|Barcode|SKU|In stock|Low stock level",
    ),
    # Zettle
    (
        "sales_lines",
        "Date|Receipt number|Staff|Name|Variant|Unit|Quantity|Category|SKU|Barcode|Price|Discount"
        "|Final price (EUR)|Final tax|Cost price",
    ),
    # Zettle
    (
        "receipts",
        "Date|Receipt number|Amount|VAT|Tip|Discount|Payment method|Card issuer|Last digits|Staff|Description",
    ),
    # Shopify
    (
        "sales_lines",
        "Day|Order name|Product title|Product variant title|Product variant SKU|Net quantity|Gross sales"
        "|Discounts|Returns|Net sales|Taxes|Total sales",
    ),
    # Cin7
    (
        "catalogue",
        "ProductCode|Name|Category|Brand|Type|FixedAssetType|CostingMethod|Barcode|DefaultUnitOfMeasure"
        "|MinimumBeforeReorder|ReorderQuantity|PriceTier1|PriceTier2|PriceTier3|AverageCost|Tags"
        "|PurchaseTaxRule|SaleTaxRule|LastSuppliedBy|SupplierProductCode|Status",
    ),
    # Cin7
    (
        "catalogue",
        "Style Code|Product Name|Category|Sub Category|Supplier|Brand|Option Label 1|Option 1|Code"
        "|Barcode|Cost|Retail Price|Wholesale Price|SOH",
    ),
    # Cin7
    (
        "customers",
        "Name|Status|Currency|PaymentTerm|TaxRule|PriceTier|Discount|CreditLimit|Carrier"
        "|SalesRepresentative|Location|Tags|ContactName|Phone|MobilePhone|Email|AddressLine1|AddressLine2"
        "|City|State|Postcode|Country",
    ),
    # Fishbowl
    (
        "catalogue",
        "PartNumber|ProductNumber|ProductDescription|ProductDetails|UOM|Price|Class|Active|Taxable"
        "|ProductUPC|ProductSKU|Weight|Vendor",
    ),
    # Fishbowl
    (
        "stock",
        "PartNumber|PartDescription|Location|Location-LocationGroup|Qty|UOM|Cost|Date",
    ),
    # Fishbowl
    (
        "customers",
        "Name|AddressName|AddressContact|AddressType|Address|City|State|Zip|Country|Main|Home|Work|Mobile"
        "|Email|CreditLimit|Status|Active|Salesman|DefaultPriority|Number|PaymentTerms|TaxRate",
    ),
    # NCR
    (
        "catalogue",
        "Item ID|Item Name|Category|Variation Type 1|Variation Value 1|Item Number|UPC Code|Price"
        "|Unit Cost|Sold By|Tax Category|On Hand Qty|Reorder Level|Vendor",
    ),
    # NCR
    (
        "catalogue",
        "ITEM_NO|DESCR|CATEG_COD|SUBCAT_COD|PRC_1|LST_COST|BARCOD|STK_UNIT|VEND_NO|QTY_ON_HND|STAT",
    ),
    # NCR
    (
        "customers",
        "CUST_NO|NAM|FST_NAM|LST_NAM|ADRS_1|CITY|STATE|ZIP_COD|PHONE_1|EMAIL_ADRS_1|BAL|LOY_PTS_BAL|CATEG_COD",
    ),
    # Heartland
    (
        "catalogue",
        "Public ID|Description|Long Description|Price|Original Price|Cost|UPC|Vendor|Primary Vendor"
        "|Track Inventory?|Custom: Department|Custom: Size|Custom: Color|Qty On Hand|Active",
    ),
    # Heartland
    (
        "sales_lines",
        "Local Completed At|Ticket #|Location|Sales Rep|Item #|Item Description|Net Qty Sold|Gross Sales"
        "|Net Discounts|Net Sales|Net Margin",
    ),
    # QuickBooks POS
    (
        "catalogue",
        "Item Number|Item Name|Item Description|Department Name|Attribute|Size|Average Unit Cost"
        "|Regular Price|MSRP|Tax Code|UPC|Order By Unit|Qty 1|Vendor Name|Vendor Code|Reorder Point|ALU",
    ),
    # QuickBooks POS
    (
        "customers",
        "Title|First Name|Last Name|Company|Phone1|Phone2|EMail|Street|Street2|City|State|Zip"
        "|Account Balance|Account Limit|Customer ID|Rewards Balance|Last Sale",
    ),
    # QuickBooks POS
    (
        "sales_lines",
        "Date|Receipt #|Store|Cashier|Associate|Item #|Item Name|Attribute|Size|Qty Sold|Ext Price"
        "|Ext Cost|Discount|Receipt Type",
    ),
    # PrestaShop
    (
        "catalogue",
        "Product ID|Active (0/1)|Name *|Categories (x,y,z...)|Price tax excluded|Tax rules ID"
        "|Wholesale price|On sale (0/1)|Discount amount|Reference #|Supplier reference #|Supplier"
        "|Manufacturer|EAN13|UPC|Ecotax|Width|Weight|Quantity|Minimal quantity|Visibility|Summary"
        "|Description",
    ),
    # PrestaShop
    (
        "catalogue",
        "Product ID|Image|Name|Reference|Category|Price (tax excl.)|Price (tax incl.)|Quantity|Status",
    ),
    # PrestaShop
    (
        "customers",
        "ID|Social title|First name|Last name|Email address|Sales|Enabled|Newsletter|Partner offers"
        "|Registration|Last visit",
    ),
    # PrestaShop
    (
        "receipts",
        "ID|Reference|New client|Delivery|Customer|Total|Payment|Status|Date",
    ),
    # Magento
    (
        "catalogue",
        "sku|store_view_code|attribute_set_code|product_type|categories|product_websites|name|description"
        "|weight|product_online|tax_class_name|visibility|price|special_price|url_key|created_at|qty"
        "|out_of_stock_qty|is_in_stock|additional_attributes|configurable_variations",
    ),
    # Magento
    (
        "customers",
        "email|_website|_store|confirmation|created_at|created_in|dob|firstname|gender|group_id|lastname"
        "|middlename|password_hash|prefix|reward_update_notification|store_id|suffix|taxvat|website_id",
    ),
    # Magento
    (
        "customers",
        "ID|Name|Email|Group|Phone|ZIP|Country|State/Province|Customer Since|Web Site|Confirmed email"
        "|Account Created in|Date of Birth|Tax VAT Number|Gender",
    ),
    # Magento
    (
        "receipts",
        "ID|Purchase Point|Purchase Date|Bill-to Name|Ship-to Name|Grand Total (Base)"
        "|Grand Total (Purchased)|Status|Billing Address|Shipping Information|Customer Email|Subtotal"
        "|Payment Method|Total Refunded",
    ),
    # BigCommerce
    (
        "catalogue",
        "Item Type|Product ID|Product Name|Product Type|Product Code/SKU|Bin Picking Number|Brand Name"
        "|Option Set|Product Description|Price|Cost Price|Retail Price|Sale Price|Fixed Shipping Cost"
        "|Product Weight|Allow Purchases?|Product Visible?|Track Inventory|Current Stock Level"
        "|Low Stock Level|Category|Product Tax Class|Product UPC/EAN|Product Condition",
    ),
    # BigCommerce
    (
        "catalogue",
        "Item|ID|Name|Type|SKU|Options|Inventory Tracking|Current Stock|Low Stock|Price|Cost Price"
        "|Retail Price|Sale Price|Brand ID|Channels|Categories|Description|Weight|UPC/EAN|Tax Class"
        "|Is Visible",
    ),
    # BigCommerce
    (
        "customers",
        "Customer ID|Customer Name|Customer Type|Email|Phone|Company|Customer Group|Store Credit"
        "|Receive Marketing Emails|Notes|Date Joined|Addresses",
    ),
    # BigCommerce
    (
        "receipts",
        "Order ID|Customer ID|Customer Name|Customer Email|Order Date|Order Status|Subtotal (inc tax)"
        "|Tax Total|Shipping Cost (inc tax)|Order Total (inc tax)|Payment Method|Total Quantity"
        "|Order Currency Code",
    ),
    # Ecwid
    (
        "catalogue",
        "type|product_internal_id|product_sku|product_name|product_price|product_compare_to_price"
        "|product_is_inventory_tracked|product_quantity|product_quantity_in_stock|product_weight"
        "|product_upc|product_brand|product_category_1|product_description|product_option_name"
        "|product_option_1_value|product_variation_sku|product_cost_price",
    ),
    # Ecwid
    (
        "catalogue",
        "sku|name|price|quantity|upc|category1|description|weight|shipping_freight|enabled|options|image",
    ),
    # Ecwid
    (
        "customers",
        "email|name|phone|registered|total_order_count|total_sales|accepts_marketing|customer_group"
        "|shipping_name|shipping_address|shipping_city|shipping_postal_code|shipping_country_code|tax_id",
    ),
    # Ecwid
    (
        "sales_lines",
        "order_number|order_date|payment_status|fulfillment_status|email|name|sku|quantity|price"
        "|order_subtotal|order_total|order_tax|order_shipping",
    ),
    # Square
    (
        "staff",
        "First Name|Last Name|Email|Phone Number|Team Member ID|Job Title|Wage|Status|Permission set",
    ),
    # Shopify
    (
        "staff",
        "Name|Email|Role|Status|Last login",
    ),
    # Clover
    (
        "staff",
        "Name|Nickname|Role|Email|Phone|PIN|Employee ID|Card",
    ),
    # Loyverse
    (
        "staff",
        "Employee name|Email|Phone|Role|POS PIN",
    ),
    # Toast
    (
        "staff",
        "First Name|Last Name|Email|Phone|Job Codes|Wages|Employee ID|Access",
    ),
    # Lightspeed
    (
        "staff",
        "ID|First Name|Last Name|Email|Role|Access PIN|Locked Out",
    ),
)


@pytest.mark.parametrize(("kind", "header"), HEADERS)
def test_a_file_of_a_system_without_a_template_is_known(kind: FileKind, header: str) -> None:
    columns = tuple(header.split("|"))
    assert kind_of(columns) == kind
    fields = _fields(kind, columns)
    if kind == "catalogue":
        assert {"name.en", "sku", "price"} <= fields.keys() or {"name.en", "code", "price"} <= fields.keys(), fields
    elif kind == "customers":
        assert {"name", "first"} & fields.keys() and {"email", "phone"} & fields.keys(), fields
    elif kind == "sales_lines":
        assert {"day", "quantity"} <= fields.keys() and {"sku", "item"} & fields.keys(), fields
        assert {"amount", "price"} & fields.keys(), fields
    elif kind == "staff":
        assert {"name", "first"} & fields.keys() and "role" in fields, fields


@pytest.mark.parametrize(
    ("header", "expected"),
    (
        (
            "Id|Name|Description|CostPrice|SalePrice|EatOutPrice|CategoryName|Barcode|BrandName|SupplierName|ArticleCode",
            {
                "price": "SalePrice",
                "cost": "CostPrice",
                "category": "CategoryName",
                "sku": "ArticleCode",
                "supplier": "SupplierName",
            },
        ),
        (
            "Product ID|Name|Reference|Price (tax excl.)|Price (tax incl.)|Quantity",
            {"sku": "Reference", "other_sku": "Product ID", "price": "Price (tax incl.)"},
        ),
        (
            "Product ID|Product Name|Product Code/SKU|Price|Cost Price|Current Stock Level|Product UPC/EAN",
            {"sku": "Product Code/SKU", "code": "Product UPC/EAN", "on_hand": "Current Stock Level"},
        ),
        (
            "Code|EAN/UPC|Name|Price with VAT|In stock",
            {"sku": "Code", "code": "EAN/UPC", "price": "Price with VAT", "on_hand": "In stock"},
        ),
        (
            "Item name|Price|Unit|Track inventory? (Yes/No)|Quantity|Low stock threshold|SKU",
            {"on_hand": "Quantity", "unit": "Unit", "minimum": "Low stock threshold"},
        ),
        (
            "ITEM_NO|DESCR|CATEG_COD|PRC_1|LST_COST|BARCOD|QTY_ON_HND",
            {"sku": "ITEM_NO", "name.en": "DESCR", "price": "PRC_1", "cost": "LST_COST", "on_hand": "QTY_ON_HND"},
        ),
    ),
)
def test_a_column_is_understood_however_it_is_spelled(header: str, expected: dict[str, str]) -> None:
    fields = _fields("catalogue", tuple(header.split("|")))
    assert expected.items() <= fields.items(), fields


def _fields(kind: FileKind, columns: tuple[str, ...]) -> dict[str, str]:
    if kind == "catalogue":
        return {field: columns[places[0]] for field, places in guess_fields(columns, ENGLISH).items()}
    words: Mapping[FileKind, Mapping[str, tuple[str, ...]]] = {
        "customers": PERSON,
        "sales_lines": SALE,
        "gift_cards": CARD,
        "staff": STAFF,
    }
    return {field: columns[place] for field, place in find_columns(columns, words.get(kind, {})).items()}


def test_of_two_prices_that_with_tax_counts_and_an_address_may_say_which_it_is() -> None:
    header = ("productId", "name", "priceWithoutVat", "priceWithVat", "vat")
    assert guess_fields(header, ENGLISH)["price"] == (3,)
    people = ("email", "default_billing_street", "default_billing_zipcode", "default_billing_city")
    assert find_columns(people, PERSON) == {"email": 0, "line1": 1, "postal": 2, "city": 3}
