package status

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backpack/vc"
)

func TestBitstring(t *testing.T) {
	const rest = `"type":"BitstringStatusListEntry","statusListCredential":"` + listURL + `"`
	messages := `"statusMessage":[{"status":"0x0","message":"none"},{"status":"0x1","message":"pending"},{"status":"0x2","message":"contested"},{"status":"0x3","message":"both"}]`
	bits := bitsWith(0, 94567, 131071, 10, 11, 21) // as pairs: 5 is 3, 10 is 1
	all := []string{"revocation", "suspension", "refresh", "message", "level"}
	for _, x := range []struct {
		name, entry, want, detail string
	}{
		{"clear", `"statusPurpose":"revocation","statusListIndex":"94568"`, "passed", ""},
		{"revoked", `"statusPurpose":"revocation","statusListIndex":"94567"`, "failed revoked", ""},
		{"first", `"statusPurpose":"revocation","statusListIndex":"0"`, "failed revoked", ""},
		{"last", `"statusPurpose":"revocation","statusListIndex":"131071"`, "failed revoked", ""},
		{"after the end", `"statusPurpose":"revocation","statusListIndex":"131072"`, "unknown status_list_invalid", "the list has no entry 131072"},
		{"far after the end", `"statusPurpose":"revocation","statusListIndex":"9007199254740991"`, "unknown status_list_invalid", "the list has no entry 9007199254740991"},
		{"index as number", `"statusPurpose":"revocation","statusListIndex":94567`, "failed revoked", ""},
		{"suspended", `"statusPurpose":"suspension","statusListIndex":"94567"`, "failed suspended", ""},
		{"not suspended", `"statusPurpose":"suspension","statusListIndex":"94566"`, "passed", ""},
		{"refresh due", `"statusPurpose":"refresh","statusListIndex":"94567"`, "passed refresh_due", ""},
		{"no refresh", `"statusPurpose":"refresh","statusListIndex":"5"`, "passed", ""},
		{"message", `"statusPurpose":"message","statusSize":2,"statusListIndex":"5",` + messages, "passed status_message", "both"},
		{"another message", `"statusPurpose":"message","statusSize":2,"statusListIndex":"10",` + messages, "passed status_message", "pending"},
		{"message of zero", `"statusPurpose":"message","statusSize":2,"statusListIndex":"6",` + messages, "passed status_message", "none"},
		{"message without text", `"statusPurpose":"message","statusSize":2,"statusListIndex":"5"`, "passed status_message", "0x3"},
		{"size as text", `"statusPurpose":"revocation","statusSize":"1","statusListIndex":"0"`, "failed revoked", ""},
		{"custom, clear", `"statusPurpose":"level","statusListIndex":"1"`, "passed", ""},
		{"custom, set", `"statusPurpose":"level","statusListIndex":"0"`, "unknown unsupported", `the status for "level" is set `},
		{"purpose of another list", `"statusPurpose":"other","statusListIndex":"0"`, "unknown status_list_invalid", `the list is not for "other"`},
		{"no purpose", `"statusListIndex":"0"`, "unknown status_entry_invalid", "the status entry has no purpose"},
		{"no index", `"statusPurpose":"revocation"`, "unknown status_entry_invalid", `statusListIndex: "" is not a whole number`},
		{"negative", `"statusPurpose":"revocation","statusListIndex":"-1"`, "unknown status_entry_invalid", `statusListIndex: "-1" is not a whole number`},
		{"negative number", `"statusPurpose":"revocation","statusListIndex":-1`, "unknown status_entry_invalid", `statusListIndex: "-1" is not a whole number`},
		{"fraction", `"statusPurpose":"revocation","statusListIndex":1.5`, "unknown status_entry_invalid", `statusListIndex: "1.5" is not a whole number`},
		{"exponent", `"statusPurpose":"revocation","statusListIndex":1e3`, "unknown status_entry_invalid", `statusListIndex: "1e3" is not a whole number`},
		{"hexadecimal", `"statusPurpose":"revocation","statusListIndex":"0x0"`, "unknown status_entry_invalid", `statusListIndex: "0x0" is not a whole number`},
		{"sign", `"statusPurpose":"revocation","statusListIndex":"+1"`, "unknown status_entry_invalid", `statusListIndex: "+1" is not a whole number`},
		{"space", `"statusPurpose":"revocation","statusListIndex":" 1"`, "unknown status_entry_invalid", `statusListIndex: " 1" is not a whole number`},
		{"huge", `"statusPurpose":"revocation","statusListIndex":"99999999999999999999"`, "unknown status_entry_invalid", `statusListIndex: "99999999999999999999" is too large`},
		{"true", `"statusPurpose":"revocation","statusListIndex":true`, "unknown status_entry_invalid", `statusListIndex: "true" is not a whole number`},
		{"size 0", `"statusPurpose":"revocation","statusListIndex":"0","statusSize":0`, "unknown status_entry_invalid", "statusSize is not a number from 1 to 16"},
		{"size 17", `"statusPurpose":"revocation","statusListIndex":"0","statusSize":17`, "unknown status_entry_invalid", "statusSize is not a number from 1 to 16"},
		{"message for a value too large", `"statusPurpose":"message","statusListIndex":"0","statusMessage":{"status":"0x2","message":"x"}`, "unknown status_entry_invalid", `statusMessage: "0x2" is not a hexadecimal value of 1 bits`},
		{"repeated message", `"statusPurpose":"message","statusListIndex":"0","statusMessage":[{"status":"0x1","message":"x"},{"status":"0x01","message":"y"}]`, "unknown status_entry_invalid", "statusMessage: 0x1 is repeated"},
		{"the list as id", `"id":"` + listURL + `","statusPurpose":"revocation","statusListIndex":"0"`, "unknown status_entry_invalid", "the id of the status entry is the list's address"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w, by := newWeb(), newIssuer(t, 1)
			longer := append(bits, make([]byte, len(bits))...) // enough for two bits each
			if !strings.Contains(x.entry, `"statusSize":2`) {
				longer = longer[:len(bits)]
			}
			w.pages[listURL] = by.sign(t, listOf(by, longer, func(_, s object) { s["statusPurpose"] = all }))
			got := check(t, bitstringChecker(t, w), newVerifier(t, w), by.id, "{"+rest+","+x.entry+"}")
			if brief(got) != x.want || got.Detail != x.detail {
				t.Errorf("got %s, %q", brief(got), got.Detail)
			}
		})
	}
}

