package vc

import (
	"strings"
	"testing"
)

// TestCompareDigest compares digests of "hello world" in every notation.
func TestCompareDigest(t *testing.T) {
	const (
		sri256 = "sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="
		sri384 = "sha384-/b2OdaZ/KfcBpOBAOF4uI5hjA+oQI5IRr5B/y7g1eLPkF8txzmRu/QgZ3YwIjeG9"
		multi  = "uEiC5TSe5k00-CKUuUtfafav6xITv43pTgO6QiPes4u_N6Q"
		base58 = "zQmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L4"
		hex    = "f1220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
	)
	body := []byte("hello world")
	for name, x := range map[string]struct {
		r    RelatedResource
		want Outcome
	}{
		"sha256":                   {RelatedResource{DigestSRI: sri256}, Passed},
		"sha256 unpadded":          {RelatedResource{DigestSRI: strings.TrimRight(sri256, "=")}, Passed},
		"sha384":                   {RelatedResource{DigestSRI: sri384}, Passed},
		"multibase":                {RelatedResource{DigestMultibase: multi}, Passed},
		"multibase in base58":      {RelatedResource{DigestMultibase: base58}, Passed},
		"multibase in hex":         {RelatedResource{DigestMultibase: hex}, Passed},
		"both":                     {RelatedResource{DigestSRI: sri256, DigestMultibase: multi}, Passed},
		"another":                  {RelatedResource{DigestSRI: "sha256-" + strings.Repeat("A", 43) + "="}, Failed},
		"one of two":               {RelatedResource{DigestSRI: "sha256-" + strings.Repeat("A", 43) + "= " + sri256}, Passed},
		"stronger digest differs":  {RelatedResource{DigestSRI: sri256 + " sha384-" + strings.Repeat("A", 64)}, Failed},
		"too short":                {RelatedResource{DigestSRI: "sha256-uU0n"}, Failed},
		"one matches, one differs": {RelatedResource{DigestSRI: sri256, DigestMultibase: strings.Replace(hex, "b94", "b95", 1)}, Failed},
		"unknown hash":             {RelatedResource{DigestSRI: "md5-x", DigestMultibase: "f1b20" + strings.Repeat("0", 64)}, Unknown},
		"known and unknown hash":   {RelatedResource{DigestSRI: "md5-x " + sri256}, Passed},
		"no multibase":             {RelatedResource{DigestMultibase: "!!"}, Unknown},
		"over-long digest":         {RelatedResource{DigestMultibase: "z" + strings.Repeat("1", 1<<20)}, Unknown},
		"none":                     {RelatedResource{}, Unknown},
	} {
		if got := x.r.Compare(body); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// TestNoteResource checks that the worst outcome stays, and that only a resource
// with a matching digest or none may be used.
func TestNoteResource(t *testing.T) {
	c := &Credential{Resources: []RelatedResource{{ID: "https://x.example/a", DigestSRI: "sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="}}}
	r := &Report{Checks: []Check{{ID: CheckResources, Outcome: Skipped, Reason: ReasonNotStated}}}
	steps := []struct {
		address, body string
		use           bool
		outcome       Outcome
	}{
		{"https://x.example/other", "anything", true, Skipped},
		{"", "anything", true, Skipped},
		{"https://x.example/a", "hello world", true, Passed},
		{"https://x.example/a", "hello moon", false, Failed},
		{"https://x.example/a", "hello world", true, Failed},
	}
	for _, s := range steps {
		if use := r.CompareResource(c, s.address, []byte(s.body)); use != s.use || r.Check(CheckResources).Outcome != s.outcome {
			t.Errorf("%s %q: %t, %+v", s.address, s.body, use, r.Checks)
		}
	}
	if len(r.Checks) != 1 {
		t.Errorf("%d checks", len(r.Checks))
	}
}
