package ld

// samples are documents of every kind that the product reads.
var samples = map[string]string{
	"ob worked example": obExample, "clr worked example": clrExample,
	"rich badge": richBadge, "presentation": presentation,
	"badge of 1.1": oldBadge, "endorsement": `{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"],
 "type": ["VerifiableCredential", "EndorsementCredential"], "issuer": "did:web:guild.example", "validFrom": "2024-06-01T00:00:00Z",
 "name": [{"@value": "Endorsement", "@language": "en"}, {"@value": "Suositus", "@language": "fi"}],
 "credentialSubject": {"id": "https://issuer.example/1", "type": "EndorsementSubject", "endorsementComment": "Fine.\nReally."}}`,
	"status list": `{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": "https://issuer.example/status/3",
 "type": ["VerifiableCredential", "BitstringStatusListCredential"], "issuer": "did:web:issuer.example", "validFrom": "2024-06-01T00:00:00Z",
 "credentialSubject": {"id": "https://issuer.example/status/3#list", "type": "BitstringStatusList", "statusPurpose": ["revocation", "suspension"],
   "encodedList": "uH4sIAAAA", "ttl": 300000}}`,
	"json literal": `{"@context": "https://www.w3.org/ns/credentials/v2", "type": ["VerifiableCredential", "JsonSchemaCredential"],
    "issuer": "did:web:issuer.example",
 "credentialSubject": {"id": "https://issuer.example/schema", "type": "JsonSchema", "jsonSchema": {"b": [1.0, null, 1e30], "a": "\u20ac"}}}`,
}

// presentation contains a signed credential and an enveloped one.
const presentation = `{
 "@context": ["https://www.w3.org/ns/credentials/v2"],
 "id": "urn:uuid:0b7b6a4e-19f1-4b35-a1e5-64cf0f3a3a01",
 "type": ["VerifiablePresentation"],
 "holder": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
 "verifiableCredential": [
  {"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
   "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": {"id": "did:web:issuer.example", "type": "Profile", "name": "School"},
     "validFrom": "2024-05-01T00:00:00Z",
   "credentialSubject": {"type": "AchievementSubject", "achievement": {"id": "urn:example:a", "type": "Achievement", "name": "N",
     "description": "D", "criteria": {"narrative": "C"}}},
   "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "verificationMethod": "did:web:issuer.example#k",
     "proofPurpose": "assertionMethod", "proofValue": "z1"}},
  {"@context": "https://www.w3.org/ns/credentials/v2", "id": "data:application/vc+jwt,eyJhbGciOiJFZERTQSJ9.e30.AA", "type": "EnvelopedVerifiableCredential"}]
}`

// oldBadge follows data model 1.1.
const oldBadge = `{
 "@context": ["https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
   "https://w3id.org/security/suites/ed25519-2020/v1", "https://w3id.org/vc/status-list/2021/v1"],
 "id": "https://issuer.example/credentials/1",
 "type": ["VerifiableCredential", "OpenBadgeCredential"],
 "name": "Old badge",
 "issuer": {"id": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi", "type": ["Profile"], "name": "Old School", "url": "https://issuer.example"},
 "issuanceDate": "2022-11-01T00:00:00Z",
 "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"id": "urn:uuid:1", "type": ["Achievement"], "name": "Old badge", "description": "D",
  "criteria": {"type": "Criteria", "narrative": "C"}, "image": {"id": "https://issuer.example/i.png", "type": "Image"}}},
 "credentialStatus": {"id": "https://issuer.example/status/1#4", "type": "StatusList2021Entry", "statusPurpose": "revocation",
   "statusListIndex": "4", "statusListCredential": "https://issuer.example/status/1"},
 "proof": {"type": "Ed25519Signature2020", "created": "2022-11-01T00:00:00Z",
   "verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
     "proofPurpose": "assertionMethod", "proofValue": "z3J"}
}`

// obExample is the worked example of Open Badges 3.0, reconstructed from its published
// statements.
const obExample = `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
 "id": "http://example.com/credentials/3527",
 "type": ["VerifiableCredential", "OpenBadgeCredential"],
 "issuer": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example Corp", "url": "https://www.imsglobal.org"},
 "validFrom": "2010-01-01T00:00:00Z",
 "name": "Teamwork Badge",
 "credentialSubject": {"id": "did:example:ebfeb1f712ebc6f1c276e12ec21", "type": ["AchievementSubject"],
  "achievement": {"id": "https://example.com/achievements/21st-century-skills/teamwork", "type": ["Achievement"],
   "criteria": {"narrative": "Team members are nominated for this badge by their peers and recognized upon review by Example Corp management."},
   "description": "This badge recognizes the development of the capacity to collaborate within a group environment.",
   "name": "Teamwork"}}
}`

