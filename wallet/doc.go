// Package wallet is the product without its HTTP: accounts, badges kept, shows
// and the work behind them. Every use case is one method of Wallet; every
// method that touches a learner's things takes the AccountID.
//
// The store holds records of one shape (Record) instead of a typed interface
// for each aggregate: all that a person could read is sealed with the
// learner's own key before it reaches the store, so a store could not use
// typed fields anyway, and two stores can agree to the letter on a few
// operations. Typed access is in this package.
//
// Data takes one direction: bytes are fetched, parsed, verified, and only then
// stored. No transaction waits for a network, a signature or a passcode's hash,
// and each may be run twice. What strangers' servers may cost is bounded: how
// many addresses one leads to, how long a badge takes, how many pixels a
// picture has. Where a server stays silent, the answer is "could not be
// determined", and never hides that a badge was taken back.
//
// Kept beside a badge's bytes is what its check needs or shows and the network
// may no longer have: contexts, what its address served, and for badges older
// than Open Badges 3.0 their class and issuer. A presentation is made when it
// is asked for, not kept with the show, so that it holds what the show holds.
//
// A picture that is shown is the badge's own: one that the badge holds or seals
// with a digest, or that the address that it names served. Nobody is asked for
// the picture of a badge that does not hold. Any other, such as the one that a
// badge was baked into, stands in only where the badge's own cannot be had, and
// is marked wherever it is shown, until a later check finds the own one.
//
// What a check was told by others is kept as well (package vc/kept): of the
// first check in which the badge held, of the latest one in which it did, and
// of the latest that came to a verdict. The bytes are kept once for all badges
// of a learner, under a keyed hash, so that a data file does not tell which
// public list or document is in it, with a count of who has them. Where there is
// no room, only digests are. An issuer that falls silent, or shows another key,
// changes no answer for the better: it makes room beside the verdict for when
// the badge held last, which is told as the past.
//
// The watch checks held badges weekly, shown ones daily or when their status
// lists run out, and all of them when an expiry date comes near; the lists are
// asked for once for everybody (package vc/status). That somebody looks at a
// show makes us ask nobody: it would tell the issuer when and how often. Who
// wants a fresh answer asks for it. An answer older than any that the watch lets
// stand counts as none.
//
// Many processes may work on one store. What one of them remembers in memory is
// never what decides: sessions, ceremonies, codes, tries, views and leases are
// read from the store each time. A rate is drawn from there (Draw), so is what
// issuers publish for everybody (Shelf): kept apart from the evidence of a
// badge, sealed, for as long as it may be used. A lease is as long as its
// holder's clock has it, so where clocks differ, work may be done twice; what it
// finds is stored once, since only who still has the record's version writes.
// Who makes work wakes its own process; the others look every while.
//
// Lists are searched and sorted here, since a store can read nothing of it, so
// they take reading all badges of the learner. What lists need of them is
// remembered for ten minutes at most, for those who were last to ask, and each
// time compared with the versions of all entries in the store: of what another
// process changed nothing stale is shown, even by one that does not know of
// lists. A revision of the whole would be quicker to compare, but would have to
// be written with every change, and an older program, which may run beside
// during an upgrade, would not. Nothing more is in the store than without lists.
//
// A notice is an event, written with the change that it is about, so it is told
// once. A mail is marked as sent before it is: a crash may lose one, and what it
// said stands in the backpack, but none goes out twice. One that the mail server
// refuses is due again on another day, three times in all.
//
// With a badge goes what checks saw of its issuer's keys, so that it is sealed
// like the badge and gone with it; an issuer's page is read off one learner's
// own badges. A list of issuers that somebody keeps without an account is in a
// token and not in the store: there is nobody whose it would be.
//
// Who deletes an account deletes its key. What a store keeps of old pages holds
// the key too, sealed with the master key, so those are written over, as work
// that is owed with the deletion. In backups both stay until they expire.
//
// An archive brings back what its owner may say: badges, notes, dates, order,
// which badges a show showed. What checks found out before is believed of an
// archive that this service made itself and nobody changed, which it knows by a
// keyed hash of the manifest; else anybody could bring a badge that "held last
// week". There are two: one by the store's own secret, which outlasts a change of
// the master key, and one by the master key, for a service that lost its store
// and has the key, at the same address. What another service kept of a check is handed on to the learner and
// speaks for nothing. Each badge is checked anew all the same. Archives may hold
// as many badges as a backpack, other imports fewer.
//
// What an account keeps is counted where it is written, in the same
// transaction, not beforehand: stores run changes of one account as if one after
// the other. What is small and bounded otherwise (sessions, events, shows) does
// not count.
//
// The service can issue credentials, for its operator and for tests of
// conformance. It hands out nothing that it would not itself call well-formed
// and its own. One key of each kind issues, as a did:key. A status list is
// signed when it was changed and somebody asks for it; who has which place in
// it is known by a keyed hash of the credential's id alone. There is no way to
// take a key back.
package wallet
