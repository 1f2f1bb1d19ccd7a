package vc

import "fmt"

// claims compares a JWT's registered claims with the members that they stand
// for (specs A5.4, A5.5, D5.2). One that differs makes the document false. One
// that is missing takes nothing away from what is signed, and is a remark.
func (c *check) claims() (Reason, string) {
	j := c.d.jose()
	if j == nil {
		return "", ""
	}
	controller := ""
	if p := c.d.Presentation; p != nil {
		controller = p.Holder
	} else {
		controller = c.d.Credential.Issuer.ID
	}
	if reason, detail := sameText("iss in the header", j.Header.Get("iss"), controller); reason != "" {
		return reason, detail
	}
	switch {
	case c.d.Form == SDJWTVC: // whose claims are the credential
		return "", ""
	case c.d.Presentation != nil:
		return sameText("iss", j.Iss, controller)
	}
	cred := c.d.Credential
	for _, x := range []struct {
		name, want string
		claim      *Value
	}{{"iss", cred.Issuer.ID, j.Iss}, {"jti", cred.ID, j.Jti}, {"sub", cred.Subject.ID, j.Sub}} {
		if reason, detail := sameText(x.name, x.claim, x.want); reason != "" {
			return reason, detail
		}
		c.warnMissing(x.name, x.claim, x.want)
	}
	for _, x := range []struct {
		name  string
		want  Moment
		claim *Value
	}{{"nbf", cred.ValidFrom, j.Nbf}, {"exp", cred.ValidUntil, j.Exp}} {
		if reason, detail := c.sameTime(x.name, x.claim, x.want); reason != "" {
			return reason, detail
		}
		c.warnMissing(x.name, x.claim, x.want.Text)
	}
	return "", ""
}

func sameText(name string, claim *Value, want string) (Reason, string) {
	if claim == nil || claim.Is(String) && claim.Text() == want {
		return "", ""
	}
	return ReasonClaimsMismatch, fmt.Sprintf("%s is %.200s, the credential says %.200q", name, claim.Raw(), want)
}

// sameTime compares at whole seconds. exp may differ, since it sets the end of
// validity itself; in VC-JOSE-COSE both bound the signature, not the claims.
func (c *check) sameTime(name string, claim *Value, want Moment) (Reason, string) {
	if claim == nil || want.Time.IsZero() || name == "exp" || c.d.Form != JWT {
		return "", ""
	}
	if t, ok := numericDate(claim); ok && t.Unix() == want.Time.Unix() {
		return "", ""
	}
	return ReasonClaimsMismatch, fmt.Sprintf("%s is %.40s, the credential says %.40q", name, claim.Raw(), want.Text)
}

func (c *check) warnMissing(name string, claim *Value, want string) {
	if claim == nil && want != "" && c.d.Form == JWT {
		c.warn(ReasonClaimsMismatch, "the claim "+name+" is missing")
	}
}
