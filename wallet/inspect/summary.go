package inspect

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/prose"
)

// sampleHost is the reserved host of the sample issuers. Their keys are public,
// so badges that name one as issuer prove nothing and are marked as samples.
const sampleHost = "samples.backpack.invalid"

// Sample reports whether an issuer's id is one of a sample issuer.
func Sample(issuer string) bool { return SampleHost(domain(issuer)) }

// SampleHost reports whether a host is one of the sample issuers'.
func SampleHost(host string) bool {
	return host == sampleHost || strings.HasSuffix(host, "."+sampleHost)
}

// Summarise returns the summary of a document. words are those of its report.
func Summarise(doc *vc.Document, words map[string]string) Summary {
	return summarise(doc, "", nil, words)
}

// summarise is Summarise with the picture to show, nil for none, and the name
// of the file, which is the title if the document has none.
func summarise(doc *vc.Document, name string, pic *Picture, words map[string]string) Summary {
	s := Summary{Form: doc.Form, Version: version(doc), Title: short(name, maxShort)}
	if pic != nil {
		s.Image, s.ImageType, s.Picture = pic.ID, pic.MediaType, pic.From
	}
	c := doc.Credential
	if c == nil {
		return s
	}
	s.Title, s.Description = Title(c, words), short(prose.Text(c.Description.String()), maxLong)
	s.Issuer, s.IssuerID = short(prose.Line(c.Issuer.Name.String()), maxShort), short(c.Issuer.ID, maxLong)
	s.Domain = domain(c.Issuer.ID)
	if s.Domain == "" && doc.Form.Legacy() {
		s.Domain = domain(c.ID)
	}
	s.AwardedAt, s.ValidUntil = c.Awarded().Time, lastDay(c.ValidUntil)
	if a := c.Subject.Achievement; a != nil {
		if s.Description == "" {
			s.Description = short(prose.Text(a.Description.String()), maxLong)
		}
		s.Skills = skills(a)
	}
	s.Sample = SampleHost(s.Domain)
	return s
}

// lastDay returns when validity ends. A date without a time ends with the day.
func lastDay(m vc.Moment) time.Time {
	if m.Day {
		return m.Time.Add(24*time.Hour - time.Second)
	}
	return m.Time
}

// Limits of a summary's texts, in characters, since lists read all summaries.
// The badge's own page shows the whole texts.
const (
	maxShort = 250
	maxLong  = 2_000
)

// short cuts s to limit characters and an ellipsis.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// Title returns the name of the achievement, else the credential's own, else its
// most specific type, else "". A type is called as its address calls it, if words
// has it: the holder may have chosen the name in the document. It is cut to the
// length that a summary allows.
func Title(c *vc.Credential, words map[string]string) string {
	return short(title(c, words), maxShort)
}

func title(c *vc.Credential, words map[string]string) string {
	if a := c.Subject.Achievement; a != nil && a.Name.String() != "" {
		return prose.Line(a.Name.String())
	}
	if n := c.Name.String(); n != "" {
		return prose.Line(n)
	}
	for _, t := range c.Types {
		if !slices.Contains(kinds, t) {
			return prose.Line(cmp.Or(words[t], t))
		}
	}
	return ""
}

// kinds are types that say no more than that something is a badge.
var kinds = []string{"VerifiableCredential", "OpenBadgeCredential", "AchievementCredential", "Assertion"}

func skills(a *vc.Achievement) []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string) {
		if s = short(prose.Line(s), maxShort); s != "" && !seen[strings.ToLower(s)] && len(out) < 50 {
			seen[strings.ToLower(s)] = true
			out = append(out, s)
		}
	}
	for _, al := range a.Alignments {
		add(al.TargetName.String())
	}
	for _, t := range a.Tags {
		add(t)
	}
	return out
}

func version(doc *vc.Document) string {
	switch {
	case doc.Form.Legacy():
		return "Open Badges " + doc.Version
	case doc.Credential != nil && doc.Credential.Badge():
		return "Open Badges 3.0"
	case doc.Presentation != nil:
		return "Verifiable presentation"
	case doc.Credential != nil && slices.Contains(doc.Credential.Types, "ClrCredential"):
		return "Comprehensive Learner Record 2.0"
	case doc.Credential != nil && slices.Contains(doc.Credential.Types, "EndorsementCredential"):
		return "Endorsement"
	case doc.Form == vc.SDJWTVC:
		return "Verifiable credential (SD-JWT)"
	}
	return "Verifiable credential"
}

// domain returns the host of an https or did:web identifier, or "".
func domain(id string) string {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		host, err := url.PathUnescape(host)
		if err != nil {
			return ""
		}
		host, _, _ = strings.Cut(host, ":")
		return plainHost(host)
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return plainHost(u.Hostname())
}

// plainHost returns a host in lower case, without a full stop at its end.
func plainHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// wordsOf returns the words of a report; nil for no report.
func wordsOf(r *vc.Report) map[string]string {
	if r == nil {
		return nil
	}
	return r.Words
}