func TestOtherListsAndProofs(t *testing.T) {
	w, by := newWeb(), newIssuer(t, 1)
	v := newVerifier(t, w)
	old, err := StatusList2021(Config{Fetch: w, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	entry2021 := func(i int) string {
		return fmt.Sprintf(`{"type":"StatusList2021Entry","statusPurpose":"suspension","statusListIndex":"%d","statusListCredential":"%s"}`, i, listURL)
	}
	entry2020 := func(i int) string {
		return fmt.Sprintf(`{"type":"RevocationList2020Status","revocationListIndex":"%d","revocationListCredential":"%s"}`, i, listURL)
	}
	list2021 := listOf(by, bitsWith(7), func(l, s object) {
		l["type"] = []string{"VerifiableCredential", "StatusList2021Credential"}
		s["type"], s["statusPurpose"], s["encodedList"] = "StatusList2021", "suspension", Encode2021(bitsWith(7))
	})
	short2021 := listOf(by, nil, func(l, s object) {
		l["type"] = []string{"VerifiableCredential", "StatusList2021Credential"}
		s["type"], s["statusPurpose"], s["encodedList"] = "StatusList2021", "suspension", Encode2021([]byte{1})
	})
	list2020 := listOf(by, nil, func(l, s object) {
		l["type"] = []string{"VerifiableCredential", "RevocationList2020Credential"}
		s["type"], s["encodedList"] = "RevocationList2020", Encode2021(bitsWith(7))
		delete(s, "statusPurpose")
	})
	for _, x := range []struct {
		name    string
		checker vc.StatusChecker
		page    string
		entry   string
		want    string
	}{
		{"2021, set", old, by.sign(t, list2021), entry2021(7), "failed suspended"},
		{"2021, clear", old, by.sign(t, list2021), entry2021(0), "passed"},
		{"2021, short", old, by.sign(t, short2021), entry2021(7), "failed suspended"},
		{"2021, short, after the end", old, by.sign(t, short2021), entry2021(8), "unknown status_list_invalid"},
		{"2020, set", old, by.sign(t, list2020), entry2020(7), "failed revoked"},
		{"2020, clear", old, by.sign(t, list2020), entry2020(6), "passed"},
		{"JWT, set", bitstringChecker(t, w), by.jwt(t, listOf(by, bitsWith(7), nil)), bitEntry("7"), "failed revoked"},
		{"JWT, clear", bitstringChecker(t, w), by.jwt(t, listOf(by, bitsWith(7), nil)), bitEntry("0"), "passed"},
		{"list of the wrong type", bitstringChecker(t, w), by.sign(t, list2021), bitEntry("0"), "unknown status_list_invalid"},
	} {
		w.pages[listURL] = x.page
		w.now = w.now.Add(usual)
		if got := check(t, x.checker, v, by.id, x.entry); brief(got) != x.want {
			t.Errorf("%s: %s, %s", x.name, brief(got), got.Detail)
		}
	}
}

func TestInvalidLists(t *testing.T) {
	by, other := newIssuer(t, 1), newIssuer(t, 2)
	clear := bitsWith()
	signed := by.sign(t, listOf(by, clear, nil))
	tampered := strings.Replace(signed, Encode(clear), Encode(bitsWith(1)), 1)
	jwt := by.jwt(t, listOf(by, clear, nil))
	for _, x := range []struct{ name, page, want string }{
		{"sound", signed, "passed"},
		{"tampered", tampered, "unknown status_list_invalid"},
		{"tampered JWT", jwt[:len(jwt)-4] + "AAAA", "unknown status_list_invalid"},
		{"unsigned", strings.Replace(signed, `"proof"`, `"prof"`, 1), "unknown status_list_invalid"},
		{"signed by another issuer", other.sign(t, listOf(by, clear, nil)), "unknown status_list_invalid"},
		{"expired", by.sign(t, listOf(by, clear, func(l, _ object) { l["validUntil"] = "2026-02-01T00:00:00Z" })), "unknown status_list_invalid"},
		{"not yet valid", by.sign(t, listOf(by, clear, func(l, _ object) { l["validFrom"] = "2027-02-01T00:00:00Z" })), "unknown status_list_invalid"},
		{"another list", by.sign(t, listOf(by, clear, func(l, _ object) { l["id"] = "https://issuer.example/status/4" })), "unknown status_list_invalid"},
		{"without id", by.sign(t, listOf(by, clear, func(l, _ object) { delete(l, "id") })), "passed"},
		{"16 KiB less one byte", by.sign(t, listOf(by, clear[1:], nil)), "passed status_list_short"},
		{"empty", by.sign(t, listOf(by, nil, nil)), "unknown status_list_invalid"},
		{"no encodedList", by.sign(t, listOf(by, clear, func(_, s object) { delete(s, "encodedList") })), "unknown status_list_invalid"},
		{"array of lists", by.sign(t, listOf(by, clear, func(_, s object) { s["encodedList"] = []string{Encode(clear)} })), "unknown status_list_invalid"},
		{"two subjects", by.sign(t, listOf(by, clear, func(l, s object) { l["credentialSubject"] = []object{s, s} })), "unknown status_list_invalid"},
		{"one subject in an array", by.sign(t, listOf(by, clear, func(l, s object) { l["credentialSubject"] = []object{s} })), "passed"},
		{"no list type", by.sign(t, listOf(by, clear, func(l, _ object) { l["type"] = []string{"VerifiableCredential"} })), "unknown status_list_invalid"},
		{"no purpose", by.sign(t, listOf(by, clear, func(_, s object) { delete(s, "statusPurpose") })), "unknown status_list_invalid"},
		{"without multibase prefix", by.sign(t, listOf(by, clear, func(_, s object) { s["encodedList"] = Encode2021(clear) })), "passed"},
		{"an HTML page", "<!doctype html>", "unknown status_list_invalid"},
		{"empty body", "", "unknown status_list_invalid"},
		{"an array", "[]", "unknown status_list_invalid"},
		{"too long", strings.Repeat(" ", maxBody+1), "unknown too_large"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWeb()
			w.pages[listURL] = x.page
			if got := check(t, bitstringChecker(t, w), newVerifier(t, w), by.id, bitEntry("0")); brief(got) != x.want {
				t.Errorf("got %s: %s", brief(got), got.Detail)
			}
		})
	}
}

// TestSetAndClearBits: a set bit counts in any list that the issuer's key signed; a
// clear bit counts only if the list is certainly the intended one.
func TestSetAndClearBits(t *testing.T) {
	by, other := newIssuer(t, 1), newIssuer(t, 2)
	renamed := func(l, _ object) { l["id"] = "https://issuer.example/status/4" }
	whole := bitsWith(7)
	for _, x := range []struct {
		name       string
		list       string
		issuer     string
		set, clear string
	}{
		{"short", by.sign(t, listOf(by, whole[:12500], nil)), by.id, "failed revoked", "passed status_list_short"},
		{"very short", by.sign(t, listOf(by, whole[:1], nil)), by.id, "failed revoked", "passed status_list_short"},
		{"long", by.sign(t, listOf(by, append(bitsWith(7), 0), nil)), by.id, "failed revoked", "passed"},
		{"another id", by.sign(t, listOf(by, whole, renamed)), by.id, "failed revoked", "unknown status_list_invalid"},
		{"short, another id", by.sign(t, listOf(by, whole[:1], renamed)), by.id, "failed revoked", "unknown status_list_invalid"},
		{"another issuer's", other.sign(t, listOf(other, whole, nil)), by.id, "failed revoked", "passed status_issuer_differs"},
		{"another issuer's, another id", other.sign(t, listOf(other, whole, renamed)), by.id, "unknown status_list_invalid", "unknown status_list_invalid"},
		{"another key's", other.sign(t, listOf(by, whole, nil)), by.id, "unknown status_list_invalid", "unknown status_list_invalid"},
		{"another purpose", by.sign(t, listOf(by, whole, func(_, s object) { s["statusPurpose"] = "suspension" })), by.id, "unknown status_list_invalid", "unknown status_list_invalid"},
	} {
		w := newWeb()
		w.pages[listURL] = x.list
		l, v := bitstringChecker(t, w), newVerifier(t, w)
		set, clear := check(t, l, v, x.issuer, bitEntry("7")), check(t, l, v, x.issuer, bitEntry("0"))
		if brief(set) != x.set || brief(clear) != x.clear {
			t.Errorf("%s: got %s and %s (%s; %s)", x.name, brief(set), brief(clear), set.Detail, clear.Detail)
		}
		if beyond := check(t, l, v, x.issuer, bitEntry("99999999")); brief(beyond) != "unknown status_list_invalid" {
			t.Errorf("%s: after the end: got %s", x.name, brief(beyond))
		}
	}
}

func TestListOfAnotherIssuer(t *testing.T) {
	w, by := newWeb(), newIssuer(t, 1)
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(1), nil))
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	clear, set := check(t, l, v, "https://school.example", bitEntry("0")), check(t, l, v, "https://school.example", bitEntry("1"))
	if brief(clear) != "passed status_issuer_differs" || brief(set) != "failed revoked" || !strings.Contains(set.Detail, by.id) {
		t.Errorf("got %+v and %+v", clear, set)
	}
}

