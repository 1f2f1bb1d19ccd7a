package vc

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// A RelatedResource is something outside a credential that the credential
// seals with a digest (VC Data Model 2.0, 5.3; specs D1.5).
type RelatedResource struct {
	ID, MediaType   string
	DigestSRI       string // "sha256-…", several separated by spaces
	DigestMultibase string // a multihash
}

// maxResources bounds how many are looked at.
const maxResources = 100

func relatedResources(v *Value) []RelatedResource {
	var out []RelatedResource
	for _, x := range v.Each() {
		if len(out) == maxResources {
			break
		}
		out = append(out, RelatedResource{ID: x.Get("id").Str(), MediaType: x.Get("mediaType").Str(),
			DigestSRI: x.Get("digestSRI").Str(), DigestMultibase: x.Get("digestMultibase").Str()})
	}
	return out
}

// checkResources demands what the data model does: an id that stands once, and
// a digest.
func (d *Document) checkResources(list []RelatedResource) {
	seen := map[string]bool{}
	for _, r := range list {
		switch {
		case r.ID == "":
			d.problem(ReasonMissingMember, "a relatedResource has no id")
		case seen[r.ID]:
			d.problem(ReasonMalformed, "two of relatedResource have the id %.200q", r.ID)
		case r.DigestSRI == "" && r.DigestMultibase == "":
			d.problem(ReasonMissingMember, "a relatedResource has no digest")
		}
		seen[r.ID] = true
	}
}

// Compare returns whether body has all the digests that are given: Passed,
// Failed, or Unknown when there is none of a kind that we know.
func (r *RelatedResource) Compare(body []byte) Outcome {
	out := Unknown
	for _, o := range []Outcome{compareSRI(r.DigestSRI, body), compareMultibase(r.DigestMultibase, body)} {
		if o == Failed || o == Passed && out == Unknown {
			out = o
		}
	}
	return out
}

// compareSRI compares with the strongest of the digests (Subresource
// Integrity, 3.3): any one of that strength will do.
func compareSRI(digests string, body []byte) Outcome {
	for _, alg := range []string{"sha512-", "sha384-", "sha256-"} {
		found := false
		for _, d := range strings.Fields(digests) {
			text, ok := strings.CutPrefix(d, alg)
			if !ok {
				continue
			}
			text, _, _ = strings.Cut(text, "?")
			want, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
			if found = true; err == nil && sameDigest(hashOf(alg, body), want) {
				return Passed
			}
		}
		if found {
			return Failed
		}
	}
	return Unknown
}

// multihashes are the beginnings of a multihash, and what they announce.
var multihashes = map[string]string{"\x12\x20": "sha256-", "\x20\x30": "sha384-", "\x13\x40": "sha512-"}

func compareMultibase(s string, body []byte) Outcome {
	b := decodeMultibase(s)
	if len(b) < 2 {
		return Unknown
	}
	alg := multihashes[string(b[:2])]
	switch {
	case alg == "":
		return Unknown
	case sameDigest(hashOf(alg, body), b[2:]):
		return Passed
	}
	return Failed
}

// decodeMultibase reads the bases that the data model names, and hexadecimal;
// nil for anything else.
func decodeMultibase(s string) (b []byte) {
	if len(s) < 2 || len(s) > 200 {
		return nil
	}
	var err error
	switch s[0] {
	case 'u':
		b, err = base64.RawURLEncoding.DecodeString(s[1:])
	case 'z':
		b, err = DecodeBase58(s[1:])
	case 'f':
		b, err = hex.DecodeString(s[1:])
	}
	if err != nil {
		return nil
	}
	return b
}

func sameDigest(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func hashOf(alg string, body []byte) []byte {
	switch alg {
	case "sha512-":
		sum := sha512.Sum512(body)
		return sum[:]
	case "sha384-":
		sum := sha512.Sum384(body)
		return sum[:]
	}
	sum := sha256.Sum256(body)
	return sum[:]
}

// CompareResource compares what was had from an address with the digest that c
// gives for it, if it gives one, notes the outcome as check resources, and
// reports whether body may be used in the name of c.
func (r *Report) CompareResource(c *Credential, address string, body []byte) bool {
	i := slices.IndexFunc(c.Resources, func(x RelatedResource) bool { return x.ID == address && address != "" })
	if i < 0 {
		return true
	}
	o := c.Resources[i].Compare(body)
	reason := Reason("")
	switch o {
	case Failed:
		reason = ReasonResourceDiffers
	case Unknown:
		reason = ReasonUnsupported
	}
	r.NoteResource(Check{ID: CheckResources, Outcome: o, Reason: reason, Detail: address})
	return o != Failed
}

// NoteResource notes what a comparison found, unless a graver finding of check
// resources stands already.
func (r *Report) NoteResource(found Check) {
	i := slices.IndexFunc(r.Checks, func(x Check) bool { return x.ID == CheckResources })
	switch {
	case i < 0:
		r.Checks = append(r.Checks, found)
	case gravity(found.Outcome) > gravity(r.Checks[i].Outcome):
		r.Checks[i] = found
	}
}

func gravity(o Outcome) int { return slices.Index([]Outcome{Skipped, Passed, Unknown, Failed}, o) }

// resources compares the contexts that were kept with their digests; schemas
// are compared where they are read. What nobody had is not fetched for it:
// nothing is said of it.
func (c *check) resources() {
	c.add(CheckResources, Skipped, ReasonNotStated, "")
	for _, x := range c.d.Credential.Resources {
		if body, ok := c.d.Contexts[x.ID]; ok {
			c.r.CompareResource(c.d.Credential, x.ID, body)
		}
	}
}
