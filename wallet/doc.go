// Package wallet is the product without HTTP: what a learner and the operator can
// do. Each use case is a method of Wallet; a method that touches a learner's data
// takes an AccountID. Its parts:
//
//	wallet, start, types, errors, room                      Wallet, its configuration and types
//	account, session, ceremony, passkey, login_key, email*  accounts and sign-in
//	quota, newcomer, budget, operator, examine*             limits; the operator's work
//	entry, list, lists, shortlist, picture, baked, seen     badges: details, lists, pictures, issuers
//	import*, keep, identity, contained, samples             import, from bytes to entries
//	share, share_open, present, disclose                    shares, and what their viewers receive
//	archive*, restore, export                               archives: write, read back, file names
//	check, watch, version, background, each                 checks again, on request and by schedule
//	kept, evidence, receipt, record                         check records, evidence files, signed statements
//	event, digest                                           events, notices and the mail about them
//	issuerlist, shelf                                       issuer lists without an account; the shared cache
//
// Packages below it: storage (the contract of a store; bolt and postgres implement
// it), vault (sealed records of one account), work (jobs), event (the event log),
// inspect (checks of submitted input, without an account), issue (issuing and
// status lists), keys (the contract of a keyring; keyring implements it), fault
// (errors with kind and code), lock (encrypted ZIP files), mail (SMTP or files) and
// transfer (copies, dumps and backups of a store).
//
// # Decisions
//
// The store holds records of one shape (storage.Record) instead of a typed
// interface for each aggregate. Everything readable is sealed with the learner's
// own key before it reaches the store, so a store could not use typed fields
// anyway, and two stores can agree exactly on a few operations. Typed access is in
// this package.
//
// Data flows one way: bytes are fetched, parsed, verified, and only then stored. No
// transaction waits for a network, a signature or the hash of a passcode, and each
// may run twice. The cost of other servers is bounded: the number of addresses that
// one address leads to, the time per badge, the pixels of a picture. If a server
// does not answer, the result is "could not be determined". Silence never hides a
// revocation.
//
// Beside a badge's bytes, the entry keeps what its check needs or shows and the
// network may lose: contexts, what the badge's address served and, for badges older
// than Open Badges 3.0, their class and issuer. A presentation is created on
// request and not stored with the share, so it always matches the share.
//
// The picture of a badge is the badge's own: embedded in it, sealed with a digest,
// or served by the address that it names. No server is asked for the picture of a
// badge that fails its check. Another picture, such as the one that the badge was
// baked into, is used only while the badge's own is unavailable. It is marked
// wherever it is shown, until a later check finds the badge's own.
//
// Each entry keeps up to three check records (package vc/kept): of the first check
// in which the badge held, of the latest in which it held, and of the latest that
// reached a verdict. Equal bytes are stored once per learner, under a keyed hash,
// with a reference count; the hash keeps a data file from revealing which public
// list or document it contains. When there is no room, only digests are kept. If an
// issuer falls silent or presents another key, the check record never improves the
// verdict. It only lets a page state, beside the verdict, when the badge last held.
//
// The watch checks held badges weekly, shared badges daily or when their status
// lists expire, and every badge shortly before its expiry date. A status list is
// fetched once for all learners (package vc/status). Opening a share sends no
// request: it would tell the issuer when and how often the share is viewed. A viewer
// can request a fresh check. A result that is older than the watch's longest
// interval counts as no result.
//
// Many processes may share one store. Memory never decides: sessions, ceremonies,
// codes, attempts, views and leases are read from the store each time. Rates are
// drawn from the store as well (Draw). So is the shared cache of issuers' public
// lists and keys (Shelf); it is sealed, separate from check records, and honours
// expiry. A lease is measured by its holder's clock, so with clocks that differ a
// job may run twice. Its result is stored once, because a write needs the record's
// current version. A process that creates a job wakes its own workers; others poll.
//
// Lists are searched and sorted here, because a store cannot read their content. A
// list therefore needs all badges of the learner. The needed fields are cached for
// at most ten minutes, for the most recent learners, and compared on each request
// with the versions of all entries in the store. So a change by another process is
// never missed, even by a process without lists. One revision number for the whole
// backpack would be faster to compare, but every change would have to write it, and
// an older program that runs beside during an upgrade would not.
//
// A notice is an event, written in the transaction of its change, so it is recorded
// exactly once. A mail is marked as sent before it is sent: a crash may lose a mail,
// but no mail is sent twice, and its content stays in the backpack. A mail that the
// mail server rejects is due again on another day, three times in all.
//
// The issuer keys that checks found are part of a badge's entry, so they are sealed
// and deleted with it. An issuer's page uses one learner's own badges only. An
// issuer list made without an account lives in a token and not in the store, because
// it belongs to no account.
//
// Deleting an account deletes its key. Old pages of a store still contain the key,
// sealed with the master key; a job that is scheduled with the deletion overwrites
// them. Backups contain both until they expire.
//
// An archive restores what its owner may state: badges, notes, dates, order, and the
// badges of each share. Earlier results are accepted only from an unaltered archive
// of this service; otherwise anybody could import a badge that "held last week". A
// keyed hash of the manifest proves it. There are two such hashes: one by the
// store's own secret, which survives a change of the master key, and one by the
// master key, for a service at the same address that lost its store. Check records of
// another service are handed back to the learner and prove nothing here. Each badge
// is checked again in any case. An archive may hold as many badges as a backpack;
// other imports are smaller.
//
// Quotas are counted in the transaction that writes, not before it; a store runs
// changes of one account as if one after the other. Small records with a bound of
// their own (sessions, events, shares) do not count.
//
// The service can issue credentials, for its operator and for conformance tests. It
// returns only credentials that its own check calls well-formed. Each key type has
// one issuing key, published as a did:key. A status list is signed on request after
// a change. A place in a list is found by a keyed hash of the credential's id alone.
// Issuing keys cannot be revoked.
package wallet
