package standard

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"backpack/vc"
	"backpack/vc/cose"
	"backpack/vc/did"
	"backpack/vc/ld"
	"backpack/vc/ob2"
	"backpack/vc/sample"
	"backpack/vc/schema"
	"backpack/vc/status"
	"backpack/vc/suite"
)

// skew is the tolerated lead of other clocks (specs A7.4).
const skew = 5 * time.Minute

// A Config holds what verification needs from outside.
type Config struct {
	Fetch    vc.Fetcher
	Now      func() time.Time
	Registry vc.Registry // nil: no registry is asked
	// Remember is vc.Config.Remember.
	Remember int
	// Rand makes the secrets of base proofs of selective disclosure. If nil, these
	// cannot be signed.
	Rand io.Reader
	// Roots is did.Config.Roots.
	Roots *x509.CertPool
}

// A Standard is a verifier together with its parts. It is safe for concurrent use.
type Standard struct {
	Verifier *vc.Verifier
	// Signing makes eddsa-rdfc-2022 proofs, which sign presentations and the
	// backpack's own records.
	Signing vc.SigningSuite
	// Suites are all suites that can make proofs, including Signing. Those with
	// selective disclosure are vc.DerivingSuites.
	Suites []vc.SigningSuite
	// Engine has the embedded JSON-LD contexts.
	Engine *ld.Engine

	schemas vc.SchemaValidator
	samples vc.Samples
	roots   *x509.CertPool
}

// New returns the standard verifier, or an error that names what cfg lacks or which
// embedded data is invalid.
func New(cfg Config) (*Standard, error) {
	if cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("standard: Config needs Fetch and Now")
	}
	engine, err := ld.New(ld.Limits{})
	if err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	schemas, err := schema.Embedded()
	if err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	samples, err := sample.Known()
	if err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	return build(cfg, &Standard{Engine: engine, schemas: schemas, samples: samples})
}

// Replay returns a standard verifier with another fetcher and clock. It shares the
// parts of s that depend on neither.
func (s *Standard) Replay(fetch vc.Fetcher, now func() time.Time) (*Standard, error) {
	return build(Config{Fetch: fetch, Now: now, Roots: s.roots}, &Standard{Engine: s.Engine, schemas: s.schemas, samples: s.samples})
}

// build completes s with the parts that depend on cfg.
func build(cfg Config, s *Standard) (out *Standard, err error) {
	engine := s.Engine
	s.Signing = suite.EdDSA(engine)
	s.Suites = []vc.SigningSuite{s.Signing, suite.EdDSAJCS(), suite.ECDSA(engine), suite.ECDSAJCS(), suite.SelectiveECDSA(engine, cfg.Rand), suite.JOSE()}
	all := vc.Config{Fetch: cfg.Fetch, Registry: cfg.Registry, Now: cfg.Now, Skew: skew, Remember: cfg.Remember, Named: schema.Named(),
		Schemas: s.schemas, Samples: s.samples,
		Suites: []vc.Suite{suite.Legacy(engine), suite.BBS(engine)}}
	all.COSE, s.roots, all.Contexts = cose.Open, cfg.Roots, engine
	for _, x := range s.Suites {
		all.Suites = append(all.Suites, x)
	}
	if all.Keys, err = did.New(did.Config{Fetch: cfg.Fetch, Now: cfg.Now, Roots: cfg.Roots}); err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	if all.Statuses, err = statuses(cfg); err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	if all.Legacy, err = ob2.New(ob2.Config{Fetch: cfg.Fetch, Now: cfg.Now, Schemas: schema.ValidateExtension, Samples: s.samples}); err != nil {
		return nil, fmt.Errorf("standard: %w", err)
	}
	s.Verifier, err = vc.NewVerifier(all)
	return s, err
}

// statuses returns the status checkers (specs E).
func statuses(cfg Config) ([]vc.StatusChecker, error) {
	c := status.Config{Fetch: cfg.Fetch, Now: cfg.Now}
	bits, err := status.Bitstring(c)
	if err != nil {
		return nil, err
	}
	lists2021, err := status.StatusList2021(c)
	if err != nil {
		return nil, err
	}
	revocations, err := status.RevocationList(c)
	if err != nil {
		return nil, err
	}
	tokens, err := status.TokenStatusList(c)
	if err != nil {
		return nil, err
	}
	return []vc.StatusChecker{bits, lists2021, revocations, tokens}, nil
}