// obProof is the proof of the worked examples without its proofValue.
const obProof = `{"type": "DataIntegrityProof", "created": "2010-01-01T19:23:24Z", "cryptosuite": "eddsa-rdfc-2022",
 "verificationMethod": "https://example.edu/issuers/565049#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
 "proofPurpose": "assertionMethod"}`

// clrExample is the worked example of the Comprehensive Learner Record 2.0,
// reconstructed from its published statements. It contains a signed credential.
const clrExample = `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
 "id": "http://example.edu/credentials/3732",
 "type": ["VerifiableCredential", "ClrCredential"],
 "issuer": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example University"},
 "validFrom": "2010-01-01T00:00:00Z",
 "name": "Sample Transcript",
 "credentialSubject": {"id": "did:example:ebfeb1f712ebc6f1c276e12ec21", "type": ["ClrSubject"],
  "verifiableCredential": [{
   "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
   "id": "urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002",
   "type": ["VerifiableCredential", "OpenBadgeCredential"],
   "issuer": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example University"},
   "validFrom": "2010-01-01T00:00:00Z",
   "name": "Example University Degree",
   "credentialSubject": {"id": "did:example:ebfeb1f712ebc6f1c276e12ec21", "type": ["AchievementSubject"],
    "achievement": {"id": "urn:uuid:a7467ef6-56cb-11ec-bf63-0242ac130002", "type": ["Achievement"],
     "creator": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example University"},
     "criteria": {"id": "https://example.edu/achievements/a7467ef6-56cb-11ec-bf63-0242ac130002/criteria"},
     "description": "Achievement 1", "image": {"id": "https://example.edu/achievements/sample.png", "type": "Image"}, "name": "Achievement 1"}},
   "credentialSchema": [{"id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
     "type": "1EdTechJsonSchemaValidator2019"}],
   "proof": [{"type": "DataIntegrityProof", "created": "2010-01-01T19:23:24Z", "cryptosuite": "eddsa-rdfc-2022",
    "verificationMethod": "https://example.edu/issuers/565049#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
    "proofPurpose": "assertionMethod",
    "proofValue": "z45QnLySMt2mWuW787G6cf3SLkP97ZkMZxLeXH5yaaTQPCtTup4GCV95tU8HEnQJSyGCokSj3AvUhmJtvveTmN4Vu"}]}],
  "achievement": [
   {"id": "urn:uuid:a7467ef6-56cb-11ec-bf63-0242ac130002", "type": ["Achievement"],
    "creator": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example University"},
    "criteria": {"id": "https://example.edu/achievements/a7467ef6-56cb-11ec-bf63-0242ac130002/criteria"},
    "description": "Achievement 1", "image": {"id": "https://example.edu/achievements/sample.png", "type": "Image"}, "name": "Achievement 1"},
   {"id": "urn:uuid:dd887f0a-56cb-11ec-bf63-0242ac130002", "type": ["Achievement"],
    "creator": {"id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example University"},
    "criteria": {"id": "https://example.edu/achievements/dd887f0a-56cb-11ec-bf63-0242ac130002/criteria"},
    "description": "Achievement 2", "image": {"id": "https://example.edu/achievements/sample.png", "type": "Image"}, "name": "Achievement 2"}],
  "association": [{"type": "Association", "associationType": "isParentOf",
   "sourceId": "urn:uuid:a7467ef6-56cb-11ec-bf63-0242ac130002", "targetId": "urn:uuid:dd887f0a-56cb-11ec-bf63-0242ac130002"}]},
 "credentialSchema": [{"id": "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json",
   "type": "1EdTechJsonSchemaValidator2019"}]
}`

