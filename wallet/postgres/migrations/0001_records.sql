CREATE TABLE records (
  account bytea NOT NULL,
  kind text NOT NULL,
  id bytea NOT NULL,
  version bigint NOT NULL,
  due bigint,
  lookups text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (account, kind, id)
)
