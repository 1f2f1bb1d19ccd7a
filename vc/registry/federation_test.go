package registry_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/registry"
	"backpack/vc/vctest"
)

type claims map[string]any

// An entity is a member of a federation that a test builds.
type entity struct {
	t     testing.TB
	web   *vctest.Web
	id    string
	key   vc.Signer
	typ   string
	extra claims // in its configuration
}

func newEntity(t testing.TB, web *vctest.Web, id string) *entity {
	return &entity{t: t, web: web, id: id, key: vctest.NewSigner(t, vctest.P256, id), typ: "entity-statement+jwt", extra: claims{}}
}

func (e *entity) jwks() any {
	jwk, err := jose.MarshalJWK(e.key.Public())
	if err != nil {
		e.t.Fatal(err)
	}
	var m claims
	if err := json.Unmarshal(jwk, &m); err != nil {
		e.t.Fatal(err)
	}
	m["kid"] = "key of " + e.id
	return claims{"keys": []any{m}}
}

// sign returns a statement of e with the claims.
func (e *entity) sign(c claims) []byte {
	head, _ := json.Marshal(claims{"alg": "ES256", "typ": e.typ, "kid": "key of " + e.id})
	body, err := json.Marshal(c)
	if err != nil {
		e.t.Fatal(err)
	}
	input := vc.EncodeBase64(head) + "." + vc.EncodeBase64(body)
	sig, err := e.key.Sign(e.t.Context(), []byte(input))
	if err != nil {
		e.t.Fatal(err)
	}
	return []byte(input + "." + vc.EncodeBase64(sig))
}

func (e *entity) claims(sub string, more claims) claims {
	c := claims{"iss": e.id, "sub": sub, "iat": vctest.Now().Unix(), "exp": vctest.Now().Add(time.Hour).Unix()}
	maps.Copy(c, more)
	return c
}

// publish serves e's configuration.
func (e *entity) publish(name string, superiors ...string) *entity {
	c := e.claims(e.id, claims{"jwks": e.jwks(), "metadata": claims{"federation_entity": claims{
		"organization_name": name, "homepage_uri": "https://home.example", "federation_fetch_endpoint": e.id + "/fetch"}}})
	if len(superiors) > 0 {
		c["authority_hints"] = superiors
	}
	maps.Copy(c, e.extra)
	e.web.Serve(e.id+"/.well-known/openid-federation", "application/entity-statement+jwt", e.sign(c))
	return e
}

func (e *entity) at(sub string) string { return e.id + "/fetch?sub=" + url.QueryEscape(sub) }

// vouches serves e's statement about sub.
func (e *entity) vouches(sub string, more claims) *entity {
	e.web.Serve(e.at(sub), "application/entity-statement+jwt", e.sign(e.claims(sub, more)))
	return e
}

func named(name string) claims {
	return claims{"metadata": claims{
		"federation_entity":                  claims{"organization_name": name},
		"institution_additional_information": claims{"legal_name": "Board of " + name},
	}}
}

const (
	anchorID = "https://anchor.example"
	schoolID = "https://school.example"
	schoolDD = "did:web:school.example"
)

func federation(t testing.TB, web vc.Fetcher, c *clock) *registry.Set {
	t.Helper()
	f, err := registry.NewFederation(registry.Web{Fetch: web, Now: c.now}, "", anchorID)
	if err != nil {
		t.Fatal(err)
	}
	return (&registry.Set{}).With(f)
}

