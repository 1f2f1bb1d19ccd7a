package main

import (
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc/vctest"
)

// TestCaseObstacles: failures that a repetition does not change are named, with
// who can remove them. These addresses are never dialled.
func TestCaseObstacles(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"port-path.json":     {"port 8443", "The issuer can publish it at the usual port, or whoever runs this service can allow the address."},
		"v10-localhost.json": {"inside a private network", "The issuer can publish it at a public address."},
	} {
		for _, format := range []string{"text", "json", "csv"} {
			got := setup{}.run(t, "verify", "--format", format, vctest.Case(t, "reports", "never-by-trying-again", name))
			if got.code != exitUndetermined {
				t.Errorf("%s: code %d: %s", name, got.code, got.out)
			}
			for _, never := range []string{"Try again", "try again", "just now"} {
				if strings.Contains(got.out, never) {
					t.Errorf("%s, %s: advises to %q:\n%.1500s", name, format, never, got.out)
				}
			}
			if format == "text" {
				has(t, got.out, words...)
				noRawKeys(t, got.out)
			}
			if strings.Contains(got.out, `"title": "OpenBadgeCredential"`) || strings.Contains(got.out, "Title            OpenBadgeCredential") {
				t.Errorf("%s is called by its type", name)
			}
		}
	}
}

// TestCaseShown: JSON and text name the recipient, the dates, the origin of the
// picture, and the signer of a collection.
func TestCaseShown(t *testing.T) {
	t.Parallel()
	type report struct {
		Verdict, Own, Together, Picture, AwardedTo, Applicant string
		Awarded, Expires                                      string
	}
	read := func(t *testing.T, elem ...string) (report, string) {
		t.Helper()
		file := vctest.Case(t, elem...)
		got := setup{}.run(t, "verify", "--offline", "--json", file)
		var all []report
		if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 1 {
			t.Fatalf("%v: %d, %.500s", err, len(all), got.out)
		}
		text := setup{}.run(t, "verify", "--offline", file)
		noRawKeys(t, strings.ReplaceAll(text.out, "--", ""))
		return all[0], text.out
	}
	r, text := read(t, "reports", "subject-name", "subject-name.json")
	if r.AwardedTo != "Jo Bloggs" || r.Applicant != "Jo Bloggs" {
		t.Errorf("%+v", r)
	}
	has(t, text, "Awarded to       Jo Bloggs (as the badge states)")
	r, text = read(t, "reports", "subject-only-name", "subject-only-name.json")
	if r.AwardedTo != "Jane Doe" || strings.Contains(text, "without naming them") {
		t.Errorf("%+v: %s", r, text)
	}
	has(t, text, "Awarded to       Jane Doe, by name only (as the badge states)")
	r, text = read(t, "reports", "local-midnight", "ob3-midnight.json")
	if !strings.HasPrefix(r.Awarded, "2024-03-01T00:00:00+") || !strings.HasPrefix(r.Expires, "2030-01-01T00:00:00+") {
		t.Errorf("%+v", r)
	}
	has(t, text, "2024-03-01", "2030-01-01")
	csv := setup{}.run(t, "verify", "--offline", "--format", "csv", vctest.Case(t, "reports", "local-midnight", "ob3-midnight.json"))
	has(t, csv.out, "2030-01-01")
	r, text = read(t, "forged", "A5-baked-into-false-diploma.png")
	if r.Picture != "brought" {
		t.Errorf("%+v", r)
	}
	has(t, text, "This picture is not part of what was signed.")
	r, text = read(t, "forged", "A18-presentation-of-expired.json")
	if r.Verdict != "expired" || r.Own == "expired" || strings.Contains(text, "This badge checks out") {
		t.Errorf("%+v", r)
	}
	has(t, text, "A collection of 1 badge: 1 has expired.")
	r, text = read(t, "forged", "A18-collection-around-an-unsigned-badge.json")
	if r.Verdict == "valid" || r.Together != "named" || strings.Contains(text, "This badge checks out") {
		t.Errorf("%+v", r)
	}
}

// TestCaseOldReceipt: a receipt speaks of the past.
func TestCaseOldReceipt(t *testing.T) {
	t.Parallel()
	got := setup{}.run(t, "verify", "--offline", vctest.Case(t, "forged", "A-receipt-for-forged.json"))
	has(t, got.out, "A receipt is no badge.", "What holds today is not known")
}
