-- Strict projection of KitchenStationSet and KitchenStationEnded: the stations; `body` is JSON, station.KitchenStation.
CREATE TABLE kitchen_station (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of SlipsPrinted, TicketBumped and TicketRecalled: what stands, or stood within two days, on screens.
-- `note` as it is kept; `lines` is JSON, station.TicketLine; `seq` the fact that changed what is wanted last;
-- `bumped_us` 0: it is still to be made.
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
CREATE INDEX kitchen_ticket_open ON kitchen_ticket (station, opened_us) WHERE bumped_us = 0;
CREATE INDEX kitchen_ticket_bumped ON kitchen_ticket (station, bumped_us) WHERE bumped_us > 0;
CREATE INDEX kitchen_ticket_changed ON kitchen_ticket (changed_us);
-- Strict projection of ProductRanOut and ProductBack: what ran out, and on which day of business.
CREATE TABLE run_out (
    sku           TEXT PRIMARY KEY,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
