package vc

import "context"

// A SchemaRef is one entry of credentialSchema.
type SchemaRef struct{ ID, Type string }

// A SchemaValidator validates a credential against the schemas of its kind
// (specs A4). It returns the
// violations, in plain words with their place, worst first and at most ten.
type SchemaValidator interface {
	Validate(ctx context.Context, c *Credential) ([]Violation, error)
}

// A Violation is one departure from a schema.
type Violation struct {
	Path    string // JSON pointer into the credential
	Message string
	Reason  Reason // more telling than ReasonSchema; "" where there is none
	Warning bool   // it can be read without guessing, and is a remark
	// Strict: the schema forbids it, also in its JSON-LD variant (specs A4.4). Of
	// what is no warning that goes without saying.
	Strict bool
}

// reason is that of the Problem which a violation becomes.
func (x Violation) reason() Reason {
	if x.Reason != "" {
		return x.Reason
	}
	return ReasonSchema
}

// A NamedSchemas validates a credential against schemas that it names itself
// (specs A4.2).
type NamedSchemas interface {
	// Judge says what to do with an entry of credentialSchema: SchemaKnown,
	// SchemaForeign or SchemaNamed.
	Judge(s SchemaRef) SchemaKind
	// ValidateNamed validates claims against the schema s. All schema documents
	// come from load, whose errors it returns; other errors wrap ErrMalformed
	// (it is no schema), ErrUnsupported, ErrTooLarge or ErrTooComplex. It
	// returns at most ten violations.
	ValidateNamed(ctx context.Context, claims *Value, s SchemaRef, load func(url string) ([]byte, error)) ([]Violation, error)
}

// A SchemaKind says what to do with an entry of credentialSchema.
type SchemaKind int

// The kinds.
const (
	SchemaForeign SchemaKind = iota // of a type that we do not know
	SchemaKnown                     // one of those that SchemaValidator stands for; never fetched
	SchemaNamed                     // to be fetched and validated against
)
