package main

import (
	"context"
	"errors"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// newACME returns what asks an authority for the domain's certificate, when
// somebody first connects and again before it ends (RFC 8555). The authority
// is answered on the port of https itself (TLS-ALPN-01), and on that of http
// where there is a listener (HTTP-01). To name a domain is to agree to the
// authority's terms.
func newACME(c *config, cache autocert.Cache) *autocert.Manager {
	return &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: cache, HostPolicy: autocert.HostWhitelist(c.TLS.Domain), Email: c.TLS.Mail,
		Client: &acme.Client{DirectoryURL: c.TLS.Directory, UserAgent: "Backpack/" + version},
	}
}

// A certCache keeps certificates and their keys, sealed with the master key, in
// the store: so all replicas have the same one, any of them can answer the
// authority, and a restart asks it for nothing.
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
