// Package inspect checks what a person submits: it opens files, follows links,
// verifies documents, finds their pictures and sums up what they say. It stores
// nothing, and knows no account and no store.
//
//	checker.go    Checker and its limits; everything below is called on it
//	types.go      Checked, the result of a check; Summary; problems
//	open.go       files and text → Finds
//	follow.go     a Find with a link → the Finds behind it
//	examine.go    one Find → Checked
//	checked.go    Checked with digests, contained badges and receipts, for checks without an account
//	evidence.go   the same with the answers kept from an earlier check; ownword.go marks what only the file vouches for
//	check.go      Check: a request that a person waits for; stream.go: CheckEach, any number of inputs
//	verify.go     one document for a program, and one page of criteria; contexts.go fetches JSON-LD contexts
//	picture.go    safe pictures; picture_own.go a badge's own one; raster.go, svg.go, svg_clean.go the formats
//	summary.go    the summary for lists; facts.go, together.go, hosted.go, identity.go what a document is and whose
//	turns.go      Turns: processors shared among visitors
//
// # Decisions
//
// Data flows one way: bytes are opened, followed, verified and summed up. Each
// step returns a value, and one type, Checked, carries every result, whether it
// is shown, kept or printed. Package wallet adds what an archive says about a
// badge beside a Find, since only a backpack's owner brings archives.
//
// Other servers cost a bounded amount: of addresses that one link leads to, of
// time for one badge (Patience), and of time for one request (Limits.Time). A
// server that does not answer in time makes a check "could not be determined".
// It never hides that a badge was revoked.
//
// The picture to show is the badge's own: one inside the badge, one with the
// digest that the badge states, or one that the signed address served. No
// request is sent for the picture of a badge that does not hold. Another
// picture, such as the file that the badge came in, is shown only if there is
// no own one, and is marked as brought.
//
// A check with kept answers is about the past. It never gives a good verdict
// for today: a badge that held then is undetermined now, with the time in
// LastGood.
//
// A Checker is copied for a request that needs another limit or registry, so
// nothing about a request hides in a context but its visitor's turn.
package inspect