func TestUnavailableListIsUnknown(t *testing.T) {
	w, by := newWeb(), newIssuer(t, 1)
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	for err, want := range map[error]string{
		nil: "unknown status_list_gone", vc.ErrUnreachable: "unknown unreachable", vc.ErrForbidden: "unknown address_forbidden",
		vc.ErrTooLarge: "unknown too_large", vc.ErrMalformed: "unknown status_entry_invalid", errors.New("x"): "unknown unreachable",
	} {
		w.err = err // nil: the page is missing
		if got := check(t, l, v, by.id, bitEntry("0")); brief(got) != want || got.List != listURL || got.Purpose != "revocation" {
			t.Errorf("%v: %+v", err, got)
		}
	}
	w.err, w.pages[listURL], w.asked = nil, by.sign(t, listOf(by, bitsWith(), nil)), 0
	got, err := l.CheckStatus(vc.WithOffline(t.Context()), v, &vc.Credential{}, statusOf(t, bitEntry("0")))
	if err != nil || brief(got) != "unknown unreachable" || w.asked != 0 {
		t.Errorf("offline: got %s, error %v after %d requests", brief(got), err, w.asked)
	}
}

func TestMisuse(t *testing.T) {
	w := newWeb()
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	if _, err := l.CheckStatus(t.Context(), nil, &vc.Credential{}, statusOf(t, bitEntry("0"))); err == nil {
		t.Error("got no error without a verifier")
	}
	if _, err := l.CheckStatus(t.Context(), v, &vc.Credential{}, vc.Status{Type: "Other"}); err == nil {
		t.Error("got no error for an entry of another type")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.CheckStatus(over, v, &vc.Credential{}, statusOf(t, bitEntry("0"))); !errors.Is(err, context.Canceled) {
		t.Errorf("done context: got error %v", err)
	}
	for _, cfg := range []Config{{}, {Fetch: w}, {Now: w.clock}} {
		_, e1 := Bitstring(cfg)
		_, e2 := StatusList2021(cfg)
		if _, e3 := RevocationList(cfg); e1 == nil || e2 == nil || e3 == nil {
			t.Errorf("got no error for %+v", cfg)
		}
	}
}

// TestHeld asserts that a list is fetched once in its lifetime.
func TestHeld(t *testing.T) {
	w, by := newWeb(), newIssuer(t, 1)
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), nil))
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	at := func(what string, after time.Duration, asked int, want string) {
		t.Helper()
		w.now = w.now.Add(after)
		w.asked = 0
		if got := check(t, l, v, by.id, bitEntry("1")); brief(got) != want || w.asked != asked {
			t.Errorf("%s: got %+v after %d requests, want %s after %d", what, got, w.asked, want, asked)
		}
	}
	at("first", 0, 1, "passed")
	at("again", 0, 0, "passed")
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(1), nil))
	at("within an hour", 59*time.Minute, 0, "passed")
	at("a changed list", time.Minute, 1, "failed revoked")
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), func(_, s object) { s["ttl"] = 300_000 }))
	at("a list of five minutes", time.Hour, 1, "passed")
	at("within five minutes", 4*time.Minute, 0, "passed")
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), func(l, _ object) { l["validUntil"] = w.now.Add(10 * time.Minute).Format(time.RFC3339) }))
	at("after five minutes", time.Minute, 1, "passed")
	at("after the list's own end", 10*time.Minute, 1, "unknown status_list_invalid")
	at("a failed list is fetched again", 0, 1, "unknown status_list_invalid")
}

