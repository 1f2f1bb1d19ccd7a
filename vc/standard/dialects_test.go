package standard_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/vctest"
)

// Exports of other platforms in their own forms (specs B6). The content is made up;
// only the shapes are theirs.

// sha256Of returns a hashed recipient.
func sha256Of(mail, salt string) string {
	sum := sha256.Sum256([]byte(mail + salt))
	return "sha256$" + hex.EncodeToString(sum[:])
}

// A dialect is a platform's export and what its URLs serve.
type dialect struct {
	in    string
	pages map[string]vctest.Object
	title string
	from  string
	form  vc.Form
	age   string // Open Badges version
}

func badgr() dialect {
	const base = "https://api.badgr.io/public/"
	return dialect{
		in: `{"status":{"success":true,"description":"ok"},"result":[{"entityType":"BackpackAssertion","entityId":"Ab3","openBadgeId":"` + base + `assertions/Ab3",
			"badgeclass":"Bc3","badgeclassOpenBadgeId":"` + base + `badges/Bc3","issuer":"Is3","issuerOpenBadgeId":"` + base +
			`issuers/Is3","image":"https://media.badgr.io/x.png",
			"recipient":{"identity":"a@learner.example","type":"email","hashed":true,"plaintextIdentity":"a@learner.example"},"issuedOn":"2024-05-01T10:00:00Z",
			"narrative":null,"evidence":[],"revoked":false,"acceptance":"Accepted","expires":null,"pending":false}]}`,
		pages: map[string]vctest.Object{
			base + "assertions/Ab3": {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": base + "assertions/Ab3",
				"badge": base + "badges/Bc3", "image": vctest.Object{"id": base + "assertions/Ab3/image"}, "verification": vctest.Object{"type": "HostedBadge"},
				"issuedOn":  "2024-05-01T10:00:00.123456+00:00",
				"recipient": vctest.Object{"identity": sha256Of("a@learner.example", "7f3a"), "type": "email", "hashed": true, "salt": "7f3a"},
				"extensions:recipientProfile": vctest.Object{"@context": "https://openbadgespec.org/extensions/recipientProfile/context.json",
					"type": []any{"Extension", "extensions:RecipientProfile"}, "name": "A. Learner"}},
			base + "badges/Bc3": {"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": base + "badges/Bc3", "name": "Canning",
				"description": "Keeps fruit.",
				"issuer":      base + "issuers/Is3", "image": base + "badges/Bc3/image", "criteria": vctest.Object{"narrative": "Fill ten jars."},
				"criteriaUrl": base + "badges/Bc3/criteria", "tags": []any{"fruit"},
				"alignment": []any{vctest.Object{"targetName": "Preserving", "targetUrl": "https://skills.example/1"}}},
			base + "issuers/Is3": {"@context": "https://w3id.org/openbadges/v2", "type": "Issuer", "id": base + "issuers/Is3", "name": "Orchard",
				"url":   "https://orchard.example",
				"email": "badges@orchard.example", "description": "Fruit."},
		},
		title: "Canning", from: "Orchard", form: vc.Hosted, age: "2.0",
	}
}

func credly() dialect {
	const base = "https://api.credly.com/v1/obi/v2/"
	const id = base + "badge_assertions/0a1b2c3d-0000-1111-2222-333344445555"
	const issuer = base + "issuers/99990000-aaaa-bbbb-cccc-ddddeeeeffff"
	const class = issuer + "/badge_classes/77770000-aaaa-bbbb-cccc-ddddeeeeffff"
	profile := vctest.Object{"@context": "https://w3id.org/openbadges/v2", "type": "Issuer", "id": issuer, "name": "Cloud Guild",
		"url": "https://guild.example", "email": "c@guild.example"}
	return dialect{
		in: "Look at my badge: https://www.credly.com/badges/0a1b2c3d-0000-1111-2222-333344445555/public_url",
		pages: map[string]vctest.Object{
			id: {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": id, "issuedOn": "2023-02-01T00:00:00.000Z", "badge": class,
				"recipient":    vctest.Object{"type": "email", "hashed": true, "identity": sha256Of("a@learner.example", "")}, // no salt
				"verification": vctest.Object{"type": "HostedBadge"}, "image": vctest.Object{"id": "https://images.credly.com/x.png"}},
			class: {"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": class, "name": "Clouds I", "description": "Knows clouds.",
				"issuer":   profile,
				"criteria": vctest.Object{"narrative": "Pass."}, "image": vctest.Object{"id": "https://images.credly.com/x.png"}, "tags": []any{"clouds"}},
			issuer: profile,
		},
		title: "Clouds I", from: "Cloud Guild", form: vc.Hosted, age: "2.0",
	}
}

