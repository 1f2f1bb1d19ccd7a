package vc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFacts(t *testing.T) {
	listed := Listing{Registry: "Register", Name: "Guild of Joiners", At: good().At}
	known := func(r *Report) *Report { r.Known = []Listing{listed}; return r.set(CheckKnown, Passed, "") }
	keyed := good()
	keyed.Binding, keyed.Method = BindingDID, "did:key:z6Mk#z6Mk"
	web := good()
	web.Binding, web.Method = BindingDID, "did:web:example.org#1"
	hosted := good().set(CheckProof, Passed, ReasonHostedFetched)
	hosted.Suite = "hosted"
	for name, x := range map[string]struct {
		r       *Report
		id      FactID
		outcome Outcome
		reason  Reason
		value   string
	}{
		"complete badge":    {good(), FactAuthentic, Passed, "", ""},
		"hosted":            {hosted, FactAuthentic, Passed, ReasonHostedFetched, ""},
		"changed":           {good().set(CheckProof, Failed, ReasonBadSignature), FactAuthentic, Failed, ReasonBadSignature, ""},
		"not fully covered": {good().set(CheckTerms, Failed, ReasonUndefinedTerm), FactAuthentic, Failed, ReasonUndefinedTerm, ""},
		"fault of form":     {good().set(CheckFormat, Failed, ReasonSchema), FactAuthentic, Passed, "", ""},
		"no subject id":     {good().set(CheckSubject, Failed, ReasonNoSubjectID), FactAuthentic, Passed, "", ""},
		"changed, with a fault of form": {good().set(CheckProof, Failed, ReasonBadSignature).set(CheckFormat, Failed, ReasonSchema), FactAuthentic,
			Failed, ReasonBadSignature, ""},
		"unknown suite":            {good().set(CheckProof, Unknown, ReasonUnsupportedSuite), FactAuthentic, Unknown, ReasonUnsupportedSuite, ""},
		"every byte covered":       {good().set(CheckTerms, Skipped, ReasonEveryByte), FactAuthentic, Passed, "", ""},
		"vouched for":              {good().set(CheckProof, Skipped, ReasonVouched), FactAuthentic, Skipped, ReasonVouched, ""},
		"bare key":                 {keyed, FactControl, Passed, "", ControlKey},
		"DID of a domain":          {web, FactControl, Passed, "", "did"},
		"served by the issuer":     {hosted, FactControl, Passed, "", ControlHosted},
		"another controller's key": {good().set(CheckIssuer, Failed, ReasonControllerMismatch), FactControl, Failed, ReasonControllerMismatch, ""},
		"no binding for the key":   {good().set(CheckIssuer, Unknown, ReasonNotConfirmed), FactControl, Unknown, ReasonNotConfirmed, ""},
		"holder of a presentation": {good().set(CheckIssuer, Skipped, ReasonNotRun).set(CheckHolder, Failed, ReasonControllerMismatch), FactControl,
			Failed, ReasonControllerMismatch, ""},
		"no registry":                      {good(), FactKnown, Skipped, ReasonNoRegistry, ""},
		"listed":                           {known(good()), FactKnown, Passed, "", "Register"},
		"not listed":                       {good().set(CheckKnown, Unknown, ReasonNotListed), FactKnown, Unknown, ReasonNotListed, ""},
		"listed, another controller's key": {known(good()).set(CheckIssuer, Failed, ReasonControllerMismatch), FactKnown, Skipped, ReasonNotRun, ""},
		"listed, no binding for the key":   {known(good()).set(CheckIssuer, Unknown, ReasonNotConfirmed), FactKnown, Skipped, ReasonNotRun, ""},
		"current":                          {good(), FactCurrent, Passed, "", ""},
		"no status":                        {good().set(CheckRevocation, Skipped, ReasonNotStated), FactCurrent, Skipped, ReasonNotStated, ""},
		"status unreachable":               {good().set(CheckRevocation, Unknown, ReasonUnreachable), FactCurrent, Unknown, ReasonUnreachable, ""},
		"invalid status list":              {good().set(CheckRevocation, Failed, ReasonStatusList), FactCurrent, Unknown, ReasonStatusList, ""},
		"revoked": {good().set(CheckRevocation, Failed, ReasonRevoked).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent,
			Failed, ReasonRevoked, ""},
		"expired, no status": {good().set(CheckRevocation, Skipped, ReasonNotStated).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent,
			Failed, ReasonExpired, ""},
		"expired, status unreachable": {good().set(CheckRevocation, Unknown, ReasonUnreachable).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent,
			Failed, ReasonExpired, ""},
		"not yet valid":               {good().set(CheckValidFrom, Failed, ReasonNotYetValid), FactCurrent, Failed, ReasonNotYetValid, ""},
		"renewed":                     {good().set(CheckRefresh, Passed, ReasonRefreshed), FactCurrent, Passed, ReasonRefreshed, ""},
		"refresh service unreachable": {good().set(CheckRefresh, Unknown, ReasonUnreachable), FactCurrent, Unknown, ReasonUnreachable, ""},
		"matching":                    {good().set(CheckRecipient, Passed, ReasonMatched), FactAwarded, Passed, ReasonMatched, ""},
		"another recipient":           {good().set(CheckRecipient, Failed, ReasonNoMatch), FactAwarded, Failed, ReasonNoMatch, ""},
		"holder not proved":           {good().set(CheckHolder, Failed, ReasonBadSignature), FactAwarded, Failed, ReasonHolderNotShown, ""},
		"holder proved":               {good().set(CheckHolder, Passed, ""), FactAwarded, Passed, "", ""},
		"no recipient asked for":      {good().set(CheckRecipient, Skipped, ReasonNobodyAsked), FactAwarded, Skipped, ReasonNobodyAsked, ""},
		"no report":                   {nil, FactCurrent, Skipped, ReasonNotRun, ""},
	} {
		got := x.r.Fact(x.id)
		if got.Outcome != x.outcome || got.Reason != x.reason || got.Value != x.value {
			t.Errorf("%s: %+v, want %s %s %q", name, got, x.outcome, x.reason, x.value)
		}
	}
	if f := known(good()).Fact(FactKnown); f.Name != "Guild of Joiners" || !f.At.Equal(listed.At) {
		t.Errorf("known as %+v", f)
	}
}

