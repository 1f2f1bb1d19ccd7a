package ld

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

func manifest(t testing.TB) []entry {
	t.Helper()
	var entries []entry
	if err := json.Unmarshal(read(t, "contexts/manifest.json"), &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// TestManifest checks the digest of every embedded file, and that the manifest lists
// all of them.
func TestManifest(t *testing.T) {
	named := map[string]bool{"manifest.json": true}
	for _, x := range manifest(t) {
		named[x.File] = true
		body, err := files.ReadFile("contexts/" + x.File)
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != x.SHA256 {
			t.Errorf("%s: digest %x", x.File, sum)
		}
		if x.From == "" || x.Licence == "" || len(x.URLs) == 0 {
			t.Errorf("%s: incomplete entry: %+v", x.File, x)
		}
	}
	list, err := fs.ReadDir(files, "contexts")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if !named[f.Name()] {
			t.Errorf("%s is not in the manifest", f.Name())
		}
	}
}

// TestThreat02FlippedByte changes one byte of each embedded context.
func TestThreat02FlippedByte(t *testing.T) {
	for _, x := range manifest(t) {
		changed := fstest.MapFS{}
		for _, y := range append(manifest(t), entry{File: "manifest.json"}) {
			changed["contexts/"+y.File] = &fstest.MapFile{Data: read(t, filepath.Join("contexts", y.File))}
		}
		f := changed["contexts/"+x.File]
		f.Data = bytes.Clone(f.Data)
		f.Data[len(f.Data)/2] ^= 1
		if err := new(Engine).readContexts(changed); err == nil || !strings.Contains(err.Error(), x.File) {
			t.Errorf("%s: with a flipped byte: %v", x.File, err)
		}
	}
}

// TestContextsMeanTheSame compares the embedded contexts with the published ones
// (specs A1.7). They must be equal as JSON; those that were written from a
// specification must give each term the same meaning.
func TestContextsMeanTheSame(t *testing.T) {
	e := engine(t)
	for _, x := range []struct{ url, file, sum string }{
		{urlV1, "2018-credentials-v1.jsonld", "3d0b277522ed2438"},
		{urlV2, "credentials-v2.jsonld", "59955ced6697d61e"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "ob-v3p0.json", "b077fa134d909d92"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld", "ob-v3p0.json", "b077fa134d909d92"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "ob-v3p0-3.0.1.json", "cfc147db5fd5e357"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "ob-v3p0-3.0.2.json", "bba433989e1e700c"},
		{urlOB, "ob-v3p0-3.0.3.json", "3d34f4d4ef1bce69"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "ob-v3p0-extensions.json", "146f85aa16effd7c"},
		{"https://purl.imsglobal.org/spec/clr/v2p0/context.json", "clr-v2p0.json", "e198d7b517d74c50"},
		{"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "clr-v2p0-2.0.1.json", "880f1902d4158f2f"},
		{"https://w3id.org/security/data-integrity/v1", "data-integrity-v1.jsonld", "c6e5073f4bd4bf6d"},
		{"https://w3id.org/security/suites/ed25519-2018/v1", "suites-ed25519-2018.jsonld", ""},
		{"https://w3id.org/security/suites/ed25519-2020/v1", "security-suites-ed25519-2020-v1.jsonld", "67646fbc0d6582ad"},
		{"https://w3id.org/security/suites/jws-2020/v1", "suites-jws-2020.jsonld", ""},
		{"https://w3id.org/security/suites/secp256k1-2019/v1", "suites-secp256k1-2019.jsonld", ""},
		{"https://w3id.org/security/suites/x25519-2019/v1", "suites-x25519-2019.jsonld", ""},
		{"https://w3id.org/security/v1", "security-v1.jsonld", ""},
		{"https://w3id.org/security/v2", "security-v2.jsonld", ""},
		{"https://www.w3.org/ns/did/v1", "did-v1.jsonld", "adefa50311393eb1"},
		{"https://w3id.org/openbadges/v2", "ob-v2p0.json", "393a890d7d95eb3a"},
	} {
		body := read(t, vectors(t, "contexts", x.file))
		if sum := sha256.Sum256(body); !strings.HasPrefix(hex.EncodeToString(sum[:]), x.sum) {
			t.Errorf("%s: digest %x", x.file, sum)
		}
		k := e.known[x.url][0]
		theirs := parse(t, string(body))
		if string(JCS(nil, theirs)) == string(JCS(nil, k.doc)) {
			continue
		}
		other := &embedded{urls: k.urls, doc: theirs, names: map[string][]string{}, terms: map[string][]*term{}}
		other.url, other.known = k.url, other
		if err := e.index(other); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(meanings(other), meanings(k)); diff != "" {
			t.Errorf("%s: %s", x.url, diff)
		}
	}
	for url, want := range map[string]string{"https://w3id.org/security/multikey/v1": "ba2c182de2d92f7e"} {
		if sum := sha256.Sum256([]byte(e.known[url][0].doc.Raw())); !strings.HasPrefix(hex.EncodeToString(sum[:]), want) {
			t.Logf("%s: white space differs from the body with digest %s…", url, want)
		}
	}
}

// meanings lists the meanings of each term, in all scopes.
func meanings(k *embedded) map[string][]string {
	m := map[string][]string{}
	for name, terms := range k.terms {
		for _, t := range terms {
			s := fmt.Sprintf("%s type %s container %d reverse %t prefix %t protected %t", t.iri, t.typ, t.container, t.reverse, t.prefix, t.protected)
			if !slices.Contains(m[name], s) {
				m[name] = append(m[name], s)
			}
		}
		slices.Sort(m[name])
	}
	return m
}

// TestOfficialNames checks the usual combinations of contexts for a term whose IRI
// already has another name from an earlier context. Such a term could not be used.
func TestOfficialNames(t *testing.T) {
	e := engine(t)
	const ob = "https://purl.imsglobal.org/spec/ob/v3p0/"
	for _, list := range [][]string{
		{urlV2, urlOB, ob + "extensions.json"}, {urlV2, ob + "context-3.0.2.json"}, {urlV2, ob + "context-3.0.1.json"}, {urlV2, ob + "context.json"},
		{urlV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", urlOB}, {urlV2, "https://purl.imsglobal.org/spec/clr/v2p0/context.json", urlOB},
		{urlV1, ob + "context.json", "https://w3id.org/security/suites/ed25519-2020/v1"}, {urlV1, urlOB, "https://w3id.org/security/data-integrity/v1"},
		{urlV1, ob + "context-3.0.1.json", "https://w3id.org/security/data-integrity/v2", "https://www.w3.org/ns/credentials/status/v1"},
		{urlV1, ob + "context-3.0.2.json", "https://w3id.org/security/suites/jws-2020/v1", "https://w3id.org/vc/status-list/2021/v1"},
		{urlV1, "https://w3id.org/security/suites/ed25519-2018/v1"}, {urlV1, "https://w3id.org/security/suites/secp256k1-2019/v1"},
		{urlV1, "https://w3id.org/security/bbs/v1"},
		{urlV2, "https://w3id.org/security/data-integrity/v2", "https://w3id.org/security/multikey/v1"},
	} {
		for i, u := range list {
			var before *chain
			for _, b := range list[:i] {
				before = before.with(e.known[b][0])
			}
			for iri, names := range e.known[u][0].names {
				for _, n := range names {
					if other, ok := before.official(iri, n, isType(n)); !ok {
						t.Errorf("%v: the standard name of %q in %s is %q", list, n, u, other)
					}
				}
			}
		}
	}
}

// TestTwins checks for IRIs with several names of one kind in one context. A holder
// could replace one name by the other.
func TestTwins(t *testing.T) {
	known := map[string][]string{
		"https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential": {"AchievementCredential", "OpenBadgeCredential"}, // allowed by the specification
		// These contexts never come first in a credential, so the names of the data model take
		// precedence.
		"https://w3id.org/security#expiration": {"expiration", "expires"},
		"https://w3id.org/openbadges#revoked":  {"revoked", "revokedAssertions"},
		"https://w3id.org/openbadges#verify":   {"verification", "verify"},
	}
	e := engine(t)
	for url, list := range e.known {
		for iri, names := range list[0].names {
			for _, kind := range []bool{true, false} {
				var same []string
				for _, n := range names {
					if isType(n) == kind {
						same = append(same, n)
					}
				}
				if len(same) > 1 && !slices.Equal(same, known[iri]) {
					t.Errorf("%s: %s has the names %v", url, iri, same)
				}
			}
		}
	}
}

func TestRevisions(t *testing.T) {
	e := engine(t)
	urls := []string{urlV2, urlOB}
	if n := e.Revisions(urls); n != 2 {
		t.Fatalf("%d revisions, want 2", n)
	}
	if n := e.Revisions(urls[:1]); n != 1 {
		t.Fatalf("%d revisions of a context with one body", n)
	}
	doc := parse(t, strings.Replace(strictBadge, `"validFrom"`, `"endorsementJwt": ["e.y.j"], "validFrom"`, 1))
	budget := e.Budget()
	if _, err := e.Digest(context.Background(), doc, Options{Budget: budget}); err != nil {
		t.Errorf("the newest revision: %v", err)
	}
	left := *budget
	if _, err := e.Digest(context.Background(), doc, Options{Revision: 1, Budget: budget}); !errors.Is(err, vc.ErrTerms) {
		t.Errorf("the first revision: %v", err)
	}
	if budget.steps >= left.steps {
		t.Error("the budget is not shared")
	}
}

func TestThreat02ContextsThatChangeMeaning(t *testing.T) {
	e := engine(t)
	for _, x := range []struct {
		name, body string
		want       error
	}{
		{"adds", `{"@context": {"ex": "https://x.example/#", "grade": "ex:grade"}}`, nil},
		{"same", `{"@context": {"@protected": true, "id": "@id", "type": "@type", "x": {"@id": "urn:x", "@type": "@id"}}}`, nil},
		{"redefines a protected term", `{"@context": {"name": "urn:x"}}`, vc.ErrMalformed},
		{"redefines a term outside its scope", `{"@context": {"achievement": "urn:x"}}`, nil},
		{"null term", `{"@context": {"grade": null}}`, nil},
		{"null context", `{"@context": null}`, ErrUnsafe},
		{"vocab", `{"@context": [{"@vocab": "urn:x#"}]}`, nil},
		{"base", `{"@context": {"@base": "urn:x#"}}`, ErrUnsafe},
		{"refers to another", `{"@context": ["https://www.w3.org/ns/credentials/v2", {}]}`, ErrUnsafe},
		{"refers to itself", `{"@context": "https://x.example/c"}`, ErrUnsafe},
		{"imports", `{"@context": {"@import": "https://x.example/d"}}`, ErrUnsafe},
		{"no context", `{"grade": "urn:x"}`, vc.ErrMalformed},
		{"cycle", `{"@context": {"a": "b:x", "b": "a:x"}}`, vc.ErrMalformed},
		{"not JSON", `<html>`, vc.ErrMalformed},
	} {
		if err := e.CheckContext("https://x.example/c", []byte(x.body)); !errors.Is(err, x.want) {
			t.Errorf("%s: got %v, want %v", x.name, err, x.want)
		}
	}
}

// TestConcurrent reads many documents concurrently and overflows the cache.
func TestConcurrent(t *testing.T) {
	e := engine(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 400 {
				doc := strings.Replace(strictBadge, `extensions.json"]`, fmt.Sprintf(`extensions.json", {"t%d": "urn:t"}]`, i*1000+j), 1)
				v, err := vc.ParseJSON([]byte(doc))
				if err == nil {
					_, err = e.Digest(context.Background(), v, Options{})
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := (*e.roots.Load())[0].cache.terms; n > maxKept {
		t.Errorf("%d terms in the cache", n)
	}
}

// TestThreat08HostileDocuments reads documents that are expensive to process.
func TestThreat08HostileDocuments(t *testing.T) {
	e := engine(t)
	inline := func(n int, item func(i int) string) string {
		var b strings.Builder
		b.WriteString(`{"@context": ["https://www.w3.org/ns/credentials/v2"`)
		for i := range n {
			b.WriteString(item(i))
		}
		return b.String() + `], "type": "VerifiableCredential", "issuer": "did:x:y"}`
	}
	clique := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"@context": {"p": "urn:p"}, "p": [`)
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(`{"p": "x"}`)
		}
		return b.String() + `]}`
	}
	var tree func(depth int) string
	tree = func(depth int) string {
		if depth == 0 {
			return `"x"`
		}
		return fmt.Sprintf(`{"p": [%[1]s, %[1]s]}`, tree(depth-1))
	}
	var terms strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&terms, `,"t%d": "t%d:x"`, i, i+1)
	}
	for _, x := range []struct {
		name, doc string
	}{
		{"many contexts", inline(20_000, func(i int) string { return fmt.Sprintf(`,{"t%d": "urn:t"}`, i) })},
		{"many scoped contexts", inline(3_000, func(i int) string { return fmt.Sprintf(`,{"t%d": {"@id": "urn:t", "@context": {}}}`, i) })},
		{"a long chain of terms", `{"@context": {"t20000": "urn:x"` + terms.String() + `}, "t0": "x"}`},
		{"too many similar nodes", clique(19_000)},
		{"many similar nodes", clique(9_000)},
		{"a tree of similar nodes", `{"@context": {"p": "urn:p"}, ` + tree(12)[1:]},
		{"many types with contexts", `{"@context": "https://www.w3.org/2018/credentials/v1", "type": [` +
			strings.Repeat(`"VerifiableCredential","VerifiablePresentation",`, 50_000) + `"x:y"]}`},
		{"many members", `{"@context": {"p": "urn:p"}, "p": [` + strings.Repeat(`"x",`, 100_000) + `"y"]}`},
		{"nested contexts", strings.Repeat(`{"@context": {"p": "urn:p"}, "p": `, 60) + `"x"` + strings.Repeat(`}`, 60)},
		{"many types", `{"@context": "https://www.w3.org/ns/credentials/v2", "type": [` + strings.Repeat(`"VerifiableCredential",`,
			100_000) + `"VerifiablePresentation"]}`},
	} {
		t.Run(x.name, func(t *testing.T) {
			v, err := vc.ParseJSON([]byte(x.doc))
			if err != nil {
				t.Fatal(err)
			}
			// Without the limits each of these takes minutes or more. A busy machine stays below
			// the bound.
			start := time.Now()
			_, err = e.Digest(context.Background(), v, Options{})
			took := time.Since(start)
			t.Logf("%v: %v", took, err)
			if took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestSetsVocab(t *testing.T) {
	e := engine(t)
	for url, want := range map[string]bool{urlV2: false, "https://www.w3.org/ns/credentials/examples/v2": true,
		"https://www.w3.org/ns/credentials/undefined-terms/v2": true, "urn:x": false} {
		if got := e.SetsVocab(url); got != want || e.Known(url) != (url != "urn:x") {
			t.Errorf("%s: %t", url, got)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := engine(t).Digest(ctx, parse(t, strictBadge), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestThreat08Limits(t *testing.T) {
	for _, x := range []struct {
		limits Limits
		want   error
	}{{Limits{Quads: 3}, vc.ErrTooLarge}, {Limits{Depth: 1}, vc.ErrTooLarge}, {Limits{Work: 1}, vc.ErrTooComplex}} {
		e, err := New(x.limits)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Digest(context.Background(), parse(t, richBadge), Options{}); !errors.Is(err, x.want) {
			t.Errorf("%+v: got %v, want %v", x.limits, err, x.want)
		}
	}
}
