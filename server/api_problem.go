package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/vc"
)

// The prefixes of problem types.
const (
	ofDataModel  = "https://www.w3.org/TR/vc-data-model#"           // specs D1.2
	ofSecurity   = "https://w3id.org/security#"                     // specs D3.1
	ofStatusList = "https://www.w3.org/ns/credentials/status-list#" // specs E1.5
	ofVCALM      = "https://www.w3.org/TR/vcalm#"                   // VCALM 1.0, error handling
	ofBackpack   = "urn:backpack:problem:"                          // followed by a vc.Reason
)

// The severities of problems.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// A problem is one of problemDetails (RFC 9457). Members below Detail are
// Backpack's own.
type problem struct {
	Type       string     `json:"type"`
	Title      string     `json:"title"`
	Status     int        `json:"status,omitempty"`
	Detail     string     `json:"detail,omitempty"`
	Severity   string     `json:"severity"`
	Check      vc.CheckID `json:"check,omitempty"`
	Outcome    vc.Outcome `json:"outcome,omitempty"` // failed, or unknown if the check could not be made
	Reason     vc.Reason  `json:"reason,omitempty"`
	Credential *int       `json:"credential,omitempty"` // index of the credential in a presentation
}

// unreadable returns the problem of a request that cannot be parsed.
func unreadable(status int, detail string) *problem {
	return &problem{Type: ofDataModel + "PARSING_ERROR", Title: "PARSING_ERROR", Status: status, Detail: detail, Severity: severityError}
}

// unknownOption returns the problem of an unknown option.
func unknownOption(detail string) *problem {
	return &problem{Type: ofVCALM + "UNKNOWN_OPTION_PROVIDED", Title: "UNKNOWN_OPTION_PROVIDED", Status: fiber.StatusBadRequest,
		Detail: detail, Severity: severityError}
}

// byReason lists the type of a reason, for any check.
var byReason = map[vc.Reason][2]string{
	vc.ReasonChallenge:      {ofSecurity, "INVALID_CHALLENGE_ERROR"},
	vc.ReasonDomain:         {ofSecurity, "INVALID_DOMAIN_ERROR"},
	vc.ReasonBadSignature:   {ofDataModel, "CRYPTOGRAPHIC_SECURITY_ERROR"},
	vc.ReasonUndefinedTerm:  {ofSecurity, "DATA_LOSS_DETECTION_ERROR"},
	vc.ReasonDateOrder:      {ofDataModel, "RANGE_ERROR"},
	vc.ReasonKeyNotFound:    {ofSecurity, "INVALID_VERIFICATION_METHOD"},
	vc.ReasonKeyUnsuitable:  {ofSecurity, "INVALID_VERIFICATION_METHOD"},
	vc.ReasonNotAuthorised:  {ofSecurity, "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"},
	vc.ReasonRevoked:        {ofBackpack, string(vc.ReasonRevoked)},
	vc.ReasonSuspended:      {ofBackpack, string(vc.ReasonSuspended)},
	vc.ReasonExpired:        {ofBackpack, string(vc.ReasonExpired)},
	vc.ReasonNotYetValid:    {ofBackpack, string(vc.ReasonNotYetValid)},
	vc.ReasonSample:         {ofBackpack, string(vc.ReasonSample)},
	vc.ReasonStatusList:     {ofStatusList, "STATUS_VERIFICATION_ERROR"},
	vc.ReasonStatusEntry:    {ofStatusList, "STATUS_VERIFICATION_ERROR"},
	vc.ReasonUnknownContext: {ofSecurity, "PROOF_TRANSFORMATION_ERROR"},
	vc.ReasonContextUnsafe:  {ofSecurity, "PROOF_TRANSFORMATION_ERROR"},
}

// byCheck lists the type of any other reason, by the check.
var byCheck = map[vc.CheckID][2]string{
	vc.CheckFormat:     {ofDataModel, "MALFORMED_VALUE_ERROR"},
	vc.CheckSubject:    {ofDataModel, "MALFORMED_VALUE_ERROR"},
	vc.CheckSchema:     {ofDataModel, "MALFORMED_VALUE_ERROR"},
	vc.CheckResources:  {ofDataModel, "CRYPTOGRAPHIC_SECURITY_ERROR"},
	vc.CheckValidFrom:  {ofDataModel, "MALFORMED_VALUE_ERROR"},
	vc.CheckValidUntil: {ofDataModel, "MALFORMED_VALUE_ERROR"},
	vc.CheckTerms:      {ofSecurity, "PROOF_TRANSFORMATION_ERROR"},
	vc.CheckProof:      {ofSecurity, "PROOF_VERIFICATION_ERROR"},
	vc.CheckIssuer:     {ofDataModel, "CRYPTOGRAPHIC_SECURITY_ERROR"},
	vc.CheckHolder:     {ofDataModel, "CRYPTOGRAPHIC_SECURITY_ERROR"},
	vc.CheckRevocation: {ofStatusList, "STATUS_RETRIEVAL_ERROR"},
}

// problemOf returns the problem of one check. Its detail is the text of the pages
// with the technical detail.
func problemOf(texts *ui.Renderer, c vc.Check, severity string) problem {
	t, ok := byReason[c.Reason]
	if !ok {
		t, ok = byCheck[c.ID]
	}
	if !ok {
		t = [2]string{ofBackpack, string(c.Reason)}
	}
	text := texts.Check("en", string(c.ID), string(c.Outcome), string(c.Reason), "").Text
	if c.Detail != "" {
		text += " (" + c.Detail + ")"
	}
	return problem{Type: t[0] + t[1], Title: t[1], Detail: text, Severity: severity, Check: c.ID, Outcome: c.Outcome, Reason: c.Reason}
}

// remark returns the problem of a warning, which does not change the verdict. If
// the standard forbids the finding, it is an error for programs.
func remark(texts *ui.Renderer, p vc.Problem) problem {
	text := texts.Text("en", "reason."+string(p.Reason))
	if p.Detail != "" {
		text += " (" + p.Detail + ")"
	}
	out := problem{Type: ofBackpack + string(p.Reason), Title: string(p.Reason), Detail: text, Severity: severityWarning, Reason: p.Reason}
	if t := byCheck[vc.CheckFormat]; p.Strict {
		out.Type, out.Title, out.Severity = t[0]+t[1], t[1], severityError
	}
	return out
}
