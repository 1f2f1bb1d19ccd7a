// Package view turns records into the structs of pages. It knows package ui and
// the records, and no HTTP: the server uses it for pages, the command line for
// reports.
//
//	mapper.go      Mapper: the entry to everything that depends on a language
//	badge.go       the full view of a badge
//	  about.go       the profiles and endorsements in it
//	  record.go      the credentials in a record of several
//	  results.go     results, skills, evidence
//	  recipient.go   the person that it names
//	  technical.go   ids, types, keys
//	  statements.go  members that no part of a page is made for
//	backpack.go    pages of the learner: a badge, events, an import, an issuer, an archive
//	card.go        a badge in a list
//	shares.go      a share, for its viewers and for its owner
//	check.go       the page of a check
//	rows.go        the same as rows of a table
//	receipt.go     a receipt of an earlier check
//	box.go         a verdict in words
//	checks.go      checks and facts in words
//	issuer.go      an issuer and how it is confirmed
//	words.go       the choice of language; names of members and kinds
//
// No two of these files depend on each other: pages depend on parts, and parts on
// words.go.
//
// # Strangers' words
//
// Texts in a badge are anybody's. They are stripped of HTML, cut to a length, and
// shown in the reader's language where the badge offers it. Neither a text's
// direction nor a name that the holder could have changed is shown if the proof
// leaves it open (see vc.Report): the address that a name stands for is shown
// instead.
package view
