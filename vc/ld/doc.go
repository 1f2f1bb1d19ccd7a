// Package ld turns JSON-LD into canonical N-Quads, the text that RDF proofs
// sign: JSON-LD 1.1 expansion and conversion to RDF in one pass over a strictly
// parsed tree, then RDFC-1.0. It also writes the JSON Canonicalization Scheme
// (RFC 8785) for proofs over the JSON itself.
//
// The rule above all others is that what is shown is what was proved. A proof
// over statements is blind to whatever yields none, and to every way of writing
// the same statements differently: by other contexts, names and places. Two
// guards stand against that, since one was not enough.
//
// The first reads strictly (names.go, expand.go). A word of a standard is reached
// by its own name alone, in the form that an embedded context gives it, whichever
// contexts a document names. What JSON-LD would drop is refused (an undefined
// term, a relative or impossible IRI, an @index, digits beyond a double's canonical
// form), and so is what hides a member from a reader of plain JSON (@nest,
// @included, @reverse, @set, @graph, a list within a list, a value object where a
// plain value would do, blank node labels). A null and an empty list state
// nothing, hide nothing, and are read past.
//
// The second reads the model again from the statements, beginning at the node that
// the document is about, and compares (agree.go; model.txt lists what is read).
// Whatever decides a verdict or is shown must be the same in both readings. What
// is said of one id in several places could be moved from one to another: places
// of one party, and an achievement and its criteria, are read as one (vc); other
// places must not say more than the first (places.go).
//
// A doubt that comes up while the proof holds is told apart from a proof that
// does not (Read): the document was sealed, but does not say what it seems to.
//
// Contexts are embedded, each with its source, licence and SHA-256
// in contexts/manifest.json. Those that a package publishes are taken from it by
// go generate (internal/gen); the rest are tables of terms written from the
// specifications and tested to mean the same. A context that is not embedded
// comes with the document (Options.Extra). It may define what it likes in its own
// words; it may not set @base, import, or lead to other contexts. Nothing here
// reaches out.
//
// Work is bounded: each member, term and hash is charged to a Budget, and a
// context.Context is looked at on the way. Contexts are compiled once and
// remembered within a fixed amount of memory.
//
// Decisions that the specifications leave open: language tags are written in
// lower case, and {"@context": {…}} within a list of contexts is read as the map
// inside, both as jsonld.js does, so that proofs made with it hold. The direction
// of a text makes a literal of an i18n datatype, as the suites of other libraries
// have had it since 2024; a proof from before that holds without it, and the
// direction is then not shown. @vocab is one rule, wherever it stands: a word that
// it makes is nobody's standard word, and a remark says so.
package ld
