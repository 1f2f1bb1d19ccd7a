package vc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
)

// Limits of credentials' own schemas, for all documents of one verification
// together (specs A4.7). Anyone can make the service fetch these.
const (
	maxSchemas     = 16
	maxSchemaBytes = 512 << 10
	allSchemaBytes = 2 << 20
	maxNamed       = 8 // entries of credentialSchema that are used
)

// namedSchemas validates against schemas that the credential names beyond those of
// its kind (specs A4.2). The credential must be proved, since a forged one could
// name any address. A violation fails the check; an unavailable or unusable schema
// leaves it Unknown (specs G4).
func (c *check) namedSchemas(ctx context.Context) error {
	var refs []SchemaRef
	foreign := ""
	for _, s := range c.d.Credential.Schemas {
		switch kind := c.judge(s); {
		case kind == SchemaNamed:
			refs = append(refs, s)
		case kind == SchemaForeign && foreign == "":
			foreign = s.Type
		}
	}
	switch {
	case c.v.cfg.Named == nil || c.opt.Bare || len(refs) == 0 && foreign == "":
		c.add(CheckSchema, Skipped, ReasonNotStated, "")
		return nil
	case len(refs) == 0:
		c.add(CheckSchema, Skipped, ReasonUnsupported, foreign) // the data model permits ignoring it
		return nil
	case !c.trusted():
		c.add(CheckSchema, Skipped, ReasonNotRun, "")
		return nil
	}
	worst := Check{ID: CheckSchema, Outcome: Passed}
	for i, s := range refs {
		found := Check{ID: CheckSchema, Outcome: Unknown, Reason: ReasonTooLarge, Detail: "too many schemas"}
		if i < maxNamed {
			found = c.namedSchema(ctx, s)
		}
		if gravity(found.Outcome) > gravity(worst.Outcome) {
			worst = found
		}
	}
	if worst.Outcome == Unknown {
		c.warn(worst.Reason, worst.Detail)
	}
	c.r.Checks = append(c.r.Checks, worst)
	return ctx.Err()
}

func (c *check) judge(s SchemaRef) SchemaKind {
	if c.v.cfg.Named == nil {
		return SchemaKnown
	}
	return c.v.cfg.Named.Judge(s)
}

// namedSchema validates against one schema.
func (c *check) namedSchema(ctx context.Context, s SchemaRef) Check {
	found, err := c.v.cfg.Named.ValidateNamed(ctx, c.d.Claims, s, func(url string) ([]byte, error) { return c.schemaDocument(ctx, url) })
	if err != nil {
		return Check{ID: CheckSchema, Outcome: Unknown, Reason: schemaReason(err), Detail: fmt.Sprintf("%.200s: %.300v", s.ID, err)}
	}
	for _, x := range found {
		if !x.Warning {
			return Check{ID: CheckSchema, Outcome: Failed, Reason: ReasonSchema, Detail: fmt.Sprintf("%.200s: %s: %s", s.ID, x.Path, x.Message)}
		}
	}
	return Check{ID: CheckSchema, Outcome: Passed}
}

func schemaReason(err error) Reason {
	switch {
	case errors.Is(err, ErrTooComplex):
		return ReasonTooComplex
	case errors.Is(err, errDigest):
		return ReasonResourceDiffers
	case errors.Is(err, ErrUnsupported):
		return ReasonUnsupported
	}
	return FetchReason(err)
}

var errDigest = errors.New("its digest differs from the one in the credential")

// A schemaCache caches the schemas fetched by one verification.
type schemaCache struct {
	mu    sync.Mutex
	bytes int
	docs  map[string][]byte
	errs  map[string]error
}

func sharedSchemas(ctx context.Context) *schemaCache {
	return Shared(ctx, "schema documents", func() *schemaCache { return new(schemaCache) })
}

// fetchedSchemas returns the fetched schemas by URL; nil if there are none.
func fetchedSchemas(ctx context.Context) map[string][]byte {
	s := sharedSchemas(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.docs) == 0 {
		return nil
	}
	return maps.Clone(s.docs)
}

// schemaDocument returns a schema stored with the document or fetched by this
// verification.
func (c *check) schemaDocument(ctx context.Context, url string) ([]byte, error) {
	body, ok := c.d.Schemas[url]
	var err error
	if !ok {
		if body, err = c.fetchSchema(ctx, url); err != nil {
			return nil, err
		}
	}
	if !c.r.CompareResource(c.d.Credential, url, body) {
		return nil, fmt.Errorf("%s: %w", url, errDigest)
	}
	return body, nil
}

// fetchSchema fetches a schema, at most once per verification.
func (c *check) fetchSchema(ctx context.Context, url string) ([]byte, error) {
	s := sharedSchemas(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if body, ok := s.docs[url]; ok {
		return body, nil
	}
	if err, ok := s.errs[url]; ok {
		return nil, err
	}
	if s.docs == nil { // allocated late, since few badges name a schema
		s.docs, s.errs = map[string][]byte{}, map[string]error{}
	}
	if len(s.docs)+len(s.errs) == maxSchemas || s.bytes >= allSchemaBytes {
		return nil, fmt.Errorf("%w: too many schemas", ErrTooLarge)
	}
	res, err := c.fetch(ctx, FetchRequest{URL: url, Accept: "application/schema+json, application/json", MaxBytes: maxSchemaBytes, Role: RoleSchema})
	if err == nil && !res.OK() {
		err = fmt.Errorf("%w: %s answered with status %d", ErrUnreachable, url, res.Status)
	}
	if err != nil {
		s.errs[url] = err
		return nil, err
	}
	s.docs[url] = res.Body
	s.bytes += len(res.Body)
	return res.Body, nil
}
