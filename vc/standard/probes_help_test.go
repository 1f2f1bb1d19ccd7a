package standard_test

import (
	"bytes"
	"image"
	imagepng "image/png"
	"testing"

	"backpack/vc/vctest"
)

func png(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := imagepng.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func svg(*testing.T) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>`)
}

// jcsThenRDF adds an undefined member after the proof, which does not cover it. An
// RDF suite would refuse to sign it.
func jcsThenRDF(t testing.TB, d *vctest.Draft) {
	vctest.With("grade", nil)(t, d)
	d.After(func(t testing.TB, signed []byte) []byte {
		return vctest.Alter(t, signed, `"name":"Baker"`, `"grade":"A","name":"Baker"`)
	})
}

func unknownType(t testing.TB, d *vctest.Draft) {
	d.After(func(t testing.TB, signed []byte) []byte {
		return vctest.Alter(t, signed, `"OpenBadgeCredential"]`, `"OpenBadgeCredential","Medal"]`)
	})
}

// withSchema returns a maker of a badge that names a schema. The schema is missing
// if the text is empty.
func withSchema(schema string) func(*bench) []byte {
	return func(b *bench) []byte {
		b.web.Status("https://schemas.example/", 404, nil)
		if schema != "" {
			b.web.Serve(schemaAt, "application/json", []byte(schema))
		}
		return b.issue(names(schemaAt), jcs)
	}
}
