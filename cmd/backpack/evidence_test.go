package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"backpack/cmd/backpack/report"
	"backpack/vc"
	"backpack/vc/kept"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// evidenceOf returns the evidence file of a check at vctest.Now.
func evidenceOf(t testing.TB, options ...vctest.Option) *kept.Evidence {
	t.Helper()
	web := vctest.NewWeb()
	raw := vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519).Issue(t, options...)
	std, err := standard.New(standard.Config{Fetch: kept.Recording(web), Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := vc.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	ctx, given := kept.Collect(t.Context())
	r, err := std.Verifier.Verify(ctx, doc, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &kept.Evidence{MadeAt: vctest.Now(), Badges: []kept.Badge{{Title: "Baker", Raw: raw, MediaType: "application/vc",
		CheckedAt: vctest.Now(), Verdict: r.Verdict(vc.Policy{}), Material: given.Materials()}}}
}

func packed(t testing.TB, e *kept.Evidence) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := kept.Write(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestVerifyEvidence repeats an earlier check: what held then is never called
// valid, failures are reported, and an altered file is refused.
func TestVerifyEvidence(t *testing.T) {
	list := vctest.Status("BitstringStatusListEntry", "revocation", false)
	good := packed(t, evidenceOf(t, list))
	altered := evidenceOf(t, list)
	altered.Badges[0].Raw = vctest.Alter(t, altered.Badges[0].Raw, "Bakes bread", "Bakes gold!")
	early := evidenceOf(t)
	early.Badges[0].CheckedAt = time.Now().Add(time.Hour)
	less := evidenceOf(t, list)
	less.Badges[0].Material = less.Badges[0].Material[:1]
	broken := bytes.Replace(good, []byte(`manifest.json`), []byte(`manifest.jsom`), -1)
	for name, c := range map[string]struct {
		file []byte
		code int
		says []string
	}{
		"held": {good, exitUndetermined, []string{"Was valid on 1 February 2026, by this file’s own word", "Nobody was asked again",
			"Does the issuer still stand by it?"}},
		"revoked": {packed(t, evidenceOf(t, vctest.Revoked)), exitInvalid, []string{"Taken back", "kept on 2026-02-01", "nobody was asked again",
			"by this file’s own word"}},
		"expired since":    {packed(t, evidenceOf(t, vctest.With("validUntil", "2026-02-02T00:00:00Z"))), exitInvalid, []string{"Expired", "kept on 2026-02-01"}},
		"another badge":    {packed(t, altered), exitInvalid, []string{"does not hold"}},
		"a time to come":   {packed(t, early), exitInvalid, []string{"altered or is damaged"}},
		"material missing": {packed(t, less), exitUndetermined, []string{"Could not be fully checked", "no answer is kept"}},
		"an ordinary ZIP":  {broken, exitUndetermined, []string{"2 could not be fully checked"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := setup{env: map[string]string{"BACKPACK_EGRESS_PROXY": "http://127.0.0.1:9"}}.run(t, "verify", write(t, dir, "evidence.zip", c.file))
			if r.code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", r.code, c.code, r.out, r.err)
			}
			has(t, r.out, c.says...)
			lacks(t, r.out, "This badge checks out")
		})
	}
	dir := t.TempDir()
	r := setup{}.run(t, "verify", "--json", write(t, dir, "evidence.zip", good))
	var all []report.Result
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || len(all) != 1 {
		t.Fatalf("%v: %s", err, r.out)
	}
	if x := all[0]; x.Verdict != vc.Undetermined || x.LastGood == nil || !x.AsOf.Equal(vctest.Now()) || !x.OwnWord ||
		x.Report.Verdict(vc.Policy{}) != vc.Undetermined {
		t.Errorf("%+v", x)
	}
}

// TestThreat48EveryFormat: in every format, invented answers count as the
// file's own word only.
func TestThreat48EveryFormat(t *testing.T) {
	file := vctest.Case(t, "forged", "A13-made-up-evidence.zip")
	for format, says := range map[string]string{"text": "own word", "table": "own word", "csv": "own word", "json": `"byItsOwnWord": true`} {
		r := setup{}.run(t, "verify", "--format", format, file)
		if r.code != exitUndetermined {
			t.Errorf("%s: exit code %d\n%s", format, r.code, r.err)
		}
		has(t, r.out, says)
		lacks(t, strings.ToLower(r.out), "website confirmed: yes", `"binding"`, "checks out", "this badge is valid")
	}
	r := setup{}.run(t, "verify", "--format", "csv", file)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.out, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v: %s", err, r.out)
	}
	for i, name := range rows[0] {
		if strings.EqualFold(rows[1][i], "yes") {
			t.Errorf("%s: %s", name, rows[1][i])
		}
	}
}
