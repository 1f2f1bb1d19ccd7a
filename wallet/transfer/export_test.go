package transfer

// Quick makes a passphrase cheap to try, as no backup's may be.
func Quick(s Secrets) Secrets {
	s.work = 10
	return s
}
