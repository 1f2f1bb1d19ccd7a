// Package ld turns JSON-LD into canonical N-Quads, the text that RDF proofs
// sign: JSON-LD 1.1 expansion and conversion to RDF in one pass over a strictly
// parsed tree, then RDFC-1.0. It also writes the JSON Canonicalization Scheme
// (RFC 8785) for proofs over the JSON itself.
//
// The rule above all others is that what is shown is what was proved. A
// proof over statements is blind to whatever yields none, and to every way of
// writing the same statements differently. So the reader is strict: it refuses
// what JSON-LD would drop (an undefined term, a relative or impossible IRI, a
// null, an empty list, an @index, an @direction, digits beyond a double's
// canonical form), what would hide a member from a reader of plain JSON (@nest,
// @included, @reverse, @set, @graph, a list within a list, a value object
// where a plain value would do, blank node labels, an @context in something
// that is no credential, a statement about the credential in another place),
// a member by another name than the first known context gives it (see
// names.go), and what is said of one id in several places such that it could
// be moved from one to another (see places.go). A credential whose issuer wrote it in such a form is refused too;
// the VC data models ask for the compacted form.
//
// Contexts are embedded, each with its source, licence and SHA-256
// in contexts/manifest.json. Those that a package publishes are taken from it by
// go generate (internal/gen); the rest are tables of terms written from the
// specifications and tested to mean the same. A context that is not embedded
// comes with the document (Options.Extra) and may add terms, no more. Nothing
// here reaches out.
//
// Work is bounded: each member, term and hash is charged to a Budget, and a
// context.Context is looked at on the way. Contexts are compiled once and
// remembered within a fixed amount of memory.
//
// Decisions that the specifications leave open: language tags are written in
// lower case, and {"@context": {…}} within a list of contexts is read as the map
// inside, both as jsonld.js does, so that proofs made with it hold. @direction is
// not written (rdfDirection is null, as in every cryptosuite).
package ld
