// Package standard lists everything that Backpack verifies: the proof suites, the
// ways to find a key, the kinds of status, the schemas and the badges of earlier
// versions.
//
// The parts: standard.go builds the verifier from the other packages. The tests
// cover the whole verification: TestForms and TestFaults issue badges in every
// form; attack_, tamper_, rewrite_ and threat_ files modify them; cases_ files hold
// real badges and reported faults; probes_ files compare our verdicts with those of
// 1EdTech's validator; the vectors_ files run third-party test vectors.
//
// Decisions:
//   - To add a suite or another kind of support, write it in its own package and add
//     one line here. Nothing registers itself, so the list is complete.
//   - Replay shares everything that depends on neither the fetcher nor the clock,
//     since embedded contexts and schemas are expensive to load.
package standard
