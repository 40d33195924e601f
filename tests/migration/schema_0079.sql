PRAGMA application_id = 1701078885;
PRAGMA user_version = 79;
CREATE TABLE header (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    tenant        TEXT NOT NULL,
    store         TEXT NOT NULL,
    device        TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;
CREATE TABLE journal (
    epoch         INTEGER NOT NULL,
    seq           INTEGER PRIMARY KEY,
    command_id    BLOB NOT NULL,
    n             INTEGER NOT NULL,
    command_hash  BLOB NOT NULL,
    register      TEXT NOT NULL,
    actor         TEXT NOT NULL,
    surface       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    mono_us       INTEGER NOT NULL,
    boot_id       BLOB NOT NULL,
    clock         TEXT NOT NULL,
    type          TEXT NOT NULL,
    version       INTEGER NOT NULL,
    body          BLOB NOT NULL,
    prev          BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE TABLE projection (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE remembered_command (
    number       INTEGER PRIMARY KEY,
    command_id   BLOB NOT NULL UNIQUE,
    command_hash BLOB NOT NULL
) STRICT;
CREATE TABLE write_probe (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    filler BLOB NOT NULL
) STRICT;
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;
CREATE TABLE open_basket (
    register TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    seq            INTEGER NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    total_minor    INTEGER NOT NULL,
    voided_by      INTEGER,
    refunded_minor INTEGER NOT NULL DEFAULT 0,
    copies         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE refunded_line (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, number, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    sku         TEXT NOT NULL UNIQUE,
    body        TEXT NOT NULL,
    price_minor INTEGER,
    priced_us   INTEGER NOT NULL,
    priced_by   TEXT NOT NULL,
    category    TEXT,
    brand       TEXT,
    retired_us  INTEGER,
    retired_by  TEXT,
    seq         INTEGER NOT NULL
) STRICT;
CREATE TABLE product_code (
    code        TEXT PRIMARY KEY,
    product_id  INTEGER NOT NULL,
    units       INTEGER NOT NULL,
    price_minor INTEGER,
    name        TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE product_attribute (
    product_id INTEGER NOT NULL,
    name       TEXT NOT NULL,
    text       TEXT NOT NULL,
    low        INTEGER,
    high       INTEGER,
    unit       TEXT NOT NULL,
    PRIMARY KEY (product_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE product_word (
    product_id INTEGER NOT NULL,
    source     TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    line       INTEGER NOT NULL,
    at_us      INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    says       TEXT,
    PRIMARY KEY (product_id, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE price (
    product_id  INTEGER NOT NULL,
    list        TEXT NOT NULL,
    bound       INTEGER NOT NULL CHECK (bound IN (0, 1)),
    from_us     INTEGER NOT NULL,
    until_us    INTEGER,
    price_minor INTEGER NOT NULL,
    source      TEXT NOT NULL,
    PRIMARY KEY (product_id, list, bound, from_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_product (
    id      INTEGER PRIMARY KEY,
    words   TEXT NOT NULL,
    retired INTEGER NOT NULL
) STRICT;
CREATE TABLE search_todo (
    sku TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE search_word (
    id   INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE search_text USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '.%'"
);
CREATE VIRTUAL TABLE search_spelling USING fts5 (
    word, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);
CREATE VIRTUAL TABLE search_vector USING vec0 (
    id INTEGER PRIMARY KEY, vector bit[512]
);
CREATE TABLE search_sold (
    id   INTEGER PRIMARY KEY,
    heat REAL NOT NULL
) STRICT;
CREATE TABLE job (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    params     BLOB NOT NULL,
    actor      TEXT NOT NULL,
    register   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    cursor     INTEGER NOT NULL DEFAULT 0,
    total      INTEGER NOT NULL DEFAULT 0,
    refused    INTEGER NOT NULL DEFAULT 0,
    message    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    told       BLOB NOT NULL DEFAULT x'7B7D',
    counts     BLOB NOT NULL DEFAULT x'7B7D'
) STRICT;
CREATE TABLE job_note (
    job    INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    line   INTEGER NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    reason TEXT NOT NULL,
    told   BLOB NOT NULL DEFAULT x'7B7D'
) STRICT;
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    target     TEXT NOT NULL DEFAULT '',
    kind       TEXT NOT NULL,
    document   BLOB NOT NULL,
    receipt    INTEGER,
    copy       INTEGER NOT NULL DEFAULT 0,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'printed', 'unknown', 'failed')),
    problem    TEXT NOT NULL DEFAULT '',
    printer    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    expires_us INTEGER,
    boot_id    BLOB NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE TABLE slip_order (
    register TEXT PRIMARY KEY,
    number   INTEGER NOT NULL,
    note     TEXT NOT NULL,
    open     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE slip_told (
    register TEXT NOT NULL,
    printer  TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, printer, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_product (
    sku         TEXT NOT NULL,
    source      TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    line        INTEGER NOT NULL,
    body        TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    was_minor   INTEGER NOT NULL,
    at_us       INTEGER NOT NULL,
    dropped     INTEGER NOT NULL CHECK (dropped IN (0, 1)),
    PRIMARY KEY (sku, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_seen (
    source   TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    file     TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE archive (
    first_seq INTEGER PRIMARY KEY,
    last_seq  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    TEXT NOT NULL
) STRICT;
CREATE TABLE archived_command (
    first_seq  INTEGER PRIMARY KEY,
    last_seq   INTEGER NOT NULL,
    command_id BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE directive (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'failed', 'cancelled')),
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
CREATE TABLE directive_open (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0,
    unknown TEXT NOT NULL DEFAULT '[]',
    job     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE directive_body (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;
CREATE TABLE sync_position (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   INTEGER NOT NULL,
    through INTEGER NOT NULL,
    hash    BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE TABLE checkpoint_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
) STRICT;
CREATE TABLE promotion (
    id       TEXT PRIMARY KEY,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    list     TEXT NOT NULL,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE promotion_key (
    key       TEXT NOT NULL,
    until_us  INTEGER NOT NULL,
    promotion TEXT NOT NULL,
    PRIMARY KEY (key, until_us, promotion)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_sense (
    id    INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_sense_vector USING vec0 (
    id INTEGER PRIMARY KEY, vector bit[512]
);
CREATE TABLE setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    said_by TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
CREATE TABLE shown_text (
    id       TEXT PRIMARY KEY,
    place    TEXT NOT NULL,
    texts    TEXT NOT NULL,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    said_by  TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT;
CREATE TABLE product_change (
    product_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE directive_again (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
CREATE TABLE drawer (
    register TEXT PRIMARY KEY,
    shift    INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shift (
    seq            INTEGER PRIMARY KEY,
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    opened_us      INTEGER NOT NULL,
    opened_date    TEXT NOT NULL,
    opened_by      TEXT NOT NULL,
    float_minor    INTEGER NOT NULL,
    closed_seq     INTEGER,
    closed_us      INTEGER,
    closed_date    TEXT,
    closed_by      TEXT,
    total_minor    INTEGER,
    expected_minor INTEGER,
    counted_minor  INTEGER, copies INTEGER NOT NULL DEFAULT 0,
    UNIQUE (register, number)
) STRICT;
CREATE TABLE category (
    id         TEXT PRIMARY KEY,
    parent     TEXT NOT NULL,
    names      TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price_jump_percent INTEGER
, sort_order INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE person_forgotten (
    person TEXT PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE person_key (
    person   TEXT PRIMARY KEY,
    wrapping TEXT NOT NULL,
    wrapped  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE person_index (
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    wrapping TEXT NOT NULL,
    digest   BLOB NOT NULL,
    sealed   TEXT NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE access_unsealed (
    user_id  TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    pin_hash TEXT NOT NULL
) STRICT;
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT;
CREATE TABLE register_period (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE z_report (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    since_us      INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    copies        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE refunded_tender (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    tender   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (register, number, tender, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    active          INTEGER NOT NULL,
    made_by         TEXT NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL
, suspended INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE access_role (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    rights TEXT NOT NULL,
    limits TEXT NOT NULL,
    active INTEGER NOT NULL
) STRICT;
CREATE TABLE access_try (
    what    TEXT PRIMARY KEY,
    wrong   INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    left_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_pairing (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    register    TEXT NOT NULL,
    label       TEXT NOT NULL,
    digits      TEXT NOT NULL,
    network     TEXT NOT NULL,
    asked_us    INTEGER NOT NULL,
    paired_us   INTEGER NOT NULL,
    used_us     INTEGER NOT NULL,
    rotated_us  INTEGER NOT NULL,
    secret      BLOB NOT NULL,
    next        BLOB NOT NULL,
    before      BLOB NOT NULL,
    before_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_key (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    rights   TEXT NOT NULL,
    register TEXT NOT NULL,
    maker    TEXT NOT NULL,
    secret   BLOB NOT NULL,
    made_us  INTEGER NOT NULL,
    ends_us  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    used_us  INTEGER NOT NULL,
    network  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_factor_policy (
    role   TEXT PRIMARY KEY,
    factor TEXT NOT NULL
) STRICT;
CREATE TABLE access_factor (
    user_id     TEXT PRIMARY KEY,
    secret      TEXT NOT NULL,
    next_secret TEXT NOT NULL,
    begun_us    INTEGER NOT NULL,
    last_step   INTEGER NOT NULL,
    salt        BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_recovery (
    user_id TEXT NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE paper (
    seq           INTEGER PRIMARY KEY,
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    person        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL
, sold INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE paper_product (
    sku      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (sku, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE register_day (
    business_date TEXT NOT NULL,
    register      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (business_date, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock (
    sku           TEXT PRIMARY KEY,
    on_hand       INTEGER NOT NULL,
    average_micro INTEGER,
    watched       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_row (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    PRIMARY KEY (sku, location, lot, expiry)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_location (
    id      TEXT PRIMARY KEY,
    names   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    retired INTEGER NOT NULL
, parent TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL DEFAULT 0, capacity INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE stock_register (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_level (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    par      INTEGER NOT NULL,
    reorder  INTEGER NOT NULL,
    status   TEXT NOT NULL, quantity INTEGER NOT NULL DEFAULT 0, maximum  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_recall (
    sku   TEXT NOT NULL,
    lot   TEXT NOT NULL,
    note  TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (sku, lot)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_claim (
    kind       TEXT NOT NULL CHECK (kind IN ('reserved', 'ordered')),
    holder     TEXT NOT NULL,
    sku        TEXT NOT NULL,
    location   TEXT NOT NULL,
    quantity   INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    seq        INTEGER NOT NULL, said TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, holder, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_count (
    number     INTEGER PRIMARY KEY,
    location   TEXT NOT NULL,
    blind      INTEGER NOT NULL,
    category   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'posted', 'cancelled')),
    started_us INTEGER NOT NULL,
    started_by TEXT NOT NULL,
    ended_us   INTEGER
) STRICT;
CREATE TABLE stock_count_line (
    number   INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    looks    INTEGER NOT NULL,
    person   TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (number, sku, lot)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_movement (
    sku             TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    n               INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    cause           TEXT NOT NULL,
    delta           INTEGER NOT NULL,
    boxes           INTEGER NOT NULL,
    box             INTEGER NOT NULL,
    location        TEXT NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    actor           TEXT NOT NULL,
    note            TEXT NOT NULL,
    document        TEXT NOT NULL,
    unit_cost_minor INTEGER,
    balance         INTEGER NOT NULL,
    PRIMARY KEY (sku, seq, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
    id             INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    severity       TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
    worst          TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('raised', 'acknowledged', 'resolved')),
    count          INTEGER NOT NULL,
    first_us       INTEGER NOT NULL,
    last_us        INTEGER NOT NULL,
    ended_us       INTEGER NOT NULL,
    turn           INTEGER NOT NULL,
    turn_us        INTEGER NOT NULL,
    turn_why       TEXT NOT NULL CHECK (turn_why IN ('raised', 'worse', 'again')),
    acked_by       TEXT NOT NULL,
    acked_us       INTEGER NOT NULL,
    acked_until_us INTEGER NOT NULL,
    note           TEXT NOT NULL,
    vals           TEXT NOT NULL,
    cause_seq      INTEGER NOT NULL,
    causes         TEXT NOT NULL,
    raised_by      TEXT NOT NULL,
    people         TEXT NOT NULL,
    roles          TEXT NOT NULL,
    channels       TEXT NOT NULL
, acked_via TEXT NOT NULL DEFAULT '', late_by TEXT NOT NULL DEFAULT '', late_us INTEGER NOT NULL DEFAULT 0, worse_us INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE notify_person (
    person TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_ladder (
    alert    INTEGER PRIMARY KEY,
    turn     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    taken    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE notify_channel (
    name       TEXT PRIMARY KEY,
    configured INTEGER NOT NULL DEFAULT 0,
    active     INTEGER NOT NULL DEFAULT 1,
    fault      TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    sent_us    INTEGER NOT NULL DEFAULT 0,
    error      TEXT NOT NULL DEFAULT '',
    error_us   INTEGER NOT NULL DEFAULT 0,
    breaker    TEXT NOT NULL DEFAULT 'closed'
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_set_back (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
CREATE TABLE customer (
    id          TEXT PRIMARY KEY,
    price_list  TEXT NOT NULL,
    name        TEXT NOT NULL,
    phone       TEXT NOT NULL,
    extension   TEXT NOT NULL,
    email       TEXT NOT NULL,
    born        TEXT NOT NULL,
    language    TEXT NOT NULL,
    member_code TEXT NOT NULL,
    addresses   TEXT NOT NULL,
    profile     TEXT NOT NULL DEFAULT '',
    preferences TEXT NOT NULL DEFAULT '',
    merged_into TEXT,
    forgotten   INTEGER NOT NULL DEFAULT 0,
    since_us    INTEGER NOT NULL,
    changed_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_consent (
    customer     TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    wording      TEXT NOT NULL,
    language     TEXT NOT NULL,
    how          TEXT NOT NULL,
    given_us     INTEGER NOT NULL,
    withdrawn_us INTEGER,
    PRIMARY KEY (customer, purpose, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent_wording (
    purpose  TEXT NOT NULL,
    wording  TEXT NOT NULL,
    texts    TEXT NOT NULL,
    material INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (purpose, wording)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_wish (
    customer    TEXT NOT NULL,
    sku         TEXT NOT NULL,
    person      TEXT NOT NULL,
    note        TEXT NOT NULL,
    added_us    INTEGER NOT NULL,
    price_minor INTEGER,
    on_hand     INTEGER NOT NULL,
    PRIMARY KEY (customer, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_fact (
    customer TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (customer, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_paper (
    seq           INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'refund')),
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    voided_by     INTEGER
) STRICT;
CREATE TABLE customer_goods (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (customer, sku, seq, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE review (
    id            TEXT PRIMARY KEY,
    customer      TEXT NOT NULL,
    person        TEXT NOT NULL,
    sku           TEXT NOT NULL,
    rating        INTEGER NOT NULL,
    text          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'published', 'rejected', 'withdrawn')),
    reason        TEXT NOT NULL DEFAULT '',
    business_date TEXT NOT NULL,
    written_us    INTEGER NOT NULL,
    decided_us    INTEGER,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_request (
    seq         INTEGER PRIMARY KEY,
    customer    TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('access', 'correction', 'erasure')),
    asked_us    INTEGER NOT NULL,
    answered_us INTEGER,
    refused     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE privacy_breach (
    seq      INTEGER PRIMARY KEY,
    noted_us INTEGER NOT NULL,
    began_us INTEGER NOT NULL,
    people   INTEGER NOT NULL,
    harm     INTEGER NOT NULL,
    what     TEXT NOT NULL,
    told     INTEGER NOT NULL
) STRICT;
CREATE TABLE cart (
    id       TEXT PRIMARY KEY,
    channel  TEXT NOT NULL,
    register TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    body     BLOB NOT NULL
, ended INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE order_secret (
    order_id TEXT PRIMARY KEY,
    secret   TEXT NOT NULL,
    code     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE kiosk_call (
    register TEXT PRIMARY KEY,
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shop_order (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    business_date TEXT NOT NULL,
    number        INTEGER NOT NULL,
    said          TEXT NOT NULL,
    state         TEXT NOT NULL,
    open          INTEGER NOT NULL,
    channel       TEXT NOT NULL,
    fulfilment    TEXT NOT NULL,
    cart          TEXT NOT NULL UNIQUE,
    secret        TEXT NOT NULL UNIQUE,
    placed_us     INTEGER NOT NULL,
    changed_us    INTEGER NOT NULL,
    slot_from_us  INTEGER NOT NULL,
    slot_until_us INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    total_minor   INTEGER NOT NULL,
    driver        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    register      TEXT NOT NULL,
    receipt       INTEGER NOT NULL,
    customer      TEXT NOT NULL,
    person        TEXT NOT NULL,
    goods         BLOB NOT NULL,
    said_of       BLOB NOT NULL, parts TEXT NOT NULL DEFAULT '[]', proposals TEXT NOT NULL DEFAULT '[]', advance_minor INTEGER NOT NULL DEFAULT 0, advance_us INTEGER NOT NULL DEFAULT 0,
    UNIQUE (business_date, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_step (
    order_id TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    was      TEXT NOT NULL,
    now      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    surface  TEXT NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE store_hours (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    body BLOB NOT NULL
) STRICT;
CREATE TABLE delivery_zone (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE parked_basket (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    register       TEXT NOT NULL,
    person         TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    items          INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    body           BLOB NOT NULL,
    taken_us       INTEGER NOT NULL DEFAULT 0,
    taken_register TEXT NOT NULL DEFAULT '',
    taken_person   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE shop_tender (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE foreign_rate (
    currency      TEXT PRIMARY KEY,
    rate          INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE gift_hold (
    card     TEXT NOT NULL,
    register TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (card, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE quick_keys (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE corrected_sale (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE demand_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    sold          INTEGER NOT NULL DEFAULT 0,
    returned      INTEGER NOT NULL DEFAULT 0,
    wasted        INTEGER NOT NULL DEFAULT 0,
    received      INTEGER NOT NULL DEFAULT 0,
    minor         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sku, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE demand_open (
    business_date TEXT PRIMARY KEY,
    papers        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE demand_level (
    sku     TEXT PRIMARY KEY,
    on_hand INTEGER NOT NULL,
    since   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE demand_gap (
    sku        TEXT NOT NULL,
    first_date TEXT NOT NULL,
    until_date TEXT,
    PRIMARY KEY (sku, first_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_model (
    version      TEXT PRIMARY KEY,
    role         TEXT NOT NULL CHECK (role IN ('champion', 'challenger', 'retired')),
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    through      TEXT NOT NULL,
    days         INTEGER NOT NULL,
    series       INTEGER NOT NULL,
    figures      TEXT NOT NULL,
    models       TEXT NOT NULL,
    decided_us   INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE occasion (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    first_date     TEXT NOT NULL,
    last_date      TEXT NOT NULL,
    effect_percent INTEGER NOT NULL,
    category       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_item (
    version TEXT NOT NULL,
    item    TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (version, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_made (
    version   TEXT PRIMARY KEY,
    through   TEXT NOT NULL,
    made_us   INTEGER NOT NULL,
    quantiles BLOB NOT NULL,
    factors   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_said (
    item          TEXT NOT NULL,
    business_date TEXT NOT NULL,
    version       TEXT NOT NULL,
    mean          INTEGER NOT NULL,
    lower         INTEGER NOT NULL,
    upper         INTEGER NOT NULL,
    PRIMARY KEY (item, business_date, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_day (
    kind          TEXT NOT NULL,
    business_date TEXT NOT NULL,
    key           TEXT NOT NULL,
    count         INTEGER NOT NULL,
    quantity      INTEGER NOT NULL,
    minor         INTEGER NOT NULL,
    net_minor     INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed_minor  INTEGER NOT NULL,
    PRIMARY KEY (kind, business_date, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_newest (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE anomaly_judged (
    kind          TEXT NOT NULL,
    key           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    is_right      INTEGER NOT NULL,
    by            TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    PRIMARY KEY (kind, key, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE planogram (
    bay        TEXT NOT NULL,
    version    INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    name       TEXT NOT NULL,
    camera     TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    at_us      INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0,
    body       BLOB NOT NULL,
    PRIMARY KEY (bay, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_camera (
    camera   TEXT PRIMARY KEY,
    state    TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_learned (
    bay        TEXT NOT NULL,
    facing     TEXT NOT NULL,
    percent    INTEGER NOT NULL,
    changed_on TEXT NOT NULL,
    wrong_us   TEXT NOT NULL,
    PRIMARY KEY (bay, facing)
) STRICT, WITHOUT ROWID;
CREATE TABLE bottle_type (
    sku  TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_look (
    bay     TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    look    BLOB NOT NULL,
    track   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_turn (
    number  INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    turn    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    heard   TEXT NOT NULL,
    option  TEXT NOT NULL,
    answer  BLOB NOT NULL,
    UNIQUE (session, turn)
) STRICT;
CREATE TABLE copilot_session (
    id         TEXT PRIMARY KEY,
    actor      TEXT NOT NULL,
    context    TEXT NOT NULL,
    touched_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE copilot_message (
    number  INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    role    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE TABLE supplier_price (
    sku        TEXT NOT NULL,
    supplier   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    code       TEXT NOT NULL,
    cost_minor INTEGER NOT NULL,
    pack       INTEGER NOT NULL,
    min_packs  INTEGER NOT NULL,
    from_date  TEXT NOT NULL,
    until_date TEXT NOT NULL, breaks TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (sku, supplier, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE purchase_order (
    number       INTEGER PRIMARY KEY,
    supplier     TEXT NOT NULL,
    location     TEXT NOT NULL,
    state        TEXT NOT NULL,
    note         TEXT NOT NULL,
    automatic    INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    created_us   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,
    how          TEXT NOT NULL,
    sent_on      TEXT NOT NULL,
    expected_on  TEXT NOT NULL,
    completed_on TEXT NOT NULL
) STRICT;
CREATE TABLE purchase_line (
    number          INTEGER NOT NULL,
    sku             TEXT NOT NULL,
    n               INTEGER NOT NULL,
    quantity        INTEGER NOT NULL,
    pack            INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    code            TEXT NOT NULL,
    received        INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE skipped_number (
    register      TEXT NOT NULL,
    series        TEXT NOT NULL CHECK (series IN ('receipt', 'z')),
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    why           TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (register, series, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE access_session (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    secret     BLOB NOT NULL,
    mark       TEXT NOT NULL,
    register   TEXT NOT NULL,
    seat       TEXT NOT NULL,
    label      TEXT NOT NULL,
    network    TEXT NOT NULL,
    day        TEXT NOT NULL,
    begun_us   INTEGER NOT NULL,
    age_us     INTEGER NOT NULL,
    idle_us    INTEGER NOT NULL,
    entered_us INTEGER NOT NULL,
    saved_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_refresh (
    session_id TEXT PRIMARY KEY,
    secret     BLOB NOT NULL,
    spent      BLOB NOT NULL,
    spent_us   INTEGER NOT NULL,
    client     TEXT NOT NULL,
    forgiven   INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    salt       BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_password (
    user_id       TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_paper_code (
    user_id TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE access_sent_code (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    caller  TEXT NOT NULL,
    hash    BLOB NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT;
CREATE TABLE access_login (
    id      INTEGER PRIMARY KEY,
    at_us   INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    how     TEXT NOT NULL,
    place   TEXT NOT NULL,
    network TEXT NOT NULL,
    result  TEXT NOT NULL
) STRICT;
CREATE TABLE gift_card (
    id            TEXT PRIMARY KEY,
    tail          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    balance_minor INTEGER NOT NULL CHECK (balance_minor >= 0),
    closed        INTEGER NOT NULL DEFAULT 0,
    made_us       INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    expires_on        TEXT NOT NULL DEFAULT '',
    lost_minor        INTEGER NOT NULL DEFAULT 0,
    noted_minor       INTEGER NOT NULL DEFAULT 0,
    unconfirmed_minor INTEGER NOT NULL DEFAULT 0,
    unsettled         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE gift_card_move (
    card          TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    why           TEXT NOT NULL,
    minor         INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    register      TEXT NOT NULL,
    business_date TEXT NOT NULL DEFAULT '',
    unconfirmed   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (card, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE gift_confirmed (
    card       TEXT PRIMARY KEY,
    at_us      INTEGER NOT NULL,
    free_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_receipt (
    sku             TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    document        TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER,
    added_minor     INTEGER NOT NULL,
    location        TEXT NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL, supplier TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sku, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_correction (
    seq           INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    why           TEXT NOT NULL,
    amount_milli  INTEGER NOT NULL,
    receipt       INTEGER NOT NULL,
    document      TEXT NOT NULL
) STRICT;
CREATE TABLE purchase_receipt (
    supplier        TEXT NOT NULL,
    delivery_note   TEXT NOT NULL,
    n               INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    actor           TEXT NOT NULL,
    sku             TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    location        TEXT NOT NULL,
    movement        INTEGER NOT NULL DEFAULT 0,
    cause           TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (supplier, delivery_note, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE purchase_return (
    seq           INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    supplier      TEXT NOT NULL,
    document      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    replaced      INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    sku           TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    credit_minor  INTEGER,
    lot           TEXT NOT NULL,
    location      TEXT NOT NULL,
    note          TEXT NOT NULL,
    PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE transfer (
    id        TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    store     TEXT NOT NULL,
    state     TEXT NOT NULL,
    location  TEXT NOT NULL,
    note      TEXT NOT NULL,
    begun_us  INTEGER NOT NULL,
    begun_by  TEXT NOT NULL,
    ended_us  INTEGER,
    ended_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE transfer_line (
    id          TEXT NOT NULL,
    n           INTEGER NOT NULL,
    sku         TEXT NOT NULL,
    quantity    INTEGER NOT NULL,
    boxes       INTEGER NOT NULL,
    lot         TEXT NOT NULL,
    expiry      TEXT NOT NULL,
    value_milli INTEGER,
    got         INTEGER,
    PRIMARY KEY (id, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier (
    id                  TEXT PRIMARY KEY,
    names               TEXT NOT NULL,
    lead_time_days      INTEGER NOT NULL,
    rating              INTEGER NOT NULL,
    minimum_order_minor INTEGER NOT NULL,
    fee_minor           INTEGER NOT NULL,
    delivery_days       TEXT NOT NULL,
    currency            TEXT NOT NULL,
    contact             TEXT NOT NULL,
    contact_name        TEXT NOT NULL,
    email               TEXT NOT NULL,
    phone               TEXT NOT NULL,
    nightly             INTEGER NOT NULL,
    auto_approve_minor  INTEGER NOT NULL,
    retired             INTEGER NOT NULL
, order_url TEXT NOT NULL DEFAULT '', province TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE training (
    register TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE coupon_series (
    series    INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    starts    TEXT NOT NULL,
    ends      TEXT NOT NULL,
    share     INTEGER NOT NULL,
    sum_minor INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    ended     INTEGER NOT NULL DEFAULT 0,
    made_us   INTEGER NOT NULL,
    seq       INTEGER NOT NULL
) STRICT;
CREATE TABLE coupon (
    id     TEXT PRIMARY KEY,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE coupon_use (
    coupon  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    tail    TEXT NOT NULL,
    store   TEXT NOT NULL,
    receipt TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    PRIMARY KEY (coupon, store, receipt)
) STRICT, WITHOUT ROWID;
CREATE TABLE coupon_key (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
) STRICT;
CREATE TABLE webhook (
    id    TEXT PRIMARY KEY,
    url   TEXT NOT NULL,
    types TEXT NOT NULL,
    seq   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_delivery (
    id         TEXT PRIMARY KEY,
    after_seq  INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    failing_us INTEGER NOT NULL,
    resting    INTEGER NOT NULL,
    why        TEXT NOT NULL,
    told_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_breaker (
    destination TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL,
    wait_ms     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_key (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_browser (
    person  TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE report_made (
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
    first_date TEXT NOT NULL,
    last_date  TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (kind, first_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE weather (
    day         TEXT PRIMARY KEY,
    high_tenths INTEGER NOT NULL,
    low_tenths  INTEGER NOT NULL,
    rain_tenths INTEGER NOT NULL,
    said_us     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    on_hand       INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_promised_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    reserved      INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_average_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    average_micro INTEGER NOT NULL,
    PRIMARY KEY (sku, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_message (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    alert      INTEGER NOT NULL,
    what       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    person     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'unknown', 'failed', 'suppressed')),
    why        TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    until_us   INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    bundle     INTEGER NOT NULL DEFAULT 0,
    step       INTEGER NOT NULL DEFAULT 0,
    provider   TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL DEFAULT '',
    about      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE order_quiet (
    order_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_session (
    id         TEXT PRIMARY KEY,
    actor      TEXT NOT NULL,
    surface    TEXT NOT NULL,
    register   TEXT NOT NULL,
    agent      TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      BLOB NOT NULL,
    begun_us   INTEGER NOT NULL,
    touched_us INTEGER NOT NULL,
    seat       TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE order_on_counter (
    register TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE driver_cash (
    driver     TEXT PRIMARY KEY,
    owed_minor INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    since_us   INTEGER NOT NULL
, notes TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;
CREATE TABLE sign_in (
    cart     TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_move (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    reason        TEXT NOT NULL,
    location      TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed        INTEGER NOT NULL,
    PRIMARY KEY (business_date, sku, reason, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_place (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_flagged (
    person  TEXT NOT NULL,
    channel TEXT NOT NULL,
    why     TEXT NOT NULL,
    body    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    PRIMARY KEY (person, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_count (
    day      TEXT NOT NULL,
    place    TEXT NOT NULL,
    language TEXT NOT NULL,
    what     TEXT NOT NULL,
    n        INTEGER NOT NULL,
    told     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, place, language, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_kept (
    number   INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    session  TEXT NOT NULL,
    turn     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    sealed   TEXT NOT NULL,
    UNIQUE (session, turn)
) STRICT;
CREATE TABLE shelf_finding (
    seq        INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    bay        TEXT NOT NULL,
    version    INTEGER NOT NULL,
    facing     TEXT NOT NULL,
    facings    TEXT NOT NULL,
    sku        TEXT NOT NULL,
    instead    TEXT NOT NULL,
    first_us   INTEGER NOT NULL,
    found_us   INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    on_hand    INTEGER NOT NULL,
    picture    TEXT NOT NULL,
    closed_us  INTEGER,
    how        TEXT,
    answer     TEXT,
    seen_s     INTEGER,
    steps      TEXT
, behind INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE shelf_day (
    business_date TEXT NOT NULL,
    bay           TEXT NOT NULL,
    looks         INTEGER NOT NULL,
    right_count   INTEGER NOT NULL,
    seen_count    INTEGER NOT NULL,
    planned_count INTEGER NOT NULL,
    group_right   INTEGER NOT NULL DEFAULT 0,
    group_seen    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (business_date, bay)
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_reference (
    bay           TEXT NOT NULL,
    light         TEXT NOT NULL,
    full          TEXT NOT NULL,
    picture       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (bay, light)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_pour (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    rest     INTEGER NOT NULL,
    of       INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE price_model (
    version      TEXT PRIMARY KEY,
    through      TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('deployed', 'kept', 'not_enough')),
    place        INTEGER,
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    baskets      INTEGER NOT NULL,
    rows         INTEGER NOT NULL,
    right        INTEGER NOT NULL,
    right_before INTEGER NOT NULL,
    strengths    TEXT NOT NULL,
    checksum     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_proposal (
    sku     TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_left (
    sku           TEXT PRIMARY KEY,
    business_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE competitor_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    day         TEXT NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_cost (
    sku           TEXT PRIMARY KEY,
    cost_minor    INTEGER,
    average_micro INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_held (
    sku         TEXT NOT NULL,
    location    TEXT NOT NULL,
    on_hand     INTEGER NOT NULL,
    worth_minor INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_tick (
    order_id TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE status_page_told (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    shown      INTEGER NOT NULL,
    store_name TEXT NOT NULL,
    zone       TEXT NOT NULL
) STRICT;
CREATE TABLE order_advance (
    order_id   TEXT NOT NULL,
    register   TEXT NOT NULL,
    receipt    INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    back_minor INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0, tax TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (order_id, register, receipt)
) STRICT, WITHOUT ROWID;
CREATE TABLE invoice (
    number         TEXT PRIMARY KEY,
    seq            INTEGER NOT NULL,
    epoch          INTEGER NOT NULL,
    year           INTEGER NOT NULL,
    place          INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('invoice', 'credit', 'debit')),
    register       TEXT NOT NULL,
    paper          INTEGER NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    net_minor      INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    rounding_minor INTEGER NOT NULL,
    taxes          TEXT NOT NULL,
    changes        TEXT NOT NULL,
    replaces       TEXT NOT NULL,
    replaced_by    TEXT NOT NULL DEFAULT '',
    customer       TEXT NOT NULL,
    language       TEXT NOT NULL,
    kept_until     TEXT NOT NULL,
    key            TEXT NOT NULL,
    checked        TEXT NOT NULL,
    name           TEXT NOT NULL,
    address        TEXT NOT NULL,
    tax_number     TEXT NOT NULL,
    email          TEXT NOT NULL,
    prints         INTEGER NOT NULL DEFAULT 0,
    ended          INTEGER NOT NULL DEFAULT 0
, part TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE invoice_change (
    register    TEXT NOT NULL,
    paper       INTEGER NOT NULL,
    by_register TEXT NOT NULL,
    by_paper    INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (by_register, by_paper, register, paper)
) STRICT, WITHOUT ROWID;
INSERT INTO header VALUES (1, 'demo', 'corner', 'box1', 1800000000000000);
INSERT INTO journal VALUES (1, 1, X'01A3185C500073E6BFD99C5B02321505', 0, X'6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'EpochStarted', 1, X'7B22726561736F6E223A226F70656E6564222C22706172656E745F65706F6368223A302C22706172656E745F736571223A302C22706172656E745F68617368223A22227D', X'D3E6FFD99C5B0232150535BCA7924475B7F02B1E03E37FA973CD65AD603C80F8', X'628E206BDBF002C5F35F451FC54184A2860B50BB278E37E1F118132FC33B9D98');
INSERT INTO journal VALUES (1, 2, X'01A3185C50007302A6A9850D056F6CF0', 0, X'7EFD94624F691AA4263E57914A4279D36FF0640A0A8AD34FF8D19B98D4CF3CC0', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 3, X'7B2270726F64756374223A7B22736B75223A226D696C6B222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22636F646573223A5B223034303036333831333333393331225D2C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D2C22736F75726365223A7B7D7D', X'628E206BDBF002C5F35F451FC54184A2860B50BB278E37E1F118132FC33B9D98', X'932E69269497DD4E1E6436DDA38D33ECACE68D067C1280876CEA6A85B33C40DB');
INSERT INTO journal VALUES (1, 3, X'01A3185C50007302A6A9850D056F6CF0', 1, X'7EFD94624F691AA4263E57914A4279D36FF0640A0A8AD34FF8D19B98D4CF3CC0', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 3, X'7B2270726F64756374223A7B22736B75223A2262656572222C226E616D6573223A7B22656E223A2242656572227D2C22636F646573223A5B223035303030323133313031323631225D2C2270726963655F6D696E6F72223A3235302C226D696E5F616765223A31387D2C22736F75726365223A7B7D7D', X'932E69269497DD4E1E6436DDA38D33ECACE68D067C1280876CEA6A85B33C40DB', X'2233157EA62F763AACA4D67E0CF6EC5601677AA491D874B4A4A19500EB6ED146');
INSERT INTO journal VALUES (1, 4, X'01A3185C50007302A6A9850D056F6CF0', 2, X'7EFD94624F691AA4263E57914A4279D36FF0640A0A8AD34FF8D19B98D4CF3CC0', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 3, X'7B2270726F64756374223A7B22736B75223A22746F6D61746F222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22636F646573223A5B223032303030303030303030303135225D2C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C22756E6974223A226B67227D2C22736F75726365223A7B7D7D', X'2233157EA62F763AACA4D67E0CF6EC5601677AA491D874B4A4A19500EB6ED146', X'4C1198518DC5A83B4F7841E3DFB21CAF7F3AEF3645D4FAC6252B3A260B70C758');
INSERT INTO journal VALUES (1, 5, X'01A3185C50007302A6A9850D056F6CF0', 3, X'7EFD94624F691AA4263E57914A4279D36FF0640A0A8AD34FF8D19B98D4CF3CC0', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 3, X'7B2270726F64756374223A7B22736B75223A226D797374657279222C226E616D6573223A7B22656E223A224E6F20707269636520796574227D2C22636F646573223A5B223033303134323630313135353331225D7D2C22736F75726365223A7B7D7D', X'4C1198518DC5A83B4F7841E3DFB21CAF7F3AEF3645D4FAC6252B3A260B70C758', X'828F77E1696FCC9F034D3F5B225CE1DB3D8E9F5359D295C5109961CC2B883A74');
INSERT INTO journal VALUES (1, 6, X'01A3185C500070659333BC6E1E3347A2', 0, X'6CD75A4FB170D4B75562FD3EF0E6FCF3AA1F42A3A87660C0593FB71B491AF8A6', '1', 'cashier', 'cashier', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ShiftOpened', 1, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030307D', X'828F77E1696FCC9F034D3F5B225CE1DB3D8E9F5359D295C5109961CC2B883A74', X'BD765D15D083ED5F1401D66DC96A1A26231066E13646C989925E96F7AAC6F27C');
INSERT INTO journal VALUES (1, 7, X'01A3185D0F687DA4AC6129453DF02224', 0, X'D2DE2F12B715D18187FC4A03A39F131AA3027CC5BF0B6976004489AB3FAC0E6C', '1', 'cashier', 'cashier', '2027-01-15', 1800000049000000, 50000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 12, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A2264656E746564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D', X'BD765D15D083ED5F1401D66DC96A1A26231066E13646C989925E96F7AAC6F27C', X'90B975C563E6BBB00337C7FED70B19F84179DA8F742EF4BF9FD426A47A8C1184');
INSERT INTO journal VALUES (1, 8, X'01A3185D0F688BF98D3690DFC0C53C20', 0, X'D2DE2F12B715D18187FC4A03A39F131AA3027CC5BF0B6976004489AB3FAC0E6C', '1', 'cashier', 'cashier', '2027-01-15', 1800000049000000, 50000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B2262656572222C2D313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303031227D', X'90B975C563E6BBB00337C7FED70B19F84179DA8F742EF4BF9FD426A47A8C1184', X'9B294B7BD9448ECFC07BB7B6BA2687F886C84311A1A4FAD2A68289B971893D61');
INSERT INTO journal VALUES (1, 9, X'01A3185D2AC0773C93C16F1B89DFF96C', 0, X'A44D5BAD13BC3230BF542012E110F074C412FA93ACAB83020FA6DEC3E38E268E', '1', 'cashier', 'cashier', '2027-01-15', 1800000056000000, 57000000, X'62626262626262626262626262626262', 'ok', 'ReceiptReprinted', 1, X'7B226E756D626572223A312C22636F7079223A317D', X'9B294B7BD9448ECFC07BB7B6BA2687F886C84311A1A4FAD2A68289B971893D61', X'3B4E5DDE649DF1B338DD5096CADA4987D5EB44818C46E9C18B235DD4A7577A0D');
INSERT INTO journal VALUES (1, 10, X'01A3185D61707F078C5576AB57DE2B9F', 0, X'2EA340F23F641B38A6B0C00BF2A1DBFB2BDD1D2AE9427F9F23BBBEFAD6DBCDF5', '1', 'cashier', 'cashier', '2027-01-15', 1800000070000000, 71000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 12, X'7B226E756D626572223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A333030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3334312C227461785F6D696E6F72223A31397D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3334312C22746F74616C5F6D696E6F72223A3336302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A313030307D5D2C226368616E67655F6D696E6F72223A3634302C226F70656E65645F7573223A313830303030303036333030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D', X'3B4E5DDE649DF1B338DD5096CADA4987D5EB44818C46E9C18B235DD4A7577A0D', X'0ECACBBB56C91367F98D69CAF3AA9AC6BA3AA6E824A2DAF575768C6C6E7429A4');
INSERT INTO journal VALUES (1, 11, X'01A3185D61708F099754AC2C7C0BC1E0', 0, X'2EA340F23F641B38A6B0C00BF2A1DBFB2BDD1D2AE9427F9F23BBBEFAD6DBCDF5', '1', 'cashier', 'cashier', '2027-01-15', 1800000070000000, 71000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B226D696C6B222C2D333030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303032227D', X'0ECACBBB56C91367F98D69CAF3AA9AC6BA3AA6E824A2DAF575768C6C6E7429A4', X'CC27B269D8142CFAD34E10B89A7D329B430E1FDED977A5066F0D01DAB7D58192');
INSERT INTO journal VALUES (1, 12, X'01A3185D9820741B8F62AAA6852164B0', 0, X'DB4FB0C4499C86B7C6E44B1669289BD91BFDEBCCC055E7ED693D9F760074F861', '1', 'cashier', 'cashier', '2027-01-15', 1800000084000000, 85000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 12, X'7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D', X'CC27B269D8142CFAD34E10B89A7D329B430E1FDED977A5066F0D01DAB7D58192', X'0DEB9CE9D8A99322B9C41B7990A46EE0D9BE00EFDB22CC9B51CC8732A33BC771');
INSERT INTO journal VALUES (1, 13, X'01A3185D98208BA0A311DC8BA3493F9C', 0, X'DB4FB0C4499C86B7C6E44B1669289BD91BFDEBCCC055E7ED693D9F760074F861', '1', 'cashier', 'cashier', '2027-01-15', 1800000084000000, 85000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B22746F6D61746F222C2D313235302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303033227D', X'0DEB9CE9D8A99322B9C41B7990A46EE0D9BE00EFDB22CC9B51CC8732A33BC771', X'4BE8C96E600C0F66A93D6D41812A1B4058ECA72E5B0F9AB1AA5AD12A2447BEEE');
INSERT INTO journal VALUES (1, 14, X'01A3185DB3787E8B9E24557E92491A73', 0, X'431C743A4A88DB1137E369E6B3165BFC8547C71B3A8444C013AD7AF27B18509D', '1', 'cashier', 'cashier', '2027-01-15', 1800000091000000, 92000000, X'62626262626262626262626262626262', 'ok', 'SaleVoided', 7, X'7B226E756D626572223A342C2273616C65223A332C2263757272656E6379223A22455552222C22746F74616C5F6D696E6F72223A3439392C22726561736F6E223A2277726F6E67222C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439392C226F66223A317D5D2C22726566756E6473223A5B5D2C22756E646F6573223A2273616C65227D', X'4BE8C96E600C0F66A93D6D41812A1B4058ECA72E5B0F9AB1AA5AD12A2447BEEE', X'1811B91591B1775E480953F02C4B3BD2CEDB104098CDBCDA2D2468BFE9E44362');
INSERT INTO journal VALUES (1, 15, X'01A3185DB3788A1ABF05413435EC8334', 0, X'431C743A4A88DB1137E369E6B3165BFC8547C71B3A8444C013AD7AF27B18509D', '1', 'cashier', 'cashier', '2027-01-15', 1800000091000000, 92000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A22766F6964222C226D6F766573223A5B5B22746F6D61746F222C313235302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303034227D', X'1811B91591B1775E480953F02C4B3BD2CEDB104098CDBCDA2D2468BFE9E44362', X'76C7556ED9BB7AC2021A1E40C760522FFEB13973AB04C8FD7641BED91CEB5B9F');
INSERT INTO journal VALUES (1, 16, X'01A3185DCED07B51A0163877D1E1AD53', 0, X'3C4C5B487B187AF0868797DC239902A604E989A8B673F7F1628D2A47F3CCBEF2', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'SaleRefunded', 9, X'7B226E756D626572223A352C2273616C655F7265676973746572223A2231222C2273616C65223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22746F74616C5F6D696E6F72223A3132302C2264616D61676564223A747275657D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3131342C227461785F6D696E6F72223A367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3131342C22746F74616C5F6D696E6F72223A3132302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3132302C226F66223A317D5D2C22726561736F6E223A22736F7572222C226465706F7369745F6D696E6F72223A302C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22227D', X'76C7556ED9BB7AC2021A1E40C760522FFEB13973AB04C8FD7641BED91CEB5B9F', X'2C6EFDE66636A1F2978AF5B7D3D923F8648C1BDF2AA09E1117240A8623BDA53E');
INSERT INTO journal VALUES (1, 17, X'01A3185DCED0818EB4283A1444B61747', 0, X'3C4C5B487B187AF0868797DC239902A604E989A8B673F7F1628D2A47F3CCBEF2', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A22726566756E64222C226D6F766573223A5B5B226D696C6B222C313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303035227D', X'2C6EFDE66636A1F2978AF5B7D3D923F8648C1BDF2AA09E1117240A8623BDA53E', X'9E1C4B3A5A2A78D29754D8D89FCA583038FC8054181F1F03285096C1776D3854');
INSERT INTO journal VALUES (1, 18, X'01A3185DCED0820BA1A5AA07B1CD2AB6', 0, X'3C4C5B487B187AF0868797DC239902A604E989A8B673F7F1628D2A47F3CCBEF2', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 4, X'7B22726561736F6E223A2264616D61676564222C226D6F766573223A5B5B226D696C6B222C2D313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303035227D', X'9E1C4B3A5A2A78D29754D8D89FCA583038FC8054181F1F03285096C1776D3854', X'48A77ED17F5347D0750128DF85201971FBC409DCE797785563DEA375762CC5A1');
INSERT INTO journal VALUES (1, 19, X'01A3185E20D8777B9E9798ED5B06CE42', 0, X'6B907D7E35F71AE7BBF1401900575080CEEB5CCB60200A6668481CD2085144DE', '1', 'cashier', 'cashier', '2027-01-15', 1800000119000000, 120000000, X'62626262626262626262626262626262', 'ok', 'BasketAbandoned', 10, X'7B226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C226F70656E65645F7573223A313830303030303130353030303030302C2272657475726E65645F6D696E6F72223A32302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A32302C226F66223A317D5D2C22746F74616C5F6D696E6F72223A3132307D', X'48A77ED17F5347D0750128DF85201971FBC409DCE797785563DEA375762CC5A1', X'B0781FBDCD78DF28CCB1E99184F28BAC1342D08330F7BF0EC72E80D37E911C4D');
INSERT INTO journal VALUES (1, 20, X'01A3185E3C307BCCA4832A2BF04F8368', 0, X'CF114D99347E6B881CDBD1FBE73BA6FB6EAA8390C48B1307D670A26063AEC40C', '1', 'cashier', 'cashier', '2027-01-15', 1800000126000000, 127000000, X'62626262626262626262626262626262', 'ok', 'CashMoved', 5, X'7B227368696674223A312C2263757272656E6379223A22455552222C226B696E64223A227061796F7574222C22616D6F756E745F6D696E6F72223A3335302C22726561736F6E223A227374616D7073222C2274656E646572223A2263617368227D', X'B0781FBDCD78DF28CCB1E99184F28BAC1342D08330F7BF0EC72E80D37E911C4D', X'92056E656BBE8BDAF52E65A4BDCB2C34E97867CC678940C3DB1A7ECC2CF082E2');
INSERT INTO journal VALUES (1, 21, X'01A3185E57887E00BFE915CFDD8F43FF', 0, X'BD5EB34DFD9DD30383950E74B1D72B81C2F45F5EAC5D2227E11B6A8F21B0640C', '1', 'cashier', 'cashier', '2027-01-15', 1800000133000000, 134000000, X'62626262626262626262626262626262', 'ok', 'ShiftClosed', 5, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030302C226D6F766564223A7B227061796F7574223A7B22636F756E74223A312C226D696E6F72223A3335307D7D2C226F70656E6564223A302C2265787065637465645F6D696E6F72223A393939302C22636F756E7465645F6D696E6F72223A31303030302C22706965636573223A5B5D2C226669727374223A312C226C617374223A352C2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C22646973636F756E745F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226E6F7465223A22222C226F7468657273223A5B5D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C226170617274223A7B7D7D', X'92056E656BBE8BDAF52E65A4BDCB2C34E97867CC678940C3DB1A7ECC2CF082E2', X'F8DC60BA703446041A8FF0ED179D4F61470B14388931E7561C72ADD2512383DD');
INSERT INTO journal VALUES (1, 22, X'01A3185E72E08A7FB4B6F0666F026A48', 0, X'78C838A4722FBA369F73830C0D7B7EF9BCB911BF7BF9CF22BC92FC0500820AFF', '1', 'cashier', 'cashier', '2027-01-15', 1800000140000000, 141000000, X'62626262626262626262626262626262', 'ok', 'RightDenied', 2, X'7B22636F6D6D616E64223A22566F69644C61737453616C65222C227269676874223A226F76657272696465222C22636F756E74223A312C226E6574776F726B73223A5B5D7D', X'F8DC60BA703446041A8FF0ED179D4F61470B14388931E7561C72ADD2512383DD', X'6941F3DD5E66A677C5222D4366678F7417C707C8E21BD48544901A2783D55AE0');
INSERT INTO journal VALUES (1, 23, X'01A3185E72E0700CA49BE8A751B2C9FE', 0, X'657C7EB1B1B54512E5E401A104DFEB222EA01D52E2CCA30F3ED6FB9AA1F19BAA', '1', 'cashier', 'cashier', '2027-01-15', 1800000140000000, 141000000, X'62626262626262626262626262626262', 'ok', 'ReportPrinted', 8, X'7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2245714B6A765A4F5A4C644F5852434472326E37777234386C45337A4D59476364446D6B5A786B734375656F222C227369676E6174757265223A2258424E6C7A4F30685F466845496D566F674B6563693837594276375449776472415F7842557A335A507357673734416F5A4A37534F4935495F4B6D5F5A2D4F616761334C2D5F525A68335270674D4B44695564364341227D', X'6941F3DD5E66A677C5222D4366678F7417C707C8E21BD48544901A2783D55AE0', X'C04869E9EB953F3DE8CD132B3637748BE9F4A8587BCA970A290C5650F7582C8E');
INSERT INTO journal VALUES (1, 24, X'01A3185E8E38741996D001826DCC0C5B', 0, X'9206D2C4B04DF5AF110545B0C413E87117FDD2024E78B45FDAFD11D948490E7D', '1', 'cashier', 'cashier', '2027-01-15', 1800000147000000, 148000000, X'62626262626262626262626262626262', 'ok', 'ReportReprinted', 1, X'7B226E756D626572223A312C22636F7079223A317D', X'C04869E9EB953F3DE8CD132B3637748BE9F4A8587BCA970A290C5650F7582C8E', X'C37259F3032127C1B5B8C44AB3F7FA84C899F34B766A1FD22F4DE567DDF42218');
INSERT INTO journal VALUES (1, 25, X'01A3185EA990770BB71322BD99BEA176', 0, X'45CF0FCB94D426D899D3592FC9EA63C2674565F54CEBF6C05A414DB28B6A0B25', '', 'system', 'system', '2027-01-15', 1800000154000000, 155000000, X'62626262626262626262626262626262', 'ok', 'PriceChanged', 2, X'7B22736B75223A226D696C6B222C2270726963655F6D696E6F72223A3133302C227761735F6D696E6F72223A3132302C22736F75726365223A7B7D7D', X'C37259F3032127C1B5B8C44AB3F7FA84C899F34B766A1FD22F4DE567DDF42218', X'79A39FB848E9DB459C96D4C59E397C20F9E4B1A02A7AB3AEE127299181CF513F');
INSERT INTO journal VALUES (1, 26, X'01A3185EC4E87060915217B66E18A2BD', 0, X'D59BF52A7FF62B28BC2EA5CC0D1294C2570DC4CBF4DFB629D5EB0938B6ADE04E', '', 'system', 'system', '2027-01-15', 1800000161000000, 162000000, X'62626262626262626262626262626262', 'ok', 'PromotionSet', 1, X'7B2270726F6D6F74696F6E223A7B226964223A227765656B222C226E616D6573223A7B22656E223A224D696C6B207765656B227D2C226465616C223A7B226B696E64223A227365766572616C5F666F72222C22636F756E74223A322C2270726963655F6D696E6F72223A3235307D2C22676F6F6473223A7B22736B7573223A5B226D696C6B225D7D2C2266726F6D5F7573223A313830303030303136313030303030307D7D', X'79A39FB848E9DB459C96D4C59E397C20F9E4B1A02A7AB3AEE127299181CF513F', X'4860B53CEC302856EAEA326A0D17AA27F1523EBE2ED6CB9C408B23C83491E962');
INSERT INTO journal VALUES (1, 27, X'01A3185EE04077AEBD6DA1ED0D22160A', 0, X'0C742E1D43A8E4DAF133BF3C4E6C3ED86B78ED896B7061015258234FE6213FA1', '', 'system', 'system', '2027-01-15', 1800000168000000, 169000000, X'62626262626262626262626262626262', 'ok', 'UserSet', 2, X'7B226964223A227531222C22726F6C65223A226D616E61676572222C226E65775F70696E223A747275652C226279223A226D616E61676572222C226E616D65223A22312E30614B716C73374C39384F486157783845586A58344E57506C6F7179336C4C35334378736457374343356E4A316B46626170576A332D474C736C49355856345979394A45574548467A776D2D56614E48222C22656D61696C223A22222C2270686F6E65223A22222C22656D706C6F7965655F6E756D626572223A22227D', X'4860B53CEC302856EAEA326A0D17AA27F1523EBE2ED6CB9C408B23C83491E962', X'CAC583FC565DF165650DBE55C0A11D525E7659C7F66ACB4DB44BF6661F1DC270');
INSERT INTO journal VALUES (1, 28, X'01A3185EFB9870AD89C8742EED496AF7', 0, X'AD53E7F19FFBA24579B9768BD4D4F1F5205318549A52E37759716A4869821661', '', 'system', 'system', '2027-01-15', 1800000175000000, 176000000, X'62626262626262626262626262626262', 'ok', 'SettingChanged', 1, X'7B226E616D65223A2273746F72652E666F6F746572222C2276616C7565223A5B22436F6D6520616761696E225D2C226279223A226D616E61676572227D', X'CAC583FC565DF165650DBE55C0A11D525E7659C7F66ACB4DB44BF6661F1DC270', X'E0351D97653E29DCF669BC938EF6FEC4FAFA175F956C628180CB22F53AA1FD74');
INSERT INTO journal VALUES (1, 29, X'01A3185F16F07E84AFDB0F2795E2B2ED', 0, X'DCCEECE907F0E548ACBECB61A538C6C7E5615B0C7126C719BD77AB1F47C803C9', '', 'system', 'system', '2027-01-15', 1800000182000000, 183000000, X'62626262626262626262626262626262', 'ok', 'TextSet', 1, X'7B226964223A2268656C6C6F222C22706C616365223A22646973706C6179222C227465787473223A7B22656E223A2248656C6C6F227D2C2266726F6D5F7573223A313830303030303138323030303030302C22756E74696C5F7573223A343631313638363031383432373338373930342C226279223A226D616E61676572227D', X'E0351D97653E29DCF669BC938EF6FEC4FAFA175F956C628180CB22F53AA1FD74', X'1D4660DBB1086ACEEB8C253202C22B46EF2086BD565840B1D98B72A7E9EF32AF');
INSERT INTO journal VALUES (1, 30, X'01A3185F324875E4887B400375099786', 0, X'E1063908BFD8D30B53532A8EE021FB520AB2B75A38FDBB640B26D7E754D3961B', '', 'system', 'system', '2027-01-15', 1800000189000000, 190000000, X'62626262626262626262626262626262', 'ok', 'DirectiveRefused', 1, X'7B22646972656374697665223A312C226B696E64223A2277656174686572222C22726561736F6E223A22746869732073686F7027732076657273696F6E20646F6573206E6F74206B6E6F7720697473206B696E64227D', X'1D4660DBB1086ACEEB8C253202C22B46EF2086BD565840B1D98B72A7E9EF32AF', X'DAAC5D1E39740D177BEA17271248B2AE51B9A6455588704E0AC415D16DF6F3A2');
INSERT INTO journal VALUES (2, 31, X'01A3185F84507AAC9D1E39740D177BEA', 0, X'6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D', '', 'system', 'system', '2027-01-15', 1800000210000000, 211000000, X'62626262626262626262626262626262', 'ok', 'EpochStarted', 1, X'7B22726561736F6E223A22726573746F726564222C22706172656E745F65706F6368223A312C22706172656E745F736571223A33302C22706172656E745F68617368223A2264616163356431653339373430643137376265613137323731323438623261653531623961363435353538383730346530616334313564313664663666336132227D', X'DAAC5D1E39740D177BEA17271248B2AE51B9A6455588704E0AC415D16DF6F3A2', X'4BF2C900C66D544741FC501D15F842ACF84640E094FF00100EF932E25F59CEF2');
INSERT INTO projection VALUES ('alerts', 3, 0);
INSERT INTO projection VALUES ('anomalies_judged', 1, 0);
INSERT INTO projection VALUES ('categories', 2, 0);
INSERT INTO projection VALUES ('coupons', 1, 0);
INSERT INTO projection VALUES ('customer_requests', 1, 0);
INSERT INTO projection VALUES ('customer_sales', 1, 0);
INSERT INTO projection VALUES ('customers', 2, 0);
INSERT INTO projection VALUES ('demand', 2, 0);
INSERT INTO projection VALUES ('directives', 1, 0);
INSERT INTO projection VALUES ('figures', 8, 0);
INSERT INTO projection VALUES ('forecast_models', 1, 0);
INSERT INTO projection VALUES ('gift_cards', 2, 0);
INSERT INTO projection VALUES ('held_products', 1, 0);
INSERT INTO projection VALUES ('invoices', 2, 0);
INSERT INTO projection VALUES ('occasions', 1, 0);
INSERT INTO projection VALUES ('orders', 5, 0);
INSERT INTO projection VALUES ('papers', 3, 0);
INSERT INTO projection VALUES ('people', 1, 0);
INSERT INTO projection VALUES ('periods', 10, 0);
INSERT INTO projection VALUES ('prices_proposed', 1, 0);
INSERT INTO projection VALUES ('products', 4, 0);
INSERT INTO projection VALUES ('promotions', 1, 0);
INSERT INTO projection VALUES ('purchasing', 3, 0);
INSERT INTO projection VALUES ('quick_keys', 1, 0);
INSERT INTO projection VALUES ('receipts', 3, 0);
INSERT INTO projection VALUES ('register_days', 100, 0);
INSERT INTO projection VALUES ('reports_made', 1, 0);
INSERT INTO projection VALUES ('reviews', 2, 0);
INSERT INTO projection VALUES ('search', 1, 0);
INSERT INTO projection VALUES ('search_sold', 1, 0);
INSERT INTO projection VALUES ('settings', 1, 0);
INSERT INTO projection VALUES ('shelf', 4, 0);
INSERT INTO projection VALUES ('shifts', 102, 0);
INSERT INTO projection VALUES ('skipped', 2, 0);
INSERT INTO projection VALUES ('stock', 8, 0);
INSERT INTO projection VALUES ('stock_days', 1, 0);
INSERT INTO projection VALUES ('stock_movements', 1, 0);
INSERT INTO projection VALUES ('tenders', 1, 0);
INSERT INTO projection VALUES ('training', 1, 0);
INSERT INTO projection VALUES ('transfers', 1, 0);
INSERT INTO projection VALUES ('users', 4, 0);
INSERT INTO projection VALUES ('webhooks', 1, 0);
INSERT INTO open_basket VALUES ('1', 17, X'7B227265676973746572223A2231222C227265766973696F6E223A31372C226F70656E65645F7573223A313830303030303230333030303030302C226C6173745F6964223A312C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3133302C227461785F636C617373223A2272656475636564227D5D7D');
INSERT INTO receipt VALUES ('1', 1, 'sale', 7, '2027-01-15', 1800000049000000, 'EUR', 200, NULL, 0, 1);
INSERT INTO receipt VALUES ('1', 2, 'sale', 10, '2027-01-15', 1800000070000000, 'EUR', 360, NULL, 120, 0);
INSERT INTO receipt VALUES ('1', 3, 'sale', 12, '2027-01-15', 1800000084000000, 'EUR', 499, 4, 0, 0);
INSERT INTO receipt VALUES ('1', 4, 'void', 14, '2027-01-15', 1800000091000000, 'EUR', -499, NULL, 0, 0);
INSERT INTO receipt VALUES ('1', 5, 'refund', 16, '2027-01-15', 1800000098000000, 'EUR', -120, NULL, 0, 0);
INSERT INTO refunded_line VALUES ('1', 2, 1, 1000);
INSERT INTO product VALUES (2, 'milk', '{"sku":"milk","names":{"en":"Milk","fr":"Lait","he":"חלב"},"codes":["04006381333931"],"price_minor":130,"tax_class":"reduced"}', 130, 1800000154000000, '', NULL, NULL, NULL, NULL, 25);
INSERT INTO product VALUES (3, 'beer', '{"sku":"beer","names":{"en":"Beer"},"codes":["05000213101261"],"price_minor":250,"min_age":18}', 250, 1800000000000000, '', NULL, NULL, NULL, NULL, 3);
INSERT INTO product VALUES (4, 'tomato', '{"sku":"tomato","names":{"en":"Tomatoes"},"codes":["02000000000015"],"price_minor":399,"tax_class":"reduced","unit":"kg"}', 399, 1800000000000000, '', NULL, NULL, NULL, NULL, 4);
INSERT INTO product VALUES (5, 'mystery', '{"sku":"mystery","names":{"en":"No price yet"},"codes":["03014260115531"]}', NULL, 1800000000000000, '', NULL, NULL, NULL, NULL, 5);
INSERT INTO product_code VALUES ('02000000000015', 4, 1, NULL, NULL);
INSERT INTO product_code VALUES ('03014260115531', 5, 1, NULL, NULL);
INSERT INTO product_code VALUES ('04006381333931', 2, 1, NULL, NULL);
INSERT INTO product_code VALUES ('05000213101261', 3, 1, NULL, NULL);
INSERT INTO product_word VALUES (2, '', '', 0, 1800000154000000, 25, NULL);
INSERT INTO product_word VALUES (3, '', '', 0, 1800000000000000, 3, NULL);
INSERT INTO product_word VALUES (4, '', '', 0, 1800000000000000, 4, NULL);
INSERT INTO product_word VALUES (5, '', '', 0, 1800000000000000, 5, NULL);
INSERT INTO price VALUES (2, 'store', 0, 1800000000000000, NULL, 120, '');
INSERT INTO job VALUES (1, 'apply_directive', X'7B226E756D626572223A322C226B696E64223A22707269636573227D', 'system', '', 'queued', 0, 0, 0, '', 1800000196000000, 1800000196000000, X'7B7D', X'7B7D');
INSERT INTO print_job VALUES (1, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000000000000, 3000000, X'62626262626262626262626262626262', 1800000000000000);
INSERT INTO print_job VALUES (2, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000049000000, 52000000, X'62626262626262626262626262626262', 1800000049000000);
INSERT INTO print_job VALUES (3, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A2264656E746564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303031222C226E756D626572223A22312D303030303031222C2261745F7573223A313830303030303034393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 1, 0, 'unknown', 'set_back', '', 1800000049000000, NULL, X'62626262626262626262626262626262', 1800000049000000);
INSERT INTO print_job VALUES (4, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A2264656E746564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D2C22636F7079223A312C22637265646974223A5B5D2C22636F6465223A22522F312D303030303031222C226E756D626572223A22312D303030303031222C2261745F7573223A313830303030303034393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 1, 0, 'unknown', 'set_back', '', 1800000056000000, NULL, X'62626262626262626262626262626262', 1800000056000000);
INSERT INTO print_job VALUES (5, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000070000000, 73000000, X'62626262626262626262626262626262', 1800000070000000);
INSERT INTO print_job VALUES (6, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A333030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3334312C227461785F6D696E6F72223A31397D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3334312C22746F74616C5F6D696E6F72223A3336302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A313030307D5D2C226368616E67655F6D696E6F72223A3634302C226F70656E65645F7573223A313830303030303036333030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303032222C226E756D626572223A22312D303030303032222C2261745F7573223A313830303030303037303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 2, 0, 'unknown', 'set_back', '', 1800000070000000, NULL, X'62626262626262626262626262626262', 1800000070000000);
INSERT INTO print_job VALUES (7, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303033222C226E756D626572223A22312D303030303033222C2261745F7573223A313830303030303038343030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 3, 0, 'unknown', 'set_back', '', 1800000084000000, NULL, X'62626262626262626262626262626262', 1800000084000000);
INSERT INTO print_job VALUES (8, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F766F6964222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22766F6964223A7B226E756D626572223A342C2273616C65223A332C2263757272656E6379223A22455552222C22746F74616C5F6D696E6F72223A3439392C22726561736F6E223A2277726F6E67222C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439392C226F66223A317D5D2C22726566756E6473223A5B5D2C22756E646F6573223A2273616C65227D2C2273616C65223A7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D7D2C226F66223A22312D303030303033222C22636F7079223A302C22637265646974223A5B5D2C226E756D626572223A22312D303030303034222C2261745F7573223A313830303030303039313030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 4, 0, 'unknown', 'set_back', '', 1800000091000000, NULL, X'62626262626262626262626262626262', 1800000091000000);
INSERT INTO print_job VALUES (9, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000098000000, 101000000, X'62626262626262626262626262626262', 1800000098000000);
INSERT INTO print_job VALUES (10, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F726566756E64222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22726566756E64223A7B226E756D626572223A352C2273616C655F7265676973746572223A2231222C2273616C65223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22746F74616C5F6D696E6F72223A3132302C2264616D61676564223A747275657D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3131342C227461785F6D696E6F72223A367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3131342C22746F74616C5F6D696E6F72223A3132302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3132302C226F66223A317D5D2C22726561736F6E223A22736F7572222C226465706F7369745F6D696E6F72223A302C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22227D2C226F66223A22312D303030303032222C22636F7079223A302C22637265646974223A5B5D2C226E756D626572223A22312D303030303035222C2261745F7573223A313830303030303039383030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 5, 0, 'unknown', 'set_back', '', 1800000098000000, NULL, X'62626262626262626262626262626262', 1800000098000000);
INSERT INTO print_job VALUES (11, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F636C6561726564222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22636C6561726564223A7B226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C226F70656E65645F7573223A313830303030303130353030303030302C2272657475726E65645F6D696E6F72223A32302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A32302C226F66223A317D5D2C22746F74616C5F6D696E6F72223A3132307D2C227265676973746572223A2231222C2261745F7573223A313830303030303131393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000119000000, NULL, X'62626262626262626262626262626262', 1800000119000000);
INSERT INTO print_job VALUES (12, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000126000000, 129000000, X'62626262626262626262626262626262', 1800000126000000);
INSERT INTO print_job VALUES (13, '1', '', 'cash', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6D6F7665222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552227D2C226D6F766564223A7B227368696674223A312C2263757272656E6379223A22455552222C226B696E64223A227061796F7574222C22616D6F756E745F6D696E6F72223A3335302C22726561736F6E223A227374616D7073222C2274656E646572223A2263617368227D2C227265676973746572223A2231222C2261745F7573223A313830303030303132363030303030302C2277686F223A2263617368696572227D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000126000000, NULL, X'62626262626262626262626262626262', 1800000126000000);
INSERT INTO print_job VALUES (14, '1', '', 'shift', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F7368696674222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552227D2C227368696674223A7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030302C226D6F766564223A7B227061796F7574223A7B22636F756E74223A312C226D696E6F72223A3335307D7D2C226F70656E6564223A302C2265787065637465645F6D696E6F72223A393939302C22636F756E7465645F6D696E6F72223A31303030302C22706965636573223A5B5D2C226669727374223A312C226C617374223A352C2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C22646973636F756E745F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226E6F7465223A22222C226F7468657273223A5B5D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C226170617274223A7B7D7D2C22636173685F6D696E6F72223A3334302C226D6F766564223A7B227061796F7574223A2D3335307D2C22646966666572656E63655F6D696E6F72223A31302C227265676973746572223A2231222C226F70656E65645F7573223A313830303030303030303030303030302C226F70656E65645F6279223A2263617368696572222C2261745F7573223A313830303030303133333030303030302C22636C6F7365645F6279223A2263617368696572222C2270656F706C65223A7B7D7D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000133000000, NULL, X'62626262626262626262626262626262', 1800000133000000);
INSERT INTO print_job VALUES (15, '1', '', 'report', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F7265706F7274222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C227265706F7274223A7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2245714B6A765A4F5A4C644F5852434472326E37777234386C45337A4D59476364446D6B5A786B734375656F222C227369676E6174757265223A2258424E6C7A4F30685F466845496D566F674B6563693837594276375449776472415F7842557A335A507357673734416F5A4A37534F4935495F4B6D5F5A2D4F616761334C2D5F525A68335270674D4B44695564364341227D2C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C22636F7079223A302C2270656F706C65223A7B7D2C227265676973746572223A2231222C2273696E63655F7573223A313830303030303034393030303030302C2261745F7573223A313830303030303134303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D2C7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000140000000, NULL, X'62626262626262626262626262626262', 1800000140000000);
INSERT INTO print_job VALUES (16, '1', '', 'report', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F7265706F7274222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C227265706F7274223A7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2245714B6A765A4F5A4C644F5852434472326E37777234386C45337A4D59476364446D6B5A786B734375656F222C227369676E6174757265223A2258424E6C7A4F30685F466845496D566F674B6563693837594276375449776472415F7842557A335A507357673734416F5A4A37534F4935495F4B6D5F5A2D4F616761334C2D5F525A68335270674D4B44695564364341227D2C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C22636F7079223A312C2270656F706C65223A7B7D2C227265676973746572223A2231222C2273696E63655F7573223A313830303030303034393030303030302C2261745F7573223A313830303030303134303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D2C7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000147000000, NULL, X'62626262626262626262626262626262', 1800000147000000);
INSERT INTO directive VALUES (1, 'weather', 'refused', 0, 'this shop''s version does not know its kind', 1800000189000000);
INSERT INTO directive_open VALUES (2, 'prices', 0, '[]', 1);
INSERT INTO directive_body VALUES (2, '{"prices": [{"sku": "milk", "price_minor": 135}]}');
INSERT INTO promotion VALUES ('week', 1800000161000000, 9007199254740992, '', '{"id":"week","names":{"en":"Milk week"},"deal":{"kind":"several_for","count":2,"price_minor":250},"goods":{"skus":["milk"]},"from_us":1800000161000000}', 26);
INSERT INTO promotion_key VALUES ('s:milk', 9007199254740992, 'week');
INSERT INTO setting VALUES ('store.footer', '["Come again"]', 'manager', 'system', 1800000175000000);
INSERT INTO shown_text VALUES ('hello', 'display', '{"en":"Hello"}', 1800000182000000, 4611686018427387904, 'manager', 29);
INSERT INTO product_change VALUES (2, 25);
INSERT INTO directive_again VALUES (1, 0);
INSERT INTO drawer VALUES ('1', 0, X'7B22646179223A7B2273616C6573223A7B22636F756E74223A302C226D696E6F72223A307D2C22766F696473223A7B22636F756E74223A302C226D696E6F72223A307D2C22726566756E6473223A7B22636F756E74223A302C226D696E6F72223A307D2C2274616B656E223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B5D2C2274656E64657273223A7B7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A302C226D696E6F72223A307D7D2C226E6577657374223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A2D3131342C227461785F6D696E6F72223A2D367D5D2C2274656E64657273223A7B2263617368223A7B22636F756E74223A312C226D696E6F72223A2D3132307D7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A302C226D696E6F72223A307D7D2C226669727374223A302C226C617374223A302C22636F756E7473223A7B7D7D7D');
INSERT INTO shift VALUES (6, '1', 1, 'EUR', 1800000000000000, '2027-01-15', 'cashier', 10000, 21, 1800000133000000, '2027-01-15', 'cashier', 440, 9990, 10000, 0);
INSERT INTO person_key VALUES ('u1', 'f3ee95b497cf8717', X'A984D50026E38896CD4B36E1F03E9C060915F477E3F8D8AA2F25DFDE177DB8EC8B1FEB44EBC221871D2429BB49D7AB313E8BFD62088188CDAF9E4B18');
INSERT INTO access_secret VALUES ('u1', '1.E0kIUTLNXP7K-BVcqRm0hO3KMTxVUnwcbeZph-B81T6qYV9z78B4VrVC0g1dvagDr-5c8TqG_Q1dIhaRGyGewfLxikX_1-xKXv9XgIAY6lJrGca_HbUGY8LRMzk');
INSERT INTO register_period VALUES ('1', X'7B227A223A312C2273696E63655F7573223A313830303030303134303030303030302C2273696E63655F736571223A32332C226772616E645F6D696E6F72223A3434302C22646179223A7B2273616C6573223A7B22636F756E74223A302C226D696E6F72223A307D2C22766F696473223A7B22636F756E74223A302C226D696E6F72223A307D2C22726566756E6473223A7B22636F756E74223A302C226D696E6F72223A307D2C2274616B656E223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B5D2C2274656E64657273223A7B7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A302C226D696E6F72223A307D7D2C226E6577657374223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A2D3131342C227461785F6D696E6F72223A2D367D5D2C2274656E64657273223A7B2263617368223A7B22636F756E74223A312C226D696E6F72223A2D3132307D7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A302C226D696E6F72223A307D7D2C226669727374223A302C226C617374223A302C22636F756E7473223A7B22636F70696573223A317D7D7D');
INSERT INTO z_report VALUES ('1', 1, 23, '2027-01-15', 1800000049000000, 1800000140000000, 'EUR', 440, 1);
INSERT INTO refunded_tender VALUES ('1', 2, 1, 'cash', 120);
INSERT INTO access_user VALUES ('u1', 'manager', 1, 'manager', '1.0aKqls7L98OHaWx8EXjX4NWPloqy3lL53CxsdW7CC5nJ1kFbapWj3-GLslI5XV4Yy9JEWEHFzwm-VaNH', '', '', '', 0);
INSERT INTO paper VALUES (7, '1', 1, 'sale', '2027-01-15', 1800000049000000, 'cashier', 200, 1);
INSERT INTO paper VALUES (10, '1', 2, 'sale', '2027-01-15', 1800000070000000, 'cashier', 360, 1);
INSERT INTO paper VALUES (12, '1', 3, 'sale', '2027-01-15', 1800000084000000, 'cashier', 499, 1);
INSERT INTO paper VALUES (14, '1', 4, 'void', '2027-01-15', 1800000091000000, 'cashier', -499, 1);
INSERT INTO paper VALUES (16, '1', 5, 'refund', '2027-01-15', 1800000098000000, 'cashier', -120, 1);
INSERT INTO paper_product VALUES ('beer', 7, 1000, 200);
INSERT INTO paper_product VALUES ('milk', 10, 3000, 360);
INSERT INTO paper_product VALUES ('milk', 16, -1000, -120);
INSERT INTO paper_product VALUES ('tomato', 12, 1250, 499);
INSERT INTO paper_product VALUES ('tomato', 14, -1250, -499);
INSERT INTO register_day VALUES ('2027-01-15', '1', 24, X'7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C2274616B656E223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A322C226D696E6F72223A3536307D7D2C226E6577657374223A7B22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A2D3131342C227461785F6D696E6F72223A2D367D5D2C2274656E64657273223A7B2263617368223A7B22636F756E74223A312C226D696E6F72223A2D3132307D7D2C22646973636F756E745F6D696E6F72223A302C22666F726569676E223A7B7D2C226170617274223A7B7D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C227265636569707473223A7B22636F756E74223A302C226D696E6F72223A307D7D2C226669727374223A312C226C617374223A352C22636F756E7473223A7B22766F696465645F6C696E6573223A312C226F76657272696464656E223A312C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A327D7D');
INSERT INTO stock VALUES ('beer', -1000, NULL, 0);
INSERT INTO stock VALUES ('milk', -3000, NULL, 0);
INSERT INTO stock VALUES ('tomato', 0, NULL, 0);
INSERT INTO stock_row VALUES ('beer', 'main', '', '', -1000, 0, 0, 8);
INSERT INTO stock_row VALUES ('milk', 'main', '', '', -3000, 0, 0, 17);
INSERT INTO stock_row VALUES ('tomato', 'main', '', '', 0, 0, 0, 15);
INSERT INTO status_page_told VALUES (1, -1, '', '');
INSERT INTO invoice_change VALUES ('1', 2, '1', 5, 16);
INSERT INTO invoice_change VALUES ('1', 3, '1', 4, 14);
CREATE UNIQUE INDEX journal_command ON journal (command_id, n);
CREATE TRIGGER journal_is_append_only_u BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX product_changed ON product (seq);
CREATE INDEX product_category ON product (category, id) WHERE category IS NOT NULL;
CREATE INDEX product_brand ON product (brand COLLATE NOCASE, id) WHERE brand IS NOT NULL;
CREATE INDEX product_code_product ON product_code (product_id);
CREATE INDEX product_attribute_name ON product_attribute (name, low);
CREATE INDEX search_sold_heat ON search_sold (heat);
CREATE INDEX job_note_job ON job_note (job, line);
CREATE INDEX print_job_waiting ON print_job (id, register, target) WHERE state = 'queued';
CREATE INDEX print_job_sending ON print_job (register) WHERE state = 'sending';
CREATE INDEX print_job_doubtful ON print_job (register, id) WHERE state = 'unknown';
CREATE INDEX product_retired ON product (category) WHERE retired_us IS NOT NULL;
CREATE INDEX product_variant ON product (body ->> 'variant_of') WHERE body ->> 'variant_of' IS NOT NULL;
CREATE INDEX held_product_waiting ON held_product (at_us) WHERE dropped = 0;
CREATE TRIGGER journal_is_append_only_d BEFORE DELETE ON journal
WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM archive)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX promotion_until ON promotion (until_us, list);
CREATE INDEX promotion_key_promotion ON promotion_key (promotion);
CREATE INDEX price_list ON price (list) WHERE list <> 'store';
CREATE INDEX category_parent ON category (parent);
CREATE INDEX person_key_wrapping ON person_key (wrapping);
CREATE INDEX person_index_digest ON person_index (kind, digest);
CREATE INDEX person_index_wrapping ON person_index (wrapping);
CREATE UNIQUE INDEX paper_number ON paper (number, register);
CREATE INDEX paper_register ON paper (register);
CREATE INDEX paper_day ON paper (business_date);
CREATE INDEX paper_person ON paper (person);
CREATE INDEX paper_total ON paper (total_minor);
CREATE INDEX paper_product_seq ON paper_product (seq);
CREATE INDEX register_day_newest ON register_day (register, seq);
CREATE INDEX product_minimum ON product (sku) WHERE body ->> 'minimum' > 0;
CREATE INDEX stock_row_expiry ON stock_row (expiry) WHERE expiry <> '';
CREATE INDEX stock_row_place ON stock_row (location, sku) WHERE location <> 'main' AND quantity <> 0;
CREATE INDEX stock_row_negative ON stock_row (sku) WHERE quantity < 0;
CREATE INDEX stock_claim_sku ON stock_claim (sku);
CREATE INDEX stock_claim_expires ON stock_claim (expires_us) WHERE expires_us > 0;
CREATE INDEX stock_movement_seq ON stock_movement (seq, n);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE state <> 'resolved';
CREATE INDEX alert_by_key ON alert (kind, subject, first_us);
CREATE INDEX alert_ended ON alert (ended_us) WHERE state = 'resolved';
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customer_changed ON customer (changed_us) WHERE merged_into IS NULL AND NOT forgotten;
CREATE INDEX customer_profile ON customer (profile) WHERE profile <> '';
CREATE INDEX customer_paper_customer ON customer_paper (customer, seq);
CREATE INDEX customer_paper_number ON customer_paper (register, number);
CREATE INDEX customer_goods_seq ON customer_goods (seq);
CREATE INDEX review_sku ON review (sku, state, seq);
CREATE INDEX review_state ON review (state, seq);
CREATE INDEX review_customer ON review (customer, seq);
CREATE INDEX customer_request_waiting ON customer_request (asked_us) WHERE answered_us IS NULL;
CREATE INDEX cart_until ON cart (until_us);
CREATE INDEX shop_order_open ON shop_order (placed_us) WHERE open;
CREATE INDEX shop_order_slot ON shop_order (slot_from_us) WHERE slot_from_us;
CREATE INDEX shop_order_customer ON shop_order (customer, seq) WHERE customer <> '';
CREATE INDEX demand_day_date ON demand_day (business_date);
CREATE INDEX demand_gap_open ON demand_gap (sku) WHERE until_date IS NULL;
CREATE INDEX forecast_said_date ON forecast_said (business_date);
CREATE INDEX chat_turn_at ON chat_turn (at_us);
CREATE INDEX copilot_session_touched ON copilot_session (touched_us);
CREATE INDEX copilot_message_session ON copilot_message (session, number);
CREATE INDEX supplier_price_supplier ON supplier_price (supplier, sku);
CREATE INDEX purchase_order_supplier ON purchase_order (supplier, number);
CREATE INDEX purchase_order_state ON purchase_order (state, number);
CREATE INDEX purchase_line_sku ON purchase_line (sku);
CREATE INDEX journal_epoch ON journal (seq) WHERE type = 'EpochStarted';
CREATE INDEX access_login_at ON access_login (at_us);
CREATE INDEX gift_card_seq ON gift_card (seq);
CREATE INDEX gift_card_unsettled ON gift_card (id) WHERE unsettled;
CREATE INDEX stock_receipt_seq ON stock_receipt (seq);
CREATE INDEX stock_correction_sku ON stock_correction (sku, seq);
CREATE INDEX stock_correction_day ON stock_correction (business_date);
CREATE INDEX purchase_receipt_number ON purchase_receipt (number, seq);
CREATE INDEX purchase_receipt_movement ON purchase_receipt (movement) WHERE movement > 0;
CREATE INDEX purchase_return_supplier ON purchase_return (supplier, seq);
CREATE INDEX transfer_begun ON transfer (begun_us);
CREATE INDEX coupon_of_series ON coupon (series, number);
CREATE INDEX stock_movement_by_hand ON stock_movement (at_us)
    WHERE reason IN ('counted', 'damaged', 'lost', 'used', 'waste');
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';
CREATE INDEX chat_session_touched ON chat_session (touched_us);
CREATE INDEX figure_move_sku ON figure_move (sku, business_date);
CREATE INDEX figure_move_other ON figure_move (business_date) WHERE reason <> 'sale';
CREATE INDEX stock_movement_reason ON stock_movement (reason, seq, n) WHERE reason <> 'sale';
CREATE INDEX stock_movement_place ON stock_movement (location, seq, n) WHERE location <> 'main';
CREATE INDEX stock_movement_day ON stock_movement (business_date, seq, n);
CREATE INDEX notify_message_left_out ON notify_message (person, channel) WHERE why = 'too_many' AND bundle = 0;
CREATE INDEX chat_count_untold ON chat_count (day) WHERE NOT told;
CREATE INDEX chat_kept_customer ON chat_kept (customer, number);
CREATE INDEX chat_kept_at ON chat_kept (at_us);
CREATE INDEX shelf_finding_open ON shelf_finding (bay, facing, kind) WHERE closed_us IS NULL;
CREATE INDEX shelf_finding_sku ON shelf_finding (sku, first_us);
CREATE INDEX category_limited ON category (id) WHERE attributes LIKE '%"most":%';
CREATE INDEX product_bundle ON product (sku) WHERE body -> 'parts' IS NOT NULL;
CREATE INDEX stock_movement_actor ON stock_movement (actor, seq, n);
CREATE INDEX purchase_receipt_lot ON purchase_receipt (sku, seq) WHERE lot <> '';
CREATE INDEX stock_receipt_brought ON stock_receipt (sku, seq) WHERE supplier <> '';
CREATE INDEX shop_order_advance ON shop_order (seq) WHERE advance_minor <> 0;
CREATE UNIQUE INDEX invoice_key ON invoice (key);
CREATE UNIQUE INDEX invoice_place ON invoice (year, epoch, place);
CREATE INDEX invoice_seq ON invoice (seq);
CREATE INDEX invoice_customer ON invoice (customer, seq) WHERE customer <> '';
CREATE INDEX invoice_kept ON invoice (kept_until) WHERE NOT ended;
CREATE INDEX invoice_change_of ON invoice_change (register, paper, seq);
CREATE UNIQUE INDEX invoice_paper ON invoice (register, paper, part) WHERE replaced_by = '';
UPDATE projection SET seq = 0 WHERE name = 'stock_movements';
UPDATE projection SET seq = 0 WHERE name = 'stock_days';
UPDATE projection SET seq = 0 WHERE name = 'search';
UPDATE projection SET seq = 0 WHERE name = 'search_sold';
UPDATE projection SET seq = 0 WHERE name = 'demand';
UPDATE projection SET seq = 0 WHERE name = 'figures';
