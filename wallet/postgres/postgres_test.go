package postgres_test

import (
	"testing"

	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
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

// TestConformance: the store meets the contract with the oldest and the newest
// supported version, with serializable as the default, and behind a pooler that gives
// each transaction another connection.
func TestConformance(t *testing.T) {
	server := pgtest.Start(t)
	direct := func(address string) string { return address }
	for name, x := range map[string]struct {
		server  func(t *testing.T) *pgtest.Server
		options []string
		through func(address string) string
	}{
		"defaults":     {running(server), nil, direct},
		"serializable": {running(server), []string{"default_transaction_isolation = serializable"}, direct},
		"pgbouncer":    {running(server), nil, server.Bouncer(t)},
		"newest":       {newest, nil, direct},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := x.server(t)
			storetest.Run(t, func(t *testing.T) storetest.Open {
				address := x.through(server.Schema(t, x.options...))
				return func(t *testing.T) storage.Store { return openAt(t, address) }
			})
		})
	}
}

func running(s *pgtest.Server) func(t *testing.T) *pgtest.Server {
	return func(*testing.T) *pgtest.Server { return s }
}

func newest(t *testing.T) *pgtest.Server {
	return pgtest.Newest(t, "../../cmd/backpack/testdata/peers")
}
