// Package sample provides the built-in sample badges: one for every state of a
// badge. Their issuer is fictitious. Its documents, pictures and status list are
// served from memory under the reserved host samples.backpack.invalid, so the
// samples verify without a network in any process that puts Samples.Web before
// its fetcher.
//
// # Map
//
//	sample.go                      Samples: files, and the web that serves their documents
//	badges.go, awards.go           badges of Open Badges 3.0
//	legacy.go, more.go             earlier versions, and rare cases
//	issuer.go, keys.go             the issuer's documents, keys and signatures
//	art.go, path.go, picture.go    pictures as SVG and PNG
//
// # Decisions
//
// The keys are derived from a text in this package. Anyone can sign as the
// sample issuer, so it calls itself not a real organization. All dates are
// fixed, so a sample has the same bytes in every process and is recognized when
// it is added twice.
package sample
