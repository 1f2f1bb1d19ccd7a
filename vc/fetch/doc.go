// Package fetch is the one part of the program that dials out on behalf of a
// document. Its Client implements vc.Fetcher and is safe against addresses
// chosen by strangers:
//
//   - https on port 443 only. Plain http and other ports are for hosts inside
//     the networks that the operator allows; an http address of a public host
//     is refused, as anyone on the way could answer in the issuer's name. A
//     caller that handles badges of the time before https may ask for the
//     https address instead.
//   - The address is checked when it is dialled, after the name was resolved,
//     for every hop: what IANA's registries set aside for special use is
//     refused, IPv6 outside of global unicast as well. A name that changes its
//     answer gains nothing.
//   - Limits of time, size (after decompression), redirects and concurrency.
//   - No cookies, no credentials, no referrer, no proxy from the environment,
//     and a User-Agent that says nothing of the person behind the request.
//   - Answers are shared: one request for all who ask at once, and a cache
//     that keeps every answer for at least a minute, even when the server says
//     no-store, so that a server cannot watch each look at a badge by
//     forbidding caches. FetchRequest.Fresh goes past the cache.
//   - What many badges have in common, lists of statuses and issuers' keys, may
//     be shared with other programs by a Shelf.
//   - A host that could not be reached repeatedly, or said nothing in time, is
//     left alone for a while. Only requests that a badge asks for whose proof
//     holds count (vc.WithHolding): else a stranger could have us leave anybody
//     alone, by naming addresses of theirs. Requests for keys come before that
//     is known and do not count, unless the badge held when it was checked last.
//
// With Config.Proxy the operator's proxy resolves names and dials, so the check
// of addresses moves there; what can be judged by the host's spelling alone is
// still refused here.
package fetch
