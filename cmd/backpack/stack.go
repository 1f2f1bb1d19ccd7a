package main

import (
	"crypto/rand"
	"time"

	"backpack/ui"
	"backpack/vc"
	"backpack/vc/fetch"
	"backpack/vc/kept"
	"backpack/vc/registry"
	"backpack/vc/sample"
	"backpack/vc/standard"
	"backpack/wallet/inspect"
	"backpack/wallet/issue"
)

// remember is the number of proof results to cache. One takes about 50 bytes.
const remember = 50_000

// A stack contains what verifies: the fetcher, with the sample issuer in front,
// the list of suites, and the texts for results.
type stack struct {
	samples *sample.Samples
	std     *standard.Standard
	fetcher vc.Fetcher
	checker *inspect.Checker
	texts   *ui.Renderer
}

// newStack builds the stack for a command without a server, from the settings
// for outgoing requests.
func (p *program) newStack() (*stack, error) {
	c, err := toConfig(p.values("verify", nil))
	if err != nil {
		return nil, err
	}
	var o around
	if p.web != nil {
		o.timed = func(vc.Fetcher) vc.Fetcher { return p.web }
	}
	s, err := buildStack(c, o)
	if err == nil {
		s.checker.NoPictures = true
	}
	return s, err
}

// around is the part of a server around its stack. Every member may be nil.
type around struct {
	copies registry.Copies             // keeps lists of registries across restarts
	timed  func(vc.Fetcher) vc.Fetcher // wraps the fetcher
	shelf  fetch.SharedCache           // shares issuers' public answers with other processes
	lists  *issue.OwnLists             // answers for the server's own status lists
}

// buildStack wires the verifier.
func buildStack(c *config, o around) (*stack, error) {
	samples, err := sample.New(sample.Config{Now: time.Now})
	if err != nil {
		return nil, err
	}
	client, err := fetch.New(fetch.Config{Now: time.Now, Allow: c.AllowNets, Proxy: c.Egress, UserAgent: "Backpack/" + version, Shared: o.shelf})
	if err != nil {
		return nil, err
	}
	var outside vc.Fetcher = client
	if o.timed != nil {
		outside = o.timed(client)
	}
	if o.lists != nil {
		o.lists.Next, outside = outside, o.lists
	}
	web := samples.Web(outside)
	s := &stack{samples: samples, fetcher: kept.Recording(web)}
	// Answers of registries are not part of a check record and are not
	// recorded.
	set, err := registries(c.Registries, registry.Web{Fetch: web, Now: time.Now, Kept: o.copies})
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	if s.std, err = standard.New(standard.Config{Fetch: s.fetcher, Now: time.Now, Rand: rand.Reader, Registry: set, Remember: remember,
		Roots: c.Roots}); err != nil {
		return nil, err
	}
	s.checker = &inspect.Checker{Verifier: s.std.Verifier, Fetcher: s.fetcher, Contexts: s.std.Engine, Registries: set, Replay: s.replay}
	s.texts, err = ui.New(ui.Config{})
	return s, err
}
