// Package schema validates Open Badges 3.0 and CLR 2.0 credentials against the
// schemas of their kind (specs A4, G1.5 to G1.8), of both data models, without
// any I/O, and credentials against further schemas that they name themselves.
//
// No package registry publishes the JSON Schemas of these specifications, so
// the classes are written down in classes.txt, in the notation of the data
// models, and compiled once into a table. A table also costs microseconds where
// a general JSON Schema library costs hundreds. The tests compare every verdict
// with the published schemas over a corpus of mutated badges.
//
// One pass judges both variants of the schemas: what only JSON-LD's compact
// forms allow (a single value where a list is due, a text for each language) is
// a warning (specs A4.4). What the schemas forbid is a warning too where there is
// nothing to guess about it, and says so (vc.Violation.Strict): null, a value that
// is on no list, a picture or an issuer given by its address, a day of which
// nothing depends, contexts in another order, members that the class has not, and
// whatever is wrong in an endorsement or a contained credential, which are judged
// on their own. What is missing, or has a shape that could mean one thing or
// another, is no warning. A few things are judged apart from the published
// schemas, each with its reason where it is done:
//   - stricter: a type written as one text must be the right one, criteria need
//     an id or a narrative (specs G1.7), moments must be moments (specs A4.7);
//   - milder, as warnings: a list of credentialStatus, which the data model 2.0
//     allows (specs A3.4), language value objects for names and descriptions of
//     credentials and issuers (specs A2.15), the legacy address of the context
//     (specs A1.2), envelopes in a CLR (specs C5).
//
// Schemas that a credential names (Named) are strangers' programs: they go
// through a general library, whose every step is charged to a meter, and their
// documents come from the caller. What the library would resolve only while it
// validates, dynamic references, is refused. Formats are annotations in all
// dialects, as they are in the one that Open Badges uses.
package schema
