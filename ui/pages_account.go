package ui

import (
	"slices"
	"time"
)

// SignUpPage is GET and POST /signup. Fields: name, next. The form creates a
// backpack with a backpack key; the passkey button uses /auth/passkey/signup/…
// (see the package comment).
type SignUpPage struct {
	Chrome
	LearnerName string // the submitted name
	Next        string // the path to go to afterwards; "" for the backpack
}

// SignInPage is GET and POST /signin. Fields: key, next.
type SignInPage struct {
	Chrome
	Next string
}

// BackpackKeyPage shows a new backpack key once, in response to POST /signup and
// POST /settings/key.
type BackpackKeyPage struct {
	Chrome
	Key     string // in groups, as printed
	Address string // the address of the sign-in page, "https://backpack.example/signin"
	QR      string // the text of the QR code: Address, "#" and Key fill in the field; "" for no code
	Renewed bool   // it replaces an earlier key
	Next    string // the path that "Continue" leads to; "" for the backpack
}

// SettingsPage is GET /settings.
type SettingsPage struct {
	Chrome
	LearnerName string
	Passkeys    []PasskeyView
	HasKey      bool // the account has a backpack key
	Emails      []EmailView
	Sessions    []SessionView
	Badges      int
	Room        Room
	MailTo      string // the id of the address for mail about news; "" for none. Field: to
}

// CanMail reports whether the learner has a proved address for mail.
func (p *SettingsPage) CanMail() bool {
	return slices.ContainsFunc(p.Emails, func(e EmailView) bool { return e.Proved })
}

// MailStopPage is GET and POST /mail/stop/:token: it ends mail about news, for a
// reader who follows the link in such a mail.
type MailStopPage struct {
	Chrome
	Path    string // the path that the form is sent to
	Stopped bool
}

// A PasskeyView is a registered passkey.
type PasskeyView struct {
	ID, Label     string
	Added, Used   time.Time // Used is zero for never
	Indispensable bool      // the only way to sign in; it cannot be removed
}

// An EmailView is an e-mail address of the learner.
type EmailView struct {
	ID, Address string
	Proved      bool
	Added       time.Time
}

// A SessionView is a signed-in browser.
type SessionView struct {
	ID, Label   string
	Since, Seen time.Time
	Current     bool // the browser that shows the page
}

// EmailConfirmPage is GET and POST /settings/emails/:id. Field: code.
type EmailConfirmPage struct {
	Chrome
	ID, Address string
}

// DeletePage is GET and POST /settings/delete: the confirmation of deleting the
// account. Field: name, which must match the learner's name.
type DeletePage struct {
	Chrome
	LearnerName    string
	Badges, Shares int
}

// ExportPage is GET /settings/export: the content of the export. The file is at
// /settings/export.zip; POST /settings/export returns it locked with the field
// passphrase.
type ExportPage struct {
	Chrome
	Badges    int
	Suggested string // a strong passphrase
	Parts     []int  // the numbers of a large backpack's parts (field part); empty if it is one file
}

// ArchivePage is the readable page in an export. It works without a server, next
// to its pictures. Of its Chrome it uses Lang and Name only.
type ArchivePage struct {
	Chrome
	At     time.Time
	Badges []ArchivedBadge
}

// An ArchivedBadge is a badge in an export. BadgeCard.Image is relative to the
// page.
type ArchivedBadge struct {
	BadgeCard
	Description string
	Folder      string   // relative to the page
	Files       []string // names in Folder
	Checked     time.Time
	Added       time.Time
	Note        string // the learner's note
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
