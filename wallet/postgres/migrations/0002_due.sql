CREATE INDEX records_due ON records (kind, due, account, id)
