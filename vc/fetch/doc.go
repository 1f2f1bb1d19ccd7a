// Package fetch is the only part of the program that dials out for a document
// or a user. Its parts:
//
//	client.go    Client and Config; Fetch, the vc.Fetcher: a cached GET
//	call.go      Do: a call with method, headers and body; never cached
//	address.go   rules: the URLs and addresses that may be dialled
//	exchange.go  one GET, its redirects, and the errors of Fetch and Do
//	cache.go     the answers of this process; shared.go, those of all processes
//	hosts.go     limits of concurrent requests, and pauses
//	progress.go  which failures count towards a pause
//
// A Client is safe against addresses that strangers choose:
//
//   - https on port 443 only. Plain http and other ports are for hosts in the
//     networks that the operator allows. An http address of a public host is
//     refused: anyone on the path could answer in the issuer's name. A caller
//     that handles badges from the time before https may request the https
//     address instead.
//   - The address is checked when it is dialled, after name resolution, for
//     every redirect. The ranges that IANA's registries reserve for special use
//     are refused, and so is IPv6 outside global unicast. A name that changes
//     its answer gains nothing.
//   - Time, size (after decompression), redirects and concurrency are limited.
//   - No cookies, no credentials but those of a call, no referrer, no proxy from
//     the environment, and a User-Agent that identifies no person.
//   - Fetch shares answers: concurrent requests for one resource become one, and
//     the cache keeps every answer for at least a minute, even with no-store, so
//     a server cannot observe each look at a badge by forbidding caches.
//     FetchRequest.Fresh bypasses the cache.
//   - A SharedCache may share what many badges need, status lists and issuers'
//     keys, with other processes.
//   - A host that repeatedly cannot be reached or does not answer in time is
//     paused. Only requests for a badge whose proof holds count
//     (vc.WithHolding); otherwise a stranger could pause any host by naming
//     addresses of it. A request for a key precedes that knowledge and does not
//     count, unless the badge held at its last check.
//   - Do carries credentials, so it is stricter than Fetch: only a bare GET
//     follows redirects, nothing is cached, shared or recorded, a failure pauses
//     no host, and requests and responses print without their contents.
//     Calls have slots of their own: they may last a minute, and checks must not
//     wait for them.
//
// With Config.Proxy the operator's proxy resolves names and dials, so the check
// of addresses moves there. The Client still refuses what the spelling of the
// host alone condemns.
package fetch
