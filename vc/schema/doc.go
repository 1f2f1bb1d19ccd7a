// Package schema validates Open Badges 3.0 and CLR 2.0 credentials against the
// schemas of their kind (specs A4, G1.5 to G1.8), for both data models and
// without I/O. It also validates credentials against further schemas that they
// name themselves.
//
// The parts:
//
//	classes.txt, table.go     the classes of the data models, and their compiler
//	validate.go, value.go     Embedded: walks a credential along the classes
//	chars.go                  forms of texts, such as language tags
//	named.go, meter.go        Named: other schemas, and a limit on their cost
//	oracle_test.go            the comparison with the published schemas
//
// Decisions:
//   - No package registry publishes the JSON Schemas of these specifications, so
//     classes.txt restates the classes in the notation of the data models. The
//     compiled table takes microseconds where a general JSON Schema library takes
//     hundreds. The tests compare every verdict with the published schemas over a
//     corpus of mutated badges.
//   - One pass covers both variants of the schemas. What only the compact forms of
//     JSON-LD allow (a single value in place of a list, a language map) is a
//     warning (specs A4.4).
//   - A form that the schemas forbid is also a warning if its meaning is clear; it
//     sets vc.Violation.Strict. Examples are null, an unlisted value, a picture or
//     an issuer given by its URL, a day on which nothing depends, contexts in
//     another order, unknown members of a closed class, and any fault inside an
//     endorsement or a contained credential, which are judged separately. A missing
//     member, or one whose form has several possible meanings, is a fault.
//   - Some rules are stricter than the published schemas, each with its reason in
//     the code: a type written as a single text must be the right one, criteria
//     need an id or a narrative (specs G1.7), moments must be valid (specs A4.7).
//   - Some are milder, as warnings: a list of credentialStatus, which data model
//     2.0 allows (specs A3.4), language value objects for names and descriptions
//     of credentials and issuers (specs A2.15), the old URL of the context (specs
//     A1.2), envelopes in a CLR (specs C5).
//   - Schemas that a credential names (Named) are untrusted programs. They run in a
//     general library, a meter charges every step, and the caller provides their
//     documents. References that are resolved during validation are refused.
//     Formats are annotations in all dialects, as in the one that Open Badges uses.
package schema
