package vc

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// A RelatedResource is an external resource whose digest is part of the credential
// (VC Data Model 2.0, 5.3; specs D1.5).
type RelatedResource struct {
	ID, MediaType   string
	DigestSRI       string // "sha256-…"; several separated by spaces
	DigestMultibase string // multihashes, separated by spaces
}

// maxResources limits the related resources read.
const maxResources = 100

func relatedResources(v *Value) []RelatedResource {
	var out []RelatedResource
	for x := range v.Each() {
		if len(out) == maxResources {
			break
		}
		out = append(out, RelatedResource{ID: x.Get("id").Str(), MediaType: x.One("mediaType").Str(),
			DigestSRI: strings.Join(x.Get("digestSRI").Strs(), " "), DigestMultibase: strings.Join(x.Get("digestMultibase").Strs(), " ")})
	}
	return out
}

// checkResources notes related resources without a unique id or without a digest.
func (d *Document) checkResources(list []RelatedResource) {
	seen := map[string]bool{}
	for _, r := range list {
		switch {
		case r.ID == "":
			d.problem(ReasonMissingMember, "a relatedResource has no id")
		case seen[r.ID]:
			d.problem(ReasonMalformed, "two relatedResource entries have the id %.200q", r.ID)
		case r.DigestSRI == "" && r.DigestMultibase == "":
			d.problem(ReasonMissingMember, "a relatedResource has no digest")
		}
		seen[r.ID] = true
	}
}

// Compare reports whether body matches all stated digests: Passed, Failed, or
// Unknown if no digest is of a known kind.
func (r *RelatedResource) Compare(body []byte) Outcome {
	out := Unknown
	for _, o := range []Outcome{compareSRI(r.DigestSRI, body), compareMultibase(r.DigestMultibase, body)} {
		if o == Failed || o == Passed && out == Unknown {
			out = o
		}
	}
	return out
}

// compareSRI compares body with the digests of the strongest algorithm, one of
// which must match (Subresource Integrity, 3.3).
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

// multihashes maps multihash prefixes to algorithms.
var multihashes = map[string]string{"\x12\x20": "sha256-", "\x20\x30": "sha384-", "\x13\x40": "sha512-"}

// compareMultibase compares body with each multihash; one mismatch is enough to
// fail. A bare digest, which does not name its algorithm, counts only if it
// matches.
func compareMultibase(digests string, body []byte) Outcome {
	out := Unknown
	for _, d := range strings.Fields(digests) {
		b := decodeMultibase(d)
		if len(b) < 2 {
			continue
		}
		alg := multihashes[string(b[:2])]
		switch {
		case alg != "" && sameDigest(hashOf(alg, body), b[2:]), sameDigest(hashOf("sha256-", body), b):
			out = Passed
		case alg != "":
			return Failed
		}
	}
	return out
}

// decodeMultibase decodes the common bases; nil for anything else.
func decodeMultibase(s string) (b []byte) {
	if len(s) < 2 || len(s) > 200 {
		return nil
	}
	var err error
	base32NoPad := base32.StdEncoding.WithPadding(base32.NoPadding)
	switch text := s[1:]; s[0] {
	case 'u':
		b, err = base64.RawURLEncoding.DecodeString(text)
	case 'U':
		b, err = base64.URLEncoding.DecodeString(text)
	case 'm':
		b, err = base64.RawStdEncoding.DecodeString(text)
	case 'M':
		b, err = base64.StdEncoding.DecodeString(text)
	case 'z':
		b, err = DecodeBase58(text)
	case 'f', 'F':
		b, err = hex.DecodeString(text)
	case 'b', 'B':
		b, err = base32NoPad.DecodeString(strings.ToUpper(text))
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

// CompareResource compares the content of an address with the digest that c states
// for it, if any. It records the outcome as check resources and reports whether
// body may be used for c.
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

// NoteResource records the outcome of a comparison unless check resources already
// has a worse one.
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

// EmbeddedContexts provides the contexts that are part of the program.
type EmbeddedContexts interface {
	// Bodies returns the embedded bytes that an address serves or has served, and
	// SHA-256 digests of other versions. whole reports that the address serves
	// nothing else.
	Bodies(address string) (bodies, digests [][]byte, whole bool)
}

// resources compares stored and embedded contexts with their digests. Schemas are
// compared where they are read. Other resources are not fetched for this check; its
// reason says so.
func (c *check) resources() {
	list := c.d.Credential.Resources
	stated := func(x RelatedResource) bool { return x.DigestSRI != "" || x.DigestMultibase != "" }
	if !slices.ContainsFunc(list, stated) {
		c.add(CheckResources, Skipped, ReasonNotStated, "")
		return
	}
	c.add(CheckResources, Skipped, ReasonResourceNotLooked, "")
	for i := range list {
		if body, ok := c.d.Contexts[list[i].ID]; ok {
			c.r.CompareResource(c.d.Credential, list[i].ID, body)
		} else if c.v.cfg.Contexts != nil {
			c.embeddedResource(&list[i])
		}
	}
}

// embeddedResource compares a digest with those of an embedded context.
func (c *check) embeddedResource(x *RelatedResource) {
	bodies, digests, whole := c.v.cfg.Contexts.Bodies(x.ID)
	out := Unknown
	for _, b := range bodies {
		if o := x.Compare(b); o == Passed || o == Failed && out == Unknown {
			out = o
		}
	}
	for _, d := range digests {
		if o := x.compareSHA256(d); o == Passed || o == Failed && out == Unknown {
			out = o
		}
	}
	switch {
	case out == Passed:
		c.r.NoteResource(Check{ID: CheckResources, Outcome: Passed, Detail: x.ID})
	case out == Failed && whole:
		c.r.NoteResource(Check{ID: CheckResources, Outcome: Failed, Reason: ReasonResourceDiffers, Detail: x.ID})
	}
}

// compareSHA256 compares the stated SHA-256 digests with sum; Unknown if none is
// stated.
func (r *RelatedResource) compareSHA256(sum []byte) Outcome {
	out := Unknown
	note := func(stated []byte) {
		switch {
		case !sameDigest(stated, sum):
			out = Failed
		case out == Unknown:
			out = Passed
		}
	}
	for _, d := range strings.Fields(r.DigestSRI) {
		if text, ok := strings.CutPrefix(d, "sha256-"); ok {
			text, _, _ = strings.Cut(text, "?")
			b, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
			note(b)
		}
	}
	for _, d := range strings.Fields(r.DigestMultibase) {
		if b := decodeMultibase(d); len(b) > 2 && multihashes[string(b[:2])] == "sha256-" {
			note(b[2:])
		}
	}
	return out
}
