// Package prose makes plain text of what badges say. The standards give names
// and descriptions as plain text and narratives as Markdown (specs A2.2), and
// programs that make badges fill all of them with HTML from an editor.
//
// Only what is surely HTML is reduced: a tag of a known element that is closed
// where it must be, and a character reference that ends as it must. A text that
// merely contains < stays as it is, so does what stands in Markdown's code, and
// a text that would be reduced to nothing. Nothing here makes HTML: what comes
// out is still a stranger's text, to be escaped.
package prose
