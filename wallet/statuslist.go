package wallet

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/wallet/storage"
)

const (
	// listBits is how many credentials a status list can hold (specs E1.3).
	listBits = status.MinBits
	// listFull is from how many on no more are put into a list: a free place
	// is drawn, and should be found soon.
	listFull = listBits / 2
	// maxPurposes bounds the status entries of one credential.
	maxPurposes = 4
	// listLife is how long a list may be used without asking again.
	listLife = 5 * time.Minute
	// publishTries is how often a list is signed anew because it was changed
	// meanwhile.
	publishTries = 5
)

// A statusList is a list of statuses that the service publishes.
type statusList struct {
	Purpose string
	Key     KeyKind // the issuer's
	Address string
	Bits    []byte // what is set
	Taken   []byte // what belongs to a credential
	Count   int
	Signed  []byte // the list as a credential; nil after a change
}

// A statusPlace says where the statuses of one credential are, by purpose.
type statusPlace map[string]struct {
	List  int
	Index int
}

func listPlace(n int) storage.Key {
	return storage.Key{Kind: storage.KindStatus, ID: fmt.Sprintf("list/%06d", n)}
}

func (w *Wallet) statusPlace(id string) storage.Key {
	return storage.Key{Kind: storage.KindStatus, ID: "credential/" + w.cfg.Sealer.Lookup("status", id)}
}

// allotStatus takes places in status lists for a credential, and returns its
// credentialStatus (specs E1.1).
func (w *Wallet) allotStatus(ctx context.Context, req IssueRequest, credential *vc.Value) (string, error) {
	id := req.ID
	if id == "" {
		id = credential.Get("id").Str()
	}
	switch {
	case id == "" || len(id) > 1000:
		return "", fail(BadInput, "cannot_issue", errors.New("a status needs a credential with an id, or a credentialId"))
	case credential.Get("credentialStatus") != nil:
		return "", fail(BadInput, "cannot_issue", errors.New("the credential has a status already"))
	case len(req.Purposes) > maxPurposes:
		return "", fail(BadInput, "cannot_issue", fmt.Errorf("more than %d purposes of a status", maxPurposes))
	}
	var entries []string
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		entries = nil
		place := statusPlace{}
		for _, purpose := range req.Purposes {
			n, index, l, err := w.takePlace(tx, purpose, req)
			if err != nil {
				return err
			}
			p := place[purpose]
			p.List, p.Index = n, index
			place[purpose] = p
			entries = append(entries, fmt.Sprintf(`{"type":"BitstringStatusListEntry","statusPurpose":%q,"statusListIndex":"%d","statusListCredential":%q}`,
				purpose, index, l.Address))
		}
		return w.keepOwn(tx, w.statusPlace(id), place)
	})
	if errors.Is(err, storage.ErrExists) {
		return "", fail(Conflict, "cannot_issue", errors.New("a credential of this id has a status already"))
	}
	if len(entries) == 1 {
		return entries[0], err
	}
	return "[" + strings.Join(entries, ",") + "]", err
}

// takePlace takes a free place in the newest list of its kind, or in a new one.
func (w *Wallet) takePlace(tx storage.Tx, purpose string, req IssueRequest) (n, index int, l *statusList, err error) {
	if purpose != "revocation" && purpose != "suspension" {
		return 0, 0, nil, fail(BadInput, "cannot_issue", fmt.Errorf("a status for %.40q; revocation and suspension can be set", purpose))
	}
	n, rec, l, err := w.openList(tx, purpose, req)
	if err != nil {
		return 0, 0, nil, err
	}
	if index, err = w.drawFree(l.Taken); err != nil {
		return 0, 0, nil, err
	}
	status.Set(l.Taken, index, true)
	l.Count++
	if rec == nil {
		return n, index, l, w.keepOwn(tx, listPlace(n), l)
	}
	return n, index, l, w.replaceOwn(tx, rec, l)
}

