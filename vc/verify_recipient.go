package vc

// recipient compares the subject with Options.Recipients (Open Badges 3.0 §9.1
// step 5).
func (c *check) recipient() {
	if len(c.opt.Recipients) == 0 {
		c.add(CheckRecipient, Skipped, ReasonNobodyAsked, "")
		return
	}
	match, weak := MatchRecipient(&c.d.Credential.Subject, c.opt.Recipients)
	switch {
	case match == "":
		c.add(CheckRecipient, Failed, ReasonNoMatch, "")
	case weak:
		c.add(CheckRecipient, Passed, ReasonWeakHash, "")
	default:
		c.add(CheckRecipient, Passed, ReasonMatched, "")
	}
}
