package ld

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
)

const twoResults = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
 "id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:example:i","type":["Profile"]},
 "credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"n","description":"d",
   "criteria":{"narrative":"c14n0 _:c14n0"}},
 "result":[{"type":["Result"],"value":"1"},{"type":["Result"],"value":"2"}]}}`

// TestDataset writes a dataset with the labels of RDFC-1.0, like Canonicalize, and
// with other labels, which must change nothing else.
func TestDataset(t *testing.T) {
	e, v := engine(t), parse(t, twoResults)
	d, err := e.Dataset(context.Background(), v, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var own, other []string
	for n := range d.Places() {
		own, other = append(own, fmt.Sprintf("c14n%d", n)), append(other, fmt.Sprintf("x%d", 9-n))
	}
	want, err := e.Canonicalize(context.Background(), v, Options{})
	if got := strings.Join(d.Lines(own), ""); err != nil || got != string(want) {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
	renamed := d.Lines(other)
	if !slices.IsSorted(renamed) {
		t.Error("not sorted")
	}
	for _, l := range renamed {
		before, literal, _ := strings.Cut(l, `"`)
		if strings.Contains(before, "_:c14n") || literal != "" && strings.Contains(literal, "_:x") {
			t.Errorf("wrong label in %s", l)
		}
	}
	places := slices.Sorted(slices.Values(d.Places()))
	if got := strings.Join(places, " "); got != "/credentialSubject#0 /credentialSubject/achievement/criteria#0 /credentialSubject/result/0#0 "+
		"/credentialSubject/result/1#0" {
		t.Errorf("places: %s", got)
	}
	if _, err := e.Dataset(context.Background(), parse(t, strings.Replace(twoResults, `"value":"1"`, `"valeu":"1"`, 1)), Options{}); !errors.Is(err, vc.ErrTerms) {
		t.Errorf("undefined term: got %v", err)
	}
}

// TestDatasetBudget checks that recording the positions of blank nodes is charged to
// the budget, even with very long names.
func TestDatasetBudget(t *testing.T) {
	long := "https://example.org/" + strings.Repeat("x", 100_000)
	text := strings.Replace(twoResults, `"result":[`, `"`+long+`":[`+strings.Repeat(`{"type":["Result"],"value":"1"},`,
		200)+`{"type":["Result"],"value":"1"}],"result":[`, 1)
	e := engine(t)
	if _, err := e.Canonicalize(context.Background(), parse(t, text), Options{Budget: e.Budget().Times(100)}); err != nil && !errors.Is(err, vc.ErrTooLarge) {
		t.Fatal(err)
	}
	if _, err := e.Dataset(context.Background(), parse(t, text), Options{Budget: &Budget{steps: 500_000, hashes: 50_000}}); !errors.Is(err, vc.ErrTooComplex) {
		t.Errorf("got %v, want %v", err, vc.ErrTooComplex)
	}
}
