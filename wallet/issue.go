package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/vc"
	"backpack/wallet/storage"
)

// The service issues credentials for its operator: to test other software with
// them, and to be tested itself. Learners' badges come from elsewhere.

// An IssueRequest says what to issue and how.
type IssueRequest struct {
	Credential []byte // a JSON object; its issuer is added when it has none
	Suite      string // a name of one of Config.Suites
	Key        KeyKind
	// ID is what SetStatus calls the credential by; "" for its own id.
	ID string
	// Mandatory are JSON pointers to what every copy shows that is derived
	// from the credential, where the suite lets some be derived. Nil: what says
	// who issued it and what bounds it.
	Mandatory []string
	// Purposes are those for which the credential gets a status entry.
	Purposes []string
	// Lists is the address below which StatusList's lists are published.
	Lists string
}

// KeyKinds are the kinds of key that the service issues with.
func KeyKinds() []KeyKind { return []KeyKind{Ed25519, P256, P384} }

// Issuer returns the key of a kind that the service issues with. It is made
// when it is asked for first.
func (w *Wallet) Issuer(ctx context.Context, kind KeyKind) (KeyInfo, error) {
	if !slices.Contains(KeyKinds(), kind) {
		return KeyInfo{}, fail(BadInput, "cannot_issue", fmt.Errorf("there is no key of kind %.40q", kind))
	}
	var info KeyInfo
	read := func(tx storage.Tx) error { return w.loadOwn(tx, issuerPlace(kind), &info) }
	err := w.cfg.Store.View(ctx, read)
	if !errors.Is(err, storage.ErrNotFound) {
		return info, err
	}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		err := read(tx) // somebody may have been faster
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if info, err = w.cfg.Keys.Create(tx, "", kind); err != nil {
			return fmt.Errorf("make the key to issue with: %w", err)
		}
		return w.keepOwn(tx, issuerPlace(kind), info)
	})
	return info, err
}

func issuerPlace(kind KeyKind) storage.Key {
	return storage.Key{Kind: storage.KindMeta, ID: "issuer/" + string(kind)}
}

// Issue returns the credential secured: a JSON object with a proof, or a JWT.
// It hands out nothing that it would not call well-formed and its own when it
// verified it; what is wrong then is an Error of kind BadInput with code
// cannot_issue, whose cause is fit to be told.
func (w *Wallet) Issue(ctx context.Context, req IssueRequest) ([]byte, error) {
	suite := w.suite(req.Suite)
	if suite == nil {
		return nil, fail(BadInput, "cannot_issue", fmt.Errorf("nothing signs with %.60q", req.Suite))
	}
	key, err := w.Issuer(ctx, req.Key)
	if err != nil {
		return nil, err
	}
	unsigned, err := w.prepareIssue(ctx, req, key)
	if err != nil {
		return nil, err
	}
	signer, err := w.cfg.Keys.Signer(ctx, "", key.ID)
	if err != nil {
		return nil, err
	}
	opt := vc.SignOptions{VerificationMethod: key.Method, Purpose: vc.AssertionMethod, Created: w.now()}
	if _, ok := suite.(vc.DerivingSuite); ok {
		opt.Mandatory = mandatory(req.Mandatory, unsigned)
	}
	signed, err := suite.Sign(ctx, unsigned, opt, signer)
	if err != nil {
		return nil, unsignable(err)
	}
	return signed, w.checkIssued(ctx, signed)
}

// bounds are the members without which a credential would say more than it does.
var bounds = []string{"issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate", "credentialStatus", "credentialSchema", "termsOfUse"}

// mandatory is what was asked for, or the bounds that the credential has.
func mandatory(asked []string, unsigned []byte) []string {
	v, err := vc.ParseJSON(unsigned)
	if asked != nil || err != nil {
		return asked
	}
	for _, name := range bounds {
		if v.Get(name) != nil {
			asked = append(asked, "/"+name)
		}
	}
	return asked
}

// Derive returns a copy of a credential with a base proof of selective
// disclosure that shows what the pointers name, and what its issuer made
// mandatory. Its errors are as those of Issue.
func (w *Wallet) Derive(ctx context.Context, credential []byte, pointers []string) ([]byte, error) {
	d, err := vc.Parse(credential)
	if err != nil {
		return nil, fail(BadInput, "cannot_issue", err)
	}
	err = fmt.Errorf("a proof from which a copy could be derived: %w", vc.ErrNotFound)
	for _, s := range w.cfg.Suites {
		deriving, ok := s.(vc.DerivingSuite)
		if !ok {
			continue
		}
		out, failed := deriving.Derive(ctx, d, pointers)
		if failed == nil {
			return out, nil
		}
		if err = failed; !errors.Is(failed, vc.ErrNotFound) {
			break
		}
	}
	if errors.Is(err, vc.ErrNotFound) || errors.Is(err, vc.ErrSignature) {
		return nil, fail(BadInput, "cannot_issue", err)
	}
	return nil, unsignable(err)
}

// suite returns the suite of a name.
func (w *Wallet) suite(name string) vc.SigningSuite {
	for _, s := range w.cfg.Suites {
		if slices.Contains(s.IDs(), name) {
			return s
		}
	}
	return nil
}

