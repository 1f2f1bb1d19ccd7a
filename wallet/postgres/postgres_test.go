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
// somebody made serializable the default.
func TestConformance(t *testing.T) {
	server := pgtest.Start(t)
	for name, options := range map[string][]string{
		"defaults":     nil,
		"serializable": {"default_transaction_isolation = serializable"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Open {
				address := server.Database(t, options...)
				return func(t *testing.T) wallet.Store { return openAt(t, address) }
			})
		})
	}
}
