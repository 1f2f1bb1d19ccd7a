// Package bake extracts badges from PNG and SVG pictures and embeds them: Open
// Badges 3.0 and CLR 2.0 (specs A11.2 to A11.5), and Open Badges before 3.0
// (specs B3).
//
// # Map
//
//	bake.go                 Extract, Embed, Remove; keywords and limits
//	png.go, pngtext.go      PNG: chunks and their text
//	svg.go, svgembed.go     SVG: reading and writing
//	lean.go                 Lean removes unrelated parts of a PNG
//
// # Decisions
//
// One picture may contain both generations. Each is read and replaced
// independently, and all other bytes of the picture stay the same (specs A11.6).
//
// Reading tolerates violations of the rules with a clear meaning, such as
// compressed text, another kind of chunk or a repeated badge, and lists them in
// Baked.Warnings. It does not tolerate damage. Pictures are never decoded,
// rendered, expanded or executed: scripts in an SVG are copied like other bytes,
// and a document type that declares entities is refused.
package bake
