package receipt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"backpack/vc"
)

// Is reports whether a credential has the type of a receipt: then it is never a
// badge.
func Is(d *vc.Document) bool {
	return d != nil && d.Credential != nil && slices.Contains(d.Credential.Types, Type)
}

// members are the permitted members of a receipt.
var members = [...]string{"@context", "id", "type", "name", "description", "issuer", "validFrom", "credentialSubject", "proof"}

// Parse returns what a receipt states. It does not verify it. The error wraps
// vc.ErrMalformed if d is not a receipt in the form of Unsigned.
func Parse(d *vc.Document) (*Receipt, error) {
	if !Is(d) || d.Form != vc.Embedded || !d.Claims.Is(vc.Object) {
		return nil, malformed("it is not a receipt with an embedded proof")
	}
	for i := range d.Claims.Items() {
		if name := d.Claims.Items()[i].Name(); !slices.Contains(members[:], name) {
			return nil, malformed("unknown member %.40q", name)
		}
	}
	if len(d.Credential.Types) != 2 || !ownContext(d.Claims.Get("@context").Raw()) {
		return nil, malformed("its types or its context are not those of a receipt")
	}
	out := &Receipt{ID: d.Credential.ID, Issuer: d.Credential.Issuer.ID, At: d.Credential.ValidFrom.Time}
	subject := struct {
		Type string `json:"type"`
		*Record
	}{Record: &out.Record}
	dec := json.NewDecoder(strings.NewReader(d.Claims.Get("credentialSubject").Raw()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&subject); err != nil {
		return nil, malformed("invalid statement: %v", err)
	}
	if subject.Type != "VerificationRecord" || out.At.IsZero() {
		return nil, malformed("the checking service, the results or the time is missing")
	}
	return out, out.check()
}

// ownContext reports whether a context is the one of Unsigned.
func ownContext(text string) bool {
	var got, want any
	if json.Unmarshal([]byte(text), &got) != nil || json.Unmarshal([]byte(`["`+vc.ContextV2+`",`+terms+`]`), &want) != nil {
		return false
	}
	return reflect.DeepEqual(got, want)
}

// check validates the results.
func (r *Receipt) check() error {
	if n := len(r.Results); n == 0 || n > MaxResults {
		return malformed("it has %d results", n)
	}
	for i := range r.Results {
		x := &r.Results[i]
		switch {
		case !isDigest(x.SHA256) || x.FileSHA256 != "" && !isDigest(x.FileSHA256) || x.Within != "" && !isDigest(x.Within):
			return malformed("result %d has no valid digest", i+1)
		case !slices.Contains(vc.Verdicts(), x.Verdict):
			return malformed("result %d has no verdict", i+1)
		case len(x.Facts) > maxMembers || len(x.Checks) > maxMembers || len(x.Lists) > maxMembers:
			return malformed("result %d is too long", i+1)
		}
	}
	return nil
}

func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", vc.ErrMalformed, fmt.Sprintf(format, a...))
}

// span returns the times of the first and last check.
func (r *Receipt) span() (first, last time.Time) {
	for _, x := range r.Results {
		if first.IsZero() || x.At.Before(first) {
			first = x.At
		}
		if x.At.After(last) {
			last = x.At
		}
	}
	return first, last
}

// Checked returns the time of the last check.
func (r *Receipt) Checked() time.Time {
	_, last := r.span()
	return last
}

// Verdicts returns the verdicts on badges, without those on presentations.
func (r *Receipt) Verdicts() []string {
	var out []string
	for _, x := range r.Results {
		if x.Challenged == "" {
			out = append(out, string(x.Verdict))
		}
	}
	return out
}

// Speaks returns the indices of the results about bytes with one of the digests.
func (r *Receipt) Speaks(digests ...string) []int {
	var out []int
	for i, x := range r.Results {
		if slices.Contains(digests, x.SHA256) || x.FileSHA256 != "" && slices.Contains(digests, x.FileSHA256) {
			out = append(out, i)
		}
	}
	return out
}

// Pretty returns an indented receipt. Its proof remains valid.
func Pretty(signed []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, signed, "", "  ") != nil {
		return signed
	}
	return b.Bytes()
}
