// Package ob2 reads and verifies Open Badges before 3.0: versions 0.5, 1.0,
// 1.1 and 2.0, hosted and signed (specs B1, B2). Each is verified by the rules
// of its own time and shown as a view in the terms of Open Badges 3.0 (specs
// B5.6); the view is never signed or exported as if the issuer had made it.
//
// A hosted badge is trusted only to name the address that it is hosted at
// (specs B1.4): all that is shown and judged comes from what that address, and
// those of the badge class and the issuer that it names, serve now.
//
// Visitors may leave pictures and texts on many websites. So the assertion, its
// class and its issuer must come as JSON by the answer's own account; what is
// baked into a picture, or served as a text, a page or any file, only points to
// an address. An issuer whose profile states startsWith or allowedOrigins has
// said which places are its own, and may serve its badges there as it likes. An
// address that a server could read as another one, by dot segments, backslashes
// or control characters, written or escaped, is refused anywhere, and a prefix
// ends where a name ends.
//
// Members and types are read by their plain names. A document that calls them
// otherwise, by the prefixes of 2.0, by full IRIs or by what contexts written
// into it define, is rewritten to plain names first (specs B1.3). That stands in
// for JSON-LD compaction: no signature rests on these names, and a whole JSON-LD
// processor would bring remote contexts into a badge that needs none.
//
// What 2.0 demands of assertion, badge class and issuer makes check format fail
// where it is missing or can mean several things. What can only mean one thing,
// however it is written, is a remark: "Hosted" for "HostedBadge", a recipient
// that does not say whether it is hashed, seconds for a date, an issuer without
// an address of e-mail. So is what badges before 2.0 lack: their rules said less,
// and nobody can add it any more; and a badge class of 2.0 without a picture,
// which one of the two validators lets pass.
//
// Certificates of Blockcerts 1 and 2 are read and shown. They are sealed on a
// blockchain, which is not checked: nothing is known of them, for or against.
//
// Endorsements are verified like badges, once the badge itself is known to be
// the issuer's; their verdicts change nothing in that of the badge (specs
// B1.10). Who endorses must serve or sign the endorsement, not who is endorsed.
//
// Extensions are held to the schemas that their contexts name (specs B1.11).
// One that does not fit makes check schema fail, as both validators have it. One
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
