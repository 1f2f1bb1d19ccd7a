// Package work runs jobs in the background. A package that has some registers a
// handler for its kind of job and schedules jobs in its own transactions.
//
//	queue.go  Queue: handlers, the runners, RunDue
//	job.go    Job: schedule, claim, lease, retry
//	expire.go the removal of records that have expired
//	parked.go jobs that wait while an account is closed
//
// # Decisions
//
// A job is a record of the store (storage.KindJob), written in the transaction
// that needs it. Its ID is its kind and a name, such as "check/<entry>", so one
// thing has at most one job. It holds nothing personal.
//
// Many processes may run one store. A worker claims a job by a lease: Due is the
// end of the lease, and the worker renews it while it works. The lease is short,
// so another process soon takes over from one that died. Where clocks differ,
// two workers may do the same job. Handlers therefore call Extend in the
// transaction that stores a result: the store refuses the one with the older
// version of the record.
//
// A process that schedules a job wakes its own runners. The runners of other
// processes poll.
package work
