// Package bake takes badges out of PNG and SVG pictures and puts them in:
// Open Badges 3.0 and CLR 2.0 (specs A11.2 to A11.5), and Open Badges before
// 3.0 (specs B3). Both generations may live in one picture; each is read and
// replaced without touching the other, and every other byte of the picture
// stays as it was (specs A11.6).
//
// Reading is tolerant where the meaning is plain (text that is compressed or
// stands in another kind of chunk, a badge that stands twice) and says so in
// Baked.Warnings; it is strict about damage. Nothing in a picture is ever
// decoded, drawn, expanded or run: scripts in an SVG are bytes like others,
// and a document type that declares entities is refused.
package bake
