package ob2

import (
	"testing"

	"backpack/vc"
)

// TestRules checks that the format check fails if a badge violates the rules of 2.0
// and its meaning is unclear. The other checks are independent.
func TestRules(t *testing.T) {
	recipient := func(o object) object { return assertion().with("recipient", o) }
	hash := "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
	for name, tc := range map[string]struct {
		pages map[string]page
		want  string
	}{
		"another type":         {serve(assertionURL, assertion().with("type", "Certificate")), "format failed wrong_type"},
		"one of several types": {serve(assertionURL, assertion().with("type", []any{"Certificate", "obi:Assertion"})), "format passed"},
		"no way to verify":     {serve(assertionURL, assertion().with("verification", object{"type": "Blockchain"})), "format failed wrong_type"},
		"two badges":           {serve(assertionURL, assertion().with("badge", []any{classURL, classURL})), "format failed wrong_type"},
		"a list of one":        {serve(assertionURL, assertion().with("badge", []any{classURL})), "format passed"},
		"two pictures": {serve(assertionURL, assertion().with("image", []any{"https://i.example/1", "https://i.example/2"})),
			"format failed wrong_type"},
		"an embedded picture":       {serve(assertionURL, assertion().with("image", "data:image/png;base64,AA==")), "format passed"},
		"no type of recipient":      {serve(assertionURL, recipient(object{"identity": hash, "hashed": true})), "format failed missing_member"},
		"another type of recipient": {serve(assertionURL, recipient(object{"type": "name", "identity": hash, "hashed": true})), "format passed"},
		"hashed is missing":         {serve(assertionURL, recipient(object{"type": "email", "identity": hash})), "format passed"},
		"plain, hashed true": {serve(assertionURL, recipient(object{"type": "email", "identity": "a@example.com", "hashed": true})),
			"format failed wrong_type"},
		"hash, hashed false":   {serve(assertionURL, recipient(object{"type": "email", "identity": hash, "hashed": false})), "format failed wrong_type"},
		"hash, hashed invalid": {serve(assertionURL, recipient(object{"type": "email", "identity": hash, "hashed": "perhaps"})), "format passed"},
		"name, hashed invalid": {serve(assertionURL, recipient(object{"type": "email", "identity": "A. Learner", "hashed": "perhaps"})),
			"format failed wrong_type"},
		"a hash of 1.x": {serve(assertionURL, recipient(object{"type": "email", "identity": "sha1$29f9d4effa55f23f08ef4190437ceccdb52d4601",
			"hashed": true})), "format passed"},
		"a name as the address":     {serve(assertionURL, recipient(object{"type": "email", "identity": "A. Learner", "hashed": false})), "format failed wrong_type"},
		"issuer with a bare host":   {serve(issuerURL, profile().with("url", "i.example")), "format failed wrong_type"},
		"issuer with bad e-mail":    {serve(issuerURL, profile().with("email", "at home")), "format passed"},
		"plain":                     {serve(assertionURL, recipient(object{"type": "url", "identity": "https://me.example", "hashed": false})), "format passed"},
		"class of another type":     {serve(classURL, class().with("type", "Course")), "format failed wrong_type"},
		"class without description": {serve(classURL, class().with("description", nil)), "format failed missing_member"},
		"class without criteria":    {serve(classURL, class().with("criteria", object{"type": "Criteria"})), "format failed missing_member"},
		"class without a picture":   {serve(classURL, class().with("image", nil)), "format passed"},
		"class with embedded PNG":   {serve(classURL, class().with("image", "data:image/png;base64,AA==")), "format passed"},
		"class with embedded GIF":   {serve(classURL, class().with("image", object{"id": "data:image/gif;base64,AA=="})), "format passed"},
		"alignment without target":  {serve(classURL, class().with("alignment", object{"targetName": "n"})), "format failed missing_member"},
		"alignment": {serve(classURL, class().with("alignment", []any{object{"targetName": "n", "targetUrl": "https://x.example"}})),
			"format passed"},
		"issuer of another type": {serve(issuerURL, profile().with("type", "Person")), "format failed wrong_type"},
		"issuer without e-mail":  {serve(issuerURL, profile().with("email", nil)), "format passed"},
		"embedded id only":       {serve(assertionURL, assertion().with("badge", object{"id": classURL})), "format passed"},
		"embedded class": {serve(assertionURL, assertion().with("badge", class().with("id", "urn:uuid:1").with("name", nil))),
			"format failed missing_member"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			for u, p := range tc.pages {
				pages[u] = p
			}
			r, _ := verify(t, pages, assertionURL, vc.Options{})
			expect(t, r, tc.want)
		})
	}
}
