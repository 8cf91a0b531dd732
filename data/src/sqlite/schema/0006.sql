-- What was deleted, to list it by collection.
CREATE INDEX IF NOT EXISTS features_deleted ON features (collection, key) WHERE alive = 0;
