package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// A peer is a Node process with other implementations (testdata/peers).
type peer struct {
	in  io.Writer
	out *bufio.Reader
}

// peerMoment is the time of all peers' clocks.
var peerMoment = wallettest.NewClock().Now()

// newPeer starts the process; it ends with the test.
func newPeer(t testing.TB) *peer {
	t.Helper()
	folder := filepath.Join("testdata", "peers")
	_, missing := os.Stat(filepath.Join(folder, "node_modules"))
	node, err := exec.LookPath("node")
	if missing != nil || err != nil {
		why := "Node or its libraries are missing; make setup installs them"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	contexts, err := filepath.Abs("../../vc/ld/contexts")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "peers.mjs", peerMoment.Format(time.RFC3339), contexts)
	cmd.Dir = folder
	var errs bytes.Buffer
	cmd.Stderr = &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
		if t.Failed() && errs.Len() > 0 {
			t.Logf("node said: %.2000s", errs.String())
		}
	})
	return &peer{in, bufio.NewReaderSize(out, 1<<20)}
}

// An answer is the reply of the process to a question.
type answer struct {
	Error       string
	Document    json.RawMessage
	Results     []peerResult
	Nanoseconds int64
}

type peerResult struct {
	Verified  bool
	Error     string
	Contained []bool // of verifier-core: the credentials in a presentation
}

type question = map[string]any

func (p *peer) ask(t testing.TB, q question) answer {
	t.Helper()
	b, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.in, "%s\n", b); err != nil {
		t.Fatal(err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the process gave no answer: %v", err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatal(err)
	}
	if a.Error != "" {
		t.Fatalf("%s: %s", q["op"], a.Error)
	}
	return a
}

// verify asks a library to verify documents.
func (p *peer) verify(t testing.TB, by string, more question, docs ...[]byte) []peerResult {
	t.Helper()
	list := make([]json.RawMessage, len(docs))
	for i, d := range docs {
		list[i] = d
	}
	q := question{"op": "verify", "by": by, "documents": list}
	maps.Copy(q, more)
	return p.ask(t, q).Results
}

// peerSuites are the suites and keys under comparison.
var peerSuites = []struct{ suite, curve string }{
	{"eddsa-rdfc-2022", vctest.Ed25519}, {"eddsa-jcs-2022", vctest.Ed25519},
	{"ecdsa-rdfc-2019", vctest.P256}, {"ecdsa-rdfc-2019", vctest.P384},
	{"ecdsa-jcs-2019", vctest.P256}, {"ecdsa-jcs-2019", vctest.P384},
}

// librariesFor lists the libraries that verify a suite; verifier-core knows
// only one suite.
func librariesFor(suite string) []string {
	if suite == "eddsa-rdfc-2022" {
		return []string{"vc", "verifier-core"}
	}
	return []string{"vc"}
}

// ourVerifier returns the product's verifier, at peerMoment and without a
// network.
func ourVerifier(t testing.TB) *vc.Verifier {
	t.Helper()
	std, err := standard.New(standard.Config{Fetch: vctest.NewWeb(), Now: func() time.Time { return peerMoment }})
	if err != nil {
		t.Fatal(err)
	}
	return std.Verifier
}

func ours(t testing.TB, v *vc.Verifier, b []byte, opt vc.Options) (vc.Verdict, *vc.Report) {
	t.Helper()
	doc, err := vc.Parse(b)
	if err != nil {
		return vc.Invalid, nil
	}
	r, err := v.Verify(t.Context(), doc, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r.Verdict(vc.Policy{}), r
}

// peerBadge returns one of our badges with a did:key, in one suite.
func peerBadge(t testing.TB, suite, curve string) []byte {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, curve).Issue(t, vctest.As(suite))
}

func TestPeersVerifyEachOther(t *testing.T) {
	p, v := newPeer(t), ourVerifier(t)
	for _, s := range peerSuites {
		t.Run(s.suite+" "+s.curve, func(t *testing.T) {
			our := peerBadge(t, s.suite, s.curve)
			for _, by := range librariesFor(s.suite) {
				if r := p.verify(t, by, nil, our)[0]; !r.Verified {
					t.Errorf("%s refuses ours: %s", by, r.Error)
				}
			}
			their := theirBadge(t, p, s.suite, s.curve)
			if got, r := ours(t, v, their, vc.Options{}); got != vc.Valid || r.Suite != s.suite {
				t.Errorf("we say %s of theirs: %+v", got, r)
			}
		})
	}
}