// TestFederationByDID: a consortium's anchor answers for DIDs, which publish
// nothing themselves.
func TestFederationByDID(t *testing.T) {
	web, c := vctest.NewWeb(), &clock{vctest.Now()}
	anchor := newEntity(t, web, anchorID).publish("The Consortium")
	anchor.vouches(schoolDD, named("School of the Valley"))
	s := federation(t, web, c)
	got := known(t, s, schoolDD, vc.BindingDID)
	if got.Outcome != vc.Passed || got.Listings[0].Name != "School of the Valley" || got.Listings[0].Registry != "The Consortium" {
		t.Fatalf("%+v", got)
	}
	if got = known(t, s, "did:web:other.example", vc.BindingDID); got.Reason != vc.ReasonNotListed {
		t.Errorf("not a member: got %+v", got)
	}
	n := len(web.Requests())
	known(t, s, schoolDD, vc.BindingDID)
	known(t, s, "did:web:other.example", vc.BindingDID)
	if len(web.Requests()) != n {
		t.Errorf("a known issuer is fetched again: %v", web.Requests()[n:])
	}
	if got = s.Known(vc.WithOffline(t.Context()), vc.Inquiry{Issuer: schoolDD, Binding: vc.BindingDID}); got.Outcome != vc.Passed {
		t.Errorf("offline: got %+v", got)
	}
	c.forward(61 * time.Minute) // everything has expired, also on the web
	if got = known(t, s, schoolDD, vc.BindingDID); got.Outcome != vc.Unknown || len(got.Listings) != 0 {
		t.Errorf("expired: got %+v", got)
	}
}

