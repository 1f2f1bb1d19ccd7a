package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/issue"
	"backpack/wallet/keys"
)

// issueRoutes registers the routes for the operator, who knows the token. Without
// a token there are none.
func (s *api) issueRoutes(r fiber.Router) {
	if s.cfg.Token == "" {
		return
	}
	r.Get(pathIssuers, s.operator, s.apiIssuers)
	r.Post(pathIssue, s.operator, s.apiIssue)
	r.Post(pathIssueAs, s.operator, s.apiIssue)
	r.Post(pathDerive, s.operator, s.apiDerive)
	r.Post(pathSetStatus, s.operator, s.apiSetStatus)
}

// isOperator compares the token in constant time.
func (s *api) isOperator(c *fiber.Ctx) bool {
	token, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.cfg.Token))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && ok && s.cfg.Token != ""
}

func (s *api) operator(c *fiber.Ctx) error {
	if s.isOperator(c) {
		return c.Next()
	}
	c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="backpack"`)
	return s.refuse(c, &problem{Type: "about:blank", Title: "Unauthorized", Status: fiber.StatusUnauthorized,
		Detail: "the token is missing or wrong", Severity: severityError})
}

// refuse answers with a problem (RFC 9457).
func (s *api) refuse(c *fiber.Ctx, p *problem) error {
	return s.json(c, p.Status, "application/problem+json", p)
}

// refuseError answers an error in the request. Any other error is returned, for
// the log.
func (s *api) refuseError(c *fiber.Ctx, err error) error {
	var e *wallet.Error
	if !errors.As(err, &e) || e.Err == nil || e.Kind == wallet.Internal {
		return err
	}
	t := [2]string{ofDataModel, "MALFORMED_VALUE_ERROR"}
	switch {
	case errors.Is(err, vc.ErrTerms):
		t = [2]string{ofSecurity, "DATA_LOSS_DETECTION_ERROR"}
	case errors.Is(err, vc.ErrContext):
		t = [2]string{ofSecurity, "PROOF_TRANSFORMATION_ERROR"}
	case e.Kind != wallet.BadInput:
		t = [2]string{ofBackpack, e.Code}
	}
	return s.refuse(c, &problem{Type: t[0] + t[1], Title: t[1], Status: statuses[e.Kind], Detail: e.Err.Error(), Severity: severityError})
}

// apiIssuers lists the issuers of the service: one DID for each kind of key.
func (s *api) apiIssuers(c *fiber.Ctx) error {
	type issuer struct {
		ID     string    `json:"id"`
		Key    keys.Kind `json:"key"`
		Method string    `json:"verificationMethod"`
	}
	var out struct {
		Issuers []issuer `json:"issuers"`
		Suites  []string `json:"cryptosuites"`
	}
	for _, kind := range keys.Kinds() {
		i, err := s.wallet.Issuing.Issuer(c.UserContext(), kind)
		if err != nil {
			return err
		}
		out.Issuers = append(out.Issuers, issuer{i.Identifier(kind), kind, i.Keys[kind].Method})
	}
	for _, x := range s.suites {
		out.Suites = append(out.Suites, x.IDs()[0])
	}
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, out)
}

// The suite and the key of a request that names none.
const (
	presetSuite = "eddsa-rdfc-2022"
	presetKey   = keys.Ed25519
)

// apiIssue issues a credential with the key and the suite in the path, or those in
// the options.
func (s *api) apiIssue(c *fiber.Ctx) error {
	body, p := s.body(c)
	if p != nil {
		return s.refuse(c, p)
	}
	req, p := readIssue(body, param(c, "key"), param(c, "suite"))
	if p != nil {
		return s.refuse(c, p)
	}
	req.Lists = s.listsAddress()
	signed, err := s.wallet.Issuing.Issue(c.UserContext(), *req)
	if err != nil {
		return s.refuseError(c, err)
	}
	return s.json(c, fiber.StatusCreated, fiber.MIMEApplicationJSON, map[string]json.RawMessage{"verifiableCredential": enveloped(signed)})
}

// enveloped puts a JWT into an envelope (specs D1.4).
func enveloped(signed []byte) json.RawMessage {
	if signed[0] == '{' {
		return signed
	}
	return fmt.Appendf(nil, `{"@context":[%q],"id":"data:application/vc+jwt,%s","type":"EnvelopedVerifiableCredential"}`, vc.ContextV2, signed)
}

// readIssue parses a request to issue.
func readIssue(body *vc.Value, key, suite string) (*issue.Request, *problem) {
	credential, o := body.Get("credential"), body.Get("options")
	switch {
	case !credential.Is(vc.Object):
		return nil, unreadable(fiber.StatusBadRequest, "the request has no object credential")
	case o != nil && !o.Is(vc.Object):
		return nil, unreadable(fiber.StatusBadRequest, "options is not an object")
	}
	req := &issue.Request{Credential: []byte(credential.Raw()), Key: keys.Kind(key), Suite: suite}
	if suite == "" {
		req.Suite, req.Key = presetSuite, presetKey
		if v := o.Get("cryptosuite"); v != nil {
			req.Suite = v.Str()
		}
		if strings.HasPrefix(req.Suite, "ecdsa-") {
			req.Key = keys.P256
		}
	}
	if v := o.Get("credentialId"); v != nil {
		if req.ID = v.Str(); req.ID == "" {
			return nil, unreadable(fiber.StatusBadRequest, "options.credentialId is not a string")
		}
	}
	var p *problem
	if req.Mandatory, p = pointers(o, "mandatoryPointers"); p != nil {
		return nil, p
	}
	for _, v := range o.Get("credentialStatus").List() {
		if v.Get("type").Str() != "BitstringStatusListEntry" {
			return nil, unreadable(fiber.StatusBadRequest, "options.credentialStatus is of another type than BitstringStatusListEntry")
		}
		req.Purposes = append(req.Purposes, v.Get("statusPurpose").Str())
	}
	return req, nil
}

// maxPointers is the number of pointers that a request may have.
const maxPointers = 500

// pointers parses a list of JSON pointers; nil if there is none.
func pointers(options *vc.Value, name string) ([]string, *problem) {
	v := options.Get(name)
	if v == nil {
		return nil, nil
	}
	if out := v.Strs(); v.Is(vc.Array) && len(out) == len(v.Items()) && len(out) <= maxPointers {
		return append([]string{}, out...), nil
	}
	return nil, unreadable(fiber.StatusBadRequest, "options."+name+" is not a list of at most 500 texts")
}

// apiDerive derives a copy that discloses a part of a credential.
func (s *api) apiDerive(c *fiber.Ctx) error {
	body, p := s.body(c)
	if p != nil {
		return s.refuse(c, p)
	}
	credential := body.Get("verifiableCredential")
	if !credential.Is(vc.Object) {
		return s.refuse(c, unreadable(fiber.StatusBadRequest, "the request has no object verifiableCredential"))
	}
	selected, p := pointers(body.Get("options"), "selectivePointers")
	if p != nil {
		return s.refuse(c, p)
	}
	derived, err := s.wallet.Issuing.Derive(c.UserContext(), []byte(credential.Raw()), selected)
	if err != nil {
		return s.refuseError(c, err)
	}
	return s.json(c, fiber.StatusCreated, fiber.MIMEApplicationJSON, map[string]json.RawMessage{"verifiableCredential": derived})
}

// listsAddress returns the address of this server's status lists.
func (s *api) listsAddress() string { return ListsAddress(s.origin, s.cfg) }

// apiSetStatus sets or clears statuses of a credential that this service issued:
// {credentialId, credentialStatus: {type, statusPurpose, status}}. status is a
// boolean, "0" or "1"; it defaults to true.
func (s *api) apiSetStatus(c *fiber.Ctx) error {
	body, p := s.body(c)
	if p != nil {
		return s.refuse(c, p)
	}
	id, list := body.Get("credentialId").Str(), body.Get("credentialStatus").List()
	if id == "" || len(list) == 0 {
		return s.refuse(c, unreadable(fiber.StatusBadRequest, "the request has no credentialId, or no credentialStatus"))
	}
	for _, v := range list {
		on, ok := truth(v.Get("status"), body.Get("status"))
		if !ok {
			return s.refuse(c, unreadable(fiber.StatusBadRequest, "status is neither true nor false"))
		}
		if err := s.wallet.Issuing.SetStatus(c.UserContext(), id, v.Get("statusPurpose").Str(), on); err != nil {
			return s.refuseError(c, err)
		}
	}
	return c.SendStatus(fiber.StatusOK)
}

// truth parses the first value that is not nil; true if there is none.
func truth(values ...*vc.Value) (on, ok bool) {
	for _, v := range values {
		if v == nil {
			continue
		}
		switch v.Text() {
		case "true", "1":
			return true, true
		case "false", "0":
			return false, true
		}
		return false, false
	}
	return true, true
}

// statusList serves a status list of the service.
func (s *api) statusList(c *fiber.Ctx) error {
	list, life, err := s.wallet.Issuing.StatusList(c.UserContext(), atoi(param(c, "n")))
	if err != nil {
		return err
	}
	c.Vary(fiber.HeaderAccept)
	c.Set(fiber.HeaderContentType, "application/vc")
	if t := c.Accepts("application/vc", "application/ld+json", fiber.MIMEApplicationJSON); t != "" {
		c.Set(fiber.HeaderContentType, t)
	}
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d", int(life.Seconds())))
	return c.Send(list)
}
