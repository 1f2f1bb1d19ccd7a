package issue

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/wallet/fault"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
)

const (
	// listBits is the number of places in a status list (specs E1.3).
	listBits = status.MinBits
	// listFull is the number of credentials after which a list takes no more, so
	// that drawing a free place takes few tries.
	listFull = listBits / 2
	// maxPurposes is how many status entries one credential may have.
	maxPurposes = 4
	// listLife is how long a list may be cached.
	listLife = 5 * time.Minute
	// publishTries is how often a list that changes meanwhile is signed again.
	publishTries = 5
)

// A statusList is a list of statuses that the service publishes, as it is stored.
type statusList struct {
	Purpose string
	Key     keys.Kind // of the issuer's key
	Address string
	Bits    []byte // the statuses
	Taken   []byte // the places of credentials
	Count   int
	Signed  []byte // the list as a credential; nil after a change
}

// A statusPlace is the place of a credential in the lists, by purpose.
type statusPlace map[string]struct {
	List  int
	Index int
}

func listPlace(n int) storage.Key {
	return storage.Key{Kind: storage.KindStatus, ID: fmt.Sprintf("list/%06d", n)}
}

func (s *Service) statusPlace(id string) storage.Key {
	return storage.Key{Kind: storage.KindStatus, ID: "credential/" + s.Sealer.Lookup("status", id)}
}

// allotStatus takes places in status lists for a credential, and returns its
// credentialStatus (specs E1.1).
func (s *Service) allotStatus(ctx context.Context, req Request, credential *vc.Value) (string, error) {
	id := req.ID
	if id == "" {
		id = credential.Get("id").Str()
	}
	switch {
	case id == "" || len(id) > 1000:
		return "", fault.New(fault.BadInput, "cannot_issue", errors.New("a status needs a credential with an id, or a credentialId"))
	case credential.Get("credentialStatus") != nil:
		return "", fault.New(fault.BadInput, "cannot_issue", errors.New("the credential has a status already"))
	case len(req.Purposes) > maxPurposes:
		return "", fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("more than %d purposes of a status", maxPurposes))
	}
	var entries []string
	err := s.Store.Update(ctx, func(tx storage.Tx) error {
		entries = nil
		place := statusPlace{}
		for _, purpose := range req.Purposes {
			n, index, l, err := s.takePlace(tx, purpose, req)
			if err != nil {
				return err
			}
			p := place[purpose]
			p.List, p.Index = n, index
			place[purpose] = p
			entries = append(entries, fmt.Sprintf(`{"type":"BitstringStatusListEntry","statusPurpose":%q,`+
				`"statusListIndex":"%d","statusListCredential":%q}`, purpose, index, l.Address))
		}
		return s.create(tx, s.statusPlace(id), place)
	})
	if errors.Is(err, storage.ErrExists) {
		return "", fault.New(fault.Conflict, "cannot_issue", errors.New("a credential of this id has a status already"))
	}
	if len(entries) == 1 {
		return entries[0], err
	}
	return "[" + strings.Join(entries, ",") + "]", err
}

// takePlace takes a free place in the newest list for the purpose, or in a new
// list.
func (s *Service) takePlace(tx storage.Tx, purpose string, req Request) (n, index int, l *statusList, err error) {
	if purpose != "revocation" && purpose != "suspension" {
		return 0, 0, nil, fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("a status for %.40q; revocation and suspension can be set", purpose))
	}
	n, rec, l, err := s.openList(tx, purpose, req)
	if err != nil {
		return 0, 0, nil, err
	}
	if index, err = s.drawFree(l.Taken); err != nil {
		return 0, 0, nil, err
	}
	status.Set(l.Taken, index, true)
	l.Count++
	if rec == nil {
		return n, index, l, s.create(tx, listPlace(n), l)
	}
	return n, index, l, s.replace(tx, rec, l)
}

// openList returns a list with room and its number. rec is nil for a new list.
func (s *Service) openList(tx storage.Tx, purpose string, req Request) (n int, rec *storage.Record, l *statusList, err error) {
	fits := func(n int) bool {
		return l.Purpose == purpose && l.Key == req.Key && l.Count < listFull && l.Address == req.Lists+strconv.Itoa(n)
	}
	kind := listKind{purpose, req.Key, req.Lists}
	if n = s.lastList(kind); n > 0 { // else every list is opened to find one
		rec, l, err = s.openRecord(tx.Get(listPlace(n)))
		if err == nil && fits(n) {
			return n, rec, l, nil
		} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return 0, nil, nil, err
		}
	}
	n = 0
	for after := "list/"; ; after = rec.ID {
		page, err := tx.List("", storage.KindStatus, after, 1)
		if err != nil {
			return 0, nil, nil, err
		}
		n++
		if len(page) == 0 {
			break
		}
		if rec, l, err = s.openRecord(page[0], nil); err != nil {
			return 0, nil, nil, err
		}
		if fits(n) {
			s.setLastList(kind, n)
			return n, rec, l, nil
		}
	}
	return n, nil, &statusList{Purpose: purpose, Key: req.Key, Address: req.Lists + strconv.Itoa(n),
		Bits: make([]byte, listBits/8), Taken: make([]byte, listBits/8)}, nil
}

func (s *Service) openRecord(rec *storage.Record, err error) (*storage.Record, *statusList, error) {
	if err != nil {
		return nil, nil, err
	}
	l := new(statusList)
	return rec, l, s.open(rec, l)
}

// A listKind is what the credentials in one list have in common.
type listKind struct {
	purpose string
	key     keys.Kind
	lists   string // Request.Lists
}

// lastList returns the number of the list that had room last, 0 for none.
func (s *Service) lastList(k listKind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[k]
}

func (s *Service) setLastList(k listKind, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = map[listKind]int{}
	}
	s.last[k] = n
}

// drawFree draws a free place at random.
func (s *Service) drawFree(taken []byte) (int, error) {
	for range 200 {
		b, err := s.Sealer.Bytes(4)
		if err != nil {
			return 0, err
		}
		if i := int(binary.BigEndian.Uint32(b) % listBits); taken[i/8]&(0x80>>(i%8)) == 0 {
			return i, nil
		}
	}
	return 0, errors.New("no free place was found in a status list")
}
