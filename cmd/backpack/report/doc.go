// Package report puts the results of checks into text, tables, CSV and JSON for
// the command line.
//
//	reporter.go  Reporter, the interface of all formats; New chooses one
//	text.go      text for people, in the words of the pages
//	table.go     a table as wide as the terminal; CSV
//	json.go      Result, the JSON of a checked thing
//	receipts.go  Receipt, the JSON and text of a receipt beside the files it covers
//	tally.go     Tally, the counts of a run and its overall outcome
//	words.go     the texts of the pages, with a fallback for missing ones
//	plain.go     Plain makes strangers' text safe for a terminal; Writer
//	width.go     text in columns of a terminal
//
// # Decisions
//
// Results are printed as they come, since a folder may have thousands of files:
// columns do not wait for the widest cell, and only receipts wait for the end,
// because the files they cover may come after them.
//
// The JSON is a contract: members are added, never renamed.
//
// Everything from a badge or a file name passes Plain before it is printed.
package report
