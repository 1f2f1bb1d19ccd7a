// Package ob2 reads and verifies Open Badges before 3.0: versions 0.5, 1.0,
// 1.1 and 2.0, hosted and signed (specs B1, B2). Each is verified by the rules
// of its own time and shown as a view in the terms of Open Badges 3.0 (specs
// B5.6); the view is never signed or exported as if the issuer had made it.
//
// A hosted badge is trusted only to name the address that it is hosted at
// (specs B1.4): all that is shown and judged comes from what that address, and
// those of the badge class and the issuer that it names, serve now.
//
// Members and types are read by their plain names. A document that calls them
// otherwise, by the prefixes of 2.0, by full IRIs or by what contexts written
// into it define, is rewritten to plain names first (specs B1.3). That stands in
// for JSON-LD compaction: no signature rests on these names, and a whole JSON-LD
// processor would bring remote contexts into a badge that needs none.
//
// What 2.0 demands of assertion, badge class and issuer makes check format fail
// when it is missing or of another kind, as in the validators of its time. What
// badges before 2.0 lack is a remark: their rules said less, and nobody can add
// it any more. So is a badge class of 2.0 without a picture, which one of the
// two validators lets pass.
//
// Endorsements are verified like badges, once the badge itself is known to be
// the issuer's; their verdicts change nothing in that of the badge (specs
// B1.10). Who endorses must serve or sign the endorsement, not who is endorsed.
//
// Extensions are held to the schemas that their contexts name (specs B1.11).
// One that does not fit makes the badge invalid, as both validators have it. One
// whose context or schema cannot be had or used leaves check schema open and the
// badge as it is, where both validators fail it: many of these addresses are
// dead, and that says nothing of the badge. The well-known extensions, whose
// addresses no issuer keeps, are written down in extensions.json; two of the
// published ones are not, since their schemas are no JSON Schemas or large. What
// extensions say is shown as further statements.
//
// One verification, with all its parts, sends a bounded number of requests, and
// asks each address once.
package ob2
