// Package prose converts the texts of badges to plain text. The standards
// specify names and descriptions as plain text and narratives as Markdown (specs
// A2.2), but many programs fill all of them with HTML from an editor.
//
// # Map
//
//	prose.go   Text, Line, and the writer that replaces elements by lines
//	tag.go     tags and comments in a text
//
// # Decisions
//
// Only unambiguous HTML is converted: a tag of a known element that is closed if
// it must be, and a complete character reference. A text that merely contains <
// stays unchanged. So do code in Markdown and a text of which nothing would
// remain. The package never produces HTML, and its output is still untrusted
// text that has to be escaped.
package prose
