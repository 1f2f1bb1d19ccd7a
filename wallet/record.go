package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"backpack/vc"
)

// recordOf returns a credential about a genuine badge older than Open Badges 3.0.
// This backpack's service signs it in its own name. The original issuer is the
// achievement's creator; the original's address and digest are the evidence. The
// record never claims to come from the issuer (specs B5.1 to B5.4). For any other
// badge it returns nil.
func (w *Wallet) recordOf(ctx context.Context, e *Entry, b *Body) ([]byte, error) {
	if !e.Summary.Form.Legacy() || !e.Verdict.Genuine() {
		return nil, nil
	}
	badge := &Badge{Entry: e, Body: b}
	if err := badge.parse(ctx); err != nil {
		return nil, err
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	unsigned, err := json.Marshal(w.recordClaims(badge, id))
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	signer, err := w.cfg.Keys.Signer(ctx, "", w.service.ID)
	if err != nil {
		return nil, err
	}
	return w.cfg.Suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: w.service.Method, Purpose: vc.AssertionMethod, Created: w.now()}, signer)
}

// An object is a JSON object to write.
type object map[string]any

// put sets a member unless its value is empty.
func (o object) put(name, value string) {
	if value != "" {
		o[name] = value
	}
}

const recordedBy = "Checked and recorded by this backpack"

func (w *Wallet) recordClaims(b *Badge, id string) object {
	c, s := b.Document.Credential, b.Entry.Summary
	out := object{
		"@context": []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       "urn:backpack:record:" + id,
		"type":     []string{"VerifiableCredential", "OpenBadgeCredential"},
		"name":     s.Title + " (" + strings.ToLower(recordedBy) + ")",
		"description": fmt.Sprintf("%s on %s. The original is an %s badge issued by %s; it is the evidence, and this record does not speak for its issuer.",
			recordedBy, b.Entry.CheckedAt.Format(time.DateOnly), s.Version, orUnnamed(s.Issuer)),
		"issuer":            object{"id": w.service.DID, "type": []string{"Profile"}, "name": "Backpack at " + w.cfg.PublicURL.Host, "url": w.cfg.PublicURL.String()},
		"validFrom":         w.now().Format(time.RFC3339),
		"credentialSubject": recordSubject(c, b),
		"evidence":          []object{recordEvidence(b)},
	}
	if !c.ValidUntil.Time.IsZero() {
		out["validUntil"] = c.ValidUntil.Time.Format(time.RFC3339) // keep the issuer's offset: it decides the day
	}
	if t := c.Awarded().Time; !t.IsZero() {
		out["awardedDate"] = t.Format(time.RFC3339)
	}
	return out
}

func orUnnamed(issuer string) string {
	if issuer == "" {
		return "an issuer that gives no name"
	}
	return issuer
}

func recordSubject(c *vc.Credential, b *Badge) object {
	out := object{"type": []string{"AchievementSubject"}, "achievement": recordAchievement(c, b)}
	out.put("id", absolute(c.Subject.ID))
	var ids []object
	for _, x := range c.Subject.Identifiers {
		o := object{"type": "IdentityObject", "hashed": x.Hashed, "identityHash": x.Hash, "identityType": x.Type}
		o.put("salt", x.Salt)
		ids = append(ids, o)
	}
	if len(ids) > 0 {
		out["identifier"] = ids
	}
	return out
}

func recordAchievement(c *vc.Credential, b *Badge) object {
	out := object{"id": "urn:sha256:" + sha256Hex(b.Body.Raw), "type": []string{"Achievement"},
		"name": b.Entry.Summary.Title, "description": orSame(b.Entry.Summary.Description, b.Entry.Summary.Title)}
	criteria := object{}
	if a := c.Subject.Achievement; a != nil {
		if id := absolute(a.ID); id != "" {
			out["id"] = id
		}
		criteria.put("id", absolute(a.CriteriaID))
		criteria.put("narrative", a.CriteriaNarrative.String())
	}
	if len(criteria) == 0 {
		criteria["narrative"] = "The original badge states its criteria."
	}
	out["criteria"] = criteria
	creator := object{"id": absolute(c.Issuer.ID), "type": []string{"Profile"}}
	creator.put("name", c.Issuer.Name.String())
	creator.put("url", absolute(c.Issuer.URL))
	if creator["id"] != "" {
		out["creator"] = creator
	}
	return out
}

// orSame returns s, or other if s is empty.
func orSame(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// recordEvidence refers to the original (specs B5.3) by its address, if it is
// hosted, and by the digest of the bytes that the learner brought in.
func recordEvidence(b *Badge) object {
	out := object{
		"type": []string{"Evidence", "https://w3id.org/openbadges#Assertion"},
		"name": "The original " + b.Entry.Summary.Version + " badge",
		"description": fmt.Sprintf("SHA-256 of the original as received: %s. Checked %s.",
			sha256Hex(b.Body.Raw), b.Entry.CheckedAt.Format(time.RFC3339)),
	}
	out.put("id", absolute(b.Body.URL))
	return out
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// absolute returns id if it is an IRI that an RDF proof can cover, else "".
func absolute(id string) string {
	for _, p := range []string{"https://", "http://", "urn:", "did:", "mailto:"} {
		if strings.HasPrefix(id, p) && !strings.ContainsAny(id, " <>\"{}|\\^`\n\t") {
			return id
		}
	}
	return ""
}
