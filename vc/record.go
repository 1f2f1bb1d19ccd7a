package vc

import "context"

// A Role says what a resource was asked for.
type Role string

// The roles.
const (
	RoleIssuer   Role = "issuer"   // a controller document, a key or a key set
	RoleStatus   Role = "status"   // a status or revocation list
	RoleRefresh  Role = "refresh"  // the answer of a refresh service
	RoleBadge    Role = "badge"    // a hosted badge, its class or its issuer
	RoleContext  Role = "context"  // a JSON-LD context
	RoleSchema   Role = "schema"   // a JSON schema
	RoleImage    Role = "image"    // the picture that a badge names
	RoleCriteria Role = "criteria" // the page that says what a badge is given for
)

// A Recorder is told of every answer that a check was given, also of those
// that a cache gave. It may be called by several goroutines at once, and must
// not change what it is told.
type Recorder func(req FetchRequest, res *Resource)

type recorderKey struct{}

// WithRecorder returns a context in which r is told, in place of the recorder
// of ctx if there is one.
func WithRecorder(ctx context.Context, r Recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, r)
}

// Record tells the recorder of ctx, if there is one, of an answer. Who answers
// in place of a Fetcher, such as a cache of what was read out of an answer,
// must call it as the Fetcher would have.
func Record(ctx context.Context, req FetchRequest, res *Resource) {
	if r, ok := ctx.Value(recorderKey{}).(Recorder); ok && r != nil && res != nil {
		r(req, res)
	}
}
