// Package story holds every page in every state worth seeing: empty, one,
// many, long names, right-to-left text, each verdict, each error. People look
// at them through cmd/storybook; the tests of package ui read them all.
//
// Names, addresses and texts are made up.
package story
