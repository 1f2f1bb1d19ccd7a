package event

import "time"

// An Event reports something that happened.
type Event struct {
	ID    string
	At    time.Time
	Code  string // import, share_created, share_opened, share_revoked, signed_in, a notice, …
	Entry string
	Share string
	Text  string    // a title or name for the message
	Until time.Time // of a notice: the badge's expiry date; zero for never
	Seen  bool      // of a notice: the learner has read it
	Mail  string    `json:",omitempty"` // of a notice: the state of its mail; "" for none
}

// The codes of notices.
const (
	NoticeSoon       = "expiring_30" // the badge expires within 30 days
	NoticeVerySoon   = "expiring_7"  // the badge expires within 7 days
	NoticeExpired    = "expired"
	NoticeRevoked    = "revoked"
	NoticeSuspended  = "suspended"
	NoticeReinstated = "reinstated"
	NoticeKey        = "key_changed"   // the badge fails with the key that the issuer publishes now
	NoticeSilent     = "issuer_silent" // the issuer has not answered for two weeks
	NoticeNewer      = "newer_version"
	NoticeChanged    = "verdict_changed" // for another reason
)

// Notices lists the codes of all notices.
func Notices() []string {
	return []string{NoticeSoon, NoticeVerySoon, NoticeExpired, NoticeRevoked, NoticeSuspended, NoticeReinstated,
		NoticeKey, NoticeSilent, NoticeNewer, NoticeChanged}
}
