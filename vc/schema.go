package vc

import "context"

// A SchemaRef is one entry of credentialSchema.
type SchemaRef struct{ ID, Type string }

// A SchemaValidator validates a credential against the schemas of its kind (specs
// A4). It returns at most ten violations, worst first, each with plain words and
// its place.
type SchemaValidator interface {
	Validate(ctx context.Context, c *Credential) ([]Violation, error)
}

// A Violation is one departure from a schema.
type Violation struct {
	Path    string // JSON pointer into the credential
	Message string
	Reason  Reason // more specific than ReasonSchema, or ""
	Warning bool   // its meaning is clear, so it becomes a remark
	// Strict reports that the schema's JSON-LD variant forbids it, too (specs
	// A4.4). Any violation that is not a Warning is strict.
	Strict bool
}

// reason returns the reason of the resulting Problem.
func (x Violation) reason() Reason {
	if x.Reason != "" {
		return x.Reason
	}
	return ReasonSchema
}

// NamedSchemas validates a credential against schemas that it names itself (specs
// A4.2).
type NamedSchemas interface {
	// Judge returns how to treat an entry of credentialSchema.
	Judge(s SchemaRef) SchemaKind
	// ValidateNamed validates claims against the schema s and returns at most ten
	// violations. load provides all schema documents; its errors are returned as
	// they are. Other errors wrap ErrMalformed (not a schema), ErrUnsupported,
	// ErrTooLarge or ErrTooComplex.
	ValidateNamed(ctx context.Context, claims *Value, s SchemaRef, load func(url string) ([]byte, error)) ([]Violation, error)
}

// A SchemaKind is the treatment of an entry of credentialSchema.
type SchemaKind int

const (
	SchemaForeign SchemaKind = iota // unknown type
	SchemaKnown                     // covered by SchemaValidator; never fetched
	SchemaNamed                     // fetched and applied
)
