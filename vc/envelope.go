package vc

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// envelope returns the content of an EnvelopedVerifiableCredential or
// EnvelopedVerifiablePresentation. Only its data URL counts (specs D1.4).
func envelope(v *Value) (inner []byte, ok bool, err error) {
	types := v.Get("type").Strs()
	if !has(types, "EnvelopedVerifiableCredential") && !has(types, "EnvelopedVerifiablePresentation") {
		return nil, false, nil
	}
	media, body, found := strings.Cut(strings.TrimPrefix(v.Get("id").Str(), "data:"), ",")
	if !found || !strings.HasPrefix(v.Get("id").Str(), "data:") {
		return nil, true, fmt.Errorf("%w: the id of an enveloped credential must be a data URL", ErrMalformed)
	}
	media, isBase64 := strings.CutSuffix(media, ";base64")
	switch media, _, _ := strings.Cut(media, ";"); media {
	case "application/vc+jwt", "application/vp+jwt", "application/jwt", "application/vc", "application/vp",
		"application/vc+cose", "application/vp+cose", "application/vc+sd-jwt", "application/vp+sd-jwt", "application/dc+sd-jwt", "application/sd-jwt":
	default:
		return nil, true, fmt.Errorf("%w: envelope of type %q", ErrUnsupported, media)
	}
	if isBase64 {
		// Data URLs may omit padding (WHATWG Fetch, data: URL processor).
		inner, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(body), "="))
	} else {
		var s string
		s, err = url.PathUnescape(body)
		inner = []byte(s)
	}
	if err != nil {
		return nil, true, fmt.Errorf("%w: data URL of an envelope: %v", ErrMalformed, err)
	}
	return inner, true, nil
}

// MediaType returns the media type of the document's bytes, as served and as
// enveloped in a presentation.
func (d *Document) MediaType() string {
	thing := "vc"
	if d.Presentation != nil {
		thing = "vp"
	}
	switch d.Form {
	case JWT, JOSEVC:
		return "application/" + thing + "+jwt"
	case SDJWTVCDM:
		return "application/" + thing + "+sd-jwt"
	case COSEVC:
		return "application/" + thing + "+cose"
	case SDJWTVC:
		return "application/dc+sd-jwt"
	case Signed:
		return "application/jwt"
	case Hosted:
		return "application/ld+json"
	}
	return "application/" + thing
}
