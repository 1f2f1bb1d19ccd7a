// Package server is Backpack's HTTP: routes, sessions and forms. It interprets
// nothing in a badge: it hands bytes to the wallet, records to package view, and
// pages to package ui.
//
//	server.go    Server, and the list of areas with the guards before each
//	config.go    Config, Rates; apiconfig.go: API
//	router.go    what an area registers its routes with
//	limits.go    rates, turns, and reading of bodies
//	session.go   the visitor of a request; guards for learners
//	pages.go     pages, notices, cookies; what every area has
//	errors.go    from errors to answers
//	req.go, visitor.go, accept.go, download.go   reading requests, sending files
//	edge         the transport
//	view         from records to pages
//
// Areas without an account:
//
//	health.go, assets.go, home.go   health checks, files, pages about the service
//	viewing.go                      shares, for their viewers
//	check.go, saving.go             checks of anything, and saving their result
//	issuerlists.go                  a verifier's own list of issuers
//	entry.go, passkey.go            signing up and in
//	api*.go                         the interface for programs
//
// Areas of learners:
//
//	backpack.go, badges.go, imports.go, shares.go
//	settings.go, emails.go, mail.go, export.go
//
// # Areas
//
// An area is a small struct with what it needs: pages, the part of the wallet, the
// sessions if it starts or ends one. It registers its own routes and has its own
// handlers, so a new area is a file here and a line in server.go. Areas are structs
// in one package, not packages: they share pages, sessions and the reading of
// requests, some thirty functions that separate packages would have to export. No
// area depends on server.go, and only a few on another area, so no two files depend
// on each other but those of the API and of a check.
//
// # Recent sign-in
//
// A new backpack key, a new passkey or address, the removal of a passkey and of the
// account, and archives need a sign-in within the last ten minutes; the learner is
// asked to sign in again and returns. So a browser left open, or a stolen session,
// can show the backpack until the session ends, but nobody can keep, destroy or copy
// it as a whole. A learner who has lost every way to sign in, but has a session, can
// download each badge one by one. Signing in ends the session that the browser had.
//
// # Links to shares
//
// A view is counted for people. HEAD requests, programs that preview links and
// search engines get the front page, for every link; a browser that prefetches is
// told to ask again. Pictures belong to a view: they need the grant that the page
// set, for half an hour, even after the last view. A form is answered with a
// redirect to the link, so that reloading repeats nothing and the address can be
// passed on. A program gets the signed presentation at the same address, by its
// Accept header. robots.txt forbids nothing, since a crawler that may not fetch a
// page does not learn that it is not to be indexed.
//
// # The interface for programs
//
// It has the paths and the members of VC-API, so programs written for that work. It
// answers two questions that VCALM 1.0 leaves to the verifier. A credential that is
// revoked, suspended, expired or not valid yet, or whose status is unknown, is not
// verified unless options.checks leaves status or validity out; then these are
// warnings. A check that could not be made has the same answer as one that failed,
// since the credential is verified after neither; outcome and verdict tell them
// apart.
//
// # Saving the result of a check
//
// The page of a check carries its result, packed and with a MAC, in a form that
// sends it back. So a table or a receipt can be had for a day, without scripts, and
// nothing is stored. The MAC keeps the service from signing a result that it never
// produced. A receipt of a share, or of a badge in a backpack, is made from the
// check that its page shows.
//
// # Sizes
//
// The edge keeps what a request brings in memory, up to 64 MiB; an archive may be
// larger than what can be brought at once. A report that would exceed the size of a
// page loses its pictures first.
package server