func moodle() dialect {
	const base = "https://school.example/moodle/badges/"
	const id, class, issuer = base + "assertion.php?b=00ff&obversion=2", base + "badge_json.php?id=4", base + "issuer_json.php?id=4"
	return dialect{
		in: "https://school.example/moodle/badges/badge.php?hash=00ff",
		pages: map[string]vctest.Object{
			id: {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": id, "uid": "00ff",
				"recipient": vctest.Object{"identity": sha256Of("a@learner.example", "badges123"), "type": "email", "hashed": true, "salt": "badges123"},
				"badge":     vctest.Object{"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": class, "name": "Old copy"},
				"verify":    vctest.Object{"type": "hosted", "url": id}, "issuedOn": "2022-03-04T05:06:07+01:00", "evidence": base + "badge.php?hash=00ff"},
			class: {"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": class, "name": "Course done", "description": "All units.",
				"image":    "data:image/png;base64,iVBORw0KGgo=",
				"criteria": vctest.Object{"id": base + "badge.php?hash=00ff", "narrative": "* all units"}, "issuer": issuer, "alignments": []any{}},
			issuer: {"@context": "https://w3id.org/openbadges/v2", "type": "Issuer", "id": issuer, "name": "School", "url": "https://school.example/moodle",
				"email": "m@school.example"},
		},
		title: "Course done", from: "School", form: vc.Hosted, age: "2.0",
	}
}

// mozilla returns an export whose copy of the badge is wrong.
func mozilla() dialect {
	const id, class, issuer = "https://maker.example/a/5.json", "https://maker.example/b/5.json", "https://maker.example/issuer.json"
	return dialect{
		in: `{"userId":12345,"groupId":678,"badges":[{"lastValidated":"2014-01-01T00:00:00.000Z","assertionType":"hosted","hostedUrl":"http://maker.example/a/5.json",
			"assertion":{"uid":"5","recipient":"a@learner.example","badge":{"name":"Something else","issuer":{"name":"Somebody else"}}},` +
			`"imageUrl":"https://backpack.example/images/badge/x.png"}]}`,
		pages: map[string]vctest.Object{
			id: {"uid": "5", "recipient": vctest.Object{"type": "email", "hashed": true, "salt": "nacl", "identity": sha256Of("a@learner.example", "nacl")},
				"badge": class, "verify": vctest.Object{"type": "hosted", "url": id}, "issuedOn": 1388534400, "image": "https://maker.example/5.png"},
			class: {"name": "Web maker", "description": "Made a page.", "image": "https://maker.example/b.png", "criteria": "https://maker.example/c",
				"issuer": issuer},
			issuer: {"name": "Makers", "url": "https://maker.example"},
		},
		title: "Web maker", from: "Makers", form: vc.Hosted, age: "1.0",
	}
}

// TestDialects opens each platform's export, follows its links and verifies the
// result.
func TestDialects(t *testing.T) {
	for name, d := range map[string]dialect{"Badgr": badgr(), "Credly": credly(), "Moodle": moodle(), "Mozilla": mozilla()} {
		t.Run(name, func(t *testing.T) {
			web := vctest.NewWeb()
			for address, page := range d.pages {
				b, err := json.Marshal(page)
				if err != nil {
					t.Fatal(err)
				}
				web.Serve(address, "application/json", b)
				if name == "Badgr" { // Badgr serves a web page unless asked this way
					web.Serve(address+".json?v=2_0", "application/json", b)
				}
			}
			doc := bring(t, web, d.in)
			r, err := newVerifier(t, web).Verify(t.Context(), doc, vc.Options{Recipients: []string{"A@Learner.example"}})
			if err != nil {
				t.Fatal(err)
			}
			verdict(t, r, vc.Valid)
			if doc.Form != d.form || doc.Version != d.age || r.Check(vc.CheckRecipient).Outcome != vc.Passed {
				t.Errorf("form %s, version %s, recipient %+v", doc.Form, doc.Version, r.Check(vc.CheckRecipient))
			}
			c := r.Current.Credential
			if c.Name.String() != d.title || c.Issuer.Name.String() != d.from {
				t.Errorf("shown: %s by %s", c.Name, c.Issuer.Name)
			}
			for _, w := range r.Warnings {
				if w.Reason != vc.ReasonHostedDiffers {
					t.Errorf("warning %+v", w)
				}
			}
		})
	}
}

// bring opens a learner's input and follows the single link in it, as an import
// does.
func bring(t *testing.T, web *vctest.Web, in string) *vc.Document {
	t.Helper()
	items := intake.Open(t.Context(), "", []byte(in), intake.Options{})
	for range 3 {
		if len(items) != 1 || items[0].Problem != "" {
			t.Fatalf("%+v", items)
		}
		if items[0].Doc != nil {
			return items[0].Doc
		}
		res, err := web.Fetch(t.Context(), vc.FetchRequest{URL: intake.RewriteURL(items[0].Link)})
		if err != nil {
			t.Fatal(err)
		}
		items = intake.OpenFetched(t.Context(), res, intake.Options{})
	}
	t.Fatal("too many links")
	return nil
}
