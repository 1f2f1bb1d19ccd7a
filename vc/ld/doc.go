// Package ld turns JSON-LD into canonical N-Quads, the text that RDF proofs
// sign: JSON-LD 1.1 expansion and conversion to RDF in one pass over a strictly
// parsed tree, then RDFC-1.0. It also writes the JSON Canonicalization Scheme
// (RFC 8785), which other proofs sign.
//
// # Map
//
//	engine.go               the API: Read, Digest, Canonicalize, limits, options
//	embed.go, contexts/     the embedded contexts and their manifest; internal/gen collects them
//	active.go, context.go   active contexts and context processing
//	term.go, mapping.go     term definitions
//	run.go, expand.go       one reading of a document: values, objects, members
//	node.go, keyword.go     node objects
//	value.go, maps.go       value objects, lists, maps
//	iri.go, expandiri.go    IRIs
//	literal.go, quad.go     RDF terms and statements
//	rdfc.go, ndegree.go     RDFC-1.0
//	names.go, vocabulary.go the first guard: standard words have one name
//	agree.go, model.txt     the second guard: statements and JSON agree
//	places.go               several objects with one id
//	dataset.go              statements with chosen labels, for selective disclosure
//	meter.go                budgets
//	jcs.go                  RFC 8785
//
// # Shown is proved
//
// A proof over statements covers only what yields a statement. It does not
// notice when the same statements are written in another way, with other
// contexts, names or places. Two guards prevent that; one was not enough.
//
// The first guard reads strictly (names.go, expand.go). Only its own name
// denotes a standard word, in the form that an embedded context gives it,
// whichever contexts a document names. Anything that JSON-LD would drop is an
// error: an undefined term, a relative or invalid IRI, an @index, digits beyond
// the canonical form of a double. So is anything that hides a member from a
// reader of plain JSON: @nest, @included, @reverse, @set, @graph, an array in
// an array, a value object instead of a plain value, blank node labels. A null
// and an empty array are ignored, as they state and hide nothing.
//
// The second guard reads the model again from the statements, starting at the
// node of the document itself, and compares (agree.go, model.txt). Everything
// that is shown or decides a verdict must be the same in both readings. A
// member of an object whose id appears several times could be moved from one
// place to another. Readers merge the places of one party, and of an
// achievement and its criteria (vc); any other place must not state more than
// the first (places.go).
//
// Read returns a doubt separately from a proof that does not hold: the document
// was signed, but does not state what it appears to state.
//
// # Decisions
//
// Contexts are embedded; contexts/manifest.json has the source, licence and
// SHA-256 of each. Those that a package publishes are copied from it by
// go generate (internal/gen). The others are tables of terms that were written
// from the specifications; tests check that they mean the same. A context that
// is not embedded comes with the document (Options.Extra). It may define its
// own words, but must not set @base, import, or refer to other contexts. The
// package never accesses the network.
//
// Work is bounded: every member, term and hash is charged to a Budget, and
// cancellation is checked along the way. Compiled contexts are cached within a
// fixed amount of memory.
//
// The specifications leave some points open. Language tags are written in lower
// case, and {"@context": {…}} inside an array of contexts is read as the inner
// map; jsonld.js does both, so that proofs made with it hold. The base
// direction of a text makes a literal of an i18n datatype, as in the suites of
// other libraries since 2024. An older proof holds without the direction, which
// is then not shown. @vocab follows one rule everywhere: a word that it defines
// never counts as a standard word, and a remark says so.
package ld
