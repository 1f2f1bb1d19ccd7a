// Package intake turns what people bring into documents: a file, a ZIP of
// files, pasted text, a photo of a QR code, or the response of an address (specs
// A11.1, A11.4, A11.5, A11.7, B6). It decides by content, never by file name or
// declared type.
//
// # Map
//
//	intake.go           Open, Each, OpenFetched; items, options, limits
//	problem.go          the reasons why an input is not a badge
//	sniff.go            the kind of a file
//	json.go             JSON: lists, wrappers, wallet exports
//	text.go, leads.go   text: tokens, addresses, offers, tables
//	find.go             badges and addresses inside other text
//	html.go             web pages
//	rewrite.go          page address → JSON address, for known platforms
//	picture.go          baked PNG and SVG pictures
//	gray.go, qr.go      photos of QR codes
//	zip.go, fold.go     ZIP files, and their files without a badge
//
// # Decisions
//
// The package verifies and fetches nothing. If an address has to be fetched, the
// Item names it and the caller passes the response to OpenFetched. The caller
// thus limits the number of addresses that follow one another.
//
// Every input gives one Item: a badge, an address, or a reason with a next step.
// Hostile input has limited cost in time and memory. Libraries that decode
// pictures run with a limit on pixels, a time limit and a recover.
//
// In a text, badges are looked for before addresses. Addresses inside a badge
// are never returned, and addresses next to a badge only if they are alone in
// their line. In a ZIP, badges come first, and files that merely accompany them
// share one Item.
//
// CBOR-LD (VP1-) is recognized but not read, as its registry of terms is not
// embedded.
//
// A CLR stays one document, as its issuer signs all credentials in it together
// (specs C4). A presentation is split into its credentials unless
// Options.KeepPresentation is set.
package intake