func TestPeersPresentations(t *testing.T) {
	p, v := newPeer(t), ourVerifier(t)
	badges := [][]byte{peerBadge(t, "eddsa-rdfc-2022", vctest.Ed25519), peerBadge(t, "ecdsa-jcs-2019", vctest.P384)}
	asked := question{"challenge": "c-1", "domain": "https://employer.example"}
	opt := vc.Options{Challenge: "c-1", Domain: "https://employer.example"}
	our := vctest.NewHolder(t).Present(t, "c-1", "https://employer.example", badges...)
	for name, tt := range map[string]struct {
		asked question
		want  bool
	}{
		"as asked":          {asked, true},
		"another challenge": {question{"challenge": "c-2", "domain": "https://employer.example"}, false},
		"another domain":    {question{"challenge": "c-1", "domain": "https://other.example"}, false},
	} {
		if r := p.verify(t, "vc", tt.asked, our)[0]; r.Verified != tt.want {
			t.Errorf("%s: vc says %v of ours: %s", name, r.Verified, r.Error)
		}
	}
	for _, s := range peerSuites {
		q := question{"op": "present", "suite": s.suite, "curve": s.curve, "documents": []json.RawMessage{badges[0], badges[1]}}
		maps.Copy(q, asked)
		their := p.ask(t, q).Document
		if got, r := ours(t, v, their, opt); got != vc.Valid {
			t.Errorf("%s %s: we say %s of theirs: %+v", s.suite, s.curve, got, r)
		}
		for _, other := range []vc.Options{{Challenge: "c-2"}, {Domain: "https://other.example"}} {
			if got, _ := ours(t, v, their, other); got == vc.Valid {
				t.Errorf("%s %s: valid for another request: %+v", s.suite, s.curve, other)
			}
		}
	}
}