func TestLifetime(t *testing.T) {
	const min, hour = time.Minute, time.Hour
	for name, x := range map[string]struct {
		ttl, http, end, want time.Duration
	}{
		"nothing stated":                {0, 0, 0, hour},
		"ttl":                           {3 * hour, 0, 0, 3 * hour},
		"server":                        {0, 2 * hour, 0, 2 * hour},
		"ttl before server":             {10 * min, 2 * hour, 0, 10 * min},
		"server before ttl":             {3 * hour, 5 * min, 0, 5 * min},
		"end":                           {3 * hour, 5 * hour, 20 * min, 20 * min},
		"at least a minute":             {min / 60, 0, 0, min},
		"not after the end":             {min / 60, 0, min / 2, min / 2},
		"at most a day":                 {900 * hour, 0, 0, 24 * hour},
		"a server that forbids caching": {0, -hour, 0, min},
	} {
		res := &vc.Resource{FetchedAt: noon}
		if x.http != 0 {
			res.Expires = noon.Add(x.http)
		}
		var end time.Time
		if x.end != 0 {
			end = noon.Add(x.end)
		}
		if got := lifetime(res, x.ttl, end, noon).Sub(noon); got != x.want {
			t.Errorf("%s: got %v, want %v", name, got, x.want)
		}
	}
}

