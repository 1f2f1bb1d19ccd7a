package ob2

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"backpack/vc"
)

const (
	// accept lists the media types for the address of a badge (specs B1.12).
	accept  = "application/ld+json, application/json, image/png, image/svg+xml"
	maxBody = 4 << 20 // a baked picture may be large
	// maxAsked limits the requests for one badge with its endorsements and extensions.
	maxAsked = 40
)

// requests is the request budget and the cache of one verification with all its parts,
// as many endorsements share an issuer.
type requests struct {
	left  int
	known map[string]answer
}

type answer struct {
	res *vc.Resource
	f   *fault
}

// A node is a JSON object that an address served.
type node struct {
	id   string // the address of the last request
	got  string // the final address, after redirects
	gone bool   // the status is 410
	// notJSON: the response is not declared as JSON but is a text or a picture with the badge in it.
	// On many websites visitors can upload those.
	notJSON bool
	body    []byte
	value   *vc.Value
}

// fetch sends one request and turns failures into faults (specs B1.5). Only responses
// with status 410 or 2xx are returned.
func (r *run) fetch(ctx context.Context, id, accept string) (*vc.Resource, *fault) {
	address, ok := fetchable(id)
	if !ok {
		return nil, unknown(vc.ReasonUnsupported, fmt.Sprintf("%.200q is not a web address", id))
	}
	if r.opt.Offline {
		return nil, unknown(vc.ReasonUnreachable, "offline: "+address+" was not fetched")
	}
	if a, ok := r.requests.known[address]; ok {
		return a.res, a.f
	}
	if r.requests.left--; r.requests.left < 0 {
		return nil, unknown(vc.ReasonTooLarge, "too many requests for one badge; "+address+" was not fetched")
	}
	res, err := r.cfg.Fetch.Fetch(ctx, vc.FetchRequest{URL: address, Accept: accept, MaxBytes: maxBody, Fresh: r.opt.Fresh, Role: vc.RoleBadge})
	res, f := judge(address, res, err)
	r.requests.known[address] = answer{res, f}
	return res, f
}

func judge(address string, res *vc.Resource, err error) (*vc.Resource, *fault) {
	switch {
	case errors.Is(err, vc.ErrForbidden), errors.Is(err, vc.ErrUnreachable), errors.Is(err, vc.ErrTooLarge):
		return nil, unknown(vc.FetchReason(err), err.Error())
	case err != nil || res == nil:
		return nil, unknown(vc.ReasonUnreachable, address)
	case res.Status == 404:
		return nil, unknown(vc.ReasonHostedGone, address+" responds with status 404")
	case res.Status != 410 && !res.OK():
		return nil, unknown(vc.ReasonUnreachable, fmt.Sprintf("%s responds with status %d", address, res.Status))
	}
	return res, nil
}

// get fetches a JSON object. It follows a picture to the badge baked into it (specs
// B1.12), and a web page to its alternate form in JSON.
func (r *run) get(ctx context.Context, id string) (*node, *fault) {
	res, f := r.fetch(ctx, id, accept)
	if f != nil {
		return nil, f
	}
	body := utf8Body(res)
	badge, to := badgeIn(body, res.URL)
	switch {
	case to != "":
		if res, f = r.fetch(ctx, to, accept); f != nil {
			return nil, f
		}
		body = utf8Body(res)
	case badge != "":
		body = bytes.TrimSpace([]byte(badge))
	}
	n := &node{id: id, got: res.URL, gone: res.Status == 410, notJSON: badge != "" || !declaredJSON(res), body: body}
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

// badgeIn returns the badge in a picture, or else the address to fetch instead: the one
// in the picture, the oldest form of baking (specs B3.1), or the one that a web page
// links to.
func badgeIn(body []byte, at string) (badge, to string) {
	if !maybePicture(body) {
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

// maybePicture reports whether b begins like a PNG file or like XML.
func maybePicture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG")) || bytes.HasPrefix(b, []byte("<"))
}

// follow fetches the node called id. If the response declares another id, follow
// fetches that once; if the second response declares yet another id, neither is
// confirmed (specs B1.4).
func (r *run) follow(ctx context.Context, id string, declared func(*vc.Value) string) (*node, *fault) {
	n, f := r.get(ctx, id)
	if f != nil || n.value == nil {
		return n, f
	}
	other := declared(n.value)
	if other == "" || sameID(other, id) {
		return n, nil
	}
	r.warn(vc.ReasonHostedDiffers, fmt.Sprintf("%s serves a document with the id %.200s", id, other))
	if n, f = r.get(ctx, other); f != nil || n.value == nil {
		return n, f
	}
	if again := declared(n.value); !sameID(again, other) {
		return nil, failed(vc.ReasonHostedDiffers, fmt.Sprintf("%.200s serves a document with the id %.200s", other, again))
	}
	return n, nil
}

// complete fetches the badge class and the issuer. An embedded copy counts only if it
// has no address to fetch (specs B1.6); otherwise it is displayed if the address does
// not respond. The returned nodes are the fetched ones.
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
		return nil, nil, unknown(vc.ReasonMissingMember, "the badge does not name its "+name)
	}
	n, f := r.follow(ctx, id, identifier)
	switch {
	case f != nil:
		return copied, nil, f
	case n.gone || n.value == nil:
		return copied, nil, unknown(vc.ReasonHostedGone, id+" responds with status 410")
	case isType(n.value, "BadgeClass", "Issuer", "Profile"): // missing members are reported by the rules
	case name == "badge" && !present(n.value, "issuer"), !present(n.value, "name"):
		return copied, nil, unknown(vc.ReasonNotABadge, id+" does not serve the "+name+" of the badge")
	}
	return n.value, n, nil
}
