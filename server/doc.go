// Package server is Backpack's HTTP: routes, sessions, forms and the mapping of
// records to pages. It interprets nothing of a badge itself; it hands bytes to
// package wallet and pages to package ui.
//
// # The router
//
// Of Fiber only the router is used. Its csrf, cache, idempotency, limiter,
// requestid and helmet middlewares are not: they leak between users or break
// one another (a no-referrer policy makes its csrf refuse every HTTPS form).
// Instead a form is accepted when the browser itself says that it comes from
// our own origin (Sec-Fetch-Site, else Origin), and, for who is signed in,
// when it carries the token that belongs to the session. Its idea of the
// client's address is not used either: behind trusted proxies the client is
// the last address in X-Forwarded-For that is none of them. A panic ends one
// request. Requests framed twice, or for two hosts, are refused.
//
// # What needs a recent sign-in
//
// A new backpack key, a new passkey or address, the removal of a passkey and of
// the account, and taking everything out are for who signed in within the last
// ten minutes; others are asked to do so once more, and come back. So a browser
// that was left open, or a stolen session, can be looked through until it is
// ended, but nobody can keep, destroy or carry off the backpack by it. Who has
// lost every way to sign in but is still signed in somewhere can download each
// badge there, one by one. Signing in ends the session that the browser brought.
//
// # Links that show badges
//
// A view is counted for people: HEAD, programs that draw previews of links and
// search engines get the front page, whatever the link is, and a browser that
// fetches ahead is told to ask again. Pictures belong to a view: they come
// with the pass that the page gave, for half an hour, even after the last
// view. Forms answer with a redirection to the link itself, so that loading
// again repeats nothing and the address can be passed on. A program gets the
// signed presentation at the same address, by its Accept header. robots.txt
// forbids nothing, since only who may come learns that a page is not to be
// indexed.
//
// # The interface for programs
//
// It takes the path and the shape of VC-API, so that programs written for that
// work. Two things of VCALM 1.0 it leaves to the verifier, and here they are:
// a credential that was revoked, suspended, is expired or not valid yet, or
// whose status could not be looked up, is not verified, unless options.checks
// leaves status or validity out; then each is a warning. And the answer to what
// could not be checked is that of what is false, since both are not verified;
// outcome and verdict tell them apart.
//
// # What can be saved of a check
//
// The page of a check carries its own result along, packed and with a mark that
// only we can put to it, in a form that sends it back: so a table or a receipt
// can be had of it for a day, with scripts off, and nothing is stored. The mark
// keeps anybody from having us sign what we did not check. A receipt of a show,
// or of a badge in a backpack, is made of the check that its page shows.
//
// # Sizes
//
// A request may bring 64 MiB, which stay in memory: parts of forms never lie
// in a temporary folder in the clear. What is taken out is streamed, for up to
// an hour, and breaks off when something fails; so an archive may be larger than
// what can be brought at once. A report that would be larger than a page may be
// leaves pictures out first.
package server
