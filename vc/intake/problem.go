package intake

// A Problem says why something is no badge. Problems are stable: never renamed
// once released, and each has a reason and a next step for people.
type Problem string

// The problems.
const (
	Empty             Problem = "empty"
	TooLarge          Problem = "too_large"
	TooMany           Problem = "too_many"
	NotABadge         Problem = "not_a_badge"      // readable, but something else
	BadgeClassOnly    Problem = "badge_class_only" // describes a badge or its issuer, awarded to nobody
	DamagedText       Problem = "damaged_text"     // JSON or a JWT with a fault
	DamagedImage      Problem = "damaged_image"
	ImageWithoutBadge Problem = "image_without_badge" // PNG or SVG with neither badge nor code
	PhotoWithoutCode  Problem = "photo_without_code"  // a kind of picture that can only show a code
	QRUnreadable      Problem = "qr_unreadable"
	QRWithoutBadge    Problem = "qr_without_badge" // a code that says something else
	EncryptedZIP      Problem = "encrypted_zip"
	NestedZIP         Problem = "nested_zip"
	DamagedZIP        Problem = "damaged_zip"
	HTMLPage          Problem = "html_page" // a page that names no badge
	UnsupportedKind   Problem = "unsupported_kind"
	ShortForm         Problem = "short_form" // a badge in CBOR-LD that cannot be read
	LeftAside         Problem = "left_aside" // files of a ZIP that are no badges, beside badges
	OfferUnsupported  Problem = "offer_unsupported"
	PrivateKeyOnly    Problem = "private_key_only"
	KeysLeftOut       Problem = "keys_left_out"   // badges came with private keys, which are not kept
	Unreachable       Problem = "unreachable"     // the address gave no proper answer
	AddressGone       Problem = "address_gone"    // it answers 404
	AddressPrivate    Problem = "address_private" // it answers 401 or 403
	Withdrawn         Problem = "withdrawn"       // it answers 410
	Interrupted       Problem = "interrupted"
)

// Problems lists all problems, in the order above.
func Problems() []Problem {
	out := make([]Problem, len(explanations))
	for i, e := range explanations {
		out[i] = e.problem
	}
	return out
}

// Explain returns one reason and one next step in plain English. A problem of
// somebody else's gets those of NotABadge.
func (p Problem) Explain() (reason, next string) {
	for _, e := range explanations {
		if e.problem == p {
			return e.reason, e.next
		}
	}
	return NotABadge.Explain()
}

var explanations = [...]struct {
	problem      Problem
	reason, next string
}{
	{Empty, "There is nothing in it.", "Download the badge again and bring that file."},
	{TooLarge, "It is larger than a badge can be.", "Bring the badge itself, or fewer at a time."},
	{TooMany, "There are more badges in it than can be read at once.", "Bring the rest in a second go."},
	{NotABadge, "It can be read, but it is not a badge.", "Bring the file that the issuer gave you, or the badge's web address."},
	{BadgeClassOnly, "It describes a badge or its issuer, not one that was awarded to somebody.", "Bring your own copy: the file or address you got when it was awarded."},
	{DamagedText, "The badge's text is damaged.", "Download the badge again instead of copying its text by hand."},
	{DamagedImage, "The picture is damaged.", "Download the badge again and bring that file unopened."},
	{ImageWithoutBadge, "It is only a picture: there is no badge inside. Photo apps, chats and social networks often remove it.", "Bring the file as you first downloaded it, or the badge's web address."},
	{PhotoWithoutCode, "No QR code was found, and this kind of picture cannot hold a badge.", "Take the photo closer and in better light, or bring the badge's PNG or SVG file."},
	{QRUnreadable, "There is a QR code, but it cannot be read.", "Take the photo straight from above, closer and without glare."},
	{QRWithoutBadge, "The QR code says something that is not a badge.", "Look for the code on the badge's own page, or bring its web address."},
	{EncryptedZIP, "The ZIP file is locked with a password.", "Unpack it on your device and bring the files inside."},
	{NestedZIP, "It is a ZIP file inside a ZIP file.", "Unpack the outer one and bring this one alone."},
	{DamagedZIP, "The ZIP file is damaged.", "Download it again, or bring the files inside one by one."},
	{HTMLPage, "It is a web page on which no badge can be found.", "On that page, look for a button to download the badge, and bring that file."},
	{UnsupportedKind, "It is a kind of file that cannot hold a badge here.", "Bring the badge as PNG, SVG or JSON, or its web address."},
	{ShortForm, "There is a badge in it, in a short form that cannot be read here yet.", "Ask the issuer for the badge as a file, or for its web address."},
	{LeftAside, "There are files in it beside the badges that are none.", "Nothing is to be done if the badges you look for are here."},
	{OfferUnsupported, "It is an invitation to fetch a badge with a wallet app, which this backpack cannot answer yet.", "Accept it in a wallet app, download the badge there and bring the file."},
	{PrivateKeyOnly, "It holds private keys and no badge. They were not kept.", "Keep that file to yourself and bring only the badges."},
	{KeysLeftOut, "It also holds private keys. They were not kept.", "Store that backup in a safe place: whoever has it can act in your name."},
	{Unreachable, "The address gave no proper answer.", "Try again later, or bring the badge as a file."},
	{AddressGone, "There is nothing at that address any more.", "Check the address for typing mistakes, or ask the issuer for the badge as a file."},
	{AddressPrivate, "The address is open only to people who signed in there.", "Make the badge public there, or download it and bring the file."},
	{Withdrawn, "The issuer has taken this badge back.", "Ask the issuer why; a copy that you have can still be kept."},
	{Interrupted, "It was stopped before it was read.", "Bring it once more."},
}
