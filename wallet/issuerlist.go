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

// Limits of a list that somebody makes for themselves. It travels in links.
const (
	maxListIssuers = 100
	maxListToken   = 8 << 10
)

// An IssuerList is a list of issuers that somebody without an account made for
// themselves. Nothing of it is stored: it is kept in a token, which only this
// installation can make, so nobody alters one unnoticed. Anybody can make a
// list of any name, so ID tells lists apart, and only who has the key of an ID
// can make another list with it.
type IssuerList struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	Made    time.Time        `json:"made"`
	Issuers []registry.Entry `json:"issuers"`
}

// NewIssuerList begins an empty list. key lets its maker change it.
func (w *Wallet) NewIssuerList() (l *IssuerList, key string, err error) {
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, "", err
	}
	return &IssuerList{ID: id, Made: w.now()}, w.listKey(id), nil
}

func (w *Wallet) listKey(id string) string { return w.cfg.Sealer.Secret("issuerlist/key/" + id) }

// MayChange reports whether key is that of the list.
func (w *Wallet) MayChange(l *IssuerList, key string) bool {
	return subtle.ConstantTimeCompare([]byte(key), []byte(w.listKey(l.ID))) == 1
}

// Rename names the list; a name that is none changes nothing.
func (l *IssuerList) Rename(name string) {
	if clean, err := cleanName(name); err == nil {
		l.Name = clean
	}
}

// Add puts an issuer on the list: a DID, an address or a domain, and what its
// maker calls it. A BadInput error says that it is none, or a sample's.
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

// Drop takes an issuer off the list.
func (l *IssuerList) Drop(id string) {
	kept := l.Issuers[:0:0]
	for _, e := range l.Issuers {
		if e.ID != id {
			kept = append(kept, e)
		}
	}
	l.Issuers = kept
}

// SealList returns the token of a list, which is fit for a link. A BadInput
// error says that there is too much on it.
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

// OpenList returns the list that a token holds. A BadInput error, code
// list_altered, says that this installation did not make it like this.
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
