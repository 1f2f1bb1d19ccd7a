package transfer

// Quick lowers the work factor of a passphrase; real backups must not use it.
func Quick(s Secrets) Secrets {
	s.work = 10
	return s
}
