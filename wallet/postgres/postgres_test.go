package postgres_test

import (
	"testing"

	"backpack/wallet"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storetest"
)

func openAt(t *testing.T, address string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestConformance: every database of a server keeps the contract, also where
// somebody made serializable the default, and behind a pooler that hands each
// transaction another connection.
func TestConformance(t *testing.T) {
	server := pgtest.Start(t)
	direct := func(address string) string { return address }
	for name, x := range map[string]struct {
		options []string
		through func(address string) string
	}{
		"defaults":     {nil, direct},
		"serializable": {[]string{"default_transaction_isolation = serializable"}, direct},
		"pgbouncer":    {nil, server.Bouncer(t)},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Open {
				address := x.through(server.Database(t, x.options...))
				return func(t *testing.T) wallet.Store { return openAt(t, address) }
			})
		})
	}
}
