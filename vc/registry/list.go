package registry

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"backpack/vc"
)

// A List is a list of issuers, read once and never changed.
type List struct {
	Name    string // the list's own name, or the one given to it
	byID    map[string]Entry
	looks   map[string]string // by what it looks like, the domain of an entry
	Entries int
}

// ParseList reads a list of issuers, of at most MaxListBytes, in any of three
// forms:
//
//   - {"meta": …, "registry": {"did:…": {"name", "location", "url"}}}, as
//     consortia publish known DIDs;
//   - {"name": …, "issuers": [{"issuer", "name", "url"}]} of one's own;
//   - lines of comma-separated issuer, name, website; a line may be a comment
//     that begins with #, and the first one may name the columns.
//
// A name given is used in place of the list's own. Errors say where the fault
// is: the line, or the entry's number.
func ParseList(name string, b []byte) (*List, error) {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if len(b) > MaxListBytes {
		return nil, fmt.Errorf("%w: a list has at most %d MiB", vc.ErrTooLarge, MaxListBytes>>20)
	}
	l := &List{Name: line(name), byID: map[string]Entry{}, looks: map[string]string{}}
	if t := bytes.TrimSpace(b); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		return l, l.parseJSON(b)
	}
	return l, l.parseCSV(b)
}

// NewList makes a list of entries.
func NewList(name string, entries []Entry) (*List, error) {
	l := &List{Name: line(name), byID: map[string]Entry{}, looks: map[string]string{}}
	for i, e := range entries {
		if err := l.add(e); err != nil {
			return nil, fmt.Errorf("%w: issuer %d: %w", vc.ErrMalformed, i+1, err)
		}
	}
	return l, nil
}

func (l *List) parseJSON(b []byte) error {
	v, err := vc.ParseJSON(b)
	if err != nil {
		return fmt.Errorf("read list: %w", err)
	}
	if l.Name == "" {
		l.Name = line(v.Get("name").Str())
	}
	if known := v.Get("registry"); known.Is(vc.Object) {
		return l.parseDIDs(known)
	}
	issuers := v.Get("issuers")
	if !issuers.Is(vc.Array) {
		return fmt.Errorf("%w: the list has neither %q nor %q", vc.ErrMalformed, "registry", "issuers")
	}
	for i := range issuers.Items() {
		e := &issuers.Items()[i]
		if !e.Is(vc.Object) {
			return fmt.Errorf("%w: issuer %d is no object", vc.ErrMalformed, i+1)
		}
		if err := l.add(Entry{e.Get("issuer").Str(), e.Get("name").Str(), e.Get("url").Str()}); err != nil {
			return fmt.Errorf("%w: issuer %d: %w", vc.ErrMalformed, i+1, err)
		}
	}
	return nil
}

// parseDIDs reads the members of a registry of known DIDs. One that is not
// understood is passed over: others keep these lists, and one bad line must not
// hide all the good ones.
func (l *List) parseDIDs(known *vc.Value) error {
	for i := range known.Items() {
		e := &known.Items()[i]
		err := l.add(Entry{e.Name(), e.Get("name").Str(), e.Get("url").Str()})
		if errors.Is(err, vc.ErrTooLarge) {
			return err
		}
	}
	if len(known.Items()) > 0 && l.Entries == 0 {
		return fmt.Errorf("%w: none of the registry's members is an issuer", vc.ErrMalformed)
	}
	return nil
}

func (l *List) parseCSV(b []byte) error {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = '#', -1, true, true
	for first := true; ; first = false {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var fault *csv.ParseError
		if errors.As(err, &fault) {
			return fmt.Errorf("%w: line %d: %w", vc.ErrMalformed, fault.Line, fault.Err)
		}
		if err != nil {
			return fmt.Errorf("read list: %w", err)
		}
		if first && strings.EqualFold(strings.TrimSpace(f[0]), "issuer") {
			continue
		}
		f = append(f[:len(f):len(f)], "", "")
		if err := l.add(Entry{f[0], f[1], f[2]}); err != nil {
			at, _ := r.FieldPos(0)
			return fmt.Errorf("%w: line %d: %w", vc.ErrMalformed, at, err)
		}
	}
	if l.Entries == 0 {
		return fmt.Errorf("%w: the list names no issuer", vc.ErrMalformed)
	}
	return nil
}

// add puts an entry into the list; of two for one issuer the first counts.
func (l *List) add(e Entry) error {
	e, err := e.Clean()
	if err != nil {
		return err
	}
	if l.Entries++; l.Entries > maxEntries {
		return fmt.Errorf("%w: more than %d issuers", vc.ErrTooLarge, maxEntries)
	}
	if _, ok := l.byID[e.ID]; !ok {
		l.byID[e.ID] = e
	}
	for _, domain := range []string{e.domain(), DomainOf(e.URL)} {
		if s := skeleton(domain); s != "" && l.looks[s] == "" {
			l.looks[s] = domain
		}
	}
	return nil
}

// domain is the domain that an entry is about, if any.
func (e Entry) domain() string {
	if strings.HasPrefix(e.ID, "did:") || strings.Contains(e.ID, "://") {
		return DomainOf(e.ID)
	}
	return e.ID
}

// find returns what the list says of an issuer, or nil.
func (l *List) find(q vc.Inquiry) *vc.Listing {
	if e, ok := l.byID[sameURL(q.Issuer)]; ok && (q.Binding != vc.BindingDomain || root(q.Issuer)) {
		return e.listing(l.Name)
	}
	if domain := DomainOf(q.Issuer); domain != "" {
		if e, ok := l.byID[domain]; ok {
			return e.listing(l.Name)
		}
	}
	return nil
}

// looksLike returns the domain of an entry that domain could be taken for.
func (l *List) looksLike(domain string) string {
	for _, s := range suffixes(domain) {
		if other := l.looks[skeleton(s)]; other != "" && other != s {
			return other
		}
	}
	return ""
}
