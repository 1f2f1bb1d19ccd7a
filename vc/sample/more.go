package sample

import (
	"encoding/json"
	"fmt"

	"backpack/vc"
	"backpack/vc/bake"
)

const (
	contextOB1     = "https://w3id.org/openbadges/v1"
	suspensions    = base + "/status/2"
	suspendedIndex = 161
)

// moreFiles returns samples of rare cases: Open Badges 0.5 and 1.1, and a suspended
// badge.
func (i *issuer) moreFiles() ([]draft, error) {
	var out []draft
	for _, make := range []func() (draft, error){i.version05, i.version11, i.suspended} {
		f, err := make()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// version05 makes a hosted badge of 0.5. As was usual then, its picture contains only
// the address.
func (i *issuer) version05() (draft, error) {
	o := legacyAward{name: "open-day-visitor", title: "Open Day Visitor", form: "png",
		picture: medal("The front of an archive on a slate disc", roundOutline, slate, archive(slate)...)}
	f := File{Name: o.name + "." + o.form, Title: o.title, State: vc.Sample}
	image, draw := i.publishPicture(o.name, o.picture)
	address := base + "/ob0/assertions/" + o.name + ".json"
	err := i.publish(address, "application/json", object{"recipient": recipientHash, "salt": salt, "issued_on": "2012-06-09",
		"badge": object{"version": "0.5.0", "name": o.title, "image": image[len(base):], "description": "Came to the open day of the city archive.",
			"criteria": "/criteria/open-day", "issuer": object{"origin": base, "name": sampleIssuer()["name"], "contact": "samples@" + Host,
				"description": disclaimer}}})
	return draft{f, func() ([]byte, error) { return wrap(o.form, o.picture, draw, bake.OpenBadge2, []byte(address)) }}, err
}

// version11 makes a hosted badge of 1.1 with an extension.
func (i *issuer) version11() (draft, error) {
	o := legacyAward{name: "digital-restorer", title: "Digital Restorer",
		picture: medal("A photographic print on a green octagon", octOutline, green, photograph(green)...)}
	f := File{Name: o.name + ".json", Title: o.title, State: vc.Sample}
	image, _ := i.publishPicture(o.name, o.picture)
	address, class := base+"/ob1/assertions/"+o.name+".json", base+"/ob1/badges/"+o.name+".json"
	profile := base + "/ob1/profile.json"
	assertion := object{"@context": contextOB1, "type": "Assertion", "id": address, "uid": "sample-" + o.name, "recipient": recipientObject(),
		"badge": class, "image": image, "issuedOn": "2016-04-02T12:00:00Z", "verify": object{"type": "hosted", "url": address},
		"extensions:exampleExtension": object{"@context": "https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"type": []string{"Extension", "extensions:ExampleExtension"}, "exampleProperty": "Restored forty scans."}}
	for at, o := range map[string]object{address: assertion,
		class: {"@context": contextOB1, "type": "BadgeClass", "id": class, "name": o.title,
			"description": "Takes scratches and stains out of scanned photographs, and says so.",
			"image":       image, "criteria": base + "/criteria/restorer", "issuer": profile,
			"alignment": []object{{"name": "Editing pictures", "url": base + "/skills/pict-1", "description": "Knows what an edit changes."}}},
		profile: {"@context": contextOB1, "type": "Issuer", "id": profile, "name": sampleIssuer()["name"], "url": base + "/", "description": disclaimer},
	} {
		if err := i.publish(at, "application/json", o); err != nil {
			return draft{File: f}, err
		}
	}
	b, err := json.Marshal(assertion)
	return draft{f, func() ([]byte, error) { return pretty(b), nil }}, err
}

// suspended makes a suspended badge of 3.0.
func (i *issuer) suspended() (draft, error) {
	a := &award{
		name: "night-guard", form: "json", title: "Night Guard of the Museum", state: vc.Suspended,
		picture:     medal("A moon with stars on a bronze shield", shieldOutline, bronze, moon(bronze)...),
		description: "Walks the rounds of the museum at night and knows whom to call.",
		criteria:    "Three nights beside an experienced guard.",
		kind:        "License", from: "2025-03-01T20:00:00Z",
		skills: []object{skill("safe-3", "Keeping watch", "Notices what is not as it was.")},
		issuer: sampleIssuer(),
		credential: object{"credentialStatus": object{"id": fmt.Sprintf("%s#%d", suspensions, suspendedIndex), "type": "BitstringStatusListEntry",
			"statusPurpose": "suspension", "statusListIndex": fmt.Sprint(suspendedIndex), "statusListCredential": suspensions}},
	}
	if err := i.publishStatus(suspensions, "suspension", suspendedIndex); err != nil {
		return draft{File: File{Name: a.name}}, err
	}
	return i.file(a)
}
