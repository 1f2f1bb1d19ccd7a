package ui

import "time"

// IssuerPage is GET /issuers/:id: what a learner's own backpack knows of an
// issuer.
type IssuerPage struct {
	Chrome
	Issuer       IssuerView
	Sample       bool
	Since        time.Time // the first of its badges was added
	Control      CheckRow  // two of the five facts, as of the latest check
	Known        CheckRow
	CheckedAt    time.Time
	Keys         []KeyView // the latest last
	Endorsements []EndorsementView
	Badges       []BadgeCard
}

// A KeyView is a key that an issuer was seen to seal badges with.
type KeyView struct {
	Thumbprint  string
	First, Last time.Time
}

// Changed reports whether the issuer has been seen with another key before.
func (p *IssuerPage) Changed() bool { return len(p.Keys) > 1 }

func (*IssuerPage) template() string { return "issuer" }
