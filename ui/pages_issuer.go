package ui

import "time"

// IssuerPage is GET /issuers/:id: an issuer of badges in the learner's backpack.
type IssuerPage struct {
	Chrome
	Issuer       IssuerView
	Sample       bool
	Since        time.Time // when its first badge was added
	Control      CheckRow  // two of the five facts, from the latest check
	Known        CheckRow
	CheckedAt    time.Time
	Keys         []KeyView // the latest last
	Endorsements []EndorsementView
	Badges       []BadgeCard
}

// A KeyView is a key that sealed a badge of the issuer.
type KeyView struct {
	Thumbprint  string
	First, Last time.Time
}

// Changed reports whether the issuer has used more than one key.
func (p *IssuerPage) Changed() bool { return len(p.Keys) > 1 }

func (*IssuerPage) template() string { return "issuer" }