// TestPeersVerifierCorePresentation: verifier-core requires the purpose
// assertionMethod for a presentation, where the VC Data Model has
// authentication, so it refuses every wallet's presentation. It verifies the
// credentials inside.
func TestPeersVerifierCorePresentation(t *testing.T) {
	p := newPeer(t)
	badge := peerBadge(t, "eddsa-rdfc-2022", vctest.Ed25519)
	asked := question{"challenge": "c-1"}
	their := p.ask(t, question{"op": "present", "suite": "eddsa-rdfc-2022", "curve": vctest.Ed25519, "challenge": "c-1",
		"documents": []json.RawMessage{badge}}).Document
	for name, set := range map[string][]byte{"ours": vctest.NewHolder(t).Present(t, "c-1", "", badge), "theirs": their} {
		r := p.verify(t, "verifier-core", asked, set)[0]
		if r.Verified || !slices.Equal(r.Contained, []bool{true}) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestPeersVerifyShare: other implementations verify the presentation of a
// share. A share answers no request, so it has no challenge; the library is
// told to require a proof for authentication by the holder's key.
func TestPeersVerifyShare(t *testing.T) {
	p := newPeer(t)
	presentation := walletShare(t, peerBadge(t, "eddsa-rdfc-2022", vctest.Ed25519), peerBadge(t, "ecdsa-rdfc-2019", vctest.P256))
	if r := p.verify(t, "vc", nil, presentation)[0]; !r.Verified {
		t.Fatalf("vc refuses the share: %s", r.Error)
	}
	if got, r := ours(t, ourVerifier(t), presentation, vc.Options{}); got != vc.Valid {
		t.Errorf("we say %s: %+v", got, r)
	}
	for _, change := range [][2]string{{"School of Bread", "School of Cheat"}, {`"authentication"`, `"assertionMethod"`},
		{"urn:backpack:show:", "urn:backpack:other:"}} {
		altered := bytes.Replace(presentation, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(altered, presentation) {
			t.Fatalf("%q is not in the share", change[0])
		}
		if p.verify(t, "vc", nil, altered)[0].Verified {
			t.Errorf("vc accepts %q", change[1])
		}
		if got, _ := ours(t, ourVerifier(t), altered, vc.Options{}); got == vc.Valid {
			t.Errorf("we accept %q", change[1])
		}
	}
}

// walletShare keeps badges as a learner, shares them, and returns the
// presentation.
func walletShare(t testing.TB, badges ...[]byte) []byte {
	t.Helper()
	e, ctx := wallettest.New(t, wallettest.Options{}), t.Context()
	a := e.Learner(t, "Ada").ID
	var in []inspect.Input
	for _, b := range badges {
		in = append(in, inspect.Input{Bytes: b})
	}
	id, err := e.StartImport(ctx, a, in)
	if err == nil {
		err = e.WorkImport(ctx, a, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	items := make([]int, len(badges))
	imp, err := e.Import(ctx, a, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range imp.Items {
		items[i] = x.N
	}
	entries, err := e.Keep(ctx, a, id, items)
	if err != nil || len(entries) != len(badges) {
		t.Fatalf("kept %d, %v", len(entries), err)
	}
	r := wallet.ShareRequest{Audience: "Employer"}
	for _, x := range entries {
		r.Entries = append(r.Entries, x.ID)
	}
	s, err := e.CreateShare(ctx, a, r)
	if err != nil {
		t.Fatal(err)
	}
	presentation, err := e.Present(ctx, a, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	return presentation
}

// harmless lists the changes after which all sides rightly verify.
var harmless = map[string]string{
	"rdfc: double proof":  "a proof set with the same proof twice: both hold",
	"jcs: double proof":   "as with rdfc",
	"rdfc: add a context": "no term of the badge changes its meaning, so the graph is the same",
	"jcs: add a context": "the suites require that the document's contexts begin with the proof's, and use the proof's contexts " +
		"(VC Data Integrity EdDSA and ECDSA Cryptosuites, 3.3.2 each): the added context has no meaning",
	"jcs: extend @context": "like an added context: a remark says that the proof does not cover it",
}

// lenient lists the changes that a library accepts and we refuse.
var lenient = map[string]string{
	"rdfc: add issuer.@type": "it repeats the type, so the graph is the same; we refuse one member under two names",
}

// TestPeersRefuseTampered drops, changes, duplicates and adds every member of
// badges that either side signed.
func TestPeersRefuseTampered(t *testing.T) {
	p, v := newPeer(t), ourVerifier(t)
	passed := map[string]bool{}
	for _, s := range peerSuites {
		t.Run(s.suite+" "+s.curve, func(t *testing.T) {
			family := strings.Split(s.suite, "-")[1] + ": "
			for _, signed := range [][]byte{peerBadge(t, s.suite, s.curve), theirBadge(t, p, s.suite, s.curve)} {
				changes := tampered(t, signed)
				var docs [][]byte
				for _, c := range changes {
					docs = append(docs, c.doc)
					if got, _ := ours(t, v, c.doc, vc.Options{}); (got == vc.Valid) != (harmless[family+c.what] != "") {
						t.Errorf("we say %s: %s", got, c.what)
					}
				}
				for _, by := range librariesFor(s.suite) {
					for i, r := range p.verify(t, by, nil, docs...) {
						key := family + changes[i].what
						if r.Verified != (harmless[key] != "" || lenient[key] != "") {
							t.Errorf("%s says %v: %s: %s", by, r.Verified, changes[i].what, r.Error)
						}
						passed[key] = passed[key] || r.Verified
					}
				}
				t.Logf("%d changes", len(changes))
			}
		})
	}
	for _, list := range []map[string]string{harmless, lenient} {
		for key := range list {
			if !passed[key] {
				t.Errorf("%q did not occur", key)
			}
		}
	}
}

// theirBadge returns a badge that the peer signed with its own key.
func theirBadge(t testing.TB, p *peer, suite, curve string) []byte {
	t.Helper()
	unsigned := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, curve).Issue(t, vctest.As(vctest.None))
	return p.ask(t, question{"op": "sign", "suite": suite, "curve": curve, "document": json.RawMessage(unsigned)}).Document
}

// A tampering is a signed document with one change.
type tampering struct {
	what string
	doc  []byte
}

// tampered returns the document with each member dropped, with each changed,
// and with one added in each object.
func tampered(t testing.TB, signed []byte) []tampering {
	t.Helper()
	var out []tampering
	add := func(what string, root any) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tampering{what, b})
	}
	var root any
	if err := json.Unmarshal(signed, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, at any)
	walk = func(path string, at any) {
		switch x := at.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(x)) {
				where, old := strings.TrimPrefix(path+"."+name, "."), x[name]
				delete(x, name)
				add("drop "+where, root)
				for how, other := range alterations(old) {
					x[name] = other
					add(how+" "+where, root)
				}
				x[name] = old
				walk(where, old)
			}
			for name, value := range map[string]any{"unheardOf": "x", "description": "added", "@type": "Profile"} {
				if _, there := x[name]; !there {
					x[name] = value
					add("add "+strings.TrimPrefix(path+"."+name, "."), root)
					delete(x, name)
				}
			}
		case []any:
			for i, item := range x {
				where := fmt.Sprintf("%s[%d]", path, i)
				for how, other := range alterations(item) {
					x[i] = other
					add(how+" "+where, root)
				}
				x[i] = item
				walk(where, item)
			}
		}
	}
	walk("", root)
	badge := root.(map[string]any)
	badge["@context"] = append(badge["@context"].([]any), "https://www.w3.org/ns/credentials/examples/v2")
	add("add a context", badge)
	return out
}

// alterations returns other values, by the kind of the original.
func alterations(v any) map[string]any {
	switch v := v.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return map[string]any{"move": at.Add(time.Second).Format(time.RFC3339)}
		}
		return map[string]any{"change": v + "x", "empty": ""}
	case []any:
		return map[string]any{"extend": append(slices.Clone(v), "x"), "empty": []any{}}
	case map[string]any:
		return map[string]any{"replace": "x", "double": []any{v, v}, "empty": map[string]any{}}
	}
	return map[string]any{"change": "x"}
}

