package sample

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/suite"
)

// A legacyAward describes a badge of Open Badges before 3.0.
type legacyAward struct {
	name, title           string
	picture               *picture
	description, criteria string
	tags                  []string
	alignment             []object
	form                  string // png, svg or jws
	assertion             object // further members
}

// legacyAwards returns the badges of Open Badges 1.0 and 2.0.
func legacyAwards() []legacyAward {
	return []legacyAward{
		{
			name: "first-visit", title: "First Visit to the Archive", form: "png",
			picture:     medal("The front of an archive on a green hexagon", hexOutline, teal, archive(teal)...),
			description: "Found the reading room, ordered a document and held it.",
			criteria:    base + "/criteria/first-visit",
		},
		{
			name: "museum-guide", title: "Museum Guide for a Day", form: "png",
			picture:     medal("An amphora on a purple disc", roundOutline, plum, vase(plum)...),
			description: "Led a group of visitors through the antiquities for an hour and answered their questions.",
			criteria:    "Choose five objects, tell the story of each in plain words, and lead one tour that is open to everybody.",
			tags:        []string{"museum", "guiding"},
			alignment: []object{{"targetName": "Guiding groups", "targetUrl": base + "/skills/talk-2", "targetDescription": "Keeps a group together and curious.",
				"targetCode": "talk-2"}},
			assertion: object{"narrative": "The children asked for a second tour."},
		},
		{
			name: "city-map-maker", title: "City Map Maker", form: "svg",
			picture:     medal("A folded map with a pin on a blue octagon", octOutline, blue, cityMap(blue)...),
			description: "Walked a quarter of the city and put its benches, fountains and ramps on the open map.",
			criteria:    "Add and check at least fifty places in one quarter.",
			tags:        []string{"maps", "accessibility", "city"},
			alignment:   []object{{"targetName": "Collecting geographic data", "targetUrl": base + "/skills/map-1", "targetCode": "map-1"}},
			assertion: object{"expires": "2035-05-01T00:00:00Z", "evidence": []object{{"id": base + "/evidence/map", "name": "The quarter on the map",
				"narrative": "Sixty-three places, checked on foot."}}},
		},
		{
			name: "repair-cafe-helper", title: "Repair Café Helper", form: "jws",
			picture:     medal("A bicycle on an orange rosette", waveOutline, brick, bicycle(brick)...),
			description: "Repairs bicycles together with the people who ride them.",
			criteria:    "Help at four afternoons of the repair café and explain each repair while doing it.",
			tags:        []string{"repair", "bicycle"},
			alignment:   []object{{"targetName": "Repairing bicycles", "targetUrl": base + "/skills/fix-1", "targetCode": "fix-1"}},
		},
	}
}

const (
	issuer1 = base + "/ob1/issuer.json"
	issuer2 = base + "/ob2/issuer.json"
	key2    = base + "/ob2/key.json"
)

// legacyFiles returns the badges of Open Badges before 3.0.
func (i *issuer) legacyFiles() ([]draft, error) {
	if err := i.legacyIssuers(); err != nil {
		return nil, err
	}
	var out []draft
	for n, o := range legacyAwards() {
		make := i.version2
		if n == 0 {
			make = i.version1
		}
		finish, err := make(&o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		out = append(out, draft{File{Name: o.name + "." + o.form, Title: o.title, State: vc.Sample}, finish})
	}
	return out, nil
}

// legacyIssuers publishes the issuer in the forms of 1.0 and 2.0, and its key.
func (i *issuer) legacyIssuers() error {
	der, err := x509.MarshalPKIXPublicKey(i.es256.Public())
	if err != nil {
		return fmt.Errorf("publish key: %w", err)
	}
	name := sampleIssuer()["name"]
	for address, o := range map[string]object{
		issuer1: {"name": name, "url": base + "/", "description": disclaimer},
		issuer2: {"@context": contextOB2, "type": "Issuer", "id": issuer2, "name": name, "url": base + "/", "description": disclaimer,
			"email": "samples@" + Host, "publicKey": key2, "revocationList": base + "/ob2/revoked.json"},
		key2: {"@context": contextOB2, "type": "CryptographicKey", "id": key2, "owner": issuer2,
			"publicKeyPem": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))},
		base + "/ob2/revoked.json": {"@context": contextOB2, "type": "RevocationList", "id": base + "/ob2/revoked.json", "issuer": issuer2,
			"revokedAssertions": []object{{"id": "urn:uuid:5f0f0c9e-8f0b-4f0e-9a55-0d4e5a6b7c8d", "revocationReason": "Awarded by mistake"}}},
	} {
		if err := i.publish(address, "application/json", o); err != nil {
			return err
		}
	}
	return nil
}

// version1 makes a hosted badge of 1.0.
func (i *issuer) version1(o *legacyAward) (finish func() ([]byte, error), err error) {
	image, draw := i.publishPicture(o.name, o.picture)
	address, class := base+"/ob1/assertions/"+o.name+".json", base+"/ob1/badges/"+o.name+".json"
	assertion := object{"uid": "sample-" + o.name, "recipient": recipientObject(), "badge": class, "image": image,
		"issuedOn": 1380621600, "verify": object{"type": "hosted", "url": address}}
	if err := i.publish(class, "application/json", object{"name": o.title, "description": o.description, "image": image,
		"criteria": o.criteria, "issuer": issuer1}); err != nil {
		return nil, err
	}
	if err := i.publish(address, "application/json", assertion); err != nil {
		return nil, err
	}
	return o.bake(draw, assertion), nil
}

func recipientObject() object {
	return object{"type": "email", "hashed": true, "salt": salt, "identity": recipientHash}
}

// version2 makes a badge of 2.0, hosted or signed.
func (i *issuer) version2(o *legacyAward) (finish func() ([]byte, error), err error) {
	image, draw := i.publishPicture(o.name, o.picture)
	address, class := base+"/ob2/assertions/"+o.name+".json", base+"/ob2/badges/"+o.name+".json"
	assertion := merge(object{"@context": contextOB2, "type": "Assertion", "id": address, "recipient": recipientObject(), "badge": class,
		"image": image, "issuedOn": "2021-05-01T12:00:00Z", "verification": object{"type": "HostedBadge"}}, o.assertion)
	if err := i.publish(class, "application/ld+json", object{"@context": contextOB2, "type": "BadgeClass", "id": class, "name": o.title,
		"description": o.description, "image": object{"id": image, "caption": o.picture.title}, "criteria": object{"narrative": o.criteria},
		"tags": o.tags, "alignment": o.alignment, "issuer": issuer2}); err != nil {
		return nil, err
	}
	if o.form == "jws" {
		assertion["id"] = "urn:uuid:0f0b1a52-5a0d-4d0a-8b7e-2c1f6a3e9d40"
		assertion["verification"] = object{"type": "SignedBadge", "creator": key2}
		payload, err := json.Marshal(assertion)
		if err != nil {
			return nil, err
		}
		token, err := suite.SignJWT(context.Background(), payload, nil, i.es256)
		return func() ([]byte, error) { return token, nil }, err
	}
	if err := i.publish(address, "application/ld+json", assertion); err != nil {
		return nil, err
	}
	return o.bake(draw, assertion), nil
}

func (o *legacyAward) bake(draw func() ([]byte, error), assertion object) (finish func() ([]byte, error)) {
	return func() ([]byte, error) {
		b, err := json.Marshal(assertion)
		if err != nil {
			return nil, err
		}
		return wrap(o.form, o.picture, draw, bake.OpenBadge2, b)
	}
}
