package ui

import (
	"slices"
	"time"
)

// SignUpPage is GET and POST /signup. Fields: name, next. POSTed without
// scripts it makes a backpack with a backpack key; the passkey button talks to
// /auth/passkey/signup/… (see the package comment).
type SignUpPage struct {
	Chrome
	LearnerName string // what was typed
	Next        string // where to go afterwards; "" for the backpack
}

// SignInPage is GET and POST /signin. Fields: key, next.
type SignInPage struct {
	Chrome
	Next string
}

// BackpackKeyPage shows a new backpack key, once: the answer to POST /signup
// and POST /settings/key.
type BackpackKeyPage struct {
	Chrome
	Key     string // as it is to be printed, in groups
	Address string // where to sign in, "https://backpack.example/signin"
	QR      string // what the QR code says: Address, "#" and Key fill the field by themselves; "" for no code
	Renewed bool   // it replaces an earlier one
	Next    string // where "Continue" leads; "" for the backpack
}

// SettingsPage is GET /settings.
type SettingsPage struct {
	Chrome
	LearnerName string
	Passkeys    []PasskeyView
	HasKey      bool // there is a backpack key
	Emails      []EmailView
	Sessions    []SessionView
	Badges      int
	Room        Room
	MailTo      string // the id of the address that news is mailed to; "" for none. Field: to
}

// CanMail reports whether there is an address that news could be mailed to.
func (p *SettingsPage) CanMail() bool {
	return slices.ContainsFunc(p.Emails, func(e EmailView) bool { return e.Proved })
}

// MailStopPage is GET and POST /mail/stop/:token: the end of mails with news,
// for who has the link in one of them.
type MailStopPage struct {
	Chrome
	Path    string // to send the form to
	Stopped bool
}

// A PasskeyView is a registered passkey.
type PasskeyView struct {
	ID, Label     string
	Added, Used   time.Time // Used zero: never
	Indispensable bool      // the last way to sign in: it cannot be removed
}

// An EmailView is an e-mail address of the learner's.
type EmailView struct {
	ID, Address string
	Proved      bool
	Added       time.Time
}

// A SessionView is a signed-in browser.
type SessionView struct {
	ID, Label   string
	Since, Seen time.Time
	Current     bool // the one that looks at the page
}

// EmailConfirmPage is GET and POST /settings/emails/:id. Field: code.
type EmailConfirmPage struct {
	Chrome
	ID, Address string
}

// DeletePage is GET and POST /settings/delete: the second step of deleting the
// account. Field: name, which must be the learner's own.
type DeletePage struct {
	Chrome
	LearnerName    string
	Badges, Shares int
}

// ExportPage is GET and POST /settings/export: what the download will hold. The
// file is at /settings/export.zip; POSTed, it comes locked. Field: passphrase.
type ExportPage struct {
	Chrome
	Badges    int
	Suggested string // a passphrase that nobody can guess
	Parts     []int  // numbers of the parts that a large backpack comes in; field: part. None: it comes in one
}

// ArchivePage is the readable page inside an export: it stands alone, beside
// its pictures, with no server. Its Chrome needs only Lang and Name.
type ArchivePage struct {
	Chrome
	At     time.Time
	Badges []ArchivedBadge
}

// An ArchivedBadge is a badge in an export. BadgeCard.Image is a path relative
// to the page.
type ArchivedBadge struct {
	BadgeCard
	Description string
	Folder      string   // relative to the page
	Files       []string // names in Folder
	Checked     time.Time
	Added       time.Time
	Note        string // the learner's own
}

func (*SignUpPage) template() string       { return "signup" }
func (*SignInPage) template() string       { return "signin" }
func (*BackpackKeyPage) template() string  { return "backpack_key" }
func (*SettingsPage) template() string     { return "settings" }
func (*EmailConfirmPage) template() string { return "email_confirm" }
func (*MailStopPage) template() string     { return "mail_stop" }
func (*DeletePage) template() string       { return "delete" }
func (*ExportPage) template() string       { return "export" }
func (*ArchivePage) template() string      { return "archive" }
