package vc

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// good returns the report of a badge that passes every check.
func good() *Report {
	r := &Report{At: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)}
	for _, id := range []CheckID{CheckFormat, CheckTerms, CheckSubject, CheckProof, CheckIssuer, CheckRefresh, CheckRevocation,
		CheckValidFrom, CheckValidUntil, CheckRecipient, CheckEndorsement} {
		r.Checks = append(r.Checks, Check{ID: id, Outcome: Passed})
	}
	return r
}

func (r *Report) set(id CheckID, o Outcome, reason Reason) *Report {
	for i := range r.Checks {
		if r.Checks[i].ID == id {
			r.Checks[i].Outcome, r.Checks[i].Reason = o, reason
			return r
		}
	}
	r.Checks = append(r.Checks, Check{ID: id, Outcome: o, Reason: reason})
	return r
}

func asSample(r *Report) *Report {
	r.Sample = true
	return r
}

func TestVerdict(t *testing.T) {
	anything := Policy{UnsafeUnknownIssuer: true, UnsafeUnknownStatus: true}
	for name, x := range map[string]struct {
		r           *Report
		strict, lax Verdict
	}{
		"all passed":                   {good(), Valid, Valid},
		"no report":                    {nil, Undetermined, Undetermined},
		"empty report":                 {&Report{}, Undetermined, Undetermined},
		"format":                       {good().set(CheckFormat, Failed, ReasonSchema), Irregular, Irregular},
		"not an endorsement":           {good().set(CheckFormat, Failed, ReasonNotEndorsement), Invalid, Invalid},
		"own schema violated":          {good().set(CheckSchema, Failed, ReasonSchema), Irregular, Irregular},
		"revoked, format":              {good().set(CheckRevocation, Failed, ReasonRevoked).set(CheckFormat, Failed, ReasonSchema), Revoked, Revoked},
		"suspended, no subject id":     {good().set(CheckRevocation, Failed, ReasonSuspended).set(CheckSubject, Failed, ReasonNoSubjectID), Suspended, Suspended},
		"expired, format":              {good().set(CheckValidUntil, Failed, ReasonExpired).set(CheckFormat, Failed, ReasonSchema), Expired, Expired},
		"not yet valid, format":        {good().set(CheckValidFrom, Failed, ReasonNotYetValid).set(CheckFormat, Failed, ReasonSchema), NotYetValid, NotYetValid},
		"status unknown, format":       {good().set(CheckRevocation, Unknown, ReasonUnreachable).set(CheckFormat, Failed, ReasonSchema), Undetermined, Irregular},
		"forged, format":               {good().set(CheckProof, Failed, ReasonBadSignature).set(CheckFormat, Failed, ReasonSchema), Invalid, Invalid},
		"sample":                       {asSample(good()), Sample, Sample},
		"sample, format":               {asSample(good().set(CheckFormat, Failed, ReasonSchema)), Sample, Sample},
		"sample revoked":               {asSample(good().set(CheckRevocation, Failed, ReasonRevoked)), Revoked, Revoked},
		"sample forged":                {asSample(good().set(CheckTerms, Failed, ReasonUndefinedTerm)), Invalid, Invalid},
		"status not disclosed":         {good().set(CheckRevocation, Skipped, ReasonNotDisclosed), AsShown, AsShown},
		"end not disclosed":            {good().set(CheckValidUntil, Skipped, ReasonNotDisclosed), AsShown, AsShown},
		"one status not disclosed":     {good().set(CheckRevocation, Passed, ReasonNotDisclosed), AsShown, AsShown},
		"status not disclosed, format": {good().set(CheckRevocation, Skipped, ReasonNotDisclosed).set(CheckFormat, Failed, ReasonSchema), Irregular, Irregular},
		"start not disclosed":          {good().set(CheckValidFrom, Skipped, ReasonNotDisclosed), Valid, Valid},
		"terms":                        {good().set(CheckTerms, Failed, ReasonUndefinedTerm), Invalid, Invalid},
		"subject":                      {good().set(CheckSubject, Failed, ReasonNoSubjectID), Irregular, Irregular},
		"another subject":              {good().set(CheckSubject, Failed, ReasonSubjectDiffers), Invalid, Invalid},
		"proof":                        {good().set(CheckProof, Failed, ReasonBadSignature), Invalid, Invalid},
		"issuer":                       {good().set(CheckIssuer, Failed, ReasonControllerMismatch), Invalid, Invalid},
		"holder":                       {good().set(CheckHolder, Failed, ReasonControllerMismatch), Invalid, Invalid},
		"format unknown":               {good().set(CheckFormat, Unknown, ReasonUnknownContext), Undetermined, Undetermined},
		"terms unknown":                {good().set(CheckTerms, Unknown, ReasonUnknownContext), Undetermined, Undetermined},
		"terms not applicable":         {good().set(CheckTerms, Skipped, ReasonEveryByte), Valid, Valid},
		"proof unknown":                {good().set(CheckProof, Unknown, ReasonUnsupportedSuite), Undetermined, Undetermined},
		"proof not run":                {good().set(CheckProof, Skipped, ReasonNoProof), Undetermined, Undetermined},
		"issuer unknown":               {good().set(CheckIssuer, Unknown, ReasonNotConfirmed), Undetermined, Valid},
		"issuer not run":               {good().set(CheckIssuer, Skipped, ReasonNotRun), Undetermined, Undetermined},
		"holder in place of issuer":    {good().set(CheckIssuer, Skipped, ReasonNotRun).set(CheckHolder, Passed, ""), Valid, Valid},
		"presentation without holder":  {good().set(CheckIssuer, Skipped, ReasonNotRun).set(CheckHolder, Skipped, ReasonNotStated), Valid, Valid},
		"no holder, proof unknown":     {good().set(CheckProof, Unknown, ReasonUnreachable).set(CheckHolder, Skipped, ReasonNotStated), Undetermined, Undetermined},
		"holder not checked":           {good().set(CheckIssuer, Skipped, ReasonNotRun).set(CheckHolder, Skipped, ReasonNotRun), Undetermined, Undetermined},
		"holder unknown":               {good().set(CheckHolder, Unknown, ReasonUnreachable), Undetermined, Valid},
		"status unknown":               {good().set(CheckRevocation, Unknown, ReasonUnreachable), Undetermined, Valid},
		"status list invalid":          {good().set(CheckRevocation, Failed, ReasonStatusList), Undetermined, Valid},
		"no status":                    {good().set(CheckRevocation, Skipped, ReasonNotStated), Valid, Valid},
		"revoked":                      {good().set(CheckRevocation, Failed, ReasonRevoked), Revoked, Revoked},
		"revoked, proof unknown":       {good().set(CheckRevocation, Failed, ReasonRevoked).set(CheckProof, Unknown, ReasonHostedGone), Revoked, Revoked},
		"revoked and forged":           {good().set(CheckRevocation, Failed, ReasonRevoked).set(CheckProof, Failed, ReasonBadSignature), Invalid, Invalid},
		"suspended":                    {good().set(CheckRevocation, Failed, ReasonSuspended), Suspended, Suspended},
		"expired":                      {good().set(CheckValidUntil, Failed, ReasonExpired), Expired, Expired},
		"expired and suspended":        {good().set(CheckValidUntil, Failed, ReasonExpired).set(CheckRevocation, Failed, ReasonSuspended), Suspended, Suspended},
		"expired, offline":             {good().set(CheckValidUntil, Failed, ReasonExpired).set(CheckProof, Unknown, ReasonUnreachable), Expired, Expired},
		"expired, status unknown":      {good().set(CheckValidUntil, Failed, ReasonExpired).set(CheckRevocation, Unknown, ReasonUnreachable), Expired, Expired},
		"not yet valid":                {good().set(CheckValidFrom, Failed, ReasonNotYetValid), NotYetValid, NotYetValid},
		"unreadable date":              {good().set(CheckValidUntil, Failed, ReasonDateFormat), Undetermined, Undetermined},
		"unknown end":                  {good().set(CheckValidUntil, Unknown, ReasonDateFormat), Undetermined, Undetermined},
		"another recipient":            {good().set(CheckRecipient, Failed, ReasonNoMatch), Valid, Valid},
		"invalid endorsement":          {good().set(CheckEndorsement, Failed, ReasonEndorsements), Valid, Valid},
		"refresh failed":               {good().set(CheckRefresh, Unknown, ReasonUnreachable), Valid, Valid},
	} {
		t.Run(name, func(t *testing.T) {
			if got := x.r.Verdict(Policy{}); got != x.strict {
				t.Errorf("strict: %s, want %s", got, x.strict)
			}
			if got := x.r.Verdict(anything); got != x.lax {
				t.Errorf("lax: %s, want %s", got, x.lax)
			}
		})
	}
}

