package vc

// A Reason says why a check came out as it did. Reasons are stable: they are
// never renamed once released, and each has a text for people.
type Reason string

// The reasons.
const (
	ReasonNotRun       Reason = "not_run"           // an earlier check made this one pointless
	ReasonNotStated    Reason = "not_stated"        // the badge says nothing of it
	ReasonNotDisclosed Reason = "not_disclosed"     // who shows it may have left it out (specs D4.7)
	ReasonUnreachable  Reason = "unreachable"       // the network gave no answer
	ReasonForbidden    Reason = "address_forbidden" // our own rules forbid asking that address
	ReasonPort         Reason = "port_forbidden"    // it has another port than the one that we ask
	ReasonPrivate      Reason = "address_private"   // it is inside a private network
	ReasonNoHost       Reason = "no_such_host"      // no name server knows the host
	ReasonRefused      Reason = "connection_refused"
	ReasonTooLarge     Reason = "too_large"
	ReasonTooComplex   Reason = "too_complex"
	ReasonUnsupported  Reason = "unsupported" // a kind of thing we do not know

	// format
	ReasonMalformed      Reason = "malformed"
	ReasonMissingMember  Reason = "missing_member"
	ReasonWrongType      Reason = "wrong_type"
	ReasonContextOrder   Reason = "context_order"
	ReasonUnknownContext Reason = "unknown_context"
	ReasonContextUnsafe  Reason = "context_unsafe" // gives standard words another meaning, sets @base, or imports
	ReasonEarlyForm      Reason = "early_form"     // the standard's words come from a context of the issuer's own
	ReasonDirection      Reason = "text_direction" // the proof does not cover the direction of texts
	ReasonSchema         Reason = "schema"
	ReasonDateFormat     Reason = "date_format"
	ReasonMixedModels    Reason = "mixed_models"
	ReasonClaimsMismatch Reason = "claims_mismatch" // a JWT claim differs from the credential
	ReasonClaimsNear     Reason = "claims_near"     // a moment in a claim differs by minutes
	ReasonPrivateKey     Reason = "private_key"     // the header's jwk holds private members
	ReasonVocabHides     Reason = "vocab_hides_terms"
	ReasonRedefines      Reason = "redefines_words"     // an inline context gives a word of the data model a meaning of its own
	ReasonNothing        Reason = "states_nothing"      // null, or a list of nothing
	ReasonOneDue         Reason = "one_due"             // a list where one thing is due
	ReasonDayOnly        Reason = "day_only"            // a date without a time of day
	ReasonNotEndorsement Reason = "not_an_endorsement"  // it stands where an endorsement should
	ReasonDangling       Reason = "dangling"            // it refers to something in itself that is not there
	ReasonContextOpen    Reason = "context_not_covered" // behind those that the proof covers

	// resources
	ReasonResourceDiffers   Reason = "resource_differs"       // it has another digest than the credential gives
	ReasonResourceNotLooked Reason = "resource_not_looked_at" // its digest is given, and nobody had it to compare

	// terms
	ReasonUndefinedTerm Reason = "undefined_term"
	ReasonAmbiguous     Reason = "ambiguous"          // the proof does not tell what of an id stands in which of its places
	ReasonEveryByte     Reason = "every_byte_covered" // JWT and JCS cover the text itself

	// subject
	ReasonNoSubjectID Reason = "no_subject_id"
	ReasonNameOnly    Reason = "name_only" // it calls its recipient by a name, which many may have

	ReasonSubjectDiffers Reason = "subject_differs" // about somebody else than the document around it

	// proof
	ReasonVouched          Reason = "vouched_for" // unsigned, in a document whose issuer vouches for it
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
	ReasonKeyNotNamed      Reason = "key_not_named"  // neither kid nor jwk says which key it is
	ReasonKeyCertificate   Reason = "key_by_certificate"
	ReasonProofContext     Reason = "proof_context"      // the proof has contexts of its own
	ReasonOtherSeal        Reason = "other_seal_unknown" // beside one that holds
	ReasonOneOfSeveral     Reason = "one_proof_of_several_failed"
	ReasonProofChain       Reason = "proof_chain"  // a proof before it is missing, fails, or follows it
	ReasonPrivateCopy      Reason = "private_copy" // a base proof, which its holder alone may have
	ReasonPartShown        Reason = "part_shown"   // a derived proof holds, over what is shown
	ReasonOwnCopy          Reason = "own_copy"     // the same, kept by its holder
	ReasonChallenge        Reason = "challenge_mismatch"
	ReasonDomain           Reason = "domain_mismatch"
	ReasonHolderNotShown   Reason = "holder_not_shown"     // it is bound to a key, and nobody shows to hold that
	ReasonHostedFetched    Reason = "hosted_fetched"       // the issuer's address serves this badge
	ReasonHostedDiffers    Reason = "hosted_differs"       // it serves one with another id
	ReasonHostedGone       Reason = "hosted_gone"          // it answers 404
	ReasonNotABadge        Reason = "not_a_badge"          // it serves something else
	ReasonNotServed        Reason = "hosted_as_file"       // a picture or a text says it, which a visitor may have left there
	ReasonOnChain          Reason = "sealed_on_chain"      // Blockcerts: sealed on a blockchain, which is not checked
	ReasonOwnWord          Reason = "by_its_own_word"      // only the file itself says what others answered
	ReasonRecorded         Reason = "recorded_by_backpack" // signed by a backpack that checked the original

	// issuer
	ReasonControllerMismatch Reason = "controller_mismatch"
	ReasonNotAuthorised      Reason = "key_not_authorised" // not listed for this purpose
	ReasonKeyNotListed       Reason = "key_not_listed"
	ReasonKeyPurpose         Reason = "key_without_purpose"    // listed, and for no purpose at all
	ReasonKeyController      Reason = "key_without_controller" // listed, and it does not say whose it is
	ReasonNoKeys             Reason = "issuer_lists_no_keys"   // its document is there and lists none
	ReasonKeyRevoked         Reason = "key_revoked"
	ReasonKeyExpired         Reason = "key_expired"
	ReasonNotConfirmed       Reason = "issuer_not_confirmed" // nothing ties the key to the issuer
	ReasonOrigin             Reason = "issuer_origin"        // a hosted badge lies outside its issuer's domain

	// known
	ReasonNoRegistry  Reason = "no_registry"  // there is no registry to ask
	ReasonNotListed   Reason = "not_listed"   // none of the registries asked knows the issuer
	ReasonLookAlike   Reason = "look_alike"   // its domain looks like that of another issuer, which is known
	ReasonMixedScript Reason = "mixed_script" // its domain mixes alphabets, or spells Latin letters with others
	ReasonOldList     Reason = "old_list"     // known by a registry that could not be read again since

	// refresh
	ReasonRefreshed       Reason = "refreshed"
	ReasonRefreshRejected Reason = "refresh_rejected"

	// revocation
	ReasonRevoked       Reason = "revoked"
	ReasonSuspended     Reason = "suspended"
	ReasonRefreshDue    Reason = "refresh_due"
	ReasonStatusMessage Reason = "status_message"
	ReasonStatusList    Reason = "status_list_invalid"
	ReasonStatusGone    Reason = "status_list_gone"  // its server answers that there is no such list
	ReasonStatusShort   Reason = "status_list_short" // it has fewer entries than the standard demands
	ReasonStatusEntry   Reason = "status_entry_invalid"
	ReasonStatusIssuer  Reason = "status_issuer_differs"

	// dates
	ReasonNotYetValid Reason = "not_yet_valid"
	ReasonExpired     Reason = "expired"
	ReasonDateOrder   Reason = "date_order"

	// recipient
	ReasonMatched     Reason = "matched"
	ReasonNoMatch     Reason = "no_match"
	ReasonNobodyAsked Reason = "nobody_asked" // nobody said whom to compare with
	ReasonWeakHash    Reason = "weak_hash"

	ReasonSample Reason = "sample" // sealed for trying out, with a key that everybody has

	// endorsement
	ReasonEndorsements Reason = "some_endorsement_failed"
)

// Silent reports whether the reason is that an address gave no answer.
func (r Reason) Silent() bool {
	return r == ReasonUnreachable || r == ReasonNoHost || r == ReasonRefused
}
