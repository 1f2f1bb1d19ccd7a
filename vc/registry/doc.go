// Package registry looks up whether an issuer is known, and to whom. Its parts:
//
//	set.go         Set: several registries asked together; Source, one of them
//	list.go        List: an operator's own list, or a consortium's known DIDs
//	remote.go      Remote: a list at an https address
//	federation.go  Federation: an OpenID Federation 1.0 trust anchor
//	statement.go   its entity statements
//	entry.go       one entry of a list, and domains
//	lookalike.go   domains that can be mistaken for each other
//
// Decisions:
//
//   - An entry with an id (a DID, an https address) means exactly that id. An
//     entry with a domain means every issuer on that domain: its did:web and its
//     https addresses, on exactly that host. An entry for a shared domain lists
//     every issuer on it.
//   - A key that is only served from the issuer's domain (vc.BindingDomain) proves
//     the domain, not the tenant, so only entries for the domain or its root
//     address match (specs A5.7).
//   - The name of an issuer is the registry's. A federation that states no name
//     vouches for the name that the issuer states in the federation.
//   - Logos are omitted: a logo would have to be fetched, redrawn and kept for
//     every viewer, and the name says the same.
//   - A list that cannot be read again stays in use, with its age. A federation's
//     statements stay in use until they expire: they state their own lifetime.
//   - Federation: an issuer that is a DID has no address to publish at, so the
//     anchor is asked for its statement. Metadata policies concern protocols and
//     are ignored. Unknown constraints and critical members make a chain fail, as
//     ignoring them could be wrong.
//   - Look-alikes are found by the shapes of letters, not by edit distance, which
//     would accuse honest neighbours.
package registry
