package ld

import (
	"context"
	"testing"

	"backpack/vc"
)

// BenchmarkCanonicalize reads a badge of 3 KB and compares with json-gold.
func BenchmarkCanonicalize(b *testing.B) {
	e := engine(b)
	doc := benchBadge
	v := parse(b, doc)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := e.Digest(context.Background(), v, Options{Without: []string{"proof"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours with parsing", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			v, err := vc.ParseJSON([]byte(doc))
			if err == nil {
				_, err = e.Digest(context.Background(), v, Options{Without: []string{"proof"}})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json-gold", func(b *testing.B) {
		l := &goldLoader{e, map[string]any{}}
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := goldCanonicalize(l, []byte(doc)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkJCS(b *testing.B) {
	v := parse(b, benchBadge)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = JCS(buf[:0], v)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

// benchBadge has the size and shape of a typical badge: 3 KB, 66 statements, 5 blank
// nodes.
const benchBadge = `{
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
  "id": "urn:uuid:3f6f2b0e-7f0c-4d3f-9e7e-0d2b9d3f1a01",
  "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "name": "Robotics, level 2",
  "description": "Builds and programs small robots that follow a line and pick up things.",
  "image": {"id": "https://issuer.example/badges/robotics-2.png", "type": "Image", "caption": "A robot arm"},
  "awardedDate": "2024-05-01T00:00:00Z",
  "issuer": {"id": "did:web:issuer.example", "type": ["Profile"], "name": "Example School", "url": "https://issuer.example", "email": "badges@issuer.example",
    "description": "A school for makers of all ages."},
  "validFrom": "2024-05-01T00:00:00Z",
  "validUntil": "2034-05-01T00:00:00Z",
  "credentialSubject": {
    "id": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
    "type": ["AchievementSubject"],
    "narrative": "Built a line follower and a gripper in two weeks.",
    "role": "builder",
    "licenseNumber": "LN-77-2024",
    "creditsEarned": 7.5,
    "achievement": {
      "id": "https://issuer.example/achievements/robotics-2",
      "type": ["Achievement"],
      "name": "Robotics, level 2",
      "description": "Sensors, motors, loops and how they play together.",
      "achievementType": "Badge",
      "criteria": {"id": "https://issuer.example/achievements/robotics-2/criteria", "narrative": "* build a robot\n* program it\n* explain it"},
      "creator": {"id": "did:web:issuer.example", "type": ["Profile"], "name": "Example School"},
      "image": {"id": "https://issuer.example/achievements/robotics-2.png", "type": "Image"},
      "alignment": [
        {"type": ["Alignment"], "targetName": "Control systems", "targetUrl": "https://skills.example/control", "targetCode": "CS-1",
          "targetFramework": "Example Skills", "targetType": "ceasn:Competency"},
        {"type": ["Alignment"], "targetName": "Teamwork", "targetUrl": "https://skills.example/teamwork", "targetCode": "TW-4",
          "targetFramework": "Example Skills", "targetType": "ceasn:Competency"}
      ],
      "creditsAvailable": 10,
      "fieldOfStudy": "Robotics",
      "humanCode": "ROB-2",
      "inLanguage": "en",
      "version": "2",
      "tag": ["robots", "loops", "sensors"]
    }
  },
  "evidence": [
    {"id": "https://issuer.example/evidence/1", "type": ["Evidence"], "name": "Video", "narrative": "The robot follows the line.", "genre": "video"},
    {"type": ["Evidence"], "narrative": "Seen in class by two teachers."}
  ],
  "credentialSchema": [{"id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019"}],
  "credentialStatus": {"id": "https://issuer.example/revocations", "type": "1EdTechRevocationList"},
  "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2024-05-01T00:00:00Z",
    "verificationMethod": "did:web:issuer.example#key-1", "proofPurpose": "assertionMethod",
      "proofValue": "z3JNs7TUWhYc1VRW3D9Cg3HcGYhx4brCBzLqZWcX7QqfgJUuJY2sQn5TjgQMkFPHQjWRMHtYZTZxgv4fLuJxbXA8i"}
}`