// TestOneReading asserts that concurrent callers share one request, and that one
// caller's cancellation does not affect the others.
func TestOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, by := newWeb(), newIssuer(t, 1)
		w.pages[listURL] = by.sign(t, listOf(by, bitsWith(1), nil))
		gate := make(chan struct{})
		l, err := Bitstring(Config{Fetch: gated{w, gate}, Now: w.clock})
		if err != nil {
			t.Fatal(err)
		}
		v := newVerifier(t, w)
		leaving, leave := context.WithCancel(t.Context())
		var mu sync.Mutex
		said := map[string]int{}
		for n := range 50 {
			ctx := t.Context()
			if n == 0 {
				ctx = leaving
			}
			go func() {
				got, err := l.CheckStatus(ctx, v, &vc.Credential{Issuer: vc.Profile{ID: by.id}}, statusOf(t, bitEntry("1")))
				mu.Lock()
				defer mu.Unlock()
				said[fmt.Sprint(brief(got), " ", err)]++
			}()
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if w.asked != 1 || said["failed revoked <nil>"] != 49 || len(said) != 2 {
			t.Errorf("got %d requests, %v", w.asked, said)
		}
	})
}

// A gated web answers when its gate opens.
type gated struct {
	*web
	gate chan struct{}
}

func (g gated) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	select {
	case <-g.gate:
		return g.web.Fetch(ctx, req)
	case <-ctx.Done():
		return nil, vc.ErrUnreachable
	}
}

// TestReadingPanics asserts that a panic in a reading ends that reading only.
func TestReadingPanics(t *testing.T) {
	h := newHolder[int](func() time.Time { return noon })
	r := h.get(t.Context(), place{nil, listURL}, func(context.Context) *reading[int] { panic("odd") })
	if fail := r.fail; fail == nil || fail.Outcome != vc.Unknown {
		t.Errorf("%+v", fail)
	}
}

