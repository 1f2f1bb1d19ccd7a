package vc

// A Reason explains a check's outcome. Reasons are stable: a released reason is
// never renamed, and each has a text in the user interface.
type Reason string

const (
	ReasonNotRun       Reason = "not_run"           // an earlier check made this one pointless
	ReasonNotStated    Reason = "not_stated"        // the badge does not state it
	ReasonNotDisclosed Reason = "not_disclosed"     // the holder may have left it out (specs D4.7)
	ReasonUnreachable  Reason = "unreachable"       // no answer from the network
	ReasonForbidden    Reason = "address_forbidden" // our own rules forbid the address
	ReasonPort         Reason = "port_forbidden"    // the address has a port other than 443
	ReasonPrivate      Reason = "address_private"   // the address is in a private network
	ReasonNoHost       Reason = "no_such_host"      // the host has no DNS entry
	ReasonRefused      Reason = "connection_refused"
	ReasonTooLarge     Reason = "too_large"
	ReasonTooComplex   Reason = "too_complex"
	ReasonUnsupported  Reason = "unsupported" // an unknown kind of thing

	// format
	ReasonMalformed      Reason = "malformed"
	ReasonMissingMember  Reason = "missing_member"
	ReasonWrongType      Reason = "wrong_type"
	ReasonContextOrder   Reason = "context_order"
	ReasonUnknownContext Reason = "unknown_context"
	ReasonContextUnsafe  Reason = "context_unsafe" // redefines standard terms, sets @base, or imports
	ReasonEarlyForm      Reason = "early_form"     // the issuer's own context defines the standard's terms
	ReasonDirection      Reason = "text_direction" // the proof does not cover the direction of texts
	ReasonSchema         Reason = "schema"
	ReasonDateFormat     Reason = "date_format"
	ReasonMixedModels    Reason = "mixed_models"
	ReasonClaimsMismatch Reason = "claims_mismatch" // a JWT claim contradicts the credential
	ReasonClaimsNear     Reason = "claims_near"     // a time in a claim differs by minutes
	ReasonPrivateKey     Reason = "private_key"     // the header's jwk has private members
	ReasonVocabHides     Reason = "vocab_hides_terms"
	ReasonRedefines      Reason = "redefines_words"     // an inline context redefines a term of the data model
	ReasonNothing        Reason = "states_nothing"      // null or an empty list
	ReasonOneDue         Reason = "one_due"             // a list where a single value is required
	ReasonDayOnly        Reason = "day_only"            // a date without a time of day
	ReasonNotEndorsement Reason = "not_an_endorsement"  // an endorsement was expected here
	ReasonDangling       Reason = "dangling"            // refers to something it does not contain
	ReasonContextOpen    Reason = "context_not_covered" // follows the contexts that the proof covers

	// resources
	ReasonResourceDiffers   Reason = "resource_differs"       // its digest differs from the one in the credential
	ReasonResourceNotLooked Reason = "resource_not_looked_at" // has a digest, but was not available to compare

	// terms
	ReasonUndefinedTerm Reason = "undefined_term"
	ReasonAmbiguous     Reason = "ambiguous"          // the proof does not fix which statement about an id stands where
	ReasonEveryByte     Reason = "every_byte_covered" // JWT and JCS cover the text itself

	// subject
	ReasonNoSubjectID Reason = "no_subject_id"
	ReasonNameOnly    Reason = "name_only" // identifies the recipient by name only, which many may share

	ReasonSubjectDiffers Reason = "subject_differs" // is about another subject than the document around it

	// proof
	ReasonVouched          Reason = "vouched_for" // unsigned, but the issuer of the document around it vouches for it
	ReasonSibling          Reason = "sibling_in_doubt"
	ReasonNoProof          Reason = "no_proof"
	ReasonBadSignature     Reason = "bad_signature"
	ReasonUnsupportedSuite Reason = "unsupported_suite"
	ReasonAlgForbidden     Reason = "algorithm_forbidden"
	ReasonWrongPurpose     Reason = "wrong_purpose"
	ReasonProofExpired     Reason = "proof_expired"
	ReasonProofFuture      Reason = "proof_in_future"
	ReasonKeyNotFound      Reason = "key_not_found"
	ReasonKeyUnsuitable    Reason = "key_unsuitable" // the key does not fit the suite
	ReasonKeyNotNamed      Reason = "key_not_named"  // neither kid nor jwk identifies the key
	ReasonKeyCertificate   Reason = "key_by_certificate"
	ReasonProofContext     Reason = "proof_context"      // the proof has its own contexts
	ReasonOtherSeal        Reason = "other_seal_unknown" // of an unknown kind, beside a valid proof
	ReasonOneOfSeveral     Reason = "one_proof_of_several_failed"
	ReasonProofChain       Reason = "proof_chain"  // a previous proof is missing, invalid or later in the chain
	ReasonPrivateCopy      Reason = "private_copy" // a base proof, private to its holder
	ReasonPartShown        Reason = "part_shown"   // a valid derived proof covers what is shown
	ReasonOwnCopy          Reason = "own_copy"     // a valid base proof, kept by its holder
	ReasonChallenge        Reason = "challenge_mismatch"
	ReasonDomain           Reason = "domain_mismatch"
	ReasonHolderNotShown   Reason = "holder_not_shown"     // bound to a key whose possession is not proved
	ReasonHostedFetched    Reason = "hosted_fetched"       // the issuer's URL serves this badge
	ReasonHostedDiffers    Reason = "hosted_differs"       // the URL serves a badge with another id
	ReasonHostedGone       Reason = "hosted_gone"          // the URL answers 404
	ReasonNotABadge        Reason = "not_a_badge"          // the URL serves something else
	ReasonNotServed        Reason = "hosted_as_file"       // served as a picture or text file, which a visitor may have uploaded
	ReasonOnChain          Reason = "sealed_on_chain"      // Blockcerts: anchored in a blockchain, which is not checked
	ReasonOwnWord          Reason = "by_its_own_word"      // only the file itself states the answers of others
	ReasonRecorded         Reason = "recorded_by_backpack" // signed by a backpack that checked the original

	// issuer
	ReasonControllerMismatch Reason = "controller_mismatch"
	ReasonNotAuthorised      Reason = "key_not_authorised" // not listed for this purpose
	ReasonKeyNotListed       Reason = "key_not_listed"
	ReasonKeyPurpose         Reason = "key_without_purpose"    // listed without any purpose
	ReasonKeyController      Reason = "key_without_controller" // listed without a controller
	ReasonNoKeys             Reason = "issuer_lists_no_keys"   // the issuer's document exists and lists no keys
	ReasonKeyRevoked         Reason = "key_revoked"
	ReasonKeyExpired         Reason = "key_expired"
	ReasonNotConfirmed       Reason = "issuer_not_confirmed" // no binding between key and issuer
	ReasonOrigin             Reason = "issuer_origin"        // a hosted badge outside its issuer's domain

	// known
	ReasonNoRegistry  Reason = "no_registry"  // no registry is configured
	ReasonNotListed   Reason = "not_listed"   // no registry lists the issuer
	ReasonLookAlike   Reason = "look_alike"   // the domain imitates that of a known issuer
	ReasonMixedScript Reason = "mixed_script" // the domain mixes alphabets or imitates Latin letters
	ReasonOldList     Reason = "old_list"     // listed by a registry whose update failed

	// refresh
	ReasonRefreshed       Reason = "refreshed"
	ReasonRefreshRejected Reason = "refresh_rejected"

	// revocation
	ReasonRevoked       Reason = "revoked"
	ReasonSuspended     Reason = "suspended"
	ReasonRefreshDue    Reason = "refresh_due"
	ReasonStatusMessage Reason = "status_message"
	ReasonStatusList    Reason = "status_list_invalid"
	ReasonStatusGone    Reason = "status_list_gone"  // the server answers that the list does not exist
	ReasonStatusShort   Reason = "status_list_short" // fewer entries than the standard requires
	ReasonStatusEntry   Reason = "status_entry_invalid"
	ReasonStatusIssuer  Reason = "status_issuer_differs"

	// dates
	ReasonNotYetValid Reason = "not_yet_valid"
	ReasonExpired     Reason = "expired"
	ReasonDateOrder   Reason = "date_order"

	// recipient
	ReasonMatched     Reason = "matched"
	ReasonNoMatch     Reason = "no_match"
	ReasonNobodyAsked Reason = "nobody_asked" // no recipient to compare with
	ReasonWeakHash    Reason = "weak_hash"

	ReasonSample Reason = "sample" // signed with a public sample key

	// endorsement
	ReasonEndorsements Reason = "some_endorsement_failed"
)

// Silent reports whether the reason is an address without an answer.
func (r Reason) Silent() bool {
	return r == ReasonUnreachable || r == ReasonNoHost || r == ReasonRefused
}