// prepareIssue adds to the credential what the service states: the issuer and
// the status entries.
func (w *Wallet) prepareIssue(ctx context.Context, req IssueRequest, key KeyInfo) ([]byte, error) {
	v, err := vc.ParseJSON(req.Credential)
	switch {
	case err != nil:
		return nil, fail(BadInput, "cannot_issue", err)
	case !v.Is(vc.Object):
		return nil, fail(BadInput, "cannot_issue", errors.New("the credential is not an object"))
	}
	issuer := v.Get("issuer")
	if id := issuerID(issuer); issuer != nil && id != key.DID {
		return nil, fail(BadInput, "cannot_issue", fmt.Errorf("the issuer is %.100q; this service issues as %s", id, key.DID))
	}
	var members []string
	if issuer == nil {
		members = append(members, fmt.Sprintf(`"issuer":%q`, key.DID))
	}
	if first := v.Get("@context").List(); len(first) > 0 && first[0].Str() == vc.ContextV1 && v.Get("issuanceDate") == nil {
		members = append(members, fmt.Sprintf(`"issuanceDate":%q`, w.now().Format(time.RFC3339)))
	}
	if len(req.Purposes) > 0 {
		entries, err := w.allotStatus(ctx, req, v)
		if err != nil {
			return nil, err
		}
		members = append(members, `"credentialStatus":`+entries)
	}
	return withContext(v, extend(v, members), req.Suite), nil
}

// contextDataIntegrity has the terms of a proof, which data model 1.1 lacks.
const contextDataIntegrity = "https://w3id.org/security/data-integrity/v2"

// withContext appends the context of the proof to those of a credential of
// data model 1.1, unless it names one (Data Integrity 1.0, 2.4.1).
func withContext(v *vc.Value, text []byte, suite string) []byte {
	list := v.Get("@context")
	if !list.Is(vc.Array) || len(list.Items()) == 0 || list.Items()[0].Str() != vc.ContextV1 || suite == "jose" || strings.Contains(list.Raw(), contextDataIntegrity) {
		return text
	}
	old := list.Raw()
	return []byte(strings.Replace(string(text), old, fmt.Sprintf("%s,%q]", strings.TrimSuffix(old, "]"), contextDataIntegrity), 1))
}

func issuerID(v *vc.Value) string {
	if v.Is(vc.Object) {
		return v.Get("id").Str()
	}
	return v.Str()
}

// extend writes an object with more members; all else stays as it was written.
func extend(v *vc.Value, members []string) []byte {
	text := v.Raw()
	if len(members) == 0 {
		return []byte(text)
	}
	comma := ","
	if len(v.Items()) == 0 {
		comma = ""
	}
	return []byte(text[:len(text)-1] + comma + strings.Join(members, ",") + "}")
}

// unsignable tells whether it is the credential's fault that it cannot be signed.
func unsignable(err error) error {
	for _, of := range []error{vc.ErrMalformed, vc.ErrUnsupported, vc.ErrTerms, vc.ErrContext, vc.ErrTooComplex, vc.ErrTooLarge, vc.ErrAmbiguous} {
		if errors.Is(err, of) {
			return fail(BadInput, "cannot_issue", err)
		}
	}
	return err
}

// checkIssued verifies what was signed, as anybody will who gets it; that its
// time has not come, or is over, is the operator's business.
func (w *Wallet) checkIssued(ctx context.Context, signed []byte) error {
	doc, err := vc.Parse(signed)
	if err != nil {
		return fail(BadInput, "cannot_issue", err)
	}
	asks := map[vc.CheckID]bool{vc.CheckSchema: true, vc.CheckResources: true} // what only somebody else's server can tell
	r, err := w.Verifier.Verify(ctx, doc, vc.Options{Bare: true, Offline: true, Own: true})
	if err != nil {
		return err
	}
	for _, id := range []vc.CheckID{vc.CheckFormat, vc.CheckTerms, vc.CheckSubject, vc.CheckProof, vc.CheckIssuer, vc.CheckSchema, vc.CheckResources} {
		if c := r.Check(id); c.Outcome == vc.Failed || c.Outcome == vc.Unknown && !asks[id] || c.ID == vc.CheckProof && c.Outcome != vc.Passed {
			return fail(BadInput, "cannot_issue", fmt.Errorf("%s: %s %s", c.ID, c.Reason, c.Detail))
		}
	}
	return nil
}

// loadOwn reads a record of the installation itself.
func (w *Wallet) loadOwn(tx storage.Tx, k storage.Key, content any) error {
	rec, err := tx.Get(k)
	if err != nil {
		return err
	}
	return w.openOwn(rec, content)
}

func (w *Wallet) openOwn(rec *storage.Record, content any) error {
	plain, err := w.cfg.Sealer.Open(rec.Key, rec.Data)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, content)
}

// keepOwn creates a record of the installation itself.
func (w *Wallet) keepOwn(tx storage.Tx, k storage.Key, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return w.cfg.Sealer.Create(tx, k, plain)
}

// replaceOwn replaces one that was read.
func (w *Wallet) replaceOwn(tx storage.Tx, rec *storage.Record, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if rec.Data, err = w.cfg.Sealer.Seal(tx, rec.Key, plain); err != nil {
		return err
	}
	return tx.Update(rec)
}
