package intake

// A Problem is the reason why an input is not a badge. Problems are stable: a
// released one is never renamed. ui/locale has a text and a next step for each.
type Problem string

// The problems.
const (
	Empty             Problem = "empty"
	TooLarge          Problem = "too_large"
	TooMany           Problem = "too_many"
	NotABadge         Problem = "not_a_badge"      // readable, but something else
	BadgeClassOnly    Problem = "badge_class_only" // a badge class or an issuer, without an award
	DamagedText       Problem = "damaged_text"     // invalid JSON or JWT
	DamagedImage      Problem = "damaged_image"
	ImageWithoutBadge Problem = "image_without_badge" // PNG or SVG without badge or code
	PhotoWithoutCode  Problem = "photo_without_code"  // another picture format, without a code
	QRUnreadable      Problem = "qr_unreadable"
	QRWithoutBadge    Problem = "qr_without_badge" // a code with something else
	EncryptedZIP      Problem = "encrypted_zip"
	NestedZIP         Problem = "nested_zip"
	DamagedZIP        Problem = "damaged_zip"
	HTMLPage          Problem = "html_page" // a web page without a badge
	UnsupportedKind   Problem = "unsupported_kind"
	ShortForm         Problem = "short_form" // a badge in CBOR-LD, which is not supported
	LeftAside         Problem = "left_aside" // other files in a ZIP with badges
	OfferUnsupported  Problem = "offer_unsupported"
	PrivateKeyOnly    Problem = "private_key_only"
	KeysLeftOut       Problem = "keys_left_out"   // private keys next to badges, which are not stored
	Unreachable       Problem = "unreachable"     // the address did not respond properly
	AddressGone       Problem = "address_gone"    // it responds with status 404
	AddressPrivate    Problem = "address_private" // it responds with status 401 or 403
	Withdrawn         Problem = "withdrawn"       // it responds with status 410
	Interrupted       Problem = "interrupted"
)
