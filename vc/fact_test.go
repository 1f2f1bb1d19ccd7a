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
		"a whole badge":                     {good(), FactAuthentic, Passed, "", ""},
		"hosted":                            {hosted, FactAuthentic, Passed, ReasonHostedFetched, ""},
		"changed":                           {good().set(CheckProof, Failed, ReasonBadSignature), FactAuthentic, Failed, ReasonBadSignature, ""},
		"not all covered":                   {good().set(CheckTerms, Failed, ReasonUndefinedTerm), FactAuthentic, Failed, ReasonUndefinedTerm, ""},
		"of another form":                   {good().set(CheckFormat, Failed, ReasonSchema), FactAuthentic, Passed, "", ""},
		"about nobody":                      {good().set(CheckSubject, Failed, ReasonNoSubjectID), FactAuthentic, Passed, "", ""},
		"changed and no badge":              {good().set(CheckProof, Failed, ReasonBadSignature).set(CheckFormat, Failed, ReasonSchema), FactAuthentic, Failed, ReasonBadSignature, ""},
		"an unknown suite":                  {good().set(CheckProof, Unknown, ReasonUnsupportedSuite), FactAuthentic, Unknown, ReasonUnsupportedSuite, ""},
		"every byte covered":                {good().set(CheckTerms, Skipped, ReasonEveryByte), FactAuthentic, Passed, "", ""},
		"vouched for":                       {good().set(CheckProof, Skipped, ReasonVouched), FactAuthentic, Skipped, ReasonVouched, ""},
		"a bare key":                        {keyed, FactControl, Passed, "", ControlKey},
		"a domain's DID":                    {web, FactControl, Passed, "", "did"},
		"served by the issuer":              {hosted, FactControl, Passed, "", ControlHosted},
		"somebody else's key":               {good().set(CheckIssuer, Failed, ReasonControllerMismatch), FactControl, Failed, ReasonControllerMismatch, ""},
		"nothing ties the key":              {good().set(CheckIssuer, Unknown, ReasonNotConfirmed), FactControl, Unknown, ReasonNotConfirmed, ""},
		"a holder":                          {good().set(CheckIssuer, Skipped, ReasonNotRun).set(CheckHolder, Failed, ReasonControllerMismatch), FactControl, Failed, ReasonControllerMismatch, ""},
		"no registry":                       {good(), FactKnown, Skipped, ReasonNoRegistry, ""},
		"listed":                            {known(good()), FactKnown, Passed, "", "Register"},
		"not listed":                        {good().set(CheckKnown, Unknown, ReasonNotListed), FactKnown, Unknown, ReasonNotListed, ""},
		"listed, somebody else's key":       {known(good()).set(CheckIssuer, Failed, ReasonControllerMismatch), FactKnown, Skipped, ReasonNotRun, ""},
		"listed, nothing ties the key":      {known(good()).set(CheckIssuer, Unknown, ReasonNotConfirmed), FactKnown, Skipped, ReasonNotRun, ""},
		"current":                           {good(), FactCurrent, Passed, "", ""},
		"no status is not a yes":            {good().set(CheckRevocation, Skipped, ReasonNotStated), FactCurrent, Skipped, ReasonNotStated, ""},
		"status unreachable":                {good().set(CheckRevocation, Unknown, ReasonUnreachable), FactCurrent, Unknown, ReasonUnreachable, ""},
		"a list that does not hold":         {good().set(CheckRevocation, Failed, ReasonStatusList), FactCurrent, Unknown, ReasonStatusList, ""},
		"taken back":                        {good().set(CheckRevocation, Failed, ReasonRevoked).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent, Failed, ReasonRevoked, ""},
		"expired, no status":                {good().set(CheckRevocation, Skipped, ReasonNotStated).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent, Failed, ReasonExpired, ""},
		"expired, status unreachable":       {good().set(CheckRevocation, Unknown, ReasonUnreachable).set(CheckValidUntil, Failed, ReasonExpired), FactCurrent, Failed, ReasonExpired, ""},
		"not yet":                           {good().set(CheckValidFrom, Failed, ReasonNotYetValid), FactCurrent, Failed, ReasonNotYetValid, ""},
		"renewed":                           {good().set(CheckRefresh, Passed, ReasonRefreshed), FactCurrent, Passed, ReasonRefreshed, ""},
		"newest version could not be asked": {good().set(CheckRefresh, Unknown, ReasonUnreachable), FactCurrent, Unknown, ReasonUnreachable, ""},
		"theirs":                            {good().set(CheckRecipient, Passed, ReasonMatched), FactAwarded, Passed, ReasonMatched, ""},
		"somebody else's":                   {good().set(CheckRecipient, Failed, ReasonNoMatch), FactAwarded, Failed, ReasonNoMatch, ""},
		"shown by somebody else":            {good().set(CheckHolder, Failed, ReasonBadSignature), FactAwarded, Failed, ReasonHolderNotShown, ""},
		"bound, and theirs":                 {good().set(CheckHolder, Passed, ""), FactAwarded, Passed, "", ""},
		"nobody asked":                      {good().set(CheckRecipient, Skipped, ReasonNobodyAsked), FactAwarded, Skipped, ReasonNobodyAsked, ""},
		"no report":                         {nil, FactCurrent, Skipped, ReasonNotRun, ""},
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

// The facts and the verdict are two readings of the same checks: they never
// contradict each other, whatever is found.
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
				if sure := authentic == Passed && control == Passed && (current == Passed || current == Skipped); sure && !v.Stands() && r.Check(CheckFormat).Outcome != Unknown && r.Check(CheckSubject).Outcome != Unknown {
					t.Errorf("%s %s, %s %s: all facts hold, and the verdict is %s", a.ID, outcomes[i/4], b.ID, outcomes[i%4], v)
				}
				if v.Stands() && (authentic != Passed || control != Passed || current == Failed) {
					t.Errorf("%s %s, %s %s: valid, but %s %s %s", a.ID, outcomes[i/4], b.ID, outcomes[i%4], authentic, control, current)
				}
			}
		}
	}
}