// TestFactsAgreeWithVerdict checks that the facts and the verdict, both derived
// from the same checks, never contradict each other.
func TestFactsAgreeWithVerdict(t *testing.T) {
	outcomes := []Outcome{Passed, Failed, Unknown, Skipped}
	var ids []FactID
	for _, f := range good().Facts() {
		ids = append(ids, f.ID)
	}
	if want := []FactID{FactAuthentic, FactControl, FactKnown, FactCurrent, FactAwarded}; !cmp.Equal(ids, want) {
		t.Fatalf("facts %v, want %v", ids, want)
	}
	for _, a := range good().Checks {
		for _, b := range good().Checks {
			for i := range 16 {
				r := good().set(a.ID, outcomes[i/4], "").set(b.ID, outcomes[i%4], "")
				v := r.Verdict(Policy{})
				authentic, control, current := r.Fact(FactAuthentic).Outcome, r.Fact(FactControl).Outcome, r.Fact(FactCurrent).Outcome
				sure := authentic == Passed && control == Passed && (current == Passed || current == Skipped)
				if sure && !v.Stands() && r.Check(CheckFormat).Outcome != Unknown && r.Check(CheckSubject).Outcome != Unknown {
					t.Errorf("%s %s, %s %s: all facts hold, but the verdict is %s", a.ID, outcomes[i/4], b.ID, outcomes[i%4], v)
				}
				if v.Stands() && (authentic != Passed || control != Passed || current == Failed) {
					t.Errorf("%s %s, %s %s: valid, but the facts are %s %s %s", a.ID, outcomes[i/4], b.ID, outcomes[i%4], authentic, control, current)
				}
			}
		}
	}
}
