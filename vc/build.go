package vc

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
)

// Digest returns the SHA-256 of the document as received.
func (d *Document) Digest() [sha256.Size]byte { return sha256.Sum256(d.Raw) }

// NewPresentation returns an unsigned presentation of data model 2.0 (VC Data Model
// 2.0, 4.13). holder is a DID. Credentials keep their received bytes: those with
// embedded proofs become objects, each with its own contexts; all others are
// enveloped (specs D1.4). A legacy or unsigned document is an error that wraps
// ErrUnsupported.
func NewPresentation(holder string, docs []*Document, id string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"@context":[%q],"type":["VerifiablePresentation"]`, ContextV2)
	for _, m := range [][2]string{{"id", id}, {"holder", holder}} {
		if m[1] != "" {
			fmt.Fprintf(&b, ",%q:%s", m[0], quote(m[1]))
		}
	}
	b.WriteString(`,"verifiableCredential":[`)
	for i, d := range docs {
		if i > 0 {
			b.WriteByte(',')
		}
		switch d.Form {
		case Embedded:
			b.Write(d.Raw)
		case JWT, JOSEVC, SDJWTVCDM, SDJWTVC:
			b.WriteString(inEnvelope(d.MediaType() + "," + url.PathEscape(string(d.Raw))))
		case COSEVC:
			b.WriteString(inEnvelope(d.MediaType() + ";base64," + base64.StdEncoding.EncodeToString(d.Raw)))
		default:
			return nil, fmt.Errorf("credential %d of the presentation: %w: form %s", i+1, ErrUnsupported, d.Form)
		}
	}
	b.WriteString("]}")
	return b.Bytes(), nil
}

// inEnvelope returns an enveloped credential. data is the data URL without its
// scheme.
func inEnvelope(data string) string {
	return fmt.Sprintf(`{"@context":%q,"id":%s,"type":"EnvelopedVerifiableCredential"}`, ContextV2, quote("data:"+data))
}

// quote returns s as a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
