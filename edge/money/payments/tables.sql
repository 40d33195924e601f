-- Strict projection of ProviderSet and ProviderEnded: who takes cards; `body` is JSON, provider.Provider.
CREATE TABLE payment_provider (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of PaymentRouteSet and PaymentRouteEnded: who takes which payment; `body` is JSON, routing.PaymentRoute.
CREATE TABLE payment_route (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of the events of payments: each as it is now; `body` is JSON, payment.Payment. `attention`: how it
-- ended is not known yet, or a look-up has yet to tell; `taken_seq`: 0 where no money came; `trouble`: it was contradicted,
-- or its terminal sent a whole card number; `news_seq`: in which row its provider said that there is something new; `unused`: it was taken for an order or an
-- account, and is not booked yet; `method`: the stored card that is charged; `reference`: what its provider finds it by.
CREATE TABLE payment (
    id            TEXT PRIMARY KEY,
    register      TEXT NOT NULL,
    terminal      TEXT NOT NULL,
    state         TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    order_id      TEXT NOT NULL DEFAULT '',
    method        TEXT NOT NULL DEFAULT '',
    unused        INTEGER NOT NULL DEFAULT 0,
    news_seq       INTEGER NOT NULL DEFAULT 0,
    attention     INTEGER NOT NULL,
    began_seq     INTEGER NOT NULL,
    taken_seq     INTEGER NOT NULL,
    changed_us    INTEGER NOT NULL,
    trouble       INTEGER NOT NULL DEFAULT 0,
    provider      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    reference     TEXT NOT NULL DEFAULT '',
    body          BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_state ON payment (state, changed_us, provider);
CREATE INDEX payment_trouble ON payment (changed_us) WHERE trouble = 1;
CREATE INDEX payment_attention ON payment (register, attention, began_seq);
CREATE INDEX payment_order ON payment (order_id, began_seq) WHERE order_id != '';
CREATE INDEX payment_method ON payment (method, began_seq) WHERE method != '';
CREATE INDEX payment_news ON payment (register, news_seq) WHERE news_seq > 0;
CREATE INDEX payment_unused ON payment (began_seq) WHERE unused = 1;
CREATE INDEX payment_began ON payment (began_seq);
CREATE INDEX payment_taken ON payment (terminal, taken_seq);
CREATE INDEX payment_day ON payment (provider, business_date);
CREATE INDEX payment_reference ON payment (provider, reference);

-- Strict projection of the events of refunds: each as it is now; `body` is JSON, payment.CardRefund. `cash_seq`: in which
-- row it was given in cash, as it did not get to its card; 0: it was not.
CREATE TABLE payment_refund (
    payment    TEXT NOT NULL,
    number     INTEGER NOT NULL,
    register   TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    state      TEXT NOT NULL,
    why        TEXT NOT NULL,
    asked_seq  INTEGER NOT NULL,
    done_seq   INTEGER NOT NULL,
    cash_seq   INTEGER NOT NULL DEFAULT 0,
    changed_us INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (payment, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_refund_state ON payment_refund (register, state, asked_seq);
CREATE INDEX payment_refund_changed ON payment_refund (changed_us);
CREATE INDEX payment_refund_cash ON payment_refund (cash_seq) WHERE cash_seq > 0;
CREATE INDEX payment_refund_done ON payment_refund (terminal, done_seq);
CREATE INDEX payment_refund_day ON payment_refund (business_date);

-- Strict projection of TerminalClosed: what a terminal counted, and whether that was what we did.
CREATE TABLE terminal_close (
    terminal      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    agrees        INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (terminal, seq)
) STRICT, WITHOUT ROWID;

-- Local state: how often a request was looked up in vain, by its key, and when last.
CREATE TABLE payment_look_up (
    key     TEXT PRIMARY KEY,
    failed  INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: who did not answer lately, a provider and the terminal or page it is at; `body` is JSON, breaker.Breaker.
CREATE TABLE payment_breaker (
    provider TEXT NOT NULL,
    place    TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (provider, place)
) STRICT, WITHOUT ROWID;

-- Strict projection of MethodStored, MethodRevoked and PersonForgotten: cards that providers keep for customers. `token`,
-- `brand`, `last4` and `expiry` are ciphertext under the key of the customer.
CREATE TABLE stored_method (
    id        TEXT PRIMARY KEY,
    customer  TEXT NOT NULL,
    provider  TEXT NOT NULL,
    consent   TEXT NOT NULL,
    revoked   INTEGER NOT NULL,
    stored_us INTEGER NOT NULL,
    token     TEXT NOT NULL,
    brand     TEXT NOT NULL,
    last4     TEXT NOT NULL,
    expiry    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stored_method_customer ON stored_method (customer);

-- Local state: tokens of revoked cards, until their provider let them go: ciphertext, each under a key of its own.
CREATE TABLE stored_method_detach (
    method   TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    token    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: pages of providers on which customers give a card to be kept, until they are over; of one whose customer was
-- forgotten `customer` is empty, and what is given there is let go again. `code`: why it ended without a card.
CREATE TABLE card_page (
    id       TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    provider TEXT NOT NULL,
    session  TEXT NOT NULL,
    address  TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    code     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX card_page_customer ON card_page (customer);

-- Strict projection of OfflineAgreed: up to which limits somebody agreed last that the shop bears what is taken offline;
-- `body` is JSON, events.OfflineAgreed.
CREATE TABLE offline_agreed (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
