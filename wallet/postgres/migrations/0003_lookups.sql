CREATE TABLE lookups (
  lookup text NOT NULL,
  kind text NOT NULL,
  account bytea NOT NULL,
  id bytea NOT NULL,
  PRIMARY KEY (lookup, kind)
)