// TestHeldIsRecorded asserts that each lookup in a cached list records the answers
// of its reading, including those for its issuer's key.
func TestHeldIsRecorded(t *testing.T) {
	const id = "did:web:issuer.example"
	w, by := newWeb(), newIssuer(t, 1)
	_, multikey, _ := strings.Cut(by.method, "#")
	by.id, by.method = id, id+"#k"
	w.pages["https://issuer.example/.well-known/did.json"] = fmt.Sprintf(
		`{"id":%q,"assertionMethod":[{"id":"#k","type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`, id, id, multikey)
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), nil))
	l, err := Bitstring(Config{Fetch: telling{w}, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	v := newVerifier(t, w, telling{w})
	for n := range 2 {
		var told []string
		ctx := vc.WithRecorder(t.Context(), func(req vc.FetchRequest, _ *vc.Resource) { told = append(told, string(req.Role)) })
		if got, err := l.CheckStatus(ctx, v, &vc.Credential{Issuer: vc.Profile{ID: id}}, statusOf(t, bitEntry("0"))); err != nil || brief(got) != "passed" {
			t.Fatalf("%+v, %v", got, err)
		}
		if fmt.Sprint(told) != "[status issuer]" {
			t.Errorf("check %d recorded %v", n, told)
		}
	}
	if w.asked != 2 {
		t.Errorf("%d requests", w.asked)
	}
}

// telling passes answers to the context's recorder, as the program's fetcher does.
type telling struct{ *web }

func (f telling) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	res, err := f.web.Fetch(ctx, req)
	vc.Record(ctx, req, res)
	return res, err
}

// TestFreshVerifiesAgain counts the requests for the list and its issuer's
// document: one each per reading.
func TestFreshVerifiesAgain(t *testing.T) {
	const id = "did:web:issuer.example"
	w, by := newWeb(), newIssuer(t, 1)
	_, multikey, _ := strings.Cut(by.method, "#")
	by.id, by.method = id, id+"#k"
	w.pages["https://issuer.example/.well-known/did.json"] = fmt.Sprintf(
		`{"id":%q,"assertionMethod":[{"id":"#k","type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`, id, id, multikey)
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), nil))
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	for i, x := range []struct {
		ctx  context.Context
		want int
	}{{t.Context(), 2}, {t.Context(), 0}, {vc.WithFresh(t.Context()), 2}, {t.Context(), 0}} {
		w.asked = 0
		got, err := l.CheckStatus(x.ctx, v, &vc.Credential{Issuer: vc.Profile{ID: id}}, statusOf(t, bitEntry("0")))
		if err != nil || brief(got) != "passed" || w.asked != x.want {
			t.Errorf("check %d: got %+v, error %v after %d requests, want %d", i, got, err, w.asked, x.want)
		}
	}
}

func TestHeldIsBounded(t *testing.T) {
	h := newHolder[int](func() time.Time { return noon })
	for i := range 1000 {
		h.put(place{nil, fmt.Sprint(i)}, &reading[int]{list: i, size: 1 << 20, until: noon.Add(time.Hour)})
	}
	if h.bytes > heldBytes || h.lru.Len() > heldBytes>>20 || h.lru.Len() == 0 {
		t.Errorf("got %d lists with %d bytes", h.lru.Len(), h.bytes)
	}
	h.put(place{nil, "huge"}, &reading[int]{size: heldBytes, until: noon.Add(time.Hour)})
	if h.lru.Len() == 0 || h.find(place{nil, "huge"}) != nil {
		t.Error("one list evicts all others")
	}
}

func TestTTL(t *testing.T) {
	w, by := newWeb(), newIssuer(t, 1)
	w.keep = &vc.Resource{}
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(), func(_, s object) { s["ttl"] = 300_000 }))
	if _, err := w.Fetch(t.Context(), vc.FetchRequest{URL: listURL, Fresh: true, MaxBytes: maxBody}); err != nil {
		t.Fatal(err)
	}
	l, v := bitstringChecker(t, w), newVerifier(t, w)
	w.pages[listURL] = by.sign(t, listOf(by, bitsWith(1), nil))
	for _, x := range []struct {
		after time.Duration
		want  string
	}{{0, "passed"}, {5 * time.Minute, "passed"}, {time.Second, "failed revoked"}} {
		w.now = w.now.Add(x.after)
		if got := check(t, l, v, by.id, bitEntry("1")); brief(got) != x.want {
			t.Errorf("after %v: got %+v", x.after, got)
		}
	}
}