// TestPeersCross exchanges documents with Digital Bazaar's libraries: a badge
// and a presentation in each suite, signed by either side, 24 in all. The other
// side verifies every one, and none with one changed letter in a name.
func TestPeersCross(t *testing.T) {
	p, v := newPeer(t), ourVerifier(t)
	asked, opt := question{"challenge": "c-1", "domain": "https://employer.example"}, vc.Options{Challenge: "c-1", Domain: "https://employer.example"}
	theySay := func(more question, b []byte) bool { return p.verify(t, "vc", more, b)[0].Verified }
	weSay := func(more vc.Options, b []byte) bool { got, _ := ours(t, v, b, more); return got == vc.Valid }
	crossed, refused := 0, 0
	count := func(holds func([]byte) bool, b []byte) {
		t.Helper()
		changed := bytes.Replace(b, []byte("School of Bread"), []byte("School of Broad"), 1)
		if bytes.Equal(changed, b) {
			t.Fatalf("the name is not in %s", b)
		}
		if holds(b) {
			crossed++
		}
		if !holds(changed) {
			refused++
		}
	}
	for _, s := range peerSuites {
		our, their := peerBadge(t, s.suite, s.curve), theirBadge(t, p, s.suite, s.curve)
		count(func(b []byte) bool { return theySay(nil, b) }, our)
		count(func(b []byte) bool { return weSay(vc.Options{}, b) }, their)
		count(func(b []byte) bool { return theySay(asked, b) }, vctest.NewHolder(t).Present(t, "c-1", "https://employer.example", our))
		q := question{"op": "present", "suite": s.suite, "curve": s.curve, "documents": []json.RawMessage{their}}
		maps.Copy(q, asked)
		count(func(b []byte) bool { return weSay(opt, b) }, p.ask(t, q).Document)
	}
	if most := 4 * len(peerSuites); most != 24 || crossed != most || refused != most {
		t.Errorf("%d of %d cross, and %d of %d changed ones are refused", crossed, most, refused, most)
	}
}
