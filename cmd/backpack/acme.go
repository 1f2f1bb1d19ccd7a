package main

import (
	"context"
	"errors"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// newACME returns the client of the certificate authority (RFC 8555). It
// requests the domain's certificate at the first connection and again before
// the certificate expires. It answers the authority on the https port
// (TLS-ALPN-01), and on the http port if there is a listener (HTTP-01). Naming
// a domain accepts the authority's terms.
func newACME(c *config, cache autocert.Cache) *autocert.Manager {
	return &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: cache, HostPolicy: autocert.HostWhitelist(c.TLS.Domain), Email: c.TLS.Mail,
		Client: &acme.Client{DirectoryURL: c.TLS.Directory, UserAgent: "Backpack/" + version},
	}
}

// A certCache keeps certificates and their keys in the store, sealed with the
// master key. All replicas share a certificate, any of them can answer the
// authority, and a restart requests nothing.
type certCache struct {
	store  storage.Store
	sealer *vault.Sealer
}

func certKey(name string) storage.Key { return storage.Key{Kind: storage.KindMeta, ID: "tls/" + name} }

// Get implements autocert.Cache.
func (c certCache) Get(ctx context.Context, name string) (plain []byte, err error) {
	var rec *storage.Record
	err = c.store.View(ctx, func(tx storage.Tx) error {
		rec, err = tx.Get(certKey(name))
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil, autocert.ErrCacheMiss
	}
	if err != nil {
		return nil, err
	}
	return c.sealer.Open(rec.Key, rec.Data)
}

// Put implements autocert.Cache.
func (c certCache) Put(ctx context.Context, name string, plain []byte) error {
	k := certKey(name)
	return c.store.Update(ctx, func(tx storage.Tx) error {
		data, err := c.sealer.Seal(tx, k, plain)
		if err != nil {
			return err
		}
		rec, err := tx.Get(k)
		if errors.Is(err, storage.ErrNotFound) {
			return tx.Create(&storage.Record{Key: k, Data: data})
		}
		if err != nil {
			return err
		}
		rec.Data = data
		return tx.Update(rec)
	})
}

// Delete implements autocert.Cache.
func (c certCache) Delete(ctx context.Context, name string) error {
	return c.store.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Delete(certKey(name)); !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		return nil
	})
}
