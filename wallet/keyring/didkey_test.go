package keyring

import (
	"crypto/ed25519"
	"encoding/hex"
	"testing"
)

func TestDIDKey(t *testing.T) {
	public, err := hex.DecodeString("2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6")
	if err != nil {
		t.Fatal(err)
	}
	const value = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK" // the example of the did:key specification
	if did, method := didKey(ed25519.PublicKey(public)); did != "did:key:"+value || method != "did:key:"+value+"#"+value {
		t.Errorf("got %s, %s", did, method)
	}
}
