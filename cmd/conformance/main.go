// Command conformance implements the interface that the VC-JOSE-COSE test suite
// expects: it issues or verifies one document with one key, and writes down the
// result. It is not part of the product, since it takes private keys in files.
// docs/conformance.md says how to run it.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/suite"
)

// The results of a run.
const (
	success       = "success"
	failure       = "failure"
	indeterminate = "indeterminate"
)

// A job is one test of the suite.
type job struct {
	input, key, feature, output string
}

// A result is the output that the suite reads.
type result struct {
	Result string `json:"result"`
	Data   string `json:"data"`
}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "issue" && args[0] != "verify" {
		return errors.New("use issue or verify, with --input, --key, --feature and --output")
	}
	j, err := parse(args[1:])
	if err != nil {
		return err
	}
	do := j.verify
	if args[0] == "issue" {
		do = j.issue
	}
	res, err := do(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, res.Result, res.Data)
	text, err := json.Marshal(res)
	if err != nil {
		return err
	}
	return os.WriteFile(j.output, text, 0o644)
}

func parse(args []string) (*job, error) {
	j := new(job)
	fs := flag.NewFlagSet("conformance", flag.ContinueOnError)
	fs.StringVar(&j.input, "input", "", "the document: JSON, a JWT or an SD-JWT as text, or COSE in base64")
	fs.StringVar(&j.key, "key", "", "a verification method with publicKeyJwk and secretKeyJwk")
	fs.StringVar(&j.feature, "feature", "", "credential or presentation, _, and jose, sdjwt or cose")
	fs.StringVar(&j.output, "output", "", "file for the result")
	fs.String("sd", "", "what an SD-JWT can disclose; ignored, since no SD-JWT is issued")
	return j, fs.Parse(args)
}

// given reads the input and the key.
func (j *job) given() ([]byte, *method, error) {
	text, err := os.ReadFile(j.input)
	if err != nil {
		return nil, nil, err
	}
	m, err := readMethod(j.key)
	return text, m, err
}

// issue secures a document as a JWT, the only form it issues. Like the product,
// it requires that all terms are defined.
func (j *job) issue(ctx context.Context) (*result, error) {
	if !strings.HasSuffix(j.feature, "_jose") {
		return &result{indeterminate, "not issued: " + j.feature}, nil
	}
	text, m, err := j.given()
	if err != nil {
		return nil, err
	}
	doc, err := vc.Parse(text)
	if err == nil && len(doc.Problems) > 0 {
		err = errors.New(doc.Problems[0].Detail)
	}
	if err != nil {
		return &result{failure, err.Error()}, nil
	}
	signer, err := m.signer()
	if err != nil {
		return nil, err
	}
	signed, err := suite.JOSE().Sign(ctx, text, vc.SignOptions{VerificationMethod: m.ID}, signer)
	if err != nil {
		return &result{failure, err.Error()}, nil
	}
	return &result{success, string(signed)}, nil
}

// verify verifies a document with the given key, and the credentials in a
// presentation with all keys in the same folder.
func (j *job) verify(ctx context.Context) (*result, error) {
	text, m, err := j.given()
	if err != nil {
		return nil, err
	}
	if text, err = j.decode(text); err != nil {
		return &result{failure, err.Error()}, nil
	}
	std, err := verifierAt(time.Now(), []method{*m})
	if err != nil {
		return nil, err
	}
	doc, err := std.Verifier.Parse(text)
	if err != nil {
		return &result{failure, err.Error()}, nil
	}
	switch {
	case doc.Form == vc.Unsigned:
		return &result{failure, "the document has no proof"}, nil
	case strings.HasPrefix(j.feature, "presentation_") != (doc.Presentation != nil):
		return &result{failure, "the document is of the other kind"}, nil
	}
	res, err := j.judge(ctx, doc, []method{*m})
	if err != nil || res.Result != success || doc.Presentation == nil {
		return res, err
	}
	beside, err := methodsBeside(j.key)
	if err != nil {
		return nil, err
	}
	for i, inner := range doc.Presentation.Documents {
		res, err := j.judge(ctx, inner, beside)
		if err != nil || res.Result != success {
			return &result{res.Result, fmt.Sprintf("credential %d: %s", i+1, res.Data)}, err
		}
	}
	return res, nil
}

// decode decodes the base64 of COSE.
func (j *job) decode(text []byte) ([]byte, error) {
	s := strings.TrimSpace(string(text))
	if !strings.HasSuffix(j.feature, "_cose") {
		return []byte(s), nil
	}
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

func (j *job) judge(ctx context.Context, doc *vc.Document, keys []method) (*result, error) {
	std, err := verifierAt(moment(doc), keys)
	if err != nil {
		return nil, err
	}
	r, err := std.Verifier.Verify(ctx, doc, vc.Options{})
	if err != nil {
		return nil, err
	}
	out := &result{Result: failure}
	switch r.Verdict(vc.Policy{}) {
	case vc.Valid, vc.AsShown:
		if !slices.ContainsFunc(r.Warnings, func(p vc.Problem) bool { return p.Strict }) {
			out.Result = success
		}
	case vc.Undetermined:
		out.Result = indeterminate
	}
	for _, c := range r.Checks {
		if c.Outcome == vc.Failed || c.Outcome == vc.Unknown && out.Data == "" {
			out.Data = fmt.Sprintf("%s %s %s", c.ID, c.Reason, c.Detail)
		}
	}
	return out, nil
}

// verifierAt returns the product's verifier, which knows the given keys only.
func verifierAt(at time.Time, keys []method) (*standard.Standard, error) {
	return standard.New(standard.Config{Fetch: webOf(keys), Now: func() time.Time { return at }})
}

// moment returns the time of verification: now, or the issuing time of a token
// that has an end, since the suite's tokens were valid for one day in December
// 2024.
func moment(doc *vc.Document) time.Time {
	for _, p := range doc.Proofs {
		if p.JOSE == nil || p.JOSE.Exp == nil {
			continue
		}
		if made, err := strconv.ParseInt(p.JOSE.Iat.Text(), 10, 64); err == nil {
			return time.Unix(made, 0)
		}
	}
	return time.Now()
}

func methodsBeside(name string) ([]method, error) {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(name), "vm-*.json"))
	if err != nil {
		return nil, err
	}
	var out []method
	for _, f := range files {
		m, err := readMethod(f)
		if err != nil {
			return nil, err
		}
		out = append(out, *m)
	}
	return out, nil
}
