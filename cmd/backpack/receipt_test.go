package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"backpack/cmd/backpack/report"
	"backpack/vc/receipt"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// receiptOf has a service check things, and returns its receipt.
func receiptOf(t testing.TB, in ...inspect.Input) []byte {
	t.Helper()
	e := wallettest.New(t, wallettest.Options{PublicURL: "https://backpack.example"})
	found, err := e.Check(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.Receipt(t.Context(), receipt.OnRequest, inspect.Results(found))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVerifyReceipt checks a receipt again without a network, alone and beside
// the files it covers.
func TestVerifyReceipt(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	good, other := i.Issue(t), i.Issue(t, vctest.With("credentialSubject.achievement.name", "Butcher"))
	signed := receiptOf(t, inspect.Input{Name: "a.json", Bytes: good}, inspect.Input{Name: files[0].Name, Bytes: files[0].Bytes})
	alone := write(t, t.TempDir(), "receipt.json", signed)
	got := setup{}.run(t, "verify", "--offline", alone)
	if got.code != exitUndetermined || got.err != "" { // today's verdict is unknown
		t.Errorf("code %d: %s", got.code, got.err)
	}
	has(t, got.out, "receipt.json: Receipt of a check. This receipt is unchanged", "A receipt is no badge.", "Checked by", "https://backpack.example",
		"could not be found out", "did:key:", "What it says:", "Checks out", "Baker", "Not among what you brought", "SHA-256 ", files[0].Title)
	lacks(t, got.out, "This badge checks out")
	noRawKeys(t, got.out)

	folder := t.TempDir()
	write(t, folder, "amina.json", good)
	write(t, folder, "ben.json", other)
	write(t, folder, "ben.png", files[0].Bytes)
	write(t, folder, "receipt.json", signed)
	got = setup{}.run(t, "verify", "--offline", folder)
	if got.code != exitUndetermined {
		t.Errorf("code %d: %s", got.code, got.out)
	}
	has(t, got.out, "Receipt of a check", "What it says:", "Baker", "That is what you brought: amina.json", files[0].Title,
		"That is what you brought: ben.png", "It says nothing of: ben.json",
		"4 files, 3 badges. 2 check out. 1 is a sample and proves nothing. 1 file is a receipt of another check.")
	for line := range strings.Lines(got.out) {
		if report.Span(line) > 81 && !strings.Contains(line, "did:key:") && !strings.HasPrefix(line, "4 files") && !strings.Contains(line, "SHA-256") &&
			!strings.Contains(line, "website") {
			t.Errorf("%d columns: %s", report.Span(line), line)
		}
	}
	got = setup{}.run(t, "verify", "--offline", "--json", folder)
	var all []json.RawMessage
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 4 {
		t.Fatalf("%d things, %v", len(all), err)
	}
	var last report.Receipt
	if err := json.Unmarshal(all[3], &last); err != nil || last.Verdict != "valid" || last.Receipt.Origin != "https://backpack.example" ||
		last.Confirmed != "unknown" ||
		len(last.Files) != 2 || len(last.Unspoken) != 1 || last.Unspoken[0] != "ben.json" {
		t.Errorf("%+v, %v", last, err)
	}
	zip := write(t, t.TempDir(), "all.zip", []byte(zipped(t, "amina.json", good, "receipt.json", signed)))
	got = setup{}.run(t, "verify", "--offline", zip)
	has(t, got.out, "That is what you brought: all.zip/amina.json")

	altered := write(t, t.TempDir(), "receipt.json", bytes.Replace(signed, []byte(`"verdict": "valid"`), []byte(`"verdict": "revoked"`), 1))
	got = setup{}.run(t, "verify", "--offline", altered, filepath.Join(folder, "amina.json"))
	if got.code != exitInvalid {
		t.Errorf("code %d of an altered receipt", got.code)
	}
	has(t, got.out, "This receipt does not hold", "Do not rely")
	lacks(t, got.out, "What it says:", "Taken back")
	got = setup{}.run(t, "verify", "--offline", "--format", "csv", alone)
	has(t, got.out, "receipt.json,,Receipt of a check,https://backpack.example,,Checks out,,,,,,,No badge:")
	if dir == "" {
		t.Error("no samples")
	}
}

// TestPeerReceipt: other implementations verify a receipt; a library of data
// model 2.0 need not know its terms.
func TestPeerReceipt(t *testing.T) {
	p := newPeer(t)
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	signed := receiptOf(t, inspect.Input{Name: "a.json", Bytes: i.Issue(t)}, inspect.Input{Bytes: vctest.NewHolder(t).Present(t, "", "", i.Issue(t))})
	altered := bytes.Replace(signed, []byte(`"verdict": "valid"`), []byte(`"verdict": "revoked"`), 1)
	for _, by := range []string{"vc", "verifier-core"} {
		got := p.verify(t, by, nil, signed, altered)
		if !got[0].Verified || got[1].Verified {
			t.Errorf("%s: %+v", by, got)
		}
	}
}
