-- What people moved lately is looked for again and again (see the tables.sql of the stock).
CREATE INDEX stock_movement_by_hand ON stock_movement (at_us)
    WHERE reason IN ('counted', 'damaged', 'lost', 'used', 'waste');
