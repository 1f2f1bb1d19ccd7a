package vc

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

const (
	kosher = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399" // a@example.com, Kosher (specs A8.3)
	fleur  = "sha256$658625b25ab3d75d613ca97d9a5a77f70e2192feca5557f4ad09a4d4f121f5fc" // jjefferson18@example.com, FleurDeSel
)

func TestMatchRecipient(t *testing.T) {
	mail := func(hash, salt string) Subject {
		return Subject{Identifiers: []Identity{{Hashed: true, Hash: hash, Type: "emailAddress", Salt: salt}}}
	}
	plain := func(kind, text string) Subject {
		return Subject{Identifiers: []Identity{{Hash: text, Type: kind}}}
	}
	a, jo, google := []string{"a@example.com"}, []string{"jo.bloggs@learner.example"}, []string{"jobloggs@gmail.com"}
	for name, x := range map[string]struct {
		subject Subject
		known   []string
		match   string
		weak    bool
	}{
		"the id":                      {Subject{ID: "did:key:z6Mk"}, []string{"did:key:z6Mk"}, "did:key:z6Mk", false},
		"another id":                  {Subject{ID: "did:key:z6Mk"}, []string{"did:key:z6Ml"}, "", false},
		"id in another case":          {Subject{ID: "did:key:z6Mk"}, []string{"did:key:z6mk"}, "", false},
		"no id, nothing known":        {Subject{}, []string{""}, "", false},
		"mailto":                      {Subject{ID: "mailto:A@Example.com"}, a, "a@example.com", false},
		"vector":                      {mail(kosher, "Kosher"), a, "a@example.com", false},
		"second vector":               {mail(fleur, "FleurDeSel"), []string{"x@example.com", "jjefferson18@example.com"}, "jjefferson18@example.com", false},
		"hash in capitals":            {mail("SHA256$"+strings.ToUpper(kosher[7:]), "Kosher"), a, "a@example.com", false},
		"address in capitals":         {mail(kosher, "Kosher"), []string{"A@Example.COM"}, "A@Example.COM", false},
		"address with space":          {mail(kosher, "Kosher"), []string{" a@example.com "}, " a@example.com ", false},
		"hash of capitals":            {mail("sha256$"+sum("A@Example.comKosher"), "Kosher"), []string{"A@Example.com"}, "A@Example.com", false},
		"another salt":                {mail(kosher, "kosher"), a, "", false},
		"salt first":                  {mail("sha256$"+sum("Koshera@example.com"), "Kosher"), a, "", false},
		"no salt":                     {mail("sha256$"+sum("a@example.com"), ""), a, "a@example.com", true},
		"bare hash":                   {mail(kosher[7:], "Kosher"), a, "", false},
		"unknown algorithm":           {mail("sha512$"+kosher[7:], "Kosher"), a, "", false},
		"half a hash":                 {mail(kosher[:40], "Kosher"), a, "", false},
		"empty hash":                  {mail("sha256$", "Kosher"), a, "", false},
		"plain":                       {plain("emailAddress", "a@example.com"), a, "a@example.com", false},
		"plain, in capitals":          {plain("emailAddress", "A@EXAMPLE.com"), a, "a@example.com", false},
		"plain, though called hashed": {mail("a@example.com", ""), a, "a@example.com", false},
		"hashed, though called plain": {Subject{Identifiers: []Identity{{Hash: kosher, Type: "email", Salt: "Kosher"}}}, a, "a@example.com", false},
		"plain with a dollar":         {plain("accountId", "pay$me"), []string{"pay$me"}, "pay$me", false},
		"account in another case":     {plain("accountId", "Anna"), []string{"anna"}, "", false},
		"address as another type":     {plain("ext:telephone", "a@example.com"), a, "", false},
		"unknown type":                {plain("ext:whatever", "a@example.com"), a, "a@example.com", false},
		"no type":                     {plain("", "a@example.com"), a, "a@example.com", false},
		"Kelvin sign":                 {plain("emailAddress", "\u212Aate@example.com"), []string{"kate@example.com"}, "", false},
		"second identity": {Subject{ID: "did:x:1", Identifiers: []Identity{{Hash: "b@example.com"}, {Hash: kosher, Salt: "Kosher"}}}, a,
			"a@example.com", false},
		"hash of a first capital":      {mail("sha256$"+sum("Jo.bloggs@learner.examples1"), "s1"), jo, jo[0], false},
		"hash of names in capitals":    {mail("sha256$"+sum("Jo.Bloggs@learner.examples1"), "s1"), jo, jo[0], false},
		"hash of a name and a domain":  {mail("sha256$"+sum("Jo.Bloggs@Learner.examples1"), "s1"), jo, jo[0], false},
		"hash of all in capitals":      {mail("sha256$"+sum("JO.BLOGGS@LEARNER.EXAMPLEs1"), "s1"), jo, jo[0], false},
		"hash of a domain in capitals": {mail("sha256$"+sum("jo.bloggs@LEARNER.EXAMPLEs1"), "s1"), jo, jo[0], false},
		"hash with other dots":         {mail("sha256$"+sum("jobloggs@learner.examples1"), "s1"), jo, "", false},
		"hash with a tag":              {mail("sha256$"+sum("jo.bloggs+a@learner.examples1"), "s1"), jo, "", false},
		"another tag":                  {plain("emailAddress", "jo.bloggs+a@learner.example"), jo, "", false},
		"dots and a tag at Gmail":      {plain("emailAddress", "Jo.Bloggs+a@gmail.com"), google, google[0], false},
		"hash without dots": {mail("sha256$"+sum("jobloggs@gmail.coms"), "s"), []string{"jo.bloggs+x@googlemail.com"},
			"jo.bloggs+x@googlemail.com", false},
		"hash without a tag":    {mail("sha256$"+sum("jo.bloggs@gmail.coms"), "s"), []string{"jo.bloggs+x@gmail.com"}, "jo.bloggs+x@gmail.com", false},
		"another user at Gmail": {plain("emailAddress", "jobloggss@gmail.com"), google, "", false},
		"Gmail look-alike":      {plain("emailAddress", "jo.bloggs@gmail.com.example"), google, "", false},
		"substring":             {plain("emailAddress", "aa@example.com"), a, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			match, weak := MatchRecipient(&x.subject, x.known)
			if match != x.match || weak != x.weak {
				t.Errorf("got %q, %v, want %q, %v", match, weak, x.match, x.weak)
			}
		})
	}
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// TestMatchWeak checks that md5 and sha1 match and are reported as weak.
func TestMatchWeak(t *testing.T) {
	for _, id := range []Identity{
		{Hash: "md5$ddd142639a792e74751ee7e129237efa", Salt: "Kosher"},
		{Hash: "sha1$29F9D4EFFA55F23F08EF4190437CECCDB52D4601", Salt: "s", Type: "email"},
	} {
		match, weak := MatchRecipient(&Subject{Identifiers: []Identity{id}}, []string{"a@example.com"})
		if match == "" || !weak || !id.Weak() {
			t.Errorf("%s: %q, %v", id.Hash, match, weak)
		}
	}
	if id := (Identity{Hash: kosher, Salt: "Kosher"}); id.Weak() {
		t.Error("a salted sha256 is reported as weak")
	}
}

// FuzzMatchRecipient checks that a hash matches its own identifier, and no
// identifier that differs in more than case and surrounding space.
func FuzzMatchRecipient(f *testing.F) {
	f.Add("a@example.com", "Kosher", "b@example.com")
	f.Add("", "", "x")
	f.Add("A@B", "", "a@b")
	f.Add("a$b", "$", "a$")
	f.Fuzz(func(t *testing.T, id, salt, other string) {
		s := Subject{Identifiers: []Identity{{Hashed: true, Hash: "sha256$" + sum(id+salt), Salt: salt}}}
		if match, weak := MatchRecipient(&s, []string{id}); match != id || id != "" && weak != (salt == "") {
			t.Fatalf("%q does not match its own hash: %q, %v", id, match, weak)
		}
		match, _ := MatchRecipient(&s, []string{other})
		if match != "" && !sameMailbox(other, id) && s.Identifiers[0].Hash != other {
			t.Fatalf("%q matches the hash of %q", other, id)
		}
	})
}
