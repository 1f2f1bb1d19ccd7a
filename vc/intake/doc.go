// Package intake turns what people bring into documents: a file, a ZIP of
// files, pasted text, a photo of a QR code, or what an address answered (specs
// A11.1, A11.4, A11.5, A11.7, B6). What a thing is, is decided by its content,
// never by its name or its declared type.
//
// Nothing is verified and nothing is fetched here. Where an address has to be
// asked, the Item says which, and the caller gives the answer to OpenFetched;
// so a caller decides how many addresses in a row it follows.
//
// Each thing brought gets one Item: a badge, an address, or one reason with one
// next step. Hostile input costs bounded time and memory; libraries that read
// pictures run behind a limit of pixels, a time limit and a recover.
//
// In a text, badges are looked for before addresses: what stands inside a badge
// is never asked for, and beside a badge only an address on a line of its own
// is. In a ZIP, badges come first; what only accompanies them is one Item.
//
// CBOR-LD (VP1-) is named and not read: its registry of terms is not embedded.
//
// A CLR stays one document: the credentials in it are vouched for together
// (specs C4). A presentation is unwrapped unless Options.KeepPresentation asks
// for it as a whole.
package intake
