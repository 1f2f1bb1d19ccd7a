// Package story contains every page in every relevant state: empty, one item, many
// items, long names, right-to-left text, each verdict, each error. cmd/storybook
// serves them, and the tests of package ui render them all.
//
// Names, addresses and texts are fictitious.
package story