// richBadge uses most members that Open Badges 3.0 defines.
const richBadge = `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
   "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
 "id": "urn:uuid:3f6f2b0e-7f0c-4d3f-9e7e-0d2b9d3f1a01",
 "type": ["VerifiableCredential", "OpenBadgeCredential"],
 "name": "Robotics, level 2",
 "description": "Builds and programs small robots.",
 "image": {"id": "https://issuer.example/badges/robotics.png", "type": "Image", "caption": "A robot arm"},
 "awardedDate": "2024-05-01T00:00:00Z",
 "issuer": {"id": "did:web:issuer.example", "type": ["Profile"], "name": "Example School", "url": "https://issuer.example", "email": "badges@issuer.example",
  "address": {"type": ["Address"], "addressCountry": "FI", "addressLocality": "Turku", "streetAddress": "1 Quay Street",
    "geo": {"type": "GeoCoordinates", "latitude": 60.45, "longitude": 22.26}},
  "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "123-45", "identifierType": "identifier"}]},
 "validFrom": "2024-05-01T00:00:00Z",
 "validUntil": "2034-05-01T00:00:00Z",
 "credentialSubject": {"id": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi", "type": ["AchievementSubject"],
  "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$1a2b3c", "identityType": "emailAddress", "salt": "not-so-random"}],
  "creditsEarned": 7.5, "licenseNumber": "LN-77", "narrative": "Built a line follower and a \"gripper\".\nTwo weeks.", "role": "builder", "term": "Spring",
  "activityStartDate": "2024-04-01T00:00:00Z", "activityEndDate": "2024-04-28T00:00:00Z",
  "source": {"id": "https://club.example/profile", "type": ["Profile"], "name": "Robot Club"},
  "achievement": {"id": "https://issuer.example/achievements/robotics-2", "type": ["Achievement"], "name": "Robotics, level 2",
    "description": "Sensors, motors, loops.",
   "achievementType": "Badge", "criteria": {"id": "https://issuer.example/achievements/robotics-2/criteria", "narrative": "* build\n* program"},
   "creator": {"id": "did:web:issuer.example", "type": ["Profile"], "name": "Example School"},
   "alignment": [{"type": ["Alignment"], "targetName": "Control systems", "targetUrl": "https://skills.example/control", "targetCode": "CS-1",
     "targetFramework": "Example Skills", "targetType": "ceasn:Competency"}],
   "creditsAvailable": 10, "fieldOfStudy": "Robotics", "humanCode": "ROB-2", "specialization": "Mobile robots", "inLanguage": "en", "version": "2",
     "tag": ["robots", "loops"],
   "related": [{"id": "https://issuer.example/achievements/robotics-1", "type": ["Related"], "inLanguage": "en", "version": "1"}],
   "resultDescription": [{"id": "urn:uuid:9d0b0f5e-0d0f-4f1b-8f63-0d1d6a0e7b11", "type": ["ResultDescription"], "name": "Grade",
     "resultType": "LetterGrade", "allowedValue": ["A", "B", "C"], "requiredValue": "C",
    "rubricCriterionLevel": [{"id": "urn:uuid:9d0b0f5e-0d0f-4f1b-8f63-0d1d6a0e7b12", "type": ["RubricCriterionLevel"], "level": "Mastered",
      "name": "Mastery", "points": "4"}]}]},
  "result": [{"type": ["Result"], "resultDescription": "urn:uuid:9d0b0f5e-0d0f-4f1b-8f63-0d1d6a0e7b11", "value": "A", "status": "Completed"},
    {"type": ["Result"], "value": "B"}]},
 "evidence": [{"id": "https://issuer.example/evidence/1", "type": ["Evidence"], "name": "Video", "narrative": "The robot follows the line.",
   "genre": "video", "audience": "all"}, {"type": ["Evidence"], "narrative": "Seen in class."}, {"type": ["Evidence"], "narrative": "Seen in class."}],
 "endorsement": [{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
   "id": "urn:uuid:5a1b6a3e-58a5-4c3d-8a6e-2f6a1f7d2c01",
  "type": ["VerifiableCredential", "EndorsementCredential"], "issuer": {"id": "did:web:guild.example", "type": ["Profile"], "name": "Guild"},
    "validFrom": "2024-06-01T00:00:00Z", "name": "Endorsement",
  "credentialSubject": {"id": "urn:uuid:3f6f2b0e-7f0c-4d3f-9e7e-0d2b9d3f1a01", "type": ["EndorsementSubject"], "endorsementComment": "Well made."},
  "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2024-06-01T00:00:00Z",
    "verificationMethod": "did:web:guild.example#key-1", "proofPurpose": "assertionMethod",
      "proofValue": "z3JNs7TUWhYc1VRW3D9Cg3HcGYhx4brCBzLqZWcX7QqfgJUuJY2sQn5TjgQMkFPHQjWRMHtYZTZxgv4fLuJxbXA8i"}}],
 "credentialSchema": [{"id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
   "type": "1EdTechJsonSchemaValidator2019"}],
 "credentialStatus": {"id": "https://issuer.example/revocations", "type": "1EdTechRevocationList"},
 "refreshService": {"id": "https://issuer.example/refresh/1", "type": "1EdTechCredentialRefresh"}
}`