// openList returns the list to put a credential into: rec is nil for a new one.
func (w *Wallet) openList(tx storage.Tx, purpose string, req IssueRequest) (n int, rec *storage.Record, l *statusList, err error) {
	for after := "list/"; ; after = rec.ID {
		page, err := tx.List("", storage.KindStatus, after, 1)
		if err != nil {
			return 0, nil, nil, err
		}
		n++
		if len(page) == 0 {
			break
		}
		rec, l = page[0], new(statusList)
		if err := w.openOwn(rec, l); err != nil {
			return 0, nil, nil, err
		}
		if l.Purpose == purpose && l.Key == req.Key && l.Count < listFull && l.Address == req.Lists+strconv.Itoa(n) {
			return n, rec, l, nil
		}
	}
	return n, nil, &statusList{Purpose: purpose, Key: req.Key, Address: req.Lists + strconv.Itoa(n),
		Bits: make([]byte, listBits/8), Taken: make([]byte, listBits/8)}, nil
}

// drawFree draws a place that nobody has, so that the order of places does not
// tell the order of credentials.
func (w *Wallet) drawFree(taken []byte) (int, error) {
	for range 200 {
		b, err := w.cfg.Sealer.Bytes(4)
		if err != nil {
			return 0, err
		}
		if i := int(binary.BigEndian.Uint32(b) % listBits); taken[i/8]&(0x80>>(i%8)) == 0 {
			return i, nil
		}
	}
	return 0, errors.New("no free place was drawn in a status list")
}

// SetStatus sets or clears a status of the credential that was issued under
// the id.
func (w *Wallet) SetStatus(ctx context.Context, id, purpose string, on bool) error {
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		place := statusPlace{}
		if err := w.loadOwn(tx, w.statusPlace(id), &place); err != nil {
			return err
		}
		at, ok := place[purpose]
		if !ok {
			return storage.ErrNotFound
		}
		rec, err := tx.Get(listPlace(at.List))
		if err != nil {
			return err
		}
		l := new(statusList)
		if err := w.openOwn(rec, l); err != nil {
			return err
		}
		status.Set(l.Bits, at.Index, on)
		l.Signed = nil
		return w.replaceOwn(tx, rec, l)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return fail(Missing, "status_unknown", err)
	}
	return err
}

// StatusList returns the status list of the number as a signed credential, and
// how long it may be used without asking again.
func (w *Wallet) StatusList(ctx context.Context, n int) ([]byte, time.Duration, error) {
	for range publishTries {
		var rec *storage.Record
		l := new(statusList)
		err := w.cfg.Store.View(ctx, func(tx storage.Tx) (err error) {
			if rec, err = tx.Get(listPlace(n)); err != nil {
				return err
			}
			return w.openOwn(rec, l)
		})
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return nil, 0, fail(Missing, "status_unknown", err)
		case err != nil || l.Signed != nil:
			return l.Signed, listLife, err
		}
		if l.Signed, err = w.signList(ctx, l); err != nil {
			return nil, 0, err
		}
		err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
			r := *rec
			return w.replaceOwn(tx, &r, l)
		})
		if notSaved(err) {
			err = nil // it is signed anew next time
		}
		if !errors.Is(err, storage.ErrConflict) {
			return l.Signed, listLife, err
		}
	}
	return nil, 0, errors.New("a status list is changed faster than it can be signed")
}

// signList makes the list a credential by its issuer (specs E1.2, E1.3).
func (w *Wallet) signList(ctx context.Context, l *statusList) ([]byte, error) {
	key, err := w.Issuer(ctx, l.Key)
	if err != nil {
		return nil, err
	}
	suite := w.suite("ecdsa-rdfc-2019")
	if l.Key == Ed25519 {
		suite = w.cfg.Suite
	}
	if suite == nil {
		return nil, errors.New("nothing signs status lists")
	}
	unsigned, err := json.Marshal(map[string]any{
		"@context": []string{vc.ContextV2}, "id": l.Address, "type": []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": key.DID, "validFrom": w.now().Format(time.RFC3339),
		"credentialSubject": map[string]any{"id": l.Address + "#list", "type": "BitstringStatusList", "statusPurpose": l.Purpose,
			"encodedList": status.Encode(slices.Clone(l.Bits)), "ttl": listLife.Milliseconds()},
	})
	if err != nil {
		return nil, err
	}
	signer, err := w.cfg.Keys.Signer(ctx, "", key.ID)
	if err != nil {
		return nil, err
	}
	return suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: key.Method, Purpose: vc.AssertionMethod, Created: w.now()}, signer)
}
