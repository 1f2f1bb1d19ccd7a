package wallet

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
// so whatever names one as issuer proves nothing and is marked as a sample.
const sampleHost = "samples.backpack.invalid"

// Sample reports whether an issuer is one of the sample issuers, by its id.
func Sample(issuer string) bool { return ofSample(domain(issuer)) }

func ofSample(host string) bool {
	return host == sampleHost || strings.HasSuffix(host, "."+sampleHost)
}

// Summarise reads what lists show of a document that was checked; words are
// those of the report.
func Summarise(doc *vc.Document, words map[string]string) Summary {
	return summarise(doc, find{}, nil, words)
}

// summarise reads what lists show from the document to show.
func summarise(doc *vc.Document, f find, pic *picture, words map[string]string) Summary {
	s := Summary{Form: doc.Form, Version: version(doc), Title: short(f.item.Name, maxShort)}
	if pic != nil {
		s.Image, s.ImageType, s.Picture = pic.id, pic.mediaType, pic.from
	}
	c := doc.Credential
	if c == nil {
		return s
	}
	s.Title, s.Description = short(title(c, words), maxShort), short(prose.Text(c.Description.String()), maxLong)
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
	s.Sample = ofSample(s.Domain)
	return s
}

// lastDay is when validity ends. Of a day without a time that is its end, so that
// nobody is told of an end before it has come.
func lastDay(m vc.Moment) time.Time {
	if m.Day {
		return m.Time.Add(24*time.Hour - time.Second)
	}
	return m.Time
}

// Lists read all summaries, so what a summary takes from a badge is bounded, in
// characters; the badge's own page shows all of it.
const (
	maxShort = 250
	maxLong  = 2_000
)

// short returns s without what passes the limit, which an ellipsis stands for.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// title returns the name of what was achieved, else the credential's own,
// else its most telling type; "" where that says no more than that it is a badge.
// A type is called as its address calls it, where words has it: the name in the
// document may be the holder's choice.
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

// kinds are types that say what kind of thing something is, and nothing of it.
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

// domain returns the host that an https or did:web identifier names.
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

// plainHost spells a host in one way: one with a full stop at its end is the same.
func plainHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// wordsOf are the words of a report, if there is one.
func wordsOf(r *vc.Report) map[string]string {
	if r == nil {
		return nil
	}
	return r.Words
}
