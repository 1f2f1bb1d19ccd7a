package ob2

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"backpack/vc"
)

const (
	// accept is what the address of a badge may answer (specs B1.12).
	accept  = "application/ld+json, application/json, image/png, image/svg+xml"
	maxBody = 4 << 20 // a baked picture is larger than the badge in it
	// maxAsked is how often the web is asked for one badge with its
	// endorsements and extensions.
	maxAsked = 40
)

// A reach is what one verification, all its parts together, may still ask, and
// what it has learnt: many endorsements name one issuer.
type reach struct {
	left  int
	known map[string]answer
}

type answer struct {
	res *vc.Resource
	f   *fault
}

// A node is one JSON object that an address served.
type node struct {
	id   string // the address that was asked last
	got  string // where the answer came from, after redirects
	gone bool   // with status 410
	// loose: the answer is no JSON by its own account, but a text, or a picture
	// with the badge in it. Visitors may leave those on many websites.
	loose bool
	body  []byte
	value *vc.Value
}

// fetch sends one request and judges what every kind of answer means (specs
// B1.5): only 410 and success carry a body on.
func (r *run) fetch(ctx context.Context, id, accept string) (*vc.Resource, *fault) {
	address, ok := fetchable(id)
	if !ok {
		return nil, unknown(vc.ReasonUnsupported, fmt.Sprintf("%.200q is no address of the web", id))
	}
	if r.opt.Offline {
		return nil, unknown(vc.ReasonUnreachable, "offline: "+address+" was not asked")
	}
	if a, ok := r.reach.known[address]; ok {
		return a.res, a.f
	}
	if r.reach.left--; r.reach.left < 0 {
		return nil, unknown(vc.ReasonTooLarge, "there are too many addresses to ask; "+address+" was not")
	}
	res, err := r.cfg.Fetch.Fetch(ctx, vc.FetchRequest{URL: address, Accept: accept, MaxBytes: maxBody, Fresh: r.opt.Fresh, Role: vc.RoleBadge})
	res, f := judge(address, res, err)
	r.reach.known[address] = answer{res, f}
	return res, f
}

func judge(address string, res *vc.Resource, err error) (*vc.Resource, *fault) {
	switch {
	case errors.Is(err, vc.ErrForbidden), errors.Is(err, vc.ErrUnreachable), errors.Is(err, vc.ErrTooLarge):
		return nil, unknown(vc.FetchReason(err), err.Error())
	case err != nil || res == nil:
		return nil, unknown(vc.ReasonUnreachable, address)
	case res.Status == 404:
		return nil, unknown(vc.ReasonHostedGone, address+" answers 404")
	case res.Status != 410 && !res.OK():
		return nil, unknown(vc.ReasonUnreachable, fmt.Sprintf("%s answers %d", address, res.Status))
	}
	return res, nil
}

// get fetches a JSON object, the one baked into a picture (specs B1.12), or
// the one that a page for people links to as another form of itself.
func (r *run) get(ctx context.Context, id string) (*node, *fault) {
	res, f := r.fetch(ctx, id, accept)
	if f != nil {
		return nil, f
	}
	body := served(res)
	badge, to := inside(body, res.URL)
	switch {
	case to != "":
		if res, f = r.fetch(ctx, to, accept); f != nil {
			return nil, f
		}
		body = served(res)
	case badge != "":
		body = bytes.TrimSpace([]byte(badge))
	}
	n := &node{id: id, got: res.URL, gone: res.Status == 410, loose: badge != "" || !asJSON(res), body: body}
	v, err := vc.ParseJSON(body)
	if err == nil {
		v, err = plainNames(v)
	}
	if err == nil && v.Is(vc.Object) {
		n.value = v
	} else if !n.gone {
		return nil, unknown(vc.ReasonNotABadge, id+" does not serve a JSON object")
	}
	return n, nil
}

// inside returns the badge in a picture, or the address to ask instead: the one
// baked in, as was the oldest way (specs B3.1), or the one that a page names.
func inside(body []byte, at string) (badge, to string) {
	if !picture(body) {
		return "", ""
	}
	text, ok := unbake(body)
	switch {
	case !ok:
		return "", alternate(body, at)
	case hasScheme(text):
		return "", text
	}
	return text, ""
}

// picture reports whether b begins like a PNG or an SVG.
func picture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG")) || bytes.HasPrefix(b, []byte("<"))
}

// follow fetches the node called id. One that declares another id is asked for
// once more under that; if the answer still declares another, nobody vouches
// for either (specs B1.4).
func (r *run) follow(ctx context.Context, id string, declared func(*vc.Value) string) (*node, *fault) {
	n, f := r.get(ctx, id)
	if f != nil || n.value == nil {
		return n, f
	}
	other := declared(n.value)
	if other == "" || sameID(other, id) {
		return n, nil
	}
	r.warn(vc.ReasonHostedDiffers, fmt.Sprintf("%s serves what calls itself %.200s", id, other))
	if n, f = r.get(ctx, other); f != nil || n.value == nil {
		return n, f
	}
	if again := declared(n.value); !sameID(again, other) {
		return nil, failed(vc.ReasonHostedDiffers, fmt.Sprintf("%.200s serves what calls itself %.200s", other, again))
	}
	return n, nil
}

// complete fetches the badge class and the issuer. An embedded copy counts
// only where it has no address of its own to ask (specs B1.6); otherwise it is
// kept for display when the address gives no answer. The nodes returned are
// those fetched.
func (r *run) complete(ctx context.Context, p *parts) (class, issuer *node, f *fault) {
	if !p.endorsement {
		p.class, class, f = r.part(ctx, p.assertion, "badge", p.version)
		p.issuer = embedded(p.class, "issuer")
		if class != nil {
			p.classID = class.id
		}
		if f != nil {
			return class, nil, f
		}
	}
	p.issuer, issuer, f = r.part(ctx, p.issued(), "issuer", p.version)
	if issuer != nil {
		p.issuerID = issuer.id
	}
	return class, issuer, f
}

func (r *run) part(ctx context.Context, of *vc.Value, name, version string) (*vc.Value, *node, *fault) {
	copied, id := embedded(of, name), reference(of, name)
	_, ok := fetchable(id)
	switch {
	case copied != nil && (!ok || version == v05):
		return copied, nil, nil
	case !ok:
		return nil, nil, unknown(vc.ReasonMissingMember, "the badge does not say what its "+name+" is")
	}
	n, f := r.follow(ctx, id, identifier)
	switch {
	case f != nil:
		return copied, nil, f
	case n.gone || n.value == nil:
		return copied, nil, unknown(vc.ReasonHostedGone, id+" answers 410")
	case isType(n.value, "BadgeClass", "Issuer", "Profile"): // what it lacks is judged by the rules
	case name == "badge" && !present(n.value, "issuer"), !present(n.value, "name"):
		return copied, nil, unknown(vc.ReasonNotABadge, id+" does not serve what the badge says")
	}
	return n.value, n, nil
}
