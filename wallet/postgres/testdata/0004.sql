CREATE TABLE migrations (name text PRIMARY KEY);
CREATE TABLE records (
  account bytea NOT NULL,
  kind text NOT NULL,
  id bytea NOT NULL,
  version bigint NOT NULL,
  due bigint,
  lookups text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (account, kind, id)
);
CREATE INDEX records_due ON records (kind, due, account, id);
CREATE TABLE lookups (
  lookup text NOT NULL,
  kind text NOT NULL,
  account bytea NOT NULL,
  id bytea NOT NULL,
  PRIMARY KEY (lookup, kind)
);
CREATE INDEX lookups_account ON lookups (account, kind, id);
INSERT INTO migrations VALUES ('0001_records'), ('0002_due'), ('0003_lookups'), ('0004_owners');
INSERT INTO records VALUES
  ('acc', 'session', 'x', 3, 1795435200, E'a lookup\nanother', '\x00ff64617461'),
  ('acc', 'session', 'y', 1, NULL, '', '');
INSERT INTO lookups VALUES ('a lookup', 'session', 'acc', 'x'), ('another', 'session', 'acc', 'x');
