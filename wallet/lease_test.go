package wallet_test

import (
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// TestLeaseIsRenewed asserts that a worker keeps its job for any length of
// time, and that another worker takes over half a minute after its last
// renewal.
func TestLeaseIsRenewed(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	reached, gate := make(chan struct{}), make(chan struct{})
	document, _ := i.Web.Fetch(t.Context(), vc.FetchRequest{URL: webDoc})
	first := true
	e.Web.Answer(webDoc, func(vc.FetchRequest) (*vc.Resource, error) {
		if first {
			first = false
			close(reached)
			<-gate
		}
		res := *document
		res.FetchedAt = e.Clock.Now()
		return &res, nil
	})
	cfg, passed, asked := e.Config, make(chan time.Time), make(chan struct{})
	cfg.After = func(time.Duration) <-chan time.Time {
		asked <- struct{}{}
		return passed
	}
	slow, err := wallet.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	id, err := slow.StartImport(t.Context(), a, []inspect.Input{text(i.Issue(t, vctest.With("name", "Baker")))})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- slow.WorkImport(t.Context(), a, id) }()
	<-reached
	other := anotherProcess(t, e, 0)
	taken := func() int {
		n, err := other.RunDue(t.Context(), 5)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	<-asked
	for range 10 {
		e.Clock.Advance(20 * time.Second)
		passed <- e.Clock.Now()
		<-asked // renewed, and waiting again
		e.Clock.Advance(20 * time.Second)
		if taken() != 0 {
			t.Fatal("another worker took a running job")
		}
		passed <- e.Clock.Now()
		<-asked
	}
	e.Clock.Advance(31 * time.Second)
	if taken() != 1 {
		t.Error("no worker took over")
	}
	if imp, err := other.Import(t.Context(), a, id); err != nil || !imp.Finished || imp.Done != 1 {
		t.Errorf("%+v, %v", imp, err)
	}
	close(gate)
	if err := <-ended; err != nil {
		t.Errorf("the worker that lost the lease: %v", err)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}
