-- Where features are, to find those of a view among many. The box of a current revision with a geometry, by its key; the
-- collection's number is a side of its own, so that a view of few gates is not searched among many zones. The sides are
-- 32-bit numbers, rounded outwards: what they find is looked at again by the exact box in features.
CREATE TABLE collections (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO collections (name) SELECT DISTINCT collection FROM features;
CREATE VIRTUAL TABLE feature_boxes USING rtree (key, west, east, south, north, collection, collection_too);
INSERT INTO feature_boxes
    SELECT f.key, f.west, f.east, f.south, f.north, c.number, c.number
    FROM features f JOIN collections c ON c.name = f.collection
    WHERE f.alive = 1 AND f.west IS NOT NULL;
