package vc

import "context"

// A Role is the purpose of a fetched resource.
type Role string

const (
	RoleIssuer   Role = "issuer"   // a controller document, a key or a key set
	RoleStatus   Role = "status"   // status or revocation list
	RoleRefresh  Role = "refresh"  // response of a refresh service
	RoleBadge    Role = "badge"    // hosted badge, its class or its issuer
	RoleContext  Role = "context"  // a JSON-LD context
	RoleSchema   Role = "schema"   // a JSON schema
	RoleImage    Role = "image"    // the badge's picture
	RoleCriteria Role = "criteria" // the badge's criteria page
)

// A Recorder is called with every response a check uses, including cached ones. It
// may be called concurrently and must not modify its arguments.
type Recorder func(req FetchRequest, res *Resource)

type recorderKey struct{}

// WithRecorder returns a context with recorder r, which replaces any recorder of
// ctx.
func WithRecorder(ctx context.Context, r Recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, r)
}

// Record passes a response to the recorder of ctx, if any. A component that answers
// in place of a Fetcher, such as a cache of parsed responses, must call it just as
// the Fetcher would.
func Record(ctx context.Context, req FetchRequest, res *Resource) {
	if r, ok := ctx.Value(recorderKey{}).(Recorder); ok && r != nil && res != nil {
		r(req, res)
	}
}
