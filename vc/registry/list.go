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

// A List is an immutable list of issuers.
type List struct {
	Name    string // the list's own name, or the given one
	byID    map[string]Entry
	looks   map[string]string // domain of an entry by its skeleton
	Entries int
}

// ParseList parses a list of issuers, of at most MaxListBytes, in one of three
// forms:
//
//   - {"meta": …, "registry": {"did:…": {"name", "location", "url"}}}, as
//     consortia publish known DIDs;
//   - {"name": …, "issuers": [{"issuer", "name", "url"}]}, an operator's own;
//   - lines of comma-separated issuer, name, website; a line that begins with # is
//     a comment, and the first line may name the columns.
//
// A non-empty name replaces the list's own. Errors state the line, or the number of
// the entry.
func ParseList(name string, b []byte) (*List, error) {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if len(b) > MaxListBytes {
		return nil, fmt.Errorf("%w: a list may have at most %d MiB", vc.ErrTooLarge, MaxListBytes>>20)
	}
	l := &List{Name: line(name), byID: map[string]Entry{}, looks: map[string]string{}}
	if t := bytes.TrimSpace(b); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		return l, l.parseJSON(b)
	}
	return l, l.parseCSV(b)
}

// NewList returns a list of entries.
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
			return fmt.Errorf("%w: issuer %d is not an object", vc.ErrMalformed, i+1)
		}
		if err := l.add(Entry{e.Get("issuer").Str(), e.Get("name").Str(), e.Get("url").Str()}); err != nil {
			return fmt.Errorf("%w: issuer %d: %w", vc.ErrMalformed, i+1, err)
		}
	}
	return nil
}

// parseDIDs parses the members of a registry of known DIDs. It skips an invalid
// one: others maintain these lists, and one bad entry must not hide the good ones.
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
		return fmt.Errorf("%w: the list has no issuer", vc.ErrMalformed)
	}
	return nil
}

// add adds an entry; the first one for an issuer counts.
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

// domain returns the domain of an entry, or "".
func (e Entry) domain() string {
	if strings.HasPrefix(e.ID, "did:") || strings.Contains(e.ID, "://") {
		return DomainOf(e.ID)
	}
	return e.ID
}

// find returns the listing of an issuer, or nil.
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

// looksLike returns the domain of an entry for which domain could be mistaken, or "".
func (l *List) looksLike(domain string) string {
	for _, s := range suffixes(domain) {
		if other := l.looks[skeleton(s)]; other != "" && other != s {
			return other
		}
	}
	return ""
}
