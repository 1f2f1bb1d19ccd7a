package wallet

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/wallet/inspect"
)

// Limits of an IssuerList, which travels in links.
const (
	maxListIssuers = 100
	maxListToken   = 8 << 10 // characters, without the seal
)

// An IssuerList is a list of issuers made by a person without an account. It is not
// stored: a token holds it, with a seal that only this installation can create, so
// an altered list is detected. Anybody can create a list with any name, so ID
// distinguishes lists, and changing a list requires the key of its ID.
type IssuerList struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	Made    time.Time        `json:"made"`
	Issuers []registry.Entry `json:"issuers"`
}

// NewIssuerList returns an empty list, and the key that permits changes to it.
func (w *Wallet) NewIssuerList() (l *IssuerList, key string, err error) {
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, "", err
	}
	return &IssuerList{ID: id, Made: w.now()}, w.listKey(id), nil
}

func (w *Wallet) listKey(id string) string { return w.cfg.Sealer.Secret("issuerlist/key/" + id) }

// MayChange reports whether key permits changes to the list.
func (w *Wallet) MayChange(l *IssuerList, key string) bool {
	return subtle.ConstantTimeCompare([]byte(key), []byte(w.listKey(l.ID))) == 1
}

// Rename sets the list's name. An invalid name changes nothing.
func (l *IssuerList) Rename(name string) {
	if clean, err := cleanName(name); err == nil {
		l.Name = clean
	}
}

// Add puts an issuer on the list, or replaces its name. id is a DID, an address or a
// domain; name is the maker's own name for the issuer. An id of another form
// (list_issuer), a sample's issuer (list_sample) and an issuer beyond maxListIssuers
// (list_full) are BadInput errors.
func (l *IssuerList) Add(id, name string) error {
	e, err := registry.Entry{ID: id, Name: name}.Clean()
	if err != nil {
		return fail(BadInput, "list_issuer", err)
	}
	if inspect.SampleHost(e.ID) || inspect.Sample(e.ID) {
		return fail(BadInput, "list_sample", nil)
	}
	for i := range l.Issuers {
		if l.Issuers[i].ID == e.ID {
			l.Issuers[i] = e
			return nil
		}
	}
	if len(l.Issuers) >= maxListIssuers {
		return fail(BadInput, "list_full", nil)
	}
	l.Issuers = append(l.Issuers, e)
	return nil
}

// Drop removes an issuer from the list.
func (l *IssuerList) Drop(id string) {
	kept := l.Issuers[:0:0]
	for _, e := range l.Issuers {
		if e.ID != id {
			kept = append(kept, e)
		}
	}
	l.Issuers = kept
}

// SealList returns the list's token, in characters that are safe in a link. A list
// that is too long for a token is a BadInput error, list_full.
func (w *Wallet) SealList(l *IssuerList) (string, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	body := base64.RawURLEncoding.EncodeToString(b)
	if len(body) > maxListToken {
		return "", fail(BadInput, "list_full", nil)
	}
	return body + "." + w.listSeal(body), nil
}

func (w *Wallet) listSeal(body string) string { return w.cfg.Sealer.Secret("issuerlist/seal/" + body) }

// OpenList returns the list in a token. A token that this installation did not
// create, or that was altered, is a BadInput error, list_altered.
func (w *Wallet) OpenList(token string) (*IssuerList, error) {
	body, seal, _ := strings.Cut(token, ".")
	if len(token) > maxListToken+100 || subtle.ConstantTimeCompare([]byte(seal), []byte(w.listSeal(body))) != 1 {
		return nil, fail(BadInput, "list_altered", nil)
	}
	b, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return nil, fail(BadInput, "list_altered", err)
	}
	l := new(IssuerList)
	if err := json.Unmarshal(b, l); err != nil || l.ID == "" {
		return nil, fail(BadInput, "list_altered", errors.Join(err, vc.ErrMalformed))
	}
	return l, nil
}
