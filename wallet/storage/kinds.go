package storage

// A Role says what the records of a kind count for.
type Role struct {
	Kind     Kind
	Personal bool // they belong to accounts and are deleted with them; else Account is ""
	Quota    bool // their bytes count towards the account's quota; the others are small and limited elsewhere
	Expires  bool // they are removed once they are due
	Archived bool // their content is part of the learner's archive
	Examined bool // the doctor compares them with the account's other records
}

// Kinds lists every kind with its role. A copy or a backup takes all of them.
var Kinds = []Role{
	{Kind: KindAccount, Personal: true, Archived: true, Examined: true},
	{Kind: KindSession, Personal: true, Expires: true},
	{Kind: KindLogin, Personal: true, Archived: true}, // of these the e-mail addresses
	{Kind: KindChallenge, Personal: true, Expires: true},
	{Kind: KindKey, Personal: true, Examined: true}, // the service has some, too
	{Kind: KindEntry, Personal: true, Quota: true, Archived: true, Examined: true},
	{Kind: KindBody, Personal: true, Quota: true, Archived: true, Examined: true},
	{Kind: KindImage, Personal: true, Quota: true, Archived: true, Examined: true},
	{Kind: KindImport, Personal: true, Quota: true, Expires: true, Examined: true},
	{Kind: KindItem, Personal: true, Quota: true, Examined: true},
	{Kind: KindShare, Personal: true, Expires: true, Archived: true},
	{Kind: KindKept, Personal: true, Quota: true, Archived: true, Examined: true},
	{Kind: KindEvent, Personal: true, Archived: true},
	{Kind: KindJob, Personal: true, Examined: true}, // the installation has some, too
	{Kind: KindBudget, Expires: true},
	{Kind: KindShelf, Expires: true},
	{Kind: KindStatus},
	{Kind: KindMeta},
}

// KindsThat returns the kinds with a role for which want is true, in the order
// of Kinds.
func KindsThat(want func(Role) bool) (list []Kind) {
	for _, r := range Kinds {
		if want(r) {
			list = append(list, r.Kind)
		}
	}
	return list
}

// Personal reports whether the records of r belong to accounts. It is a filter
// for KindsThat, as are the functions below.
func Personal(r Role) bool { return r.Personal }

// Quota reports whether the records of r count towards a quota.
func Quota(r Role) bool { return r.Quota }

// Expires reports whether the records of r are removed once they are due.
func Expires(r Role) bool { return r.Expires }

// Archived reports whether an archive holds the content of r's records.
func Archived(r Role) bool { return r.Archived }

// Examined reports whether the doctor examines the records of r.
func Examined(r Role) bool { return r.Examined }
