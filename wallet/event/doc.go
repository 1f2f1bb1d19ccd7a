// Package event records what happens in a backpack, for its learner to read.
//
//	event.go   Event; the codes of notices
//	log.go     Log, which records, lists and marks events
//
// # Decisions
//
// An event is written in the transaction of the change that it reports, so it is
// recorded exactly once. It holds a code; the words for it belong to the user
// interface.
//
// A notice is an event about a badge that the learner should know before an
// employer sees it. Log.Notify is called for each notice in the same
// transaction, so a mail about it is scheduled exactly once, too.
package event