// TestFederationByChain: an issuer with an address is found through its superiors.
func TestFederationByChain(t *testing.T) {
	build := func() (web *vctest.Web, leaf, middle, anchor *entity) {
		web = vctest.NewWeb()
		leaf, middle, anchor = newEntity(t, web, schoolID), newEntity(t, web, "https://region.example"), newEntity(t, web, anchorID)
		leaf.publish("School, self-named", "https://elsewhere.example", middle.id)
		middle.publish("Region", anchorID).vouches(leaf.id, claims{"jwks": leaf.jwks()})
		anchor.publish("The Consortium").vouches(middle.id, claims{"jwks": middle.jwks()})
		return web, leaf, middle, anchor
	}
	web, _, _, _ := build()
	got := known(t, federation(t, web, &clock{vctest.Now()}), schoolID, vc.BindingDocument)
	if got.Outcome != vc.Passed || got.Listings[0].Name != "School, self-named" || got.Listings[0].Registry != "The Consortium" {
		t.Fatalf("%+v", got)
	}
	stranger := newEntity(t, vctest.NewWeb(), "https://stranger.example")
	for name, change := range map[string]func(leaf, middle, anchor *entity){
		"a key without a statement":      func(leaf, _, _ *entity) { leaf.key = stranger.key; leaf.publish("School", "https://region.example") },
		"the superior lists another key": func(leaf, middle, _ *entity) { middle.vouches(leaf.id, claims{"jwks": stranger.jwks()}) },
		"the superior lists no key":      func(leaf, middle, _ *entity) { middle.vouches(leaf.id, nil) },
		"a statement about another entity": func(leaf, middle, _ *entity) {
			middle.web.Serve(middle.at(leaf.id), "", middle.sign(middle.claims("https://x.example", claims{"jwks": leaf.jwks()})))
		},
		"a statement by another entity": func(leaf, middle, _ *entity) {
			middle.web.Serve(middle.at(leaf.id), "", stranger.sign(middle.claims(leaf.id, claims{"jwks": leaf.jwks()})))
		},
		"an expired statement": func(leaf, middle, _ *entity) {
			middle.vouches(leaf.id, claims{"jwks": leaf.jwks(), "exp": vctest.Now().Unix()})
		},
		"iat in the future": func(leaf, middle, _ *entity) {
			middle.vouches(leaf.id, claims{"jwks": leaf.jwks(), "iat": vctest.Now().Add(time.Hour).Unix()})
		},
		"no exp":          func(leaf, middle, _ *entity) { middle.vouches(leaf.id, claims{"jwks": leaf.jwks(), "exp": nil}) },
		"exp is a string": func(leaf, middle, _ *entity) { middle.vouches(leaf.id, claims{"jwks": leaf.jwks(), "exp": "tomorrow"}) },
		"a JWT of another type": func(leaf, middle, _ *entity) {
			middle.typ = "JWT"
			middle.vouches(leaf.id, claims{"jwks": leaf.jwks()})
		},
		"a critical member": func(leaf, middle, _ *entity) {
			middle.vouches(leaf.id, claims{"jwks": leaf.jwks(), "crit": []string{"x"}})
		},
		"a chain that is too long for the anchor": func(_, middle, anchor *entity) {
			anchor.vouches(middle.id, claims{"jwks": middle.jwks(), "constraints": claims{"max_path_length": 0}})
		},
		"an unknown constraint": func(_, middle, anchor *entity) {
			anchor.vouches(middle.id, claims{"jwks": middle.jwks(), "constraints": claims{"naming_constraints": claims{}}})
		},
		"the leaf's expired configuration": func(leaf, _, _ *entity) { leaf.extra["exp"] = 1; leaf.publish("School", "https://region.example") },
		"no superior":                      func(leaf, _, _ *entity) { leaf.publish("School") },
		"an invalid endpoint": func(leaf, middle, _ *entity) {
			middle.extra["metadata"] = claims{"federation_entity": claims{"federation_fetch_endpoint": "http://169.254.169.254/"}}
			middle.publish("", anchorID)
		},
		"the anchor does not know region": func(_, middle, anchor *entity) { anchor.web.Status(anchor.at(middle.id), 404, nil) },
		"another entity's configuration": func(leaf, _, _ *entity) {
			leaf.web.Serve(schoolID+"/.well-known/openid-federation", "", stranger.sign(stranger.claims(stranger.id, claims{"jwks": stranger.jwks()})))
		},
		"not a JWT": func(leaf, middle, _ *entity) { middle.web.Serve(middle.at(leaf.id), "", []byte(`{"iss": 1}`)) },
		"wrong types": func(leaf, _, _ *entity) {
			leaf.extra = claims{"authority_hints": claims{"a": 1}, "metadata": 7, "jwks": leaf.jwks()}
			leaf.publish("School")
		},
		"invalid keys": func(leaf, _, _ *entity) {
			leaf.extra = claims{"jwks": claims{"keys": []any{7, claims{"kid": "key of " + schoolID}, nil}}}
			leaf.publish("School")
		},
	} {
		web, leaf, middle, anchor := build()
		change(leaf, middle, anchor)
		got := known(t, federation(t, web, &clock{vctest.Now()}), schoolID, vc.BindingDocument)
		if got.Outcome == vc.Passed || len(got.Listings) > 0 || got.Reason == "" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	web, _, middle, _ := build()
	web.Fail(middle.id+"/.well-known/openid-federation", vc.ErrUnreachable)
	if got := known(t, federation(t, web, &clock{vctest.Now()}), schoolID, vc.BindingDocument); got.Reason != vc.ReasonUnreachable {
		t.Errorf("an unreachable superior: got %+v", got)
	}
	web, _, _, _ = build()
	got = known(t, federation(t, web, &clock{vctest.Now()}), schoolID+"/tenant", vc.BindingDomain)
	if got.Reason != vc.ReasonNotListed || len(web.Requests()) > 0 {
		t.Errorf("only the domain is proved: got %+v", got)
	}
}

// TestFederationEnds: a hostile federation can neither keep a walk running nor make
// an issuer known.
func TestFederationEnds(t *testing.T) {
	web, c := vctest.NewWeb(), &clock{vctest.Now()}
	newEntity(t, web, anchorID).publish("The Consortium")
	// Every entity lists all others as superiors and vouches for its neighbour.
	var all []*entity
	for i := range 30 {
		all = append(all, newEntity(t, web, fmt.Sprintf("https://e%d.example", i)))
	}
	var ids []string
	for _, e := range all {
		ids = append(ids, e.id)
	}
	for i, e := range all {
		next := all[(i+1)%len(all)]
		e.publish("E", append([]string{next.id, e.id}, ids...)...)
		for _, x := range []*entity{all[(i+len(all)-1)%len(all)], e} {
			e.vouches(x.id, claims{"jwks": x.jwks()})
		}
	}
	s := federation(t, web, c)
	got := known(t, s, all[0].id, vc.BindingDocument)
	if got.Outcome == vc.Passed || len(web.Requests()) > 24 {
		t.Errorf("got %+v after %d requests", got, len(web.Requests()))
	}
	if got := known(t, s, "did:web:"+string(make([]byte, 4000)), vc.BindingDID); got.Outcome == vc.Passed {
		t.Errorf("a huge id: got %+v", got)
	}
	for _, id := range []string{"", "http://a.example", "https://a.example?x", "https://a.example#x", "ftp://x"} {
		if _, err := registry.NewFederation(registry.Web{}, "", id); err == nil {
			t.Errorf("got no error for the anchor %q", id)
		}
	}
	if _, err := registry.NewFederation(registry.Web{}, "", anchorID+"/.well-known/openid-federation"); err != nil {
		t.Error(err)
	}
}

// TestFederationAnchor: with an unavailable or invalid anchor the issuer is unknown,
// not unlisted.
func TestFederationAnchor(t *testing.T) {
	for name, change := range map[string]func(a *entity){
		"unreachable": func(a *entity) { a.web.Fail(anchorID+"/.well-known/openid-federation", vc.ErrUnreachable) },
		"missing":     func(a *entity) { a.web.Status(anchorID+"/.well-known/openid-federation", 404, nil) },
		"another key": func(a *entity) {
			good := a.jwks()
			a.key = vctest.NewSigner(t, vctest.P256, "other")
			a.extra["jwks"] = good
			a.publish("x")
		},
		"expired": func(a *entity) { a.extra["exp"] = 5; a.publish("x") },
		"broken":  func(a *entity) { a.web.Serve(a.at(schoolDD), "", []byte("....")) },
	} {
		web := vctest.NewWeb()
		a := newEntity(t, web, anchorID).publish("The Consortium").vouches(schoolDD, named("School"))
		change(a)
		if got := known(t, federation(t, web, &clock{vctest.Now()}), schoolDD, vc.BindingDID); got.Outcome != vc.Unknown || got.Reason != vc.ReasonUnreachable {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// hanging is a fetcher that never answers: each request waits for its context.
type hanging struct{ asked int }

func (h *hanging) Fetch(ctx context.Context, _ vc.FetchRequest) (*vc.Resource, error) {
	h.asked++
	<-ctx.Done()
	return nil, vc.ErrUnreachable
}

// TestRegistriesThatHang: a registry that hangs delays one badge briefly, and no
// other badge.
func TestRegistriesThatHang(t *testing.T) {
	web, c := &hanging{}, &clock{vctest.Now()}
	s := federation(t, web, c)
	r, err := registry.NewRemote(registry.Web{Fetch: web, Now: c.now}, "", listAt)
	if err != nil {
		t.Fatal(err)
	}
	s = s.With(r, parse(t, "Partners", ownCSV))
	s.Patience = time.Millisecond
	for range 3 {
		got := known(t, s, schoolDD, vc.BindingDID)
		if got.Outcome != vc.Passed || got.Listings[0].Registry != "Partners" {
			t.Errorf("the list that answers: got %+v", got)
		}
		if got = known(t, s, "did:web:other.example", vc.BindingDID); got.Reason != vc.ReasonUnreachable {
			t.Errorf("%+v", got)
		}
	}
	if web.asked != 2 {
		t.Errorf("got %d requests, want one each", web.asked)
	}
	c.forward(3 * time.Minute)
	known(t, s, schoolDD, vc.BindingDID)
	if web.asked != 3 {
		t.Errorf("got %d requests; the anchor is tried again after a while", web.asked)
	}
}

// FuzzStatement asserts that no answer of an anchor makes a walk panic or hang.
func FuzzStatement(f *testing.F) {
	web := vctest.NewWeb()
	a := newEntity(f, web, anchorID)
	f.Add(a.sign(a.claims(schoolDD, named("School"))))
	f.Add([]byte("e30.e30.e30"))
	f.Fuzz(func(t *testing.T, b []byte) {
		web := vctest.NewWeb()
		a := newEntity(t, web, anchorID).publish("The Consortium")
		web.Serve(a.at(schoolDD), "", b)
		web.Serve(schoolID+"/.well-known/openid-federation", "", b)
		s := federation(t, web, &clock{vctest.Now()})
		known(t, s, schoolDD, vc.BindingDID)
		known(t, s, schoolID, vc.BindingDocument)
	})
}
