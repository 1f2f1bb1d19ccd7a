package issue_test

import (
	"fmt"
	"strings"
	"testing"

	"backpack/wallet/issue"
	"backpack/wallet/keys"
	"backpack/wallet/wallettest"
)

// BenchmarkIssue compares an issue with and without a status, which rewrites a
// status list.
func BenchmarkIssue(b *testing.B) {
	for name, purposes := range map[string][]string{"plain": nil, "status": {"revocation"}} {
		b.Run(name, func(b *testing.B) {
			e := wallettest.New(b, wallettest.Options{})
			for n := 0; b.Loop(); n++ {
				text := strings.Replace(plainV2, "urn:uuid:1", fmt.Sprint("urn:uuid:", n), 1)
				_, err := e.Issuing.Issue(b.Context(), issue.Request{Credential: []byte(text), Suite: "eddsa-rdfc-2022",
					Key: keys.Ed25519, Purposes: purposes, Lists: lists})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
