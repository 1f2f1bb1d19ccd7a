CREATE INDEX lookups_account ON lookups (account, kind, id)
