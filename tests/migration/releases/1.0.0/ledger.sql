PRAGMA application_id = 1701078885;
PRAGMA user_version = 100;
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
CREATE TABLE sync_position (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   INTEGER NOT NULL,
    through INTEGER NOT NULL,
    hash    BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE TABLE twin_mark (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    term     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    checksum BLOB NOT NULL
) STRICT;
CREATE TABLE write_probe (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    filler BLOB NOT NULL
) STRICT;
CREATE TABLE archive (
    first_seq INTEGER PRIMARY KEY,
    last_seq  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    TEXT NOT NULL
) STRICT;
CREATE TABLE checkpoint_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
) STRICT;
CREATE TABLE archived_command (
    first_seq  INTEGER PRIMARY KEY,
    last_seq   INTEGER NOT NULL,
    command_id BLOB NOT NULL UNIQUE
) STRICT;
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
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    active          INTEGER NOT NULL,
    made_by         TEXT NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL,
    suspended       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE access_role (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
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
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT;
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
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
CREATE TABLE access_look (
    id       INTEGER PRIMARY KEY,
    at_us    INTEGER NOT NULL,
    user_id  TEXT NOT NULL,
    what     TEXT NOT NULL,
    of       TEXT NOT NULL,
    register TEXT NOT NULL,
    network  TEXT NOT NULL
) STRICT;
CREATE TABLE account (
    customer TEXT PRIMARY KEY,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE account_match (
    credit       INTEGER NOT NULL,
    item         INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (credit, item)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE sales_line (
    number      INTEGER NOT NULL,
    sku         TEXT NOT NULL,
    n           INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    delivered   INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
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
    channels       TEXT NOT NULL,
    acked_via      TEXT NOT NULL DEFAULT '',
    late_by        TEXT NOT NULL DEFAULT '',
    late_us        INTEGER NOT NULL DEFAULT 0,
    worse_us       INTEGER NOT NULL DEFAULT 0
) STRICT;
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
CREATE TABLE chat_count (
    day      TEXT NOT NULL,
    place    TEXT NOT NULL,
    language TEXT NOT NULL,
    what     TEXT NOT NULL,
    n        INTEGER NOT NULL,
    told     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, place, language, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_begun (
    day   TEXT PRIMARY KEY,
    begun INTEGER NOT NULL,
    told  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_limit (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    day    TEXT NOT NULL,
    most   INTEGER,
    others INTEGER NOT NULL
) STRICT;
CREATE TABLE chat_kept (
    number   INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    session  TEXT NOT NULL,
    turn     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    sealed   TEXT NOT NULL,
    UNIQUE (session, turn)
) STRICT;
CREATE TABLE assortment (
    sku     TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    listed  INTEGER NOT NULL CHECK (listed IN (0, 1)),
    said_by TEXT NOT NULL,
    said_for TEXT NOT NULL,
    PRIMARY KEY (sku, from_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE books_target (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE books_sent (
    target   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    day      TEXT NOT NULL,
    theirs   TEXT NOT NULL,
    found    INTEGER NOT NULL,
    currency TEXT NOT NULL,
    lines    TEXT NOT NULL,
    sent_us  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (target, kind, ref)
) STRICT, WITHOUT ROWID;
CREATE TABLE books_document (
    target     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    ref        TEXT NOT NULL,
    request    TEXT NOT NULL,
    body       TEXT NOT NULL,
    why        TEXT NOT NULL,
    detail     TEXT NOT NULL,
    changed_us INTEGER NOT NULL,
    PRIMARY KEY (target, kind, ref)
) STRICT, WITHOUT ROWID;
CREATE TABLE books_progress (
    target   TEXT PRIMARY KEY,
    asked_us INTEGER NOT NULL,
    why      TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE books_day (
    day          TEXT NOT NULL,
    currency     TEXT NOT NULL,
    account      TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (day, currency, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE books_read (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    seq    INTEGER NOT NULL,
    newest TEXT NOT NULL
) STRICT;
CREATE TABLE bottles_taken (
    number         INTEGER PRIMARY KEY,
    register       TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    lines          TEXT NOT NULL,
    paid_minor     INTEGER NOT NULL,
    rounding_minor INTEGER NOT NULL,
    out            TEXT NOT NULL CHECK (out IN ('cash', 'paper')),
    card           TEXT NOT NULL,
    tail           TEXT NOT NULL,
    undone         INTEGER NOT NULL
) STRICT;
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
CREATE TABLE product_change (
    product_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE category (
    id         TEXT PRIMARY KEY,
    parent     TEXT NOT NULL,
    names      TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price_jump_percent INTEGER,
    sort_order INTEGER NOT NULL DEFAULT 0,
    regulated TEXT NOT NULL DEFAULT ''
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
CREATE TABLE account_way (
    customer  TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('email', 'sms')),
    person    TEXT NOT NULL,
    value     TEXT NOT NULL,
    proved_us INTEGER NOT NULL,
    PRIMARY KEY (customer, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_session (
    digest    BLOB PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    customer  TEXT NOT NULL,
    way       TEXT NOT NULL,
    device    TEXT NOT NULL,
    began_us  INTEGER NOT NULL,
    used_us   INTEGER NOT NULL,
    fresh_us  INTEGER NOT NULL,
    fresh_way TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_code (
    digest   BLOB PRIMARY KEY,
    purpose  TEXT NOT NULL CHECK (purpose IN ('sign_in', 'confirm', 'way')),
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    sent_to  TEXT NOT NULL,
    language TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_undo (
    customer TEXT NOT NULL,
    kind     TEXT NOT NULL,
    value    TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (customer, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_passkey (
    credential BLOB PRIMARY KEY,
    customer   TEXT NOT NULL,
    key        BLOB NOT NULL,
    algorithm  INTEGER NOT NULL,
    device     TEXT NOT NULL,
    count      INTEGER NOT NULL,
    added_us   INTEGER NOT NULL,
    used_us    INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE account_challenge (
    challenge BLOB PRIMARY KEY,
    purpose   TEXT NOT NULL,
    customer  TEXT NOT NULL,
    until_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE delivery_zone (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE driver_cash (
    driver     TEXT PRIMARY KEY,
    owed_minor INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    since_us   INTEGER NOT NULL,
    notes      TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
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
CREATE TABLE directive_again (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
CREATE TABLE directive (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'failed', 'cancelled')),
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
CREATE TABLE extension (
    package   TEXT PRIMARY KEY,
    publisher TEXT NOT NULL,
    version   TEXT NOT NULL,
    provides  TEXT NOT NULL,  -- "GROUP:NAME" of each entry point, with spaces between
    since_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_connector (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_taken (
    seq         INTEGER PRIMARY KEY,
    connector   TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    file        TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    records     INTEGER NOT NULL,
    applied     INTEGER NOT NULL,
    same        INTEGER NOT NULL,
    invalid     INTEGER NOT NULL,
    held        INTEGER NOT NULL,
    began_us    INTEGER NOT NULL,
    ended_us    INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    new         INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    retired     INTEGER NOT NULL
) STRICT;
CREATE TABLE feed_given (
    seq       INTEGER PRIMARY KEY,
    connector TEXT NOT NULL,
    changed   INTEGER NOT NULL,
    left_out  INTEGER NOT NULL,
    at_us     INTEGER NOT NULL
) STRICT;
CREATE TABLE feed_run (
    run         INTEGER PRIMARY KEY,
    job         INTEGER NOT NULL,
    connector   TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    params      TEXT NOT NULL,
    began_us    INTEGER NOT NULL,
    ended_us    INTEGER NOT NULL,
    message     TEXT NOT NULL
) STRICT;
CREATE TABLE feed_record (
    run      INTEGER NOT NULL,
    record   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    key      TEXT NOT NULL,
    state    TEXT NOT NULL,
    cells    TEXT NOT NULL,
    becomes  TEXT NOT NULL,
    reasons  TEXT NOT NULL,
    came     TEXT NOT NULL,
    raw_data TEXT NOT NULL,
    PRIMARY KEY (run, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_applied (
    entity_type TEXT NOT NULL,
    key         TEXT NOT NULL,
    digest      TEXT NOT NULL,
    moment_us   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (entity_type, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_strain (
    plain TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_effect (
    terpene TEXT NOT NULL,
    effect  TEXT NOT NULL,
    weight  INTEGER NOT NULL,
    PRIMARY KEY (terpene, effect)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_match (
    competitor TEXT NOT NULL,
    theirs     TEXT NOT NULL,
    sku        TEXT NOT NULL,
    PRIMARY KEY (competitor, theirs)
) STRICT, WITHOUT ROWID;
CREATE TABLE rival_good (
    competitor  TEXT NOT NULL,
    theirs      TEXT NOT NULL,
    name        TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    in_stock    TEXT NOT NULL CHECK (in_stock IN ('yes', 'no', 'unknown')),
    url         TEXT NOT NULL,
    since_us    INTEGER NOT NULL,
    until_us    INTEGER NOT NULL,
    hidden      INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    PRIMARY KEY (competitor, theirs)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_sold (
    day      TEXT NOT NULL,
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    sold     INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    wasted   INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (day, sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_progress (
    connector TEXT PRIMARY KEY,
    asked_us  INTEGER NOT NULL,
    why       TEXT NOT NULL,
    detail    TEXT NOT NULL,
    failed_us INTEGER NOT NULL,
    good_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_file (
    connector TEXT NOT NULL,
    mark      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (connector, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_regime (
    regime     TEXT PRIMARY KEY,
    since      TEXT NOT NULL,
    until_date TEXT NOT NULL DEFAULT '',
    tax_number TEXT NOT NULL,
    company_number TEXT NOT NULL,
    key        TEXT NOT NULL,
    seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_key (
    regime TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (regime, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_chain (
    regime    TEXT NOT NULL,
    chain     TEXT NOT NULL,
    register  TEXT NOT NULL,
    place     INTEGER NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (regime, chain, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_register (
    regime          TEXT NOT NULL,
    register        TEXT NOT NULL,
    number          INTEGER NOT NULL,
    perpetual_minor INTEGER NOT NULL,
    absolute_minor  INTEGER NOT NULL,
    out_since       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (regime, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_paper (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    zero     INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (regime, register, zero, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_copy (
    register  TEXT NOT NULL,
    copy      INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    day       TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (register, copy)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_day (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    day      TEXT NOT NULL,
    closed   INTEGER NOT NULL DEFAULT 0,
    body     BLOB NOT NULL,
    PRIMARY KEY (regime, register, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_closing (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    kind     TEXT NOT NULL,
    period   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (regime, register, kind, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_log (
    register TEXT NOT NULL,
    place    INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (register, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_log_end (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
CREATE TABLE fiscal_start (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    software       TEXT NOT NULL,
    fiscal_version TEXT NOT NULL,
    taxes          TEXT NOT NULL
) STRICT;
CREATE TABLE fiscal_note (
    register TEXT NOT NULL,
    note     INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, note)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_advance (
    order_id    TEXT NOT NULL,
    rate        INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    PRIMARY KEY (order_id, rate)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_file (
    seq         INTEGER PRIMARY KEY,
    regime      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    of_register TEXT NOT NULL,
    since       TEXT NOT NULL,
    until_date  TEXT NOT NULL,
    identifier  INTEGER NOT NULL,
    at          TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    records     INTEGER NOT NULL,
    lost        INTEGER NOT NULL,
    through     INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    signature   TEXT NOT NULL,
    template    TEXT NOT NULL,
    layout      INTEGER NOT NULL,
    identity    BLOB
) STRICT;
CREATE TABLE invoice_allocation (
    invoice    TEXT PRIMARY KEY,
    allocation TEXT NOT NULL,
    why        TEXT NOT NULL,
    seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_transaction (
    register       TEXT NOT NULL,
    place          INTEGER NOT NULL,
    paper          INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    basket_us      INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    at_us          INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'waits',
    service_number TEXT NOT NULL DEFAULT '',
    service_at     TEXT NOT NULL DEFAULT '',
    why            TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (register, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_device (
    serial TEXT PRIMARY KEY,
    seq    INTEGER NOT NULL,
    body   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_device_signed (
    of_seq INTEGER PRIMARY KEY,
    seq    INTEGER NOT NULL,
    at_us  INTEGER NOT NULL,
    fault  TEXT NOT NULL,
    body   BLOB NOT NULL
) STRICT;
CREATE TABLE demand_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    sold          INTEGER NOT NULL DEFAULT 0,
    returned      INTEGER NOT NULL DEFAULT 0,
    wasted        INTEGER NOT NULL DEFAULT 0,
    received      INTEGER NOT NULL DEFAULT 0,
    minor         INTEGER NOT NULL DEFAULT 0,
    used          INTEGER NOT NULL DEFAULT 0,
    elsewhere     INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE past_total (
    grouped       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    import_us     INTEGER NOT NULL,
    key           TEXT NOT NULL,
    minor         INTEGER NOT NULL,
    receipts      INTEGER NOT NULL,
    PRIMARY KEY (grouped, business_date, import_us, key)
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
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
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
CREATE TABLE weather_asked (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    asked_us INTEGER NOT NULL,
    good_us  INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT;
CREATE TABLE weather (
    day         TEXT PRIMARY KEY,
    high_tenths INTEGER NOT NULL,
    low_tenths  INTEGER NOT NULL,
    rain_tenths INTEGER NOT NULL,
    said_us     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE gift_hold (
    card     TEXT NOT NULL,
    register TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (card, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE gift_confirmed (
    card       TEXT PRIMARY KEY,
    at_us      INTEGER NOT NULL,
    free_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE gift_code_try (
    register TEXT NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT;
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
CREATE TABLE figure_move (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    reason        TEXT NOT NULL,
    location      TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed        INTEGER NOT NULL,
    cause         TEXT NOT NULL DEFAULT '',
    moves         INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (business_date, sku, reason, location, cause)
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_place (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_newest (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
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
CREATE TABLE anomaly_judged (
    kind          TEXT NOT NULL,
    key           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    is_right      INTEGER NOT NULL,
    by            TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    PRIMARY KEY (kind, key, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE report_made (
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
    first_date TEXT NOT NULL,
    last_date  TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (kind, first_date)
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
    ended          INTEGER NOT NULL DEFAULT 0,
    part           TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE invoice_change (
    register    TEXT NOT NULL,
    paper       INTEGER NOT NULL,
    by_register TEXT NOT NULL,
    by_paper    INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (by_register, by_paper, register, paper)
) STRICT, WITHOUT ROWID;
CREATE TABLE slip_order (
    register TEXT PRIMARY KEY,
    number   INTEGER NOT NULL,
    note     TEXT NOT NULL,
    open     INTEGER NOT NULL,
    ticket   TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE slip_told (
    register TEXT NOT NULL,
    printer  TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, printer, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE kitchen_station (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE kitchen_ticket (
    station    TEXT NOT NULL,
    ticket     TEXT NOT NULL,
    register   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    note       TEXT NOT NULL,
    opened_us  INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    bumped_us  INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    lines      BLOB NOT NULL,
    PRIMARY KEY (station, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE run_out (
    sku           TEXT PRIMARY KEY,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_rule (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_reward (
    id     TEXT PRIMARY KEY,
    body   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    points INTEGER AS (body ->> '$.points')
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_tier (
    id          TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    from_points INTEGER AS (body ->> '$.from_points')
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_move (
    seq            INTEGER PRIMARY KEY,
    customer       TEXT NOT NULL,
    purse          TEXT NOT NULL,
    points         INTEGER NOT NULL,
    why            TEXT NOT NULL,
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    paper_register TEXT NOT NULL,
    paper          INTEGER NOT NULL,
    reward         TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    member         TEXT NOT NULL
) STRICT;
CREATE TABLE loyalty_purse (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_laid (
    coupon   TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    reward   TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    unconfirmed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_elsewhere (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_asked (
    customer TEXT PRIMARY KEY,
    at_us    INTEGER NOT NULL,
    free     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_unconfirmed (
    customer      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    points        INTEGER NOT NULL,
    PRIMARY KEY (customer, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_unsettled (customer TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_lost (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;
CREATE TABLE modifier_group (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE modifier_target (
    kind   TEXT NOT NULL CHECK (kind IN ('sku', 'category')),
    target TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (kind, target, id)
) STRICT, WITHOUT ROWID;
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
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    since_us INTEGER NOT NULL DEFAULT 0
) STRICT;
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
CREATE TABLE notify_flagged (
    person  TEXT NOT NULL,
    channel TEXT NOT NULL,
    why     TEXT NOT NULL,
    body    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    PRIMARY KEY (person, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_chat_number (
    person  TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    silent  INTEGER NOT NULL DEFAULT 0,
    made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_chat_code (
    person  TEXT PRIMARY KEY,
    digest  BLOB NOT NULL,
    made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_chat_try (
    number  BLOB PRIMARY KEY,
    tries   INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notify_written (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    body    TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT '',
    said_us INTEGER NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE store_hours (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    body BLOB NOT NULL
) STRICT;
CREATE TABLE cart (
    id       TEXT PRIMARY KEY,
    channel  TEXT NOT NULL,
    register TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    body     BLOB NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE order_secret (
    order_id TEXT PRIMARY KEY,
    secret   TEXT NOT NULL,
    code     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE order_on_counter (
    register TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE order_tick (
    order_id TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in (
    cart     TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
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
    said_of       BLOB NOT NULL,
    parts         TEXT NOT NULL DEFAULT '[]',
    proposals     TEXT NOT NULL DEFAULT '[]',
    advance_minor INTEGER NOT NULL DEFAULT 0,
    advance_us    INTEGER NOT NULL DEFAULT 0,
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
CREATE TABLE order_advance (
    order_id   TEXT NOT NULL,
    register   TEXT NOT NULL,
    receipt    INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    back_minor INTEGER NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0,
    tax        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (order_id, register, receipt)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_quiet (
    order_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE status_page_told (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    shown      INTEGER NOT NULL,
    store_name TEXT NOT NULL,
    zone       TEXT NOT NULL
) STRICT;
CREATE TABLE pos_till (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pos_item (
    pos  TEXT NOT NULL,
    item TEXT NOT NULL,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (pos, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE pos_sale (
    id        INTEGER PRIMARY KEY,
    pos       TEXT NOT NULL,
    document  TEXT NOT NULL,
    number    TEXT NOT NULL,
    version   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    location  TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    currency  TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    refund_of TEXT NOT NULL,
    state     TEXT NOT NULL,
    reasons   TEXT NOT NULL,
    unmapped  TEXT NOT NULL,
    body      TEXT NOT NULL,
    first_us  INTEGER NOT NULL,
    seq       INTEGER NOT NULL
) STRICT;
CREATE TABLE pos_move (
    seq      INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    pos      TEXT NOT NULL,
    document TEXT NOT NULL,
    number   TEXT NOT NULL,
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    of       INTEGER NOT NULL,
    delta    INTEGER NOT NULL,
    undoes   INTEGER NOT NULL,
    moved    INTEGER NOT NULL,
    PRIMARY KEY (seq, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE pos_counted (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE pos_day (
    pos      TEXT NOT NULL,
    location TEXT NOT NULL,
    day      TEXT NOT NULL,
    sales    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    differences TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (pos, location, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE pos_hook (
    id       INTEGER PRIMARY KEY,
    pos      TEXT NOT NULL,
    event_id TEXT NOT NULL,
    digest   TEXT NOT NULL,
    state    TEXT NOT NULL,
    why      TEXT NOT NULL,
    file     TEXT NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT;
CREATE TABLE pos_progress (
    pos       TEXT PRIMARY KEY,
    asked_us  INTEGER NOT NULL,
    cursor    TEXT NOT NULL,
    why       TEXT NOT NULL,
    detail    TEXT NOT NULL,
    failed_us INTEGER NOT NULL,
    stale     INTEGER NOT NULL,
    differs   INTEGER NOT NULL,
    began_us  INTEGER NOT NULL
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
CREATE TABLE payment_provider (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_route (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE terminal_close (
    terminal      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    agrees        INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (terminal, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_look_up (
    key     TEXT PRIMARY KEY,
    failed  INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_breaker (
    provider TEXT NOT NULL,
    place    TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (provider, place)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE stored_method_detach (
    method   TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    token    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE card_page (
    id       TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    provider TEXT NOT NULL,
    session  TEXT NOT NULL,
    address  TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    code     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE offline_agreed (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
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
CREATE TABLE rival_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    seen_us     INTEGER NOT NULL,
    price_minor INTEGER,
    in_stock    TEXT NOT NULL CHECK (in_stock IN ('yes', 'no', 'unknown')),
    url         TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (sku, competitor, seen_us, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE rival_seen (
    sku        TEXT NOT NULL,
    competitor TEXT NOT NULL,
    until_us   INTEGER NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;
CREATE TABLE competitor_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    day         TEXT NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE privacy_farewell (
    customer TEXT PRIMARY KEY,
    told_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bom (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bom_component (
    sku TEXT NOT NULL,
    bom TEXT NOT NULL,
    PRIMARY KEY (sku, bom)
) STRICT, WITHOUT ROWID;
CREATE TABLE bom_version (
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE work_order (
    number           INTEGER PRIMARY KEY,
    sku              TEXT NOT NULL,
    quantity         INTEGER NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    bom              TEXT NOT NULL,
    bom_version      INTEGER NOT NULL,
    source           TEXT NOT NULL,
    target           TEXT NOT NULL,
    start_on         TEXT NOT NULL,
    due_on           TEXT NOT NULL,
    extra_cost_minor INTEGER NOT NULL,
    good             INTEGER NOT NULL,
    scrap            INTEGER NOT NULL,
    taken_milli      INTEGER NOT NULL,
    brought_milli    INTEGER NOT NULL,
    planned_us       INTEGER NOT NULL,
    changed_us       INTEGER NOT NULL,
    changed_by       TEXT NOT NULL
) STRICT;
CREATE TABLE work_component (
    number    INTEGER NOT NULL,
    sku       TEXT NOT NULL,
    n         INTEGER NOT NULL,
    need      INTEGER NOT NULL,
    whole     INTEGER NOT NULL,
    issued    INTEGER NOT NULL,
    returned  INTEGER NOT NULL,
    consumed  INTEGER NOT NULL,
    wip_milli INTEGER NOT NULL,
    unknown   INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE work_issue (
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    location TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    PRIMARY KEY (number, seq, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE work_report (
    seq           INTEGER PRIMARY KEY,
    number        INTEGER NOT NULL,
    sku           TEXT NOT NULL,
    good          INTEGER NOT NULL,
    scrap         INTEGER NOT NULL,
    lot           TEXT NOT NULL,
    taken_milli   INTEGER NOT NULL,
    brought_milli INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL
) STRICT;
CREATE TABLE taken_apart (
    number        INTEGER PRIMARY KEY,
    sku           TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    location      TEXT NOT NULL,
    value_milli   INTEGER,
    parts         TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL
) STRICT;
CREATE TABLE apart_lot (
    number INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    sku    TEXT NOT NULL,
    lot    TEXT NOT NULL,
    delta  INTEGER NOT NULL,
    PRIMARY KEY (number, n)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE supplier (
    id                  TEXT PRIMARY KEY,
    body                TEXT NOT NULL,
    retired             INTEGER NOT NULL DEFAULT 0,
    seq                 INTEGER NOT NULL,
    names               TEXT AS (body ->> '$.names'),
    lead_time_days      INTEGER AS (body ->> '$.lead_time_days'),
    minimum_order_minor INTEGER AS (body ->> '$.minimum_order_minor'),
    fee_minor           INTEGER AS (body ->> '$.fee_minor'),
    delivery_days       TEXT AS (body ->> '$.delivery_days'),
    currency            TEXT AS (body ->> '$.currency'),
    nightly             INTEGER AS (body ->> '$.nightly'),
    auto_approve_minor  INTEGER AS (body ->> '$.auto_approve_below_minor'),
    order_url           TEXT AS (body ->> '$.order_url')
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_price (
    sku        TEXT NOT NULL,
    supplier   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    code       TEXT NOT NULL,
    cost_minor INTEGER NOT NULL,
    pack       INTEGER NOT NULL,
    min_packs  INTEGER NOT NULL,
    from_date  TEXT NOT NULL,
    until_date TEXT NOT NULL,
    breaks     TEXT NOT NULL DEFAULT '[]',
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
    completed_on TEXT NOT NULL,
    changed_us   INTEGER NOT NULL
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
CREATE TABLE licence_register (
    plain  TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    holder TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('valid', 'suspended', 'revoked', 'expired')),
    until  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE held_product (
    sku         TEXT NOT NULL,
    source      TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    line        INTEGER NOT NULL,
    body        TEXT NOT NULL,
    price_minor INTEGER,
    was_minor   INTEGER,
    at_us       INTEGER NOT NULL,
    dropped     INTEGER NOT NULL CHECK (dropped IN (0, 1)),
    gate        TEXT NOT NULL,
    PRIMARY KEY (sku, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE product_sameness (
    source TEXT NOT NULL,
    sku    TEXT NOT NULL,
    other  TEXT NOT NULL,
    same   INTEGER NOT NULL CHECK (same IN (0, 1)),
    PRIMARY KEY (source, sku, other)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_seen (
    source   TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    file     TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE quick_keys (
    of_register TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    seq         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE voice_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
CREATE TABLE voice_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE face_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
CREATE TABLE face_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_face_hint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    is_on    INTEGER NOT NULL,
    assessed TEXT NOT NULL,
    declared TEXT NOT NULL
) STRICT;
CREATE TABLE customer_face_release (
    person   TEXT PRIMARY KEY,
    signed   TEXT NOT NULL,
    wording  TEXT NOT NULL,
    language TEXT NOT NULL,
    given_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE release_wording (
    means   TEXT NOT NULL,
    version TEXT NOT NULL,
    texts   TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (means, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE biometric_template (
    person             TEXT NOT NULL,
    kind               TEXT NOT NULL CHECK (kind IN ('voice', 'face', 'customer_face')),
    encrypted_template BLOB NOT NULL,
    wrapped_key        TEXT NOT NULL,
    model              TEXT NOT NULL,
    dimensions         INTEGER NOT NULL,
    confidence         INTEGER NOT NULL,
    created_us         INTEGER NOT NULL,
    expires_us         INTEGER NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_model (
    version      TEXT PRIMARY KEY,
    place        INTEGER,
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_rule (
    sku  TEXT PRIMARY KEY,
    rule TEXT NOT NULL CHECK (rule IN ('pinned', 'banned')),
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_day (
    day      TEXT NOT NULL,
    surface  TEXT NOT NULL,
    register TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    shown    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    waved    INTEGER NOT NULL,
    PRIMARY KEY (day, surface, register, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_pending (
    day      TEXT NOT NULL,
    surface  TEXT NOT NULL,
    register TEXT NOT NULL,
    shown    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    waved    INTEGER NOT NULL,
    PRIMARY KEY (day, surface, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_view (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (customer, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_past (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    move     INTEGER NOT NULL,
    PRIMARY KEY (customer, sku, at_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommend_picture (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    model  TEXT NOT NULL,
    vector BLOB
) STRICT;
CREATE TABLE paper (
    seq           INTEGER PRIMARY KEY,
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    person        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    sold          INTEGER NOT NULL DEFAULT 1
) STRICT;
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
CREATE TABLE paper_modifier (
    seq      INTEGER NOT NULL,
    ref      TEXT NOT NULL,
    names    BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (seq, ref)
) STRICT, WITHOUT ROWID;
CREATE TABLE past_receipt (
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    place         INTEGER NOT NULL,
    import_us     INTEGER NOT NULL,
    number        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    skus          TEXT NOT NULL,
    PRIMARY KEY (business_date, seq, place)
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
    answer        TEXT NOT NULL DEFAULT '',
    sale_register TEXT NOT NULL DEFAULT '',
    sale          INTEGER NOT NULL DEFAULT 0,
    lines         TEXT NOT NULL DEFAULT '[]',
    sold          INTEGER NOT NULL DEFAULT 0,
    decided_us    INTEGER,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE review_report (
    review   TEXT NOT NULL,
    customer TEXT NOT NULL,
    PRIMARY KEY (review, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE saved_view (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
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
CREATE TABLE search_imported (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    units         INTEGER NOT NULL,
    PRIMARY KEY (business_date, sku)
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
CREATE TABLE settings_told (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL
) STRICT;
CREATE TABLE shown_text (
    id       TEXT PRIMARY KEY,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    place    TEXT AS (body ->> '$.place'),
    texts    TEXT AS (body ->> '$.texts'),
    from_us  INTEGER AS (body ->> '$.from_us'),
    until_us INTEGER AS (body ->> '$.until_us')
) STRICT, WITHOUT ROWID;
CREATE TABLE settlement_batch (
    provider           TEXT NOT NULL,
    batch              TEXT NOT NULL,
    currency           TEXT NOT NULL,
    first_day          TEXT NOT NULL,
    last_day           TEXT NOT NULL,
    paid_on            TEXT NOT NULL,
    gross_minor        INTEGER NOT NULL,
    charged_back_minor INTEGER NOT NULL,
    fees_minor         INTEGER NOT NULL,
    net_minor          INTEGER NOT NULL,
    lines              INTEGER NOT NULL,
    differing          INTEGER NOT NULL DEFAULT 0,
    difference_minor   INTEGER NOT NULL DEFAULT 0,
    closed             TEXT NOT NULL DEFAULT '',
    received_on        TEXT NOT NULL DEFAULT '',
    digest             TEXT NOT NULL,
    agreed_fees_minor  INTEGER,
    seq                INTEGER NOT NULL,
    PRIMARY KEY (provider, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE settlement_line (
    provider TEXT NOT NULL,
    batch    TEXT NOT NULL,
    number   INTEGER NOT NULL,
    verdict  TEXT NOT NULL,
    payment  TEXT NOT NULL,
    refund   INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (provider, batch, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE settlement_credit (
    credit       TEXT PRIMARY KEY,
    day          TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    provider     TEXT NOT NULL,
    batch        TEXT NOT NULL,
    batches      TEXT NOT NULL,
    seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE card_dispute (
    id           TEXT PRIMARY KEY,
    payment      TEXT NOT NULL,
    reason       TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    answer_by    TEXT NOT NULL,
    state        TEXT NOT NULL,
    seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE payouts_asked (
    provider TEXT PRIMARY KEY,
    cursor   TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    fault    TEXT NOT NULL,
    batch    TEXT NOT NULL
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
CREATE TABLE shelf_reference (
    bay           TEXT NOT NULL,
    light         TEXT NOT NULL,
    full          TEXT NOT NULL,
    picture       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (bay, light)
) STRICT, WITHOUT ROWID;
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
    steps      TEXT,
    behind     INTEGER NOT NULL DEFAULT 0
) STRICT;
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
CREATE TABLE drawer (
    register TEXT PRIMARY KEY,
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
    counted_minor  INTEGER,
    copies         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (register, number)
) STRICT;
CREATE TABLE software_update (
    directive INTEGER PRIMARY KEY,
    release   TEXT NOT NULL,
    digest    TEXT NOT NULL,
    step      TEXT NOT NULL
        CHECK (step IN ('asked', 'fetched', 'rehearsed', 'swapping', 'healthy', 'went_back', 'stuck', 'refused')),
    reason    TEXT NOT NULL DEFAULT '',
    asked_us  INTEGER NOT NULL,
    moved_us  INTEGER NOT NULL
) STRICT;
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
CREATE TABLE stock_pour (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    rest     INTEGER NOT NULL,
    of       INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_location (
    id      TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0,
    seq     INTEGER NOT NULL,
    names   TEXT AS (body ->> '$.names'),
    kind    TEXT AS (body ->> '$.kind'),
    parent  TEXT AS (body ->> '$.parent')
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_register (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_level (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    body     TEXT NOT NULL,
    status   TEXT NOT NULL DEFAULT 'normal',
    seq      INTEGER NOT NULL,
    par      INTEGER AS (body ->> '$.par'),
    reorder  INTEGER AS (body ->> '$.reorder'),
    quantity INTEGER AS (body ->> '$.quantity'),
    maximum  INTEGER AS (body ->> '$.maximum'),
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
    seq        INTEGER NOT NULL,
    said       TEXT NOT NULL DEFAULT '',
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
    since    INTEGER NOT NULL,
    PRIMARY KEY (number, sku, lot)
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
    expiry          TEXT NOT NULL,
    supplier        TEXT NOT NULL DEFAULT '',
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
CREATE TABLE stock_phone (
    phone    TEXT PRIMARY KEY,
    waiting  INTEGER NOT NULL,
    heard_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice (
    number      INTEGER PRIMARY KEY,
    supplier    TEXT NOT NULL,
    seller      TEXT NOT NULL,
    same        TEXT NOT NULL,
    alike       TEXT NOT NULL,
    digest      TEXT NOT NULL,
    file        TEXT NOT NULL,
    state       TEXT NOT NULL,
    body        BLOB NOT NULL,
    note        TEXT NOT NULL,
    received_us INTEGER NOT NULL,
    charges_minor INTEGER NOT NULL DEFAULT 0,
    overruled   TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE supplier_invoice_seller (
    seller   TEXT PRIMARY KEY,
    supplier TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_code (
    supplier TEXT NOT NULL,
    code     TEXT NOT NULL,
    sku      TEXT NOT NULL,
    PRIMARY KEY (supplier, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_line (
    number INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    sku    TEXT NOT NULL,
    PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_posted (
    number          INTEGER NOT NULL,
    line            INTEGER NOT NULL,
    order_number    INTEGER NOT NULL,
    sku             TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_effect (
    number    INTEGER NOT NULL,
    movement  INTEGER NOT NULL,
    sku       TEXT NOT NULL,
    was_minor INTEGER,
    set_minor INTEGER NOT NULL,
    brought   INTEGER NOT NULL,
    added_minor INTEGER NOT NULL DEFAULT 0,
    part      INTEGER NOT NULL DEFAULT 0,
    net_minor INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, movement, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_layout (
    seller TEXT NOT NULL,
    field  TEXT NOT NULL,
    body   BLOB NOT NULL,
    misses INTEGER NOT NULL,
    PRIMARY KEY (seller, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE supplier_invoice_mail (
    id     INTEGER PRIMARY KEY,
    at_us  INTEGER NOT NULL,
    file   TEXT NOT NULL,
    number INTEGER NOT NULL,
    why    TEXT NOT NULL
) STRICT;
CREATE TABLE supplier_invoice_mailbox (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    asked_us INTEGER NOT NULL,
    why      TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT;
CREATE TABLE support_case (
    id       TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    reason   TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    seal_to  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'sent', 'lapsed', 'refused')),
    digest   TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL DEFAULT 0,
    moved_us INTEGER NOT NULL,
    help     TEXT NOT NULL DEFAULT '',
    subject  TEXT NOT NULL DEFAULT '',
    why      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE support_help (
    id       TEXT PRIMARY KEY,
    begun_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL DEFAULT 0,
    seq      INTEGER NOT NULL
) STRICT;
CREATE TABLE support_leave (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    until_us INTEGER NOT NULL
) STRICT;
CREATE TABLE restaurant_table (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    name TEXT AS (body ->> '$.name'),
    area TEXT AS (coalesce(body ->> '$.area', ''))
) STRICT, WITHOUT ROWID;
CREATE TABLE table_guests (
    id           TEXT PRIMARY KEY,
    guests       INTEGER NOT NULL,
    since_us     INTEGER NOT NULL,
    person       TEXT NOT NULL,
    billed_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shop_tender (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE foreign_rate (
    currency      TEXT PRIMARY KEY,
    rate          INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE refunded_tender (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    tender   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (register, number, tender, kind)
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
CREATE TABLE corrected_sale (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE training (
    register TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE delivered_paper (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    place         TEXT NOT NULL,
    business_date TEXT NOT NULL,
    net_minor     INTEGER NOT NULL,
    taxes         TEXT NOT NULL,
    PRIMARY KEY (register, number, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE delivered_year (
    year      INTEGER NOT NULL,
    place     TEXT NOT NULL,
    net_minor INTEGER NOT NULL,
    PRIMARY KEY (year, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE work_span (
    person         TEXT NOT NULL,
    day            TEXT NOT NULL,
    begins_us      INTEGER NOT NULL,
    ends_us        INTEGER NOT NULL,
    break_us       INTEGER NOT NULL,
    break_since_us INTEGER NOT NULL,
    corrected      INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    PRIMARY KEY (person, day, begins_us, seq)
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
CREATE TABLE translation (
    key             TEXT NOT NULL,
    language        TEXT NOT NULL,
    state           TEXT NOT NULL,
    source_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    text            TEXT NOT NULL,
    origin          TEXT NOT NULL,
    findings        TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    PRIMARY KEY (key, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE glossary_term (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE trial (
    number     INTEGER PRIMARY KEY,
    body       TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    first_date TEXT NOT NULL,
    ended_us   INTEGER,
    ended_date TEXT NOT NULL DEFAULT '',
    why        TEXT NOT NULL DEFAULT '',
    subject    TEXT NOT NULL DEFAULT '',
    shortfall_minor INTEGER NOT NULL DEFAULT 0,
    seq        INTEGER NOT NULL
) STRICT;
CREATE TABLE web_channel (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE web_article (
    channel TEXT NOT NULL,
    theirs  TEXT NOT NULL,
    body    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (channel, theirs)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_order (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    state     TEXT NOT NULL,
    why       TEXT NOT NULL,
    order_id  TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_order_held (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    body      TEXT NOT NULL,
    told      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_order_told (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    body      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_offer (
    channel  TEXT NOT NULL,
    sku      TEXT NOT NULL,
    pieces   INTEGER NOT NULL,
    underway INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (channel, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_told (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    state     TEXT NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE TABLE web_telling (
    channel    TEXT PRIMARY KEY,
    failing_us INTEGER NOT NULL,
    why        TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    looked_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook (
    id    TEXT PRIMARY KEY,
    body  TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    url   TEXT AS (body ->> '$.url'),
    types TEXT AS (body ->> '$.types')
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
INSERT INTO header VALUES (1, 'demo', 'corner', 'box1', 1800000000000000);
INSERT INTO journal VALUES (1, 1, X'01A3185C500073E6BFD99C5B02321505', 0, X'6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'EpochStarted', 1, X'7B22726561736F6E223A226F70656E6564222C22706172656E745F65706F6368223A302C22706172656E745F736571223A302C22706172656E745F68617368223A22222C227761735F65706F6368223A302C227761735F68617368223A22222C22626F78223A22222C227465726D223A307D', X'D3E6FFD99C5B0232150535BCA7924475B7F02B1E03E37FA973CD65AD603C80F8', X'A660E050ACB9B632A06B51E5CF02F8D5D598D91B692B13C3EB76C8AE5C3F9E75');
INSERT INTO journal VALUES (1, 2, X'01A3185C5000741AA4EEF4FA1E9620CB', 0, X'D0328A42C9CEA3BA0F70D171A9EFF70E632C9456C7CF4D576D428E43C6359CB4', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 1, X'7B2270726F64756374223A7B22736B75223A226D696C6B222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22636F646573223A5B223034303036333831333333393331225D2C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D2C22736F75726365223A7B7D7D', X'A660E050ACB9B632A06B51E5CF02F8D5D598D91B692B13C3EB76C8AE5C3F9E75', X'98D49C51E5C673D1EB564C309C711169161C156F84FB817804E89FEF3843A1A1');
INSERT INTO journal VALUES (1, 3, X'01A3185C5000741AA4EEF4FA1E9620CB', 1, X'D0328A42C9CEA3BA0F70D171A9EFF70E632C9456C7CF4D576D428E43C6359CB4', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 1, X'7B2270726F64756374223A7B22736B75223A2262656572222C226E616D6573223A7B22656E223A2242656572227D2C22636F646573223A5B223035303030323133313031323631225D2C2270726963655F6D696E6F72223A3235302C226D696E5F616765223A31387D2C22736F75726365223A7B7D7D', X'98D49C51E5C673D1EB564C309C711169161C156F84FB817804E89FEF3843A1A1', X'B5EDDA59149D543D63CC8B77C389E13013E45CD0014677DFE9130D27AEC9525F');
INSERT INTO journal VALUES (1, 4, X'01A3185C5000741AA4EEF4FA1E9620CB', 2, X'D0328A42C9CEA3BA0F70D171A9EFF70E632C9456C7CF4D576D428E43C6359CB4', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 1, X'7B2270726F64756374223A7B22736B75223A22746F6D61746F222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22636F646573223A5B223032303030303030303030303135225D2C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C22756E6974223A226B67227D2C22736F75726365223A7B7D7D', X'B5EDDA59149D543D63CC8B77C389E13013E45CD0014677DFE9130D27AEC9525F', X'364935196E898416CCC1385A7D346DFB962B30EAEA242BBF26499005B82AA766');
INSERT INTO journal VALUES (1, 5, X'01A3185C5000741AA4EEF4FA1E9620CB', 3, X'D0328A42C9CEA3BA0F70D171A9EFF70E632C9456C7CF4D576D428E43C6359CB4', '', 'system', 'system', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ProductSet', 1, X'7B2270726F64756374223A7B22736B75223A226D797374657279222C226E616D6573223A7B22656E223A224E6F20707269636520796574227D2C22636F646573223A5B223033303134323630313135353331225D7D2C22736F75726365223A7B7D7D', X'364935196E898416CCC1385A7D346DFB962B30EAEA242BBF26499005B82AA766', X'E93B75A93C74768D6EA31752F6B63A8E5D5FDC98A2B39C9F4FBE7B49309E456B');
INSERT INTO journal VALUES (1, 6, X'01A3185C500075499DC4D4AA4AAC3976', 0, X'6783158BDB94623A197C37ABFCEF2FACE9CA712098B43B4509DB1E8C5DAC5438', '1', 'cashier', 'cashier', '2027-01-15', 1800000000000000, 1000000, X'62626262626262626262626262626262', 'ok', 'ShiftOpened', 1, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030307D', X'E93B75A93C74768D6EA31752F6B63A8E5D5FDC98A2B39C9F4FBE7B49309E456B', X'E17F472C3706D6CE240918674383058ADC3F26B89BCF84838729640B4B1C4930');
INSERT INTO journal VALUES (1, 7, X'01A3185D0F687116B7DE1070620BBD01', 0, X'AB39409F2BB192B55402D429B5BA0FC6A26B77A8A6EC14EEFD27E13A232A4D1C', '1', 'cashier', 'cashier', '2027-01-15', 1800000049000000, 50000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 1, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E66575636574F42744D4151676236566F304C6C46444F5947654F735561302D306B494E5F57333039597432586F4B5A4F624B4164695732504352564F4C4946474E5F796C37654B785265502D44685133227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D2C5B373030302C2261736B222C322C302C22616765222C2262656572225D2C5B31343030302C22796573222C322C302C22616765222C2262656572225D2C5B31343030302C226C696E65222C332C313030302C22222C22225D2C5B32313030302C22766F6964222C312C302C22222C22225D5D7D', X'E17F472C3706D6CE240918674383058ADC3F26B89BCF84838729640B4B1C4930', X'627542528D3C33FF50193997E23ADBB62F4F100D173F15F2F1C89A36AC641CD2');
INSERT INTO journal VALUES (1, 8, X'01A3185D0F688186A6C2B4A87096778E', 0, X'AB39409F2BB192B55402D429B5BA0FC6A26B77A8A6EC14EEFD27E13A232A4D1C', '1', 'cashier', 'cashier', '2027-01-15', 1800000049000000, 50000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B2262656572222C2D313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303031227D', X'627542528D3C33FF50193997E23ADBB62F4F100D173F15F2F1C89A36AC641CD2', X'A17196646CC02897D8CB4DE5E9B294F2AFC517727E43624F6D2BF3353FCBBAA4');
INSERT INTO journal VALUES (1, 9, X'01A3185D2AC07A139E2083216E25E5E2', 0, X'5CCFECBCA0162CA7526EA65151C31E667E7A156198C9C514717A27A382FB4F00', '1', 'cashier', 'cashier', '2027-01-15', 1800000056000000, 57000000, X'62626262626262626262626262626262', 'ok', 'ReceiptReprinted', 1, X'7B226E756D626572223A312C22636F7079223A317D', X'A17196646CC02897D8CB4DE5E9B294F2AFC517727E43624F6D2BF3353FCBBAA4', X'11E7D999150D164318AF2D4C7089558B04C752FE03F48BE067FE1E308BC99E0F');
INSERT INTO journal VALUES (1, 10, X'01A3185D61707F19836D809BF55096B1', 0, X'36F83EC7FC74F4A5CA9DD7E4C934EA3A96083C7CD8D862133A4DC68D7E907BF6', '1', 'cashier', 'cashier', '2027-01-15', 1800000070000000, 71000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 1, X'7B226E756D626572223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A333030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3334312C227461785F6D696E6F72223A31397D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3334312C22746F74616C5F6D696E6F72223A3336302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A313030307D5D2C226368616E67655F6D696E6F72223A3634302C226F70656E65645F7573223A313830303030303036333030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C333030302C22222C22225D5D7D', X'11E7D999150D164318AF2D4C7089558B04C752FE03F48BE067FE1E308BC99E0F', X'F9574864A6F1A45706DC074763B5DB68B237F52AC7B71356A67158ECDB16443D');
INSERT INTO journal VALUES (1, 11, X'01A3185D61708135BC4DB5B1028B74E4', 0, X'36F83EC7FC74F4A5CA9DD7E4C934EA3A96083C7CD8D862133A4DC68D7E907BF6', '1', 'cashier', 'cashier', '2027-01-15', 1800000070000000, 71000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B226D696C6B222C2D333030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303032227D', X'F9574864A6F1A45706DC074763B5DB68B237F52AC7B71356A67158ECDB16443D', X'271367C27332E31D5C243D39026E818FE0AA9F2DC3E208450D7F0255D0E8373B');
INSERT INTO journal VALUES (1, 12, X'01A3185D98207EB7A2D5C775268AC63B', 0, X'F0BF452CD02C4D69FD46DB25119CEA710447B7C44383ED1080F2681EAFC1B482', '1', 'cashier', 'cashier', '2027-01-15', 1800000084000000, 85000000, X'62626262626262626262626262626262', 'ok', 'SaleCompleted', 1, X'7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313235302C22222C22225D5D7D', X'271367C27332E31D5C243D39026E818FE0AA9F2DC3E208450D7F0255D0E8373B', X'385880581D1C49C61FB57F8B6870105E3F5EC439A945BE561328683B91800B50');
INSERT INTO journal VALUES (1, 13, X'01A3185D9820879DAD5B9B59BCFB2965', 0, X'F0BF452CD02C4D69FD46DB25119CEA710447B7C44383ED1080F2681EAFC1B482', '1', 'cashier', 'cashier', '2027-01-15', 1800000084000000, 85000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A2273616C65222C226D6F766573223A5B5B22746F6D61746F222C2D313235302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303033227D', X'385880581D1C49C61FB57F8B6870105E3F5EC439A945BE561328683B91800B50', X'B2097EC115C6F8C096E8EBFF701DBA7C4C853AB69B56C91358EB2BA28F8E2625');
INSERT INTO journal VALUES (1, 14, X'01A3185DB3787703B2542B7954DFFC0F', 0, X'576301F09F6FA96826F80D45DEC43513655D1317BDD17C0078EB38BB96416FFB', '1', 'cashier', 'cashier', '2027-01-15', 1800000091000000, 92000000, X'62626262626262626262626262626262', 'ok', 'SaleVoided', 1, X'7B226E756D626572223A342C2273616C65223A332C2263757272656E6379223A22455552222C22746F74616C5F6D696E6F72223A3439392C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E4B4E536143684E63682D625A795575656434623231653165746F63475A5F457A51594D6477704E786A44656A5136754D43417A49414B5A78343176534A4C3635346531714E5247777571594D472D6347222C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439392C226F66223A317D5D2C22726566756E6473223A5B5D2C22756E646F6573223A2273616C65222C22637573746F6D6572223A22227D', X'B2097EC115C6F8C096E8EBFF701DBA7C4C853AB69B56C91358EB2BA28F8E2625', X'C249AB454498BE53E1F526E6FF83F74920B8AD6327D65BD3BEE908DCF3E0917F');
INSERT INTO journal VALUES (1, 15, X'01A3185DB378842F88652A2F2D5B5B93', 0, X'576301F09F6FA96826F80D45DEC43513655D1317BDD17C0078EB38BB96416FFB', '1', 'cashier', 'cashier', '2027-01-15', 1800000091000000, 92000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A22766F6964222C226D6F766573223A5B5B22746F6D61746F222C313235302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303034227D', X'C249AB454498BE53E1F526E6FF83F74920B8AD6327D65BD3BEE908DCF3E0917F', X'A6D7688F679BEB0DB66A386F8755CC969438A419AEBF8E3AB9C8B462BA8164A3');
INSERT INTO journal VALUES (1, 16, X'01A3185DCED07FCA92FBB21C9FECB7FC', 0, X'A6A62ED26F2F01A1D2BF1EF4DBF8BDEDD1FD231806621921C6CEB4908504084D', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'SaleRefunded', 1, X'7B226E756D626572223A352C2273616C655F7265676973746572223A2231222C2273616C65223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22746F74616C5F6D696E6F72223A3132302C2264616D61676564223A747275657D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3131342C227461785F6D696E6F72223A367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3131342C22746F74616C5F6D696E6F72223A3132302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3132302C226F66223A317D5D2C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E6F506F6E7A372D50314D42305154534E73584A773575566E7663754C47684C786A5A50767448552D544A31504E484A504A613947316A4C444C655A634A2D784B3761766A73716B6A3341307746396A63222C226465706F7369745F6D696E6F72223A302C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22227D', X'A6D7688F679BEB0DB66A386F8755CC969438A419AEBF8E3AB9C8B462BA8164A3', X'9DE25C9C988DA9B245910C8D9246DEA4978F61F11F8580BF1060BD3504851EA9');
INSERT INTO journal VALUES (1, 17, X'01A3185DCED0828C9F38E4A8A5CB1EE4', 0, X'A6A62ED26F2F01A1D2BF1EF4DBF8BDEDD1FD231806621921C6CEB4908504084D', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A22726566756E64222C226D6F766573223A5B5B226D696C6B222C313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303035227D', X'9DE25C9C988DA9B245910C8D9246DEA4978F61F11F8580BF1060BD3504851EA9', X'CE02F1E147C4C6718853D55582F99E5E13C383D9B5207121D20B67DF545B4BA3');
INSERT INTO journal VALUES (1, 18, X'01A3185DCED08E9D920BBDB1576638FD', 0, X'A6A62ED26F2F01A1D2BF1EF4DBF8BDEDD1FD231806621921C6CEB4908504084D', '1', 'cashier', 'cashier', '2027-01-15', 1800000098000000, 99000000, X'62626262626262626262626262626262', 'ok', 'StockMoved', 1, X'7B22726561736F6E223A2264616D61676564222C226D6F766573223A5B5B226D696C6B222C2D313030302C302C302C302C226D61696E222C22222C22225D5D2C22646F63756D656E74223A22312D303030303035227D', X'CE02F1E147C4C6718853D55582F99E5E13C383D9B5207121D20B67DF545B4BA3', X'692F7E5E7AF9F60E875E9269B2DA6D3797B8883D84F5572AAC38ED465DBE4740');
INSERT INTO journal VALUES (1, 19, X'01A3185E20D87D2E85F60A5BABB6F83A', 0, X'E62C7C15ACBF54C0EBF94F8428E7141DDA7DFB5B732504F2ED2193AE750BC2DD', '1', 'cashier', 'cashier', '2027-01-15', 1800000119000000, 120000000, X'62626262626262626262626262626262', 'ok', 'BasketAbandoned', 1, X'7B226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C226F70656E65645F7573223A313830303030303130353030303030302C2272657475726E65645F6D696E6F72223A32302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A32302C226F66223A317D5D2C22746F74616C5F6D696E6F72223A3132302C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D5D7D', X'692F7E5E7AF9F60E875E9269B2DA6D3797B8883D84F5572AAC38ED465DBE4740', X'6D65B92BDE35C6C0A7FB397A2A01E4E3BB50D0F4B39C2885D466F6C48AB09006');
INSERT INTO journal VALUES (1, 20, X'01A3185E3C3076D392CB412C18538AFF', 0, X'E2CF1954BB98BCDD7EA989327F6301436FF4003CCD27652DDDD667B270C99240', '1', 'cashier', 'cashier', '2027-01-15', 1800000126000000, 127000000, X'62626262626262626262626262626262', 'ok', 'CashMoved', 4, X'7B227368696674223A312C2263757272656E6379223A22455552222C226B696E64223A227061796F7574222C22616D6F756E745F6D696E6F72223A3335302C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E6C43494E73586A655F704749366D344C38516D50694F65694A2D355431374F5F4E4D30432D627752794A495646473731507A5358356E305774737A437A64363164665539537459477A5533413274306E222C2274656E646572223A2263617368227D', X'6D65B92BDE35C6C0A7FB397A2A01E4E3BB50D0F4B39C2885D466F6C48AB09006', X'96CA55483BEDFB29DF18F52062A60779B0204662DCFECA2974BA689C9F158ECF');
INSERT INTO journal VALUES (1, 21, X'01A3185E578875D299644F9C6528BEBD', 0, X'536A53AE6A7EA8439701D8486C1C3061B460C56FF9FBB6BC2DBAC27739DD9042', '1', 'cashier', 'cashier', '2027-01-15', 1800000133000000, 134000000, X'62626262626262626262626262626262', 'ok', 'ShiftClosed', 1, X'7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030302C226D6F766564223A7B227061796F7574223A7B22636F756E74223A312C226D696E6F72223A3335307D7D2C226F70656E6564223A302C2265787065637465645F6D696E6F72223A393939302C22636F756E7465645F6D696E6F72223A31303030302C22706965636573223A5B5D2C226669727374223A312C226C617374223A352C2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C22646973636F756E745F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226E6F7465223A22222C226F7468657273223A5B5D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C226170617274223A7B7D7D', X'96CA55483BEDFB29DF18F52062A60779B0204662DCFECA2974BA689C9F158ECF', X'D53B5481E3E32EBD15E70818591413E66AFB0F14686CB35DEAC53542C740246A');
INSERT INTO journal VALUES (1, 22, X'01A3185E72E0885FB606C2799F0FC73E', 0, X'576301F09F6FA96826F80D45DEC43513655D1317BDD17C0078EB38BB96416FFB', '1', 'cashier', 'cashier', '2027-01-15', 1800000140000000, 141000000, X'62626262626262626262626262626262', 'ok', 'RightDenied', 1, X'7B22636F6D6D616E64223A22566F69644C61737453616C65222C227269676874223A226F76657272696465222C22636F756E74223A312C226E6574776F726B73223A5B5D7D', X'D53B5481E3E32EBD15E70818591413E66AFB0F14686CB35DEAC53542C740246A', X'E7C28472F890BCFE89EA0ECC50787638F2BC9BF4D5C1C071BCAE648A9FDC288B');
INSERT INTO journal VALUES (1, 23, X'01A3185E72E07335B240FD270703CC50', 0, X'B7E75B76603AF87236438437DF31B22637627C1A27B6AE7839D6DE9CE8D18651', '1', 'cashier', 'cashier', '2027-01-15', 1800000140000000, 141000000, X'62626262626262626262626262626262', 'ok', 'ReportPrinted', 1, X'7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2257505856694A3163737944424A6B686F6A56487A63565878413243646F504E5F306D364F4D594273434A67222C227369676E6174757265223A22397468574443444D783734636471337559515A594A5570544C6336764247716F50554C71324352745A616B4464694F7A5F59554B32473869616A366F5064486350714C464C74687A5F327548796A6A4232335A6B4477227D', X'E7C28472F890BCFE89EA0ECC50787638F2BC9BF4D5C1C071BCAE648A9FDC288B', X'00A529D91B036AC158BCEB81506563822B9560C3F8E6A5104FBAC636388D3DAB');
INSERT INTO journal VALUES (1, 24, X'01A3185E8E3877F7B58CA6D4120C4EC2', 0, X'793400B996244CD26F387A2F78067CD822F4CF392B8E0D5A092504D0A06DB391', '1', 'cashier', 'cashier', '2027-01-15', 1800000147000000, 148000000, X'62626262626262626262626262626262', 'ok', 'ReportReprinted', 1, X'7B226E756D626572223A312C22636F7079223A317D', X'00A529D91B036AC158BCEB81506563822B9560C3F8E6A5104FBAC636388D3DAB', X'46A36A8D42B249AC21DBC5214562EDF8BA4DBB4DA4E0230AB36EDBB34B20115A');
INSERT INTO journal VALUES (1, 25, X'01A3185EA99072E180B5F4C31030E3C3', 0, X'45CF0FCB94D426D899D3592FC9EA63C2674565F54CEBF6C05A414DB28B6A0B25', '', 'system', 'system', '2027-01-15', 1800000154000000, 155000000, X'62626262626262626262626262626262', 'ok', 'PriceChanged', 1, X'7B22736B75223A226D696C6B222C2270726963655F6D696E6F72223A3133302C227761735F6D696E6F72223A3132302C22736F75726365223A7B7D7D', X'46A36A8D42B249AC21DBC5214562EDF8BA4DBB4DA4E0230AB36EDBB34B20115A', X'5392139139D647F8C8E5C7F99879AD4310CA1BFA8374100BC85E1A1A7263C746');
INSERT INTO journal VALUES (1, 26, X'01A3185EC4E87992887AF8A25E276EBF', 0, X'D59BF52A7FF62B28BC2EA5CC0D1294C2570DC4CBF4DFB629D5EB0938B6ADE04E', '', 'system', 'system', '2027-01-15', 1800000161000000, 162000000, X'62626262626262626262626262626262', 'ok', 'PromotionSet', 1, X'7B2270726F6D6F74696F6E223A7B226964223A227765656B222C226E616D6573223A7B22656E223A224D696C6B207765656B227D2C226465616C223A7B226B696E64223A227365766572616C5F666F72222C22636F756E74223A322C2270726963655F6D696E6F72223A3235307D2C22676F6F6473223A7B22736B7573223A5B226D696C6B225D7D2C2266726F6D5F7573223A313830303030303136313030303030307D7D', X'5392139139D647F8C8E5C7F99879AD4310CA1BFA8374100BC85E1A1A7263C746', X'430410862AF470528776CB926E5541B51850CF90BAEE40CA10FC1A9BE97B8B9D');
INSERT INTO journal VALUES (1, 27, X'01A3185EE0407846945010ED05FF1192', 0, X'0C742E1D43A8E4DAF133BF3C4E6C3ED86B78ED896B7061015258234FE6213FA1', '', 'system', 'system', '2027-01-15', 1800000168000000, 169000000, X'62626262626262626262626262626262', 'ok', 'UserSet', 1, X'7B226964223A227531222C22726F6C65223A226D616E61676572222C226E65775F70696E223A747275652C226279223A226D616E61676572222C226E616D65223A22312E68433051633371396A736C58745A4B6A455576493561396D67486D6A44447830767636533866534C57744A48514E50324E31635A4C665A4167504D335A7065515069516F726E775F7957325F2D624F47222C22656D61696C223A22222C2270686F6E65223A22222C22656D706C6F7965655F6E756D626572223A22227D', X'430410862AF470528776CB926E5541B51850CF90BAEE40CA10FC1A9BE97B8B9D', X'67B9B5CE3DA60B1A61E3899A85E8614C51C428C694AAC54740E11E488A5D94A4');
INSERT INTO journal VALUES (1, 28, X'01A3185EFB987961ADAF57A5413EBF1A', 0, X'AD53E7F19FFBA24579B9768BD4D4F1F5205318549A52E37759716A4869821661', '', 'system', 'system', '2027-01-15', 1800000175000000, 176000000, X'62626262626262626262626262626262', 'ok', 'SettingChanged', 1, X'7B226E616D65223A2273746F72652E666F6F746572222C2276616C7565223A5B22436F6D6520616761696E225D2C226279223A226D616E61676572227D', X'67B9B5CE3DA60B1A61E3899A85E8614C51C428C694AAC54740E11E488A5D94A4', X'C8B3976201BAC405E5BBD376AF948535FBE1806544BB9A086A2E9312A7F6321C');
INSERT INTO journal VALUES (1, 29, X'01A3185F16F07A67A992D14978CCB703', 0, X'DCCEECE907F0E548ACBECB61A538C6C7E5615B0C7126C719BD77AB1F47C803C9', '', 'system', 'system', '2027-01-15', 1800000182000000, 183000000, X'62626262626262626262626262626262', 'ok', 'TextSet', 1, X'7B226964223A2268656C6C6F222C22706C616365223A22646973706C6179222C227465787473223A7B22656E223A2248656C6C6F227D2C2266726F6D5F7573223A313830303030303138323030303030302C22756E74696C5F7573223A343631313638363031383432373338373930342C226279223A226D616E61676572227D', X'C8B3976201BAC405E5BBD376AF948535FBE1806544BB9A086A2E9312A7F6321C', X'EC0B5E000293347B60E5D7A6B7B0F2EE2F3436117DFF1949DB061F4D595D7F94');
INSERT INTO journal VALUES (1, 30, X'01A3185F32487368AC71946624F0567A', 0, X'E1063908BFD8D30B53532A8EE021FB520AB2B75A38FDBB640B26D7E754D3961B', '', 'system', 'system', '2027-01-15', 1800000189000000, 190000000, X'62626262626262626262626262626262', 'ok', 'DirectiveRefused', 1, X'7B22646972656374697665223A312C226B696E64223A2277656174686572222C22726561736F6E223A22746869732073686F7027732076657273696F6E20646F65736E277420737570706F727420746869732074797065227D', X'EC0B5E000293347B60E5D7A6B7B0F2EE2F3436117DFF1949DB061F4D595D7F94', X'4F460B9D87A4CB47D1E87D425C339767EEE3A65271D7C97D945F549A65BC37CE');
INSERT INTO journal VALUES (2, 31, X'01A3185F84507F468B9D87A4CB47D1E8', 0, X'6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D', '', 'system', 'system', '2027-01-15', 1800000210000000, 211000000, X'62626262626262626262626262626262', 'ok', 'EpochStarted', 1, X'7B22726561736F6E223A22726573746F726564222C22706172656E745F65706F6368223A312C22706172656E745F736571223A33302C22706172656E745F68617368223A2234663436306239643837613463623437643165383764343235633333393736376565653361363532373164376339376439343566353439613635626333376365222C227761735F65706F6368223A302C227761735F68617368223A22222C22626F78223A22222C227465726D223A307D', X'4F460B9D87A4CB47D1E87D425C339767EEE3A65271D7C97D945F549A65BC37CE', X'572483C9B707BD2C96A6A2E4A7AF98DC18CB390A8042F3F00F4AE41CE191C583');
INSERT INTO projection VALUES ('accounts', 1, 0);
INSERT INTO projection VALUES ('alerts', 1, 0);
INSERT INTO projection VALUES ('anomalies_judged', 1, 0);
INSERT INTO projection VALUES ('assortment', 1, 0);
INSERT INTO projection VALUES ('books_out', 1, 0);
INSERT INTO projection VALUES ('bottle_deposits', 1, 0);
INSERT INTO projection VALUES ('categories', 1, 0);
INSERT INTO projection VALUES ('coupons', 1, 0);
INSERT INTO projection VALUES ('customer_accounts', 1, 0);
INSERT INTO projection VALUES ('customer_requests', 1, 0);
INSERT INTO projection VALUES ('customer_sales', 1, 0);
INSERT INTO projection VALUES ('customers', 1, 0);
INSERT INTO projection VALUES ('delivered_sales', 1, 0);
INSERT INTO projection VALUES ('delivery', 1, 0);
INSERT INTO projection VALUES ('demand', 1, 0);
INSERT INTO projection VALUES ('directives', 1, 0);
INSERT INTO projection VALUES ('drawers', 10, 31);
INSERT INTO projection VALUES ('extensions', 1, 0);
INSERT INTO projection VALUES ('feeds', 3, 0);
INSERT INTO projection VALUES ('figures', 3, 0);
INSERT INTO projection VALUES ('fiscal', 2, 0);
INSERT INTO projection VALUES ('fiscal_regimes', 2, 0);
INSERT INTO projection VALUES ('forecast_models', 1, 0);
INSERT INTO projection VALUES ('gift_cards', 1, 0);
INSERT INTO projection VALUES ('held_products', 4, 0);
INSERT INTO projection VALUES ('invoice_changes', 1, 0);
INSERT INTO projection VALUES ('invoices', 1, 0);
INSERT INTO projection VALUES ('kitchen_screens', 1, 0);
INSERT INTO projection VALUES ('loyalty', 1, 0);
INSERT INTO projection VALUES ('modifiers', 1, 0);
INSERT INTO projection VALUES ('occasions', 1, 0);
INSERT INTO projection VALUES ('opening_hours', 1, 0);
INSERT INTO projection VALUES ('orders', 1, 0);
INSERT INTO projection VALUES ('other_tills', 1, 0);
INSERT INTO projection VALUES ('papers', 2, 31);
INSERT INTO projection VALUES ('past_receipts', 1, 0);
INSERT INTO projection VALUES ('past_totals', 1, 0);
INSERT INTO projection VALUES ('payments', 1, 0);
INSERT INTO projection VALUES ('people', 1, 0);
INSERT INTO projection VALUES ('periods', 11, 31);
INSERT INTO projection VALUES ('prices_proposed', 3, 0);
INSERT INTO projection VALUES ('privacy', 1, 0);
INSERT INTO projection VALUES ('production', 1, 0);
INSERT INTO projection VALUES ('products', 1, 0);
INSERT INTO projection VALUES ('promotions', 1, 0);
INSERT INTO projection VALUES ('purchasing', 1, 0);
INSERT INTO projection VALUES ('quick_keys', 1, 0);
INSERT INTO projection VALUES ('receipts', 1, 0);
INSERT INTO projection VALUES ('recognition', 3, 0);
INSERT INTO projection VALUES ('recommend', 2, 0);
INSERT INTO projection VALUES ('register_days', 11, 31);
INSERT INTO projection VALUES ('reports_made', 1, 0);
INSERT INTO projection VALUES ('reviews', 1, 0);
INSERT INTO projection VALUES ('saved_views', 1, 0);
INSERT INTO projection VALUES ('search', 1, 0);
INSERT INTO projection VALUES ('search_sold', 2, 0);
INSERT INTO projection VALUES ('settings', 1, 0);
INSERT INTO projection VALUES ('settlements', 1, 0);
INSERT INTO projection VALUES ('shelf', 1, 0);
INSERT INTO projection VALUES ('shifts', 11, 0);
INSERT INTO projection VALUES ('skipped', 1, 0);
INSERT INTO projection VALUES ('software', 1, 0);
INSERT INTO projection VALUES ('stock', 1, 0);
INSERT INTO projection VALUES ('stock_days', 1, 0);
INSERT INTO projection VALUES ('stock_movements', 1, 0);
INSERT INTO projection VALUES ('stock_registers', 1, 0);
INSERT INTO projection VALUES ('stored_methods', 1, 0);
INSERT INTO projection VALUES ('supplier_invoices', 1, 0);
INSERT INTO projection VALUES ('support', 2, 0);
INSERT INTO projection VALUES ('tables', 1, 0);
INSERT INTO projection VALUES ('tenders', 1, 0);
INSERT INTO projection VALUES ('time_clock', 1, 0);
INSERT INTO projection VALUES ('training', 1, 0);
INSERT INTO projection VALUES ('transfers', 1, 0);
INSERT INTO projection VALUES ('translation', 1, 0);
INSERT INTO projection VALUES ('trials', 1, 0);
INSERT INTO projection VALUES ('users', 1, 0);
INSERT INTO projection VALUES ('web_orders', 2, 0);
INSERT INTO projection VALUES ('webhooks', 1, 0);
INSERT INTO projection VALUES ('z_reports', 1, 0);
INSERT INTO job VALUES (1, 'apply_directive', X'7B226E756D626572223A322C226B696E64223A22707269636573227D', 'system', '', 'queued', 0, 0, 0, '', 1800000196000000, 1800000196000000, X'7B7D', X'7B7D');
INSERT INTO person_key VALUES ('remarks-2027-01-15', '6527fe330719076a', X'AE7ADEDC90EAB45D6FC83AED3A29C78550FF86283B1353FDDD1E1324F03D449F9BCB1BD546C4163F6A97E36E4171FD63C93B6E6A89DFBB20E22D0298');
INSERT INTO person_key VALUES ('u1', '6527fe330719076a', X'E342167D1BF8CFE2960435221AF5BEDB647E2053920F553BEBD0E0FBA25E194466F7AF70CB434DEBD77E6F1AC9CFC12BA4FDDD80F9943DD27686D590');
INSERT INTO access_user VALUES ('u1', 'manager', 1, 'manager', '1.hC0Qc3q9jslXtZKjEUvI5a9mgHmjDDx0vv6S8fSLWtJHQNP2N1cZLfZAgPM3ZpeQPiQornw_yW2_-bOG', '', '', '', 0);
INSERT INTO access_secret VALUES ('u1', '1.ldLj8JZMysl02Xh92eKLRxcWjEJAZarrmXur1qHvLFaq6l7ffcu_cPFj0DmP4noqTQZsX8P9qCd3EfPa-BULfO8Yh3BY462dszENhgVuR-Il04XO82aKfaB7-Y0');
INSERT INTO product VALUES (2, 'milk', '{"sku":"milk","names":{"en":"Milk","fr":"Lait","he":"חלב"},"codes":["04006381333931"],"price_minor":130,"tax_class":"reduced"}', 130, 1800000154000000, '', NULL, NULL, NULL, NULL, 25);
INSERT INTO product VALUES (3, 'beer', '{"sku":"beer","names":{"en":"Beer"},"codes":["05000213101261"],"price_minor":250,"min_age":18}', 250, 1800000000000000, '', NULL, NULL, NULL, NULL, 3);
INSERT INTO product VALUES (4, 'tomato', '{"sku":"tomato","names":{"en":"Tomatoes"},"codes":["02000000000015"],"price_minor":399,"tax_class":"reduced","unit":"kg"}', 399, 1800000000000000, '', NULL, NULL, NULL, NULL, 4);
INSERT INTO product VALUES (5, 'mystery', '{"sku":"mystery","names":{"en":"No price yet"},"codes":["03014260115531"]}', NULL, 1800000000000000, '', NULL, NULL, NULL, NULL, 5);
INSERT INTO product_change VALUES (2, 25);
INSERT INTO product_code VALUES ('02000000000015', 4, 1, NULL, NULL);
INSERT INTO product_code VALUES ('03014260115531', 5, 1, NULL, NULL);
INSERT INTO product_code VALUES ('04006381333931', 2, 1, NULL, NULL);
INSERT INTO product_code VALUES ('05000213101261', 3, 1, NULL, NULL);
INSERT INTO product_word VALUES (2, '', '', 0, 1800000154000000, 25, NULL);
INSERT INTO product_word VALUES (3, '', '', 0, 1800000000000000, 3, NULL);
INSERT INTO product_word VALUES (4, '', '', 0, 1800000000000000, 4, NULL);
INSERT INTO product_word VALUES (5, '', '', 0, 1800000000000000, 5, NULL);
INSERT INTO price VALUES (2, 'store', 0, 1800000000000000, NULL, 120, '');
INSERT INTO directive_open VALUES (2, 'prices', 0, '[]', 1);
INSERT INTO directive_body VALUES (2, '{"prices": [{"sku": "milk", "price_minor": 135}]}');
INSERT INTO directive_again VALUES (1, 0);
INSERT INTO directive VALUES (1, 'weather', 'refused', 0, 'this shop''s version doesn''t support this type', 1800000189000000);
INSERT INTO invoice_change VALUES ('1', 2, '1', 5, 16);
INSERT INTO invoice_change VALUES ('1', 3, '1', 4, 14);
INSERT INTO notify_set_back VALUES (1, 0);
INSERT INTO status_page_told VALUES (1, -1, '', '');
INSERT INTO print_job VALUES (1, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000000000000, 3000000, X'62626262626262626262626262626262', 1800000000000000);
INSERT INTO print_job VALUES (2, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000049000000, 52000000, X'62626262626262626262626262626262', 1800000049000000);
INSERT INTO print_job VALUES (3, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E66575636574F42744D4151676236566F304C6C46444F5947654F735561302D306B494E5F57333039597432586F4B5A4F624B4164695732504352564F4C4946474E5F796C37654B785265502D44685133227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D2C5B373030302C2261736B222C322C302C22616765222C2262656572225D2C5B31343030302C22796573222C322C302C22616765222C2262656572225D2C5B31343030302C226C696E65222C332C313030302C22222C22225D2C5B32313030302C22766F6964222C312C302C22222C22225D5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303031222C226E756D626572223A22312D303030303031222C2261745F7573223A313830303030303034393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 1, 0, 'unknown', 'set_back', '', 1800000049000000, NULL, X'62626262626262626262626262626262', 1800000049000000);
INSERT INTO print_job VALUES (4, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A312C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22766F69646564223A747275657D2C7B226964223A332C22736B75223A2262656572222C22636F6465223A2235303030323133313031323631222C226E616D6573223A7B22656E223A2242656572227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3230302C227461785F636C617373223A227374616E64617264222C226C69737465645F6D696E6F72223A3235302C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E66575636574F42744D4151676236566F304C6C46444F5947654F735561302D306B494E5F57333039597432586F4B5A4F624B4164695732504352564F4C4946474E5F796C37654B785265502D44685133227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3136372C22746F74616C5F6D696E6F72223A3230302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3130302C227265666572656E6365223A224131227D2C7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3530307D5D2C226368616E67655F6D696E6F72223A3430302C226F70656E65645F7573223A313830303030303030373030303030302C226167655F636865636B6564223A31382C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A227374616E64617264222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A32303030307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D2C5B373030302C2261736B222C322C302C22616765222C2262656572225D2C5B31343030302C22796573222C322C302C22616765222C2262656572225D2C5B31343030302C226C696E65222C332C313030302C22222C22225D2C5B32313030302C22766F6964222C312C302C22222C22225D5D7D2C22636F7079223A312C22637265646974223A5B5D2C22636F6465223A22522F312D303030303031222C226E756D626572223A22312D303030303031222C2261745F7573223A313830303030303034393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 1, 0, 'unknown', 'set_back', '', 1800000056000000, NULL, X'62626262626262626262626262626262', 1800000056000000);
INSERT INTO print_job VALUES (5, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000070000000, 73000000, X'62626262626262626262626262626262', 1800000070000000);
INSERT INTO print_job VALUES (6, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A333030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3334312C227461785F6D696E6F72223A31397D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3334312C22746F74616C5F6D696E6F72223A3336302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A313030307D5D2C226368616E67655F6D696E6F72223A3634302C226F70656E65645F7573223A313830303030303036333030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C333030302C22222C22225D5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303032222C226E756D626572223A22312D303030303032222C2261745F7573223A313830303030303037303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 2, 0, 'unknown', 'set_back', '', 1800000070000000, NULL, X'62626262626262626262626262626262', 1800000070000000);
INSERT INTO print_job VALUES (7, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F73616C65222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C2273616C65223A7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313235302C22222C22225D5D7D2C22636F7079223A302C22637265646974223A5B5D2C22636F6465223A22522F312D303030303033222C226E756D626572223A22312D303030303033222C2261745F7573223A313830303030303038343030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 3, 0, 'unknown', 'set_back', '', 1800000084000000, NULL, X'62626262626262626262626262626262', 1800000084000000);
INSERT INTO print_job VALUES (8, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F766F6964222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22766F6964223A7B226E756D626572223A342C2273616C65223A332C2263757272656E6379223A22455552222C22746F74616C5F6D696E6F72223A3439392C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E4B4E536143684E63682D625A795575656434623231653165746F63475A5F457A51594D6477704E786A44656A5136754D43417A49414B5A78343176534A4C3635346531714E5247777571594D472D6347222C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439392C226F66223A317D5D2C22726566756E6473223A5B5D2C22756E646F6573223A2273616C65222C22637573746F6D6572223A22227D2C2273616C65223A7B226E756D626572223A332C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A22746F6D61746F222C22636F6465223A2232303030303030303030303135222C226E616D6573223A7B22656E223A22546F6D61746F6573227D2C22756E6974223A226B67222C227175616E74697479223A313235302C2270726963655F6D696E6F72223A3339392C227461785F636C617373223A2272656475636564222C2277656967686564223A7B226279223A2268616E64227D7D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3437332C227461785F6D696E6F72223A32367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3437332C22746F74616C5F6D696E6F72223A3439392C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A3439397D5D2C226368616E67655F6D696E6F72223A302C226F70656E65645F7573223A313830303030303037373030303030302C226167655F636865636B6564223A302C22746178223A7B22696E636C7573697665223A747275652C22726F756E64696E67223A22746F74616C222C22636C6173736573223A5B7B226964223A2272656475636564222C227261746573223A5B7B226E616D65223A22564154222C2272617465223A353530307D5D7D5D7D2C226465706F7369745F6D696E6F72223A302C2270726F6D6F74696F6E73223A7B7D2C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22222C22646973636F756E74223A6E756C6C2C2272657475726E73223A5B5D2C226261636B223A5B5D2C22636F75706F6E73223A5B5D2C227461785F6168656164223A5B5D2C2264656C6976657265645F746F223A22222C227374657073223A5B5B302C226C696E65222C312C313235302C22222C22225D5D7D2C226F66223A22312D303030303033222C22636F7079223A302C22637265646974223A5B5D2C226E756D626572223A22312D303030303034222C2261745F7573223A313830303030303039313030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 4, 0, 'unknown', 'set_back', '', 1800000091000000, NULL, X'62626262626262626262626262626262', 1800000091000000);
INSERT INTO print_job VALUES (9, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000098000000, 101000000, X'62626262626262626262626262626262', 1800000098000000);
INSERT INTO print_job VALUES (10, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F726566756E64222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22726566756E64223A7B226E756D626572223A352C2273616C655F7265676973746572223A2231222C2273616C65223A322C2263757272656E6379223A22455552222C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A22222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564222C22746F74616C5F6D696E6F72223A3132302C2264616D61676564223A747275657D5D2C227461786573223A5B7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3131342C227461785F6D696E6F72223A367D5D2C2274617865735F696E636C75646564223A747275652C226E65745F6D696E6F72223A3131342C22746F74616C5F6D696E6F72223A3132302C22726F756E64696E675F6D696E6F72223A302C2274656E64657273223A5B7B226B696E64223A2263617368222C22616D6F756E745F6D696E6F72223A3132302C226F66223A317D5D2C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E6F506F6E7A372D50314D42305154534E73584A773575566E7663754C47684C786A5A50767448552D544A31504E484A504A613947316A4C444C655A634A2D784B3761766A73716B6A3341307746396A63222C226465706F7369745F6D696E6F72223A302C2270726963655F6C697374223A2273746F7265222C22637573746F6D6572223A22227D2C226F66223A22312D303030303032222C22636F7079223A302C22637265646974223A5B5D2C226E756D626572223A22312D303030303035222C2261745F7573223A313830303030303039383030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', 5, 0, 'unknown', 'set_back', '', 1800000098000000, NULL, X'62626262626262626262626262626262', 1800000098000000);
INSERT INTO print_job VALUES (11, '1', '', 'receipt', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F636C6561726564222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C22636C6561726564223A7B226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3132302C227461785F636C617373223A2272656475636564227D5D2C226F70656E65645F7573223A313830303030303130353030303030302C2272657475726E65645F6D696E6F72223A32302C2274656E64657273223A5B7B226B696E64223A2263617264222C22616D6F756E745F6D696E6F72223A32302C226F66223A317D5D2C22746F74616C5F6D696E6F72223A3132302C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D5D7D2C227265676973746572223A2231222C2261745F7573223A313830303030303131393030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000119000000, NULL, X'62626262626262626262626262626262', 1800000119000000);
INSERT INTO print_job VALUES (12, '1', '', 'drawer', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A226B69636B227D5D2C22637574223A66616C73657D', NULL, 0, 'unknown', 'set_back', '', 1800000126000000, 129000000, X'62626262626262626262626262626262', 1800000126000000);
INSERT INTO print_job VALUES (13, '1', '', 'cash', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6D6F7665222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552227D2C226D6F766564223A7B227368696674223A312C2263757272656E6379223A22455552222C226B696E64223A227061796F7574222C22616D6F756E745F6D696E6F72223A3335302C22726561736F6E223A22322E72656D61726B732D323032372D30312D31352E312E6C43494E73586A655F704749366D344C38516D50694F65694A2D355431374F5F4E4D30432D627752794A495646473731507A5358356E305774737A437A64363164665539537459477A5533413274306E222C2274656E646572223A2263617368227D2C227265676973746572223A2231222C2261745F7573223A313830303030303132363030303030302C2277686F223A2263617368696572227D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000126000000, NULL, X'62626262626262626262626262626262', 1800000126000000);
INSERT INTO print_job VALUES (14, '1', '', 'shift', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F7368696674222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C227A6F6E65223A224575726F70652F5061726973222C2263757272656E6379223A22455552227D2C227368696674223A7B226E756D626572223A312C2263757272656E6379223A22455552222C22666C6F61745F6D696E6F72223A31303030302C226D6F766564223A7B227061796F7574223A7B22636F756E74223A312C226D696E6F72223A3335307D7D2C226F70656E6564223A302C2265787065637465645F6D696E6F72223A393939302C22636F756E7465645F6D696E6F72223A31303030302C22706965636573223A5B5D2C226669727374223A312C226C617374223A352C2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C22646973636F756E745F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226E6F7465223A22222C226F7468657273223A5B5D2C2274697073223A7B7D2C22746970735F746F223A7B7D2C226170617274223A7B7D7D2C22636173685F6D696E6F72223A3334302C226D6F766564223A7B227061796F7574223A2D3335307D2C22646966666572656E63655F6D696E6F72223A31302C227265676973746572223A2231222C226F70656E65645F7573223A313830303030303030303030303030302C226F70656E65645F6279223A2263617368696572222C2261745F7573223A313830303030303133333030303030302C22636C6F7365645F6279223A2263617368696572222C2270656F706C65223A7B7D7D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000133000000, NULL, X'62626262626262626262626262626262', 1800000133000000);
INSERT INTO print_job VALUES (15, '1', '', 'report', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F7265706F7274222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C227265706F7274223A7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2257505856694A3163737944424A6B686F6A56487A63565878413243646F504E5F306D364F4D594273434A67222C227369676E6174757265223A22397468574443444D783734636471337559515A594A5570544C6336764247716F50554C71324352745A616B4464694F7A5F59554B32473869616A366F5064486350714C464C74687A5F327548796A6A4232335A6B4477227D2C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C22636F7079223A302C2270656F706C65223A7B7D2C227265676973746572223A2231222C2273696E63655F7573223A313830303030303034393030303030302C2261745F7573223A313830303030303134303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D2C7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000140000000, NULL, X'62626262626262626262626262626262', 1800000140000000);
INSERT INTO print_job VALUES (16, '1', '', 'report', X'7B226C616E6775616765223A22656E222C22726F7773223A5B7B2274797065223A22666F726D222C2274656D706C617465223A2274696C6C2F7265706F7274222C2264617461223A7B2273686F70223A7B22686561646572223A5B22436F726E65722053686F70222C2231204869676820537472656574225D2C22666F6F746572223A5B225468616E6B20796F75225D2C227461785F6E756D626572223A22313233343536373839222C227A6F6E65223A224575726F70652F5061726973222C22636F756E747279223A22222C2263757272656E6379223A22455552222C22776974686F7574223A5B5D2C2274656E64657273223A7B7D7D2C227265706F7274223A7B226B696E64223A227A222C2263757272656E6379223A22455552222C2273616C6573223A332C22766F696473223A312C22746F74616C5F6D696E6F72223A3434302C22726566756E6473223A312C226E756D626572223A312C2273696E63655F7573223A313830303030303034393030303030302C226772616E645F746F74616C5F6D696E6F72223A3434302C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C2262657369646573223A5B7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C226B6579223A2257505856694A3163737944424A6B686F6A56487A63565878413243646F504E5F306D364F4D594273434A67222C227369676E6174757265223A22397468574443444D783734636471337559515A594A5570544C6336764247716F50554C71324352745A616B4464694F7A5F59554B32473869616A366F5064486350714C464C74687A5F327548796A6A4232335A6B4477227D2C2273756D73223A7B2273616C6573223A7B22636F756E74223A332C226D696E6F72223A313035397D2C22766F696473223A7B22636F756E74223A312C226D696E6F72223A2D3439397D2C22726566756E6473223A7B22636F756E74223A312C226D696E6F72223A2D3132307D2C22746F74616C5F6D696E6F72223A3434302C22726F756E64696E675F6D696E6F72223A302C227461786573223A5B7B226E616D65223A22564154222C2272617465223A32303030302C226E65745F6D696E6F72223A3136372C227461785F6D696E6F72223A33337D2C7B226E616D65223A22564154222C2272617465223A353530302C226E65745F6D696E6F72223A3232372C227461785F6D696E6F72223A31337D5D2C2274656E64657273223A7B2263617264223A7B22636F756E74223A322C226D696E6F72223A3130307D2C2263617368223A7B22636F756E74223A332C226D696E6F72223A3334307D7D2C226472617765725F6D696E6F72223A3334302C226F76657272696464656E223A312C22766F696465645F6C696E6573223A312C22646973636F756E745F6D696E6F72223A302C226669727374223A312C226C617374223A352C22636C6561726564223A7B22636F756E74223A312C226D696E6F72223A3132307D2C22636F70696573223A312C22676976656E223A7B7D2C22676976657273223A7B7D2C22666F726569676E223A7B7D2C226170617274223A7B7D2C22747261696E696E6773223A302C22747261696E696E675F706170657273223A302C22636F75706F6E73223A7B7D2C226F70656E223A7B22636F756E74223A302C226D696E6F72223A307D2C2274697073223A7B7D2C22746970735F746F223A7B7D7D2C22636F7079223A312C2270656F706C65223A7B7D2C227265676973746572223A2231222C2273696E63655F7573223A313830303030303034393030303030302C2261745F7573223A313830303030303134303030303030302C22646179223A22323032372D30312D3135222C22646F7562746564223A66616C73657D7D2C7B2274797065223A22666F726D222C2274656D706C617465223A227368696674732F6F6E5F7265706F7274222C2264617461223A7B2273686F70223A7B2263757272656E6379223A22455552227D2C22736869667473223A5B7B226E756D626572223A312C226F70656E223A66616C73652C22646966666572656E63655F6D696E6F72223A31307D5D2C226F70656E6564223A302C22636F70696573223A307D7D5D2C22637574223A747275657D', NULL, 0, 'unknown', 'set_back', '', 1800000147000000, NULL, X'62626262626262626262626262626262', 1800000147000000);
INSERT INTO promotion VALUES ('week', 1800000161000000, 9007199254740992, '', '{"id":"week","names":{"en":"Milk week"},"deal":{"kind":"several_for","count":2,"price_minor":250},"goods":{"skus":["milk"]},"from_us":1800000161000000}', 26);
INSERT INTO promotion_key VALUES ('s:milk', 9007199254740992, 'week');
INSERT INTO setting VALUES ('store.footer', '["Come again"]', 'manager', 'system', 1800000175000000);
INSERT INTO shown_text VALUES ('hello', '{"id":"hello","place":"display","texts":{"en":"Hello"},"from_us":1800000182000000,"until_us":4611686018427387904,"by":"manager"}', 29);
INSERT INTO shift VALUES (6, '1', 1, 'EUR', 1800000000000000, '2027-01-15', 'cashier', 10000, 21, 1800000133000000, '2027-01-15', 'cashier', 440, 9990, 10000, 0);
INSERT INTO stock VALUES ('beer', -1000, NULL, 0);
INSERT INTO stock VALUES ('milk', -3000, NULL, 0);
INSERT INTO stock VALUES ('tomato', 0, NULL, 0);
INSERT INTO stock_row VALUES ('beer', 'main', '', '', -1000, 0, 0, 8);
INSERT INTO stock_row VALUES ('milk', 'main', '', '', -3000, 0, 0, 17);
INSERT INTO stock_row VALUES ('tomato', 'main', '', '', 0, 0, 0, 15);
INSERT INTO open_basket VALUES ('1', 17, X'7B227265676973746572223A2231222C227265766973696F6E223A31372C226F70656E65645F7573223A313830303030303230333030303030302C226C6173745F6964223A312C226C696E6573223A5B7B226964223A312C22736B75223A226D696C6B222C22636F6465223A2234303036333831333333393331222C226E616D6573223A7B22656E223A224D696C6B222C226672223A224C616974222C226865223A22D797D79CD791227D2C22756E6974223A227069656365222C227175616E74697479223A313030302C2270726963655F6D696E6F72223A3133302C227461785F636C617373223A2272656475636564227D5D2C227374657073223A5B5B302C226C696E65222C312C313030302C22222C22225D5D7D');
INSERT INTO receipt VALUES ('1', 1, 'sale', 7, '2027-01-15', 1800000049000000, 'EUR', 200, NULL, 0, 1);
INSERT INTO receipt VALUES ('1', 2, 'sale', 10, '2027-01-15', 1800000070000000, 'EUR', 360, NULL, 120, 0);
INSERT INTO receipt VALUES ('1', 3, 'sale', 12, '2027-01-15', 1800000084000000, 'EUR', 499, 4, 0, 0);
INSERT INTO receipt VALUES ('1', 4, 'void', 14, '2027-01-15', 1800000091000000, 'EUR', -499, NULL, 0, 0);
INSERT INTO receipt VALUES ('1', 5, 'refund', 16, '2027-01-15', 1800000098000000, 'EUR', -120, NULL, 0, 0);
INSERT INTO refunded_line VALUES ('1', 2, 1, 1000);
INSERT INTO refunded_tender VALUES ('1', 2, 1, 'cash', 120);
INSERT INTO z_report VALUES ('1', 1, 23, '2027-01-15', 1800000049000000, 1800000140000000, 'EUR', 440, 1);
CREATE UNIQUE INDEX journal_command ON journal (command_id, n);
CREATE INDEX journal_epoch ON journal (seq) WHERE type = 'EpochStarted';
CREATE TRIGGER journal_is_append_only_u BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_d BEFORE DELETE ON journal
WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM archive)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX job_note_job ON job_note (job, line);
CREATE INDEX person_key_wrapping ON person_key (wrapping);
CREATE INDEX person_index_digest ON person_index (kind, digest);
CREATE INDEX person_index_wrapping ON person_index (wrapping);
CREATE INDEX access_login_at ON access_login (at_us);
CREATE INDEX access_look_at ON access_look (at_us);
CREATE INDEX access_look_of ON access_look (of, id) WHERE of <> '';
CREATE INDEX account_item_customer ON account_item (customer, seq);
CREATE INDEX account_item_open ON account_item (due_on, seq) WHERE amount_minor > paid_minor;
CREATE INDEX account_item_paper ON account_item (register, paper) WHERE paper > 0;
CREATE INDEX account_credit_customer ON account_credit (customer, seq);
CREATE INDEX account_credit_number ON account_credit (number) WHERE number > 0;
CREATE INDEX account_credit_paper ON account_credit (register, paper) WHERE paper > 0;
CREATE INDEX account_match_item ON account_match (item);
CREATE INDEX sales_order_customer ON sales_order (customer, number);
CREATE INDEX sales_order_open ON sales_order (number) WHERE state IN ('open', 'partial');
CREATE INDEX sales_line_sku ON sales_line (sku);
CREATE INDEX sales_delivery_number ON sales_delivery (number, seq);
CREATE INDEX sales_delivery_receipt ON sales_delivery (register, receipt) WHERE receipt > 0;
CREATE INDEX quote_customer ON quote (customer, number);
CREATE INDEX quote_open ON quote (number) WHERE state = 'open';
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE state <> 'resolved';
CREATE INDEX alert_by_key ON alert (kind, subject, first_us);
CREATE INDEX alert_ended ON alert (ended_us) WHERE state = 'resolved';
CREATE INDEX chat_session_touched ON chat_session (touched_us);
CREATE INDEX chat_turn_at ON chat_turn (at_us);
CREATE INDEX copilot_session_touched ON copilot_session (touched_us);
CREATE INDEX copilot_message_session ON copilot_message (session, number);
CREATE INDEX chat_count_untold ON chat_count (day) WHERE NOT told;
CREATE INDEX chat_kept_customer ON chat_kept (customer, number);
CREATE INDEX chat_kept_at ON chat_kept (at_us);
CREATE INDEX books_sent_day ON books_sent (target, kind, day, currency);
CREATE INDEX product_changed ON product (seq);
CREATE INDEX product_category ON product (category, id) WHERE category IS NOT NULL;
CREATE INDEX product_brand ON product (brand COLLATE NOCASE, id) WHERE brand IS NOT NULL;
CREATE INDEX product_retired ON product (category) WHERE retired_us IS NOT NULL;
CREATE INDEX product_variant ON product (body ->> 'variant_of') WHERE body ->> 'variant_of' IS NOT NULL;
CREATE INDEX product_minimum ON product (sku) WHERE body ->> 'minimum' > 0;
CREATE INDEX product_bundle ON product (sku) WHERE body -> 'parts' IS NOT NULL;
CREATE INDEX product_code_product ON product_code (product_id);
CREATE INDEX product_attribute_name ON product_attribute (name, low);
CREATE INDEX price_list ON price (list) WHERE list <> 'store';
CREATE INDEX category_parent ON category (parent);
CREATE INDEX category_limited ON category (id) WHERE attributes LIKE '%"most":%';
CREATE INDEX coupon_of_series ON coupon (series, number);
CREATE INDEX account_session_customer ON account_session (customer);
CREATE INDEX account_passkey_customer ON account_passkey (customer);
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customer_changed ON customer (changed_us) WHERE merged_into IS NULL AND NOT forgotten;
CREATE INDEX customer_profile ON customer (profile) WHERE profile <> '';
CREATE INDEX customer_request_waiting ON customer_request (asked_us) WHERE answered_us IS NULL;
CREATE INDEX feed_given_connector ON feed_given (connector, seq);
CREATE UNIQUE INDEX feed_run_job ON feed_run (job);
CREATE INDEX feed_run_connector ON feed_run (connector, run);
CREATE INDEX feed_record_state ON feed_record (run, state, record);
CREATE INDEX rival_good_until ON rival_good (until_us);
CREATE INDEX fiscal_paper_day ON fiscal_paper (regime, day);
CREATE INDEX fiscal_copy_number ON fiscal_copy (register, number);
CREATE INDEX fiscal_day_open ON fiscal_day (regime, closed, day);
CREATE INDEX fiscal_transaction_waits ON fiscal_transaction (seq) WHERE state = 'waits';
CREATE INDEX fiscal_transaction_paper ON fiscal_transaction (register, paper);
CREATE INDEX fiscal_transaction_basket ON fiscal_transaction (register, basket_us, place) WHERE basket_us > 0;
CREATE INDEX demand_day_date ON demand_day (business_date);
CREATE INDEX demand_gap_open ON demand_gap (sku) WHERE until_date IS NULL;
CREATE INDEX forecast_said_date ON forecast_said (business_date);
CREATE INDEX gift_card_seq ON gift_card (seq);
CREATE INDEX gift_card_unsettled ON gift_card (id) WHERE unsettled;
CREATE INDEX gift_code_try_at ON gift_code_try (register, at_us);
CREATE INDEX figure_move_sku ON figure_move (sku, business_date);
CREATE INDEX figure_move_other ON figure_move (business_date) WHERE reason <> 'sale';
CREATE UNIQUE INDEX invoice_key ON invoice (key);
CREATE UNIQUE INDEX invoice_place ON invoice (year, epoch, place);
CREATE UNIQUE INDEX invoice_paper ON invoice (register, paper, part) WHERE replaced_by = '';
CREATE INDEX invoice_seq ON invoice (seq);
CREATE INDEX invoice_customer ON invoice (customer, seq) WHERE customer <> '';
CREATE INDEX invoice_kept ON invoice (kept_until) WHERE NOT ended;
CREATE INDEX invoice_change_of ON invoice_change (register, paper, seq);
CREATE INDEX kitchen_ticket_open ON kitchen_ticket (station, opened_us) WHERE bumped_us = 0;
CREATE INDEX kitchen_ticket_bumped ON kitchen_ticket (station, bumped_us) WHERE bumped_us > 0;
CREATE INDEX kitchen_ticket_changed ON kitchen_ticket (changed_us);
CREATE INDEX loyalty_move_member ON loyalty_move (member, purse) WHERE member <> '';
CREATE INDEX loyalty_move_customer ON loyalty_move (customer, purse, business_date);
CREATE INDEX loyalty_move_sale ON loyalty_move (register, number) WHERE number > 0;
CREATE INDEX loyalty_move_paper ON loyalty_move (paper_register, paper) WHERE paper > 0;
CREATE INDEX modifier_target_id ON modifier_target (id);
CREATE INDEX cart_until ON cart (until_us);
CREATE INDEX shop_order_open ON shop_order (placed_us) WHERE open;
CREATE INDEX shop_order_slot ON shop_order (slot_from_us) WHERE slot_from_us;
CREATE INDEX shop_order_advance ON shop_order (seq) WHERE advance_minor <> 0;
CREATE INDEX shop_order_receipt ON shop_order (receipt, register) WHERE receipt;
CREATE INDEX shop_order_customer ON shop_order (customer, seq) WHERE customer <> '';
CREATE UNIQUE INDEX pos_sale_number ON pos_sale (pos, document, number);
CREATE INDEX pos_sale_open ON pos_sale (pos, id) WHERE state <> 'taken' OR unmapped <> '[]';
CREATE INDEX pos_sale_refund ON pos_sale (pos, refund_of) WHERE document = 'refund';
CREATE INDEX pos_sale_at ON pos_sale (pos, location, at_us);
CREATE INDEX pos_move_of ON pos_move (pos, document, number);
CREATE INDEX pos_move_back ON pos_move (undoes, sku) WHERE undoes > 0;
CREATE UNIQUE INDEX pos_hook_event ON pos_hook (pos, event_id);
CREATE INDEX pos_hook_file ON pos_hook (pos, file);
CREATE INDEX pos_hook_dead ON pos_hook (id) WHERE state <> 'done';
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';
CREATE INDEX notify_message_left_out ON notify_message (person, channel) WHERE why = 'too_many' AND bundle = 0;
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
CREATE INDEX payment_refund_state ON payment_refund (register, state, asked_seq);
CREATE INDEX payment_refund_changed ON payment_refund (changed_us);
CREATE INDEX payment_refund_cash ON payment_refund (cash_seq) WHERE cash_seq > 0;
CREATE INDEX payment_refund_done ON payment_refund (terminal, done_seq);
CREATE INDEX payment_refund_day ON payment_refund (business_date);
CREATE INDEX stored_method_customer ON stored_method (customer);
CREATE INDEX card_page_customer ON card_page (customer);
CREATE INDEX print_job_waiting ON print_job (id, register, target) WHERE state = 'queued';
CREATE INDEX print_job_sending ON print_job (register) WHERE state = 'sending';
CREATE INDEX print_job_doubtful ON print_job (register, id) WHERE state = 'unknown';
CREATE INDEX bom_component_bom ON bom_component (bom);
CREATE INDEX bom_sku ON bom (body ->> '$.sku');
CREATE INDEX work_order_open ON work_order (start_on, number) WHERE state IN ('planned', 'in_progress');
CREATE INDEX work_order_sku ON work_order (sku, number);
CREATE INDEX work_component_sku ON work_component (sku);
CREATE INDEX work_issue_lot ON work_issue (sku, lot) WHERE lot <> '';
CREATE INDEX work_report_number ON work_report (number, seq);
CREATE INDEX work_report_lot ON work_report (sku, lot) WHERE good > 0;
CREATE INDEX apart_lot_sku ON apart_lot (sku, lot);
CREATE INDEX promotion_until ON promotion (until_us, list);
CREATE INDEX promotion_key_promotion ON promotion_key (promotion);
CREATE INDEX supplier_price_supplier ON supplier_price (supplier, sku);
CREATE INDEX purchase_order_supplier ON purchase_order (supplier, number);
CREATE INDEX purchase_order_state ON purchase_order (state, number);
CREATE INDEX purchase_line_sku ON purchase_line (sku);
CREATE INDEX purchase_receipt_number ON purchase_receipt (number, seq);
CREATE INDEX purchase_receipt_lot ON purchase_receipt (sku, seq) WHERE lot <> '';
CREATE INDEX purchase_receipt_movement ON purchase_receipt (movement) WHERE movement > 0;
CREATE INDEX purchase_return_supplier ON purchase_return (supplier, seq);
CREATE INDEX held_product_waiting ON held_product (at_us) WHERE dropped = 0;
CREATE INDEX biometric_template_expires ON biometric_template (expires_us);
CREATE INDEX recommend_past_move ON recommend_past (move);
CREATE UNIQUE INDEX paper_number ON paper (number, register);
CREATE INDEX paper_register ON paper (register);
CREATE INDEX paper_day ON paper (business_date);
CREATE INDEX paper_person ON paper (person);
CREATE INDEX paper_total ON paper (total_minor);
CREATE INDEX paper_product_seq ON paper_product (seq);
CREATE INDEX register_day_newest ON register_day (register, seq);
CREATE INDEX review_sku ON review (sku, state, seq);
CREATE INDEX review_state ON review (state, seq);
CREATE INDEX review_customer ON review (customer, seq);
CREATE INDEX search_sold_heat ON search_sold (heat);
CREATE INDEX settlement_batch_seq ON settlement_batch (seq);
CREATE INDEX settlement_batch_due ON settlement_batch (currency, net_minor) WHERE received_on = '';
CREATE INDEX settlement_batch_differs ON settlement_batch (seq) WHERE differing > 0 AND closed = '';
CREATE UNIQUE INDEX settlement_line_once ON settlement_line (payment, refund) WHERE payment != '';
CREATE INDEX card_dispute_payment ON card_dispute (payment);
CREATE INDEX card_dispute_state ON card_dispute (state, answer_by);
CREATE INDEX shelf_finding_open ON shelf_finding (bay, facing, kind) WHERE closed_us IS NULL;
CREATE INDEX shelf_finding_sku ON shelf_finding (sku, first_us);
CREATE INDEX stock_row_expiry ON stock_row (expiry) WHERE expiry <> '';
CREATE INDEX stock_row_place ON stock_row (location, sku) WHERE location <> 'main' AND quantity <> 0;
CREATE INDEX stock_claim_sku ON stock_claim (sku);
CREATE INDEX stock_claim_expires ON stock_claim (expires_us) WHERE expires_us > 0;
CREATE INDEX stock_receipt_seq ON stock_receipt (seq);
CREATE INDEX stock_receipt_brought ON stock_receipt (sku, seq) WHERE supplier <> '';
CREATE INDEX stock_correction_sku ON stock_correction (sku, seq);
CREATE INDEX stock_correction_day ON stock_correction (business_date);
CREATE INDEX stock_movement_seq ON stock_movement (seq, n);
CREATE INDEX stock_movement_by_hand ON stock_movement (at_us)
    WHERE reason IN ('counted', 'damaged', 'lost', 'used', 'waste');
CREATE INDEX stock_movement_reason ON stock_movement (reason, seq, n) WHERE reason <> 'sale';
CREATE INDEX stock_movement_place ON stock_movement (location, seq, n) WHERE location <> 'main';
CREATE INDEX stock_movement_actor ON stock_movement (actor, seq, n);
CREATE INDEX stock_movement_day ON stock_movement (business_date, seq, n);
CREATE INDEX supplier_invoice_same ON supplier_invoice (same, seller);
CREATE INDEX supplier_invoice_alike ON supplier_invoice (alike);
CREATE INDEX supplier_invoice_digest ON supplier_invoice (digest);
CREATE INDEX supplier_invoice_posted_order ON supplier_invoice_posted (order_number, sku);
CREATE INDEX supplier_invoice_effect_of ON supplier_invoice_effect (movement, sku);
CREATE INDEX support_case_by_time ON support_case (asked_us);
CREATE INDEX support_case_by_help ON support_case (help) WHERE help <> '';
CREATE INDEX support_help_by_seq ON support_help (seq);
CREATE INDEX receipt_day ON receipt (business_date, register, seq);
CREATE INDEX customer_paper_customer ON customer_paper (customer, seq);
CREATE INDEX customer_paper_number ON customer_paper (register, number);
CREATE INDEX customer_goods_seq ON customer_goods (seq);
CREATE INDEX delivered_paper_day ON delivered_paper (business_date);
CREATE INDEX work_span_day ON work_span (day, person);
CREATE INDEX work_span_running ON work_span (person, begins_us) WHERE ends_us = 0;
CREATE INDEX transfer_begun ON transfer (begun_us);
CREATE INDEX translation_state ON translation (language, state);
CREATE INDEX translation_source ON translation (language, source);
CREATE INDEX trial_running ON trial (number) WHERE why = '';
CREATE INDEX web_order_newest ON web_order (seq);
UPDATE projection SET seq = 0 WHERE name = 'stock_movements';
UPDATE projection SET seq = 0 WHERE name = 'stock_days';
UPDATE projection SET seq = 0 WHERE name = 'search';
UPDATE projection SET seq = 0 WHERE name = 'search_sold';
UPDATE projection SET seq = 0 WHERE name = 'periods';
UPDATE projection SET seq = 0 WHERE name = 'drawers';
UPDATE projection SET seq = 0 WHERE name = 'papers';
UPDATE projection SET seq = 0 WHERE name = 'register_days';
UPDATE projection SET seq = 0 WHERE name = 'demand';
UPDATE projection SET seq = 0 WHERE name = 'past_totals';
UPDATE projection SET seq = 0 WHERE name = 'figures';