// TestVerdictNeverLoose tries every combination of outcomes of the essential
// checks: nothing is valid unless proof and issuer passed and nothing failed.
func TestVerdictNeverLoose(t *testing.T) {
	outcomes := []Outcome{Passed, Failed, Unknown, Skipped}
	ids := []CheckID{CheckFormat, CheckTerms, CheckSubject, CheckProof, CheckIssuer, CheckRevocation, CheckValidFrom, CheckValidUntil}
	for n := range 1 << (2 * len(ids)) {
		r, bad := &Report{}, false
		for i, id := range ids {
			o := outcomes[n>>(2*i)&3]
			r.Checks = append(r.Checks, Check{ID: id, Outcome: o, Reason: ReasonExpired})
			bad = bad || o == Failed || o == Unknown || o == Skipped && (id == CheckProof || id == CheckIssuer)
		}
		if got := r.Verdict(Policy{}); (got == Valid) == bad {
			t.Fatalf("%s: %+v", got, r.Checks)
		}
	}
}

func TestReportJSON(t *testing.T) {
	r := &Report{At: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC), Binding: BindingDID, Suite: "eddsa-rdfc-2022", Method: "did:example:1#1",
		Current: &Document{}, Warnings: []Problem{{Reason: ReasonSchema, Detail: "d"}},
		Checks: []Check{{ID: CheckProof, Outcome: Passed, Sub: []*Report{{Checks: []Check{{ID: CheckFormat, Outcome: Failed, Reason: ReasonSchema, Detail: "x"}}}}}}}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"at":"2026-02-01T12:00:00Z","checks":[{"id":"proof","outcome":"passed",` +
		`"sub":[{"at":"0001-01-01T00:00:00Z","checks":[{"id":"format","outcome":"failed","reason":"schema","detail":"x"}]}]}],` +
		`"binding":"did","suite":"eddsa-rdfc-2022","method":"did:example:1#1","warnings":[{"reason":"schema","detail":"d"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	again := &Report{}
	if err := json.Unmarshal(got, again); err != nil {
		t.Fatal(err)
	}
	r.Current = nil
	if diff := cmp.Diff(r, again); diff != "" {
		t.Error(diff)
	}
}
