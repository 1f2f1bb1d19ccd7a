package sample

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"backpack/vc"
	"backpack/vc/bake"
)

// The recipient of the samples: the hash of learner@samples.backpack.invalid.
const (
	salt          = "sample"
	recipientHash = "sha256$2c7bf49e65ee08e5a4c3c96b3cbae0de15b0ddbfebfa3c1aace9c72e010fc6d5"
)

func profile(id, name string) object {
	return object{"id": id, "type": []string{"Profile"}, "name": name, "url": base + "/", "description": disclaimer}
}

func sampleIssuer() object { return profile(didIssuer, "Sample issuer (not a real organisation)") }

func skill(code, name, description string) object {
	return object{"type": []string{"Alignment"}, "targetName": name, "targetDescription": description,
		"targetUrl": base + "/skills/" + code, "targetCode": code, "targetFramework": "Sample skills for museums and archives"}
}

// publishPicture publishes the picture of a badge, which is drawn on first use.
func (i *issuer) publishPicture(name string, p *picture) (address string, draw func() ([]byte, error)) {
	address = base + "/images/" + name + ".png"
	draw = sync.OnceValues(func() ([]byte, error) { return p.png(side) })
	i.pages[address] = page{contentType: "image/png", draw: draw}
	return address, draw
}

// An award describes a badge of Open Badges 3.0.
type award struct {
	name, title          string
	form                 string // jwt, png, svg or json
	altered              string // replaces the title after signing
	state                vc.Verdict
	picture              *picture
	description          string
	criteria, narrative  string
	kind                 string // achievementType
	from, until, awarded string
	status               int // index in the status list; 0 if there is none
	skills               []object
	achievement, subject object // further members
	credential           object
	issuer               object
}

// build returns the credential without its proof.
func (a *award) build(image string) object {
	achievement := object{"id": base + "/achievements/" + a.name, "type": []string{"Achievement"}, "name": a.title,
		"description": a.description, "criteria": object{"narrative": a.criteria}, "achievementType": a.kind,
		"image": object{"id": image, "type": "Image", "caption": a.picture.title}, "alignment": a.skills}
	if len(a.skills) == 0 {
		delete(achievement, "alignment")
	}
	subject := object{"type": []string{"AchievementSubject"}, "achievement": merge(achievement, a.achievement),
		"identifier": []object{{"type": "IdentityObject", "hashed": true, "identityHash": recipientHash, "identityType": "emailAddress", "salt": salt}}}
	if a.narrative != "" {
		subject["narrative"] = a.narrative
	}
	c := object{"@context": []string{contextVC2, contextOB3}, "id": base + "/credentials/" + a.name,
		"type": []string{"VerifiableCredential", "OpenBadgeCredential"}, "name": a.title, "issuer": a.issuer,
		"validFrom": a.from, "credentialSubject": merge(subject, a.subject)}
	if a.awarded != "" {
		c["awardedDate"] = a.awarded
	}
	if a.until != "" {
		c["validUntil"] = a.until
	}
	if a.status != 0 {
		c["credentialStatus"] = object{"id": fmt.Sprintf("%s#%d", statusList, a.status), "type": "BitstringStatusListEntry",
			"statusPurpose": "revocation", "statusListIndex": fmt.Sprint(a.status), "statusListCredential": statusList}
	}
	return merge(c, a.credential)
}

func merge(o, more object) object {
	for k, v := range more {
		o[k] = v
	}
	return o
}

// files returns the badges of Open Badges 3.0.
func (i *issuer) files() ([]draft, error) {
	endorsement, err := i.endorsement()
	if err != nil {
		return nil, err
	}
	var out []draft
	for _, a := range awards(endorsement) {
		if a.issuer == nil {
			a.issuer = sampleIssuer()
		}
		f, err := i.file(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// file returns a badge in the form of the award.
func (i *issuer) file(a *award) (draft, error) {
	image, draw := i.publishPicture(a.name, a.picture)
	credential := a.build(image)
	f := File{Name: a.name + "." + a.form, Title: a.title, State: a.state}
	if a.form == "jwt" {
		token, err := i.signJWT(credential)
		return draft{f, func() ([]byte, error) { return token, nil }}, err
	}
	signed, err := i.sign(credential, a.issuer["id"].(string))
	if a.altered != "" {
		f.Title = a.altered
	}
	return draft{f, func() ([]byte, error) {
		b, err := wrap(a.form, a.picture, draw, bake.OpenBadge3, signed)
		if a.altered != "" { // after signing
			b = bytes.ReplaceAll(b, []byte(a.title), []byte(a.altered))
		}
		return b, err
	}}, err
}

// wrap embeds a badge in its picture, or returns it as JSON.
func wrap(form string, p *picture, draw func() ([]byte, error), keyword string, badge []byte) ([]byte, error) {
	switch form {
	case "svg":
		return bake.Embed(p.svg(), keyword, badge)
	case "png":
		drawn, err := draw()
		if err != nil {
			return nil, err
		}
		return bake.Embed(drawn, keyword, badge)
	}
	return pretty(badge), nil
}

// pretty indents JSON, which does not affect an RDF proof.
func pretty(b []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, b, "", "  ") != nil {
		return b
	}
	return append(out.Bytes(), '\n')
}

// endorsement returns the endorsement of an achievement by another sample
// organization.
func (i *issuer) endorsement() (json.RawMessage, error) {
	return i.sign(object{
		"@context": []string{contextVC2, contextOB3}, "id": base + "/endorsements/" + photographs,
		"type": []string{"VerifiableCredential", "EndorsementCredential"}, "name": "Endorsement by a city archive",
		"issuer": profile(didArchive, "Sample city archive (not a real organisation)"), "validFrom": "2025-09-01T08:00:00Z",
		"credentialSubject": object{"id": base + "/achievements/" + photographs, "type": []string{"EndorsementSubject"},
			"endorsementComment": "People with this badge work in our photograph collection without supervision. The course covers what we ask of our own staff."},
	}, didArchive)
}
