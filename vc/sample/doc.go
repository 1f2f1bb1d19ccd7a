// Package sample makes the built-in sample badges: one for every state that a
// badge can be in, issued by a made-up issuer whose documents, pictures and
// status list are answered from memory under the reserved host
// samples.backpack.invalid. So they verify without any network, in any process
// that puts Samples.Web before its fetcher.
//
// The keys are derived from a text in this package: everybody can sign as the
// sample issuer, which is why it says of itself that it is none. All dates are
// fixed, so that the same badge has the same bytes in every process and is
// recognised when it is added twice.
package sample
