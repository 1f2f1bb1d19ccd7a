package keyring

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"
	"strings"

	"github.com/hyperledger/aries-framework-go/pkg/kms"
	"github.com/hyperledger/aries-framework-go/pkg/kms/localkms"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

var _ vault.Rewrapper = (*Keyring)(nil)

// keyPrefix begins the ids of aries' records.
const keyPrefix = "key/"

// Rewraps implements vault.Rewrapper.
func (k *Keyring) Rewraps(key storage.Key) bool { return strings.HasPrefix(key.ID, keyPrefix) }

// Rewrap implements vault.Rewrapper. aries cannot reseal a key, so the key is
// imported again from its seed.
func (k *Keyring) Rewrap(tx storage.Tx, key storage.Key) error {
	a, id := key.Account, strings.TrimPrefix(key.ID, keyPrefix)
	var kind kms.KeyType
	err := k.manage(tx, a, id, func(l *localkms.LocalKMS) (err error) {
		_, kind, err = l.ExportPubKeyBytes(id)
		return err
	})
	if err != nil {
		return err
	}
	place := seedPlace(a, id)
	r, err := tx.Get(place)
	if err != nil {
		return fmt.Errorf("its seed: %w", err)
	}
	seed, err := k.sealer.Open(place, r.Data)
	if err != nil {
		return err
	}
	defer clear(seed)
	private, err := privateOf(kind, seed)
	if err != nil {
		return err
	}
	if err := tx.Delete(key); err != nil {
		return err
	}
	return k.manage(tx, a, id, func(l *localkms.LocalKMS) error {
		_, _, err := l.ImportPrivateKey(private, kind, kms.WithKeyID(id))
		return err
	})
}

// privateOf restores the key of a seed.
func privateOf(kind kms.KeyType, seed []byte) (private, error) {
	switch {
	case kind == kms.ED25519Type && len(seed) == ed25519.SeedSize:
		return ed25519.NewKeyFromSeed(seed), nil
	case kind == kms.ECDSAP256TypeIEEEP1363:
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), seed)
	case kind == kms.ECDSAP384TypeIEEEP1363:
		return ecdsa.ParseRawPrivateKey(elliptic.P384(), seed)
	}
	return nil, fmt.Errorf("unknown aries kind of key %s", kind)
}

// Opens implements vault.Rewrapper.
func (k *Keyring) Opens(tx storage.Tx, key storage.Key, s *vault.Sealer) error {
	other := &Keyring{sealer: s}
	id := strings.TrimPrefix(key.ID, keyPrefix)
	return other.manage(tx, key.Account, id, func(l *localkms.LocalKMS) error {
		_, err := l.Get(id)
		return err
	})
}
