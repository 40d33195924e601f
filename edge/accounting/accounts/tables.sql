-- Strict projection of AccountSet and AccountEnded: who may pay later, and how.
CREATE TABLE account (
    customer TEXT PRIMARY KEY,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleVoided, TenderCorrected, AccountCharged, AccountBalanceImported,
-- ImportedBalanceUndone, AccountCreditUsed, AccountReminded and AccountPaymentUndone: what is owed on account, by the row of the journal it is of. `stage`: at which a customer was
-- reminded of it. Charges have no paper: `paper` is 0.
CREATE TABLE account_item (
    seq           INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'fee', 'interest', 'opening')),
    register      TEXT NOT NULL,
    paper         INTEGER NOT NULL,
    sales_order   INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL,
    paid_minor    INTEGER NOT NULL,
    stage         INTEGER NOT NULL
) STRICT;
CREATE INDEX account_item_customer ON account_item (customer, seq);
CREATE INDEX account_item_open ON account_item (due_on, seq) WHERE amount_minor > paid_minor;
CREATE INDEX account_item_paper ON account_item (register, paper) WHERE paper > 0;

-- Strict projection of AccountPaid, AccountPaymentUndone, AccountBalanceImported, ImportedBalanceUndone, SaleRefunded, SaleCompleted (exchanges), SaleVoided and
-- AccountCreditUsed: what stands to a customer's credit, and how much of it was used. `number`: of a payment;
-- `card_payment`: that by which a stored card paid it.
CREATE TABLE account_credit (
    seq           INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('payment', 'return', 'opening')),
    number        INTEGER NOT NULL,
    register      TEXT NOT NULL,
    paper         INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    tender        TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL,
    used_minor    INTEGER NOT NULL,
    undone_on     TEXT NOT NULL,
    undone_us     INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    card_payment  TEXT NOT NULL
) STRICT;
CREATE INDEX account_credit_customer ON account_credit (customer, seq);
CREATE INDEX account_credit_number ON account_credit (number) WHERE number > 0;
CREATE INDEX account_credit_paper ON account_credit (register, paper) WHERE paper > 0;

-- Strict projection of AccountCreditUsed: which credit paid what of which item.
CREATE TABLE account_match (
    credit       INTEGER NOT NULL,
    item         INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (credit, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_match_item ON account_match (item);

-- Strict projection of SalesOrderOpened, SalesOrderDelivered and SalesOrderEnded: orders on account as they are now;
-- `left_minor` of `total_minor` is not delivered yet.
CREATE TABLE sales_order (
    number        INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'partial', 'complete', 'cancelled')),
    location      TEXT NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    left_minor    INTEGER NOT NULL,
    due_on        TEXT NOT NULL,
    business_date TEXT NOT NULL,
    opened_us     INTEGER NOT NULL,
    changed_us    INTEGER NOT NULL,
    changed_by    TEXT NOT NULL
) STRICT;
CREATE INDEX sales_order_customer ON sales_order (customer, number);
CREATE INDEX sales_order_open ON sales_order (number) WHERE state IN ('open', 'partial');

-- Strict projection: the lines of these orders, in thousandths of the product's unit.
CREATE TABLE sales_line (
    number      INTEGER NOT NULL,
    sku         TEXT NOT NULL,
    n           INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    delivered   INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_line_sku ON sales_line (sku);

-- Strict projection of SalesOrderDelivered: what went out with which receipt.
CREATE TABLE sales_delivery (
    seq           INTEGER PRIMARY KEY,
    number        INTEGER NOT NULL,
    register      TEXT NOT NULL,
    receipt       INTEGER NOT NULL,
    delivery_note TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    lines         TEXT NOT NULL
) STRICT;
CREATE INDEX sales_delivery_number ON sales_delivery (number, seq);
CREATE INDEX sales_delivery_receipt ON sales_delivery (register, receipt) WHERE receipt > 0;

-- Strict projection of QuoteMade and QuoteEnded: what was offered, at which prices, until the end of which business day;
-- `lines` is JSON, account.SalesLine.
CREATE TABLE quote (
    number        INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    valid_until   TEXT NOT NULL,
    business_date TEXT NOT NULL,
    changed_us    INTEGER NOT NULL,
    sales_order   INTEGER NOT NULL,
    lines         TEXT NOT NULL
) STRICT;
CREATE INDEX quote_customer ON quote (customer, number);
CREATE INDEX quote_open ON quote (number) WHERE state = 'open';
