-- Which server answered last, by cluster and timeline. Another one, a promoted standby or a restored copy, may lack rows
-- that stores were told are held (see hub/failover.py).
CREATE TABLE server (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    name text    NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON server TO edge_hub_worker;
