package edge

import "fmt"

// A Visitor is the client that a request counts for.
type Visitor struct {
	ID       string
	Stranger bool // has no account and no share to look at
}

// A Refusal is an error of a request that the edge does not let through.
type Refusal struct {
	Status int // of the answer
	Code   string
}

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("request refused: %s", r.Code) }

// The codes of refusals.
const (
	CodeHost    = "wrong_host"
	CodeForeign = "foreign_form"
	CodeOften   = "too_often"
	CodeUploads = "uploads_busy"
)
