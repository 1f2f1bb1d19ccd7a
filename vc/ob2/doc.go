// Package ob2 reads and verifies Open Badges before 3.0: versions 0.5, 1.0,
// 1.1 and 2.0, hosted and signed (specs B1, B2). Each is verified by the rules
// of its own time and shown as a view in the terms of Open Badges 3.0 (specs
// B5.6); the view is never signed or exported as if the issuer had made it.
//
// A hosted badge is trusted only to name the address that it is hosted at
// (specs B1.4): all that is shown and judged comes from what that address, and
// those of the badge class and the issuer that it names, serve now.
//
// Members are read by their plain names, by the prefixed names and the full
// IRIs of the Open Badges vocabulary. That stands in for JSON-LD compaction
// (specs B1.3): no signature rests on these names, and a whole JSON-LD
// processor would bring remote contexts into a badge that needs none.
//
// Endorsements and validation schemas of extensions (specs B1.10, B1.11) are
// not judged; unknown members stay in the raw bytes and are shown nowhere.
package ob2
