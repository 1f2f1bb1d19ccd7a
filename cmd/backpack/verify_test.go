package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"backpack/cmd/backpack/report"
	"backpack/ui"
	"backpack/vc"
	"backpack/vc/vctest"
)

// learner is the recipient of the samples.
const learner = "learner@samples.backpack.invalid"

func codeOf(v vc.Verdict) int {
	switch v {
	case vc.Valid:
		return exitOK
	case vc.Undetermined, vc.Sample:
		return exitUndetermined
	}
	return exitInvalid
}

func TestVerifySamples(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	texts, err := ui.New(ui.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			got := setup{}.run(t, "verify", filepath.Join(dir, f.Name), "--offline")
			if got.code != codeOf(f.State) || got.err != "" {
				t.Errorf("code %d, %s; stderr %q", got.code, f.State, got.err)
			}
			has(t, got.out, f.Name+": "+texts.Verdict(report.Lang, string(f.State)).Title, "It proves nothing about anybody.", f.Title,
				"Is it unchanged since it was issued?")
			noRawKeys(t, got.out)
		})
	}
}

// TestVerifyGrades: a genuine badge is no failure, however it is written,
// unless --strict is given.
func TestVerifyGrades(t *testing.T) {
	t.Parallel()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	dir := t.TempDir()
	remark := write(t, dir, "remark.json", i.Issue(t, vctest.With("credentialSubject.achievement.image", "https://issuer.example/i.png")))
	amber := write(t, dir, "amber.json", i.Issue(t, vctest.With("credentialSubject.id", nil)))
	curve := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	shown := write(t, dir, "shown.json", curve.Issue(t, vctest.Mandatory("/issuer", "/validFrom", "/credentialSubject"), vctest.Derived("/name")))
	forged := write(t, dir, "forged.json", i.Issue(t, vctest.With("credentialSubject.id", nil), vctest.WrongKey))
	for _, x := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{remark}, exitOK, "This badge checks out"},
		{[]string{remark, "--strict"}, exitOK, "This badge checks out"},
		{[]string{amber}, exitOK, "Genuine, but not written as the standard demands"},
		{[]string{amber, "--strict"}, exitInvalid, "It gives no address or key of whoever earned it."},
		{[]string{shown}, exitUndetermined, "Valid as far as it is shown"},
		{[]string{remark, amber, shown, "--format=csv"}, exitUndetermined, "Genuine, not to standard"},
		{[]string{remark, amber, "--format", "table"}, exitOK, "1 is genuine, but not written as the standard demands."},
		{[]string{amber, "--json"}, exitOK, `"verdict": "irregular"`},
		{[]string{forged}, exitInvalid, "This badge does not hold"},
	} {
		got := setup{}.run(t, append([]string{"verify", "--offline"}, x.args...)...)
		if got.code != x.code {
			t.Errorf("%v: code %d, want %d: %s", x.args, got.code, x.code, got.err)
		}
		has(t, got.out, x.says)
	}
}

var rawKey = regexp.MustCompile(`\b(check|reason|verdict|problem|answer|bundle|table)\.[a-z]|%!|\x1b|\b[a-z]+_[a-z]+\b`)

// noRawKeys fails if a key of the catalogue or a name from the program is
// printed instead of words.
func noRawKeys(t *testing.T, out string) {
	t.Helper()
	if key := rawKey.FindString(out); key != "" {
		t.Errorf("%q must not occur in:\n%.2000s", key, out)
	}
}

func TestVerifyFor(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	name := filepath.Join(dir, files[0].Name)
	got := setup{}.run(t, "verify", "--offline", "--for", learner, name)
	if got.code != exitUndetermined { // a sample
		t.Errorf("code %d for the learner: %s", got.code, got.out)
	}
	has(t, got.out, "Yes  ", "Was it awarded to this person?")
	got = setup{}.run(t, "verify", name, "--offline", "--for=somebody@example.org")
	has(t, got.out, "No  ", "Was it awarded to this person?")
	if got.code != exitInvalid {
		t.Errorf("code %d for another person", got.code)
	}
	holder := vctest.NewHolder(t)
	set := string(holder.Present(t, "", "", vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(t)))
	for person, code := range map[string]int{"did:example:learner": exitOK, "did:example:other": exitInvalid} {
		if got := (setup{in: set}).run(t, "verify", "-", "--for", person); got.code != code {
			t.Errorf("code %d of a presentation for %s, want %d: %s", got.code, person, code, got.out)
		}
	}
}

func TestVerifyFolderAndProgress(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	deep := filepath.Join(dir, "2024", "spring")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 32 {
		write(t, deep, "copy-"+strconv.Itoa(i)+".json", files[6].Bytes)
	}
	write(t, dir, ".hidden", []byte("not looked at"))
	got := setup{terminal: true}.run(t, "verify", "--offline", "--format", "text", dir)
	if got.code != exitInvalid {
		t.Errorf("code %d", got.code)
	}
	has(t, got.out, "2024/spring/copy-0.json: ", "42 files, 42 badges. 6 are samples and prove nothing. ")
	lacks(t, got.out, ".hidden")
	noRawKeys(t, got.out)
	has(t, got.err, "[....................] 0 of 42: 2024/", clearLine, "[##########..........] 21 of 42: ", "[###################.] 41 of 42: ")
	if !strings.HasSuffix(got.err, clearLine) {
		t.Errorf("the progress line remains: %q", got.err)
	}
	if r := (setup{}).run(t, "verify", "--offline", t.TempDir()); r.code != exitUsage {
		t.Errorf("an empty folder: code %d", r.code)
	}
}

func TestVerifyWhatElse(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	valid, expired := files[0], files[6]
	holder := vctest.NewHolder(t)
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	good := issuer.Issue(t)
	presented := holder.Present(t, "", "", good)
	altered := bytes.ReplaceAll(presented, []byte("School of Bread"), []byte("School of Cake!"))
	steering := bytes.Replace(good, []byte(`"name":"Baker"`), []byte(`"name":"\u001b[2JBaker\u202e\r\nVerdict: fine"`), -1)

	for name, tt := range map[string]struct {
		in   string
		args []string
		code int
		want []string
	}{
		"standard input":         {string(good), []string{"-"}, exitOK, []string{"This badge checks out"}},
		"a JWT with white space": {"\n " + string(issuer.Issue(t, vctest.As(vctest.JWT))) + "\n", []string{"-"}, exitOK, []string{"This badge checks out"}},
		"two files": {"", []string{filepath.Join(dir, valid.Name), filepath.Join(dir, expired.Name)}, exitInvalid,
			[]string{valid.Name, expired.Name, "2 files, 2 badges. 1 is a sample and proves nothing. 1 has expired."}},
		"a ZIP of valid ones": {zipped(t, "a.json", issuer.Issue(t, vctest.As(vctest.JWT)), "b.json", good), []string{"-"}, exitOK,
			[]string{"a.json", "This badge checks out", "b.json: This badge checks out"}},
		"a ZIP with an expired one": {zipped(t, valid.Name, valid.Bytes, "b.json", expired.Bytes), []string{"-"}, exitInvalid, []string{"b.json: Expired"}},
		"a presentation": {string(presented), []string{"-"}, exitOK, []string{"Did the person it names as its holder sign it?",
			"    This badge checks out", "Baker"}},
		"an altered presentation":     {string(altered), []string{"-"}, exitInvalid, []string{"does not hold"}},
		"an address without network":  {"", []string{"https://example.org/badge.json"}, exitUndetermined, []string{"The address did not answer."}},
		"a text":                      {"hello", []string{"-"}, exitUsage, []string{"There is no badge in it."}},
		"nothing":                     {"", []string{"-"}, exitUsage, []string{"The file is empty."}},
		"a badge and a text":          {zipped(t, "a.txt", []byte("hello"), "b.json", good), []string{"-"}, exitUsage, []string{"a.txt: There is no badge in it."}},
		"what would steer a terminal": {string(steering), []string{"-"}, exitInvalid, []string{"[2JBaker Verdict: fine"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := setup{in: tt.in}.run(t, append([]string{"verify", "--offline"}, tt.args...)...)
			if got.code != tt.code || got.err != "" {
				t.Errorf("code %d, want %d; stderr %q", got.code, tt.code, got.err)
			}
			has(t, got.out, tt.want...)
			noRawKeys(t, got.out)
		})
	}
}

func zipped(t *testing.T, name1 string, body1 []byte, name2 string, body2 []byte) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range []struct {
		name string
		body []byte
	}{{name1, body1}, {name2, body2}} {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestVerifyWrongUse(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"nothing named":    {},
		"no such file":     {"/nonexistent/badge.png"},
		"an unknown flag":  {"--jsno", "-"},
		"a flag's value":   {"-", "--for"},
		"a file like flag": {"--", "--json"},
	} {
		t.Run(name, func(t *testing.T) {
			got := setup{}.run(t, append([]string{"verify"}, args...)...)
			if got.code != exitUsage || got.out != "" {
				t.Errorf("code %d, printed %q", got.code, got.out)
			}
			has(t, got.err, "backpack: ")
		})
	}
}

// The JSON of --json is a contract: members are added, never renamed.
func TestVerifyJSON(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	got := setup{}.run(t, "verify", "--json", "--offline", filepath.Join(dir, files[8].Name))
	if got.code != exitInvalid {
		t.Errorf("code %d", got.code)
	}
	type check struct{ ID, Outcome, Reason, Detail string }
	var all []struct {
		Name, Title, Issuer, IssuerID, Version, Verdict, Problem string
		Sample                                                   bool
		Report                                                   struct {
			At, Suite, Method string
			Checks            []check
		}
	}
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 1 {
		t.Fatalf("%d things, %v: %s", len(all), err, got.out)
	}
	x := all[0]
	if x.Name != files[8].Name || x.Title != files[8].Title || x.Verdict != "invalid" || x.Version != "Open Badges 3.0" ||
		x.IssuerID != "did:web:samples.backpack.invalid" || x.Report.Suite != "eddsa-rdfc-2022" || x.Report.At == "" || !x.Sample {
		t.Errorf("%+v", x)
	}
	var ids []string
	for _, c := range x.Report.Checks {
		ids = append(ids, c.ID)
		if c.ID == "proof" && (c.Outcome != "failed" || c.Reason != "bad_signature") {
			t.Errorf("check proof: %+v", c)
		}
	}
	if got, want := strings.Join(ids, " "), "format terms subject proof issuer resources schema refresh revocation valid_from valid_until recipient "+
		"endorsement"; got != want {
		t.Errorf("checks %s, want %s", got, want)
	}

	got = setup{in: "hello"}.run(t, "verify", "-", "--json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 1 || all[0].Problem != "not_a_badge" || got.code != exitUsage {
		t.Errorf("code %d, %v: %s", got.code, err, got.out)
	}
	holder := vctest.NewHolder(t)
	presented := holder.Present(t, "", "", vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256).Issue(t))
	var set []report.Result
	got = setup{in: string(presented)}.run(t, "verify", "-", "--json")
	if err := json.Unmarshal([]byte(got.out), &set); err != nil || len(set) != 1 || set[0].Holder != holder.ID ||
		len(set[0].Contains) != 1 || set[0].Contains[0].Title != "Baker" || set[0].Contains[0].Verdict != vc.Valid {
		t.Errorf("code %d, %v: %s", got.code, err, got.out)
	}
}

// TestVerifySealed: SD-JWT and COSE are recognized by content, in files, as
// text and in a ZIP, and hostile ones are refused with a reason.
func TestVerifySealed(t *testing.T) {
	i, dir := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256), t.TempDir()
	report := i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt"}, vctest.Object{"iss": i.ID, "vct": "https://types.example/school_report",
		"name": vctest.SD{Value: "Ada"}})
	coded := i.COSE(t, nil, i.Badge(t))
	for name, x := range map[string]struct {
		b    []byte
		code int
		says string
	}{
		"an SD-JWT VC":                {report, exitOK, "School report"},
		"an SD-JWT":                   {i.Issue(t, vctest.As(vctest.SDJWT)), exitOK, "Baker"},
		"COSE":                        {coded, exitOK, "Baker"},
		"COSE as text":                {[]byte(base64.StdEncoding.EncodeToString(coded)), exitOK, "Baker"},
		"COSE that was changed":       {bytes.Replace(coded, []byte("bread"), []byte("cakes"), 1), exitInvalid, "Baker"},
		"an SD-JWT that was changed":  {vctest.Alter(t, report, "school_report", "school_rapport"), exitInvalid, "School rapport"},
		"a disclosure of nothing":     {append(bytes.Clone(report), "WyJzIiwieCIsMV0~"...), exitUsage, "damaged"},
		"an SD-JWT without its end":   {bytes.TrimRight(report, "~"), exitUsage, "damaged"},
		"an SD-JWT by another's hash": {i.SDJWT(t, nil, vctest.Object{"vct": "x", "_sd_alg": "md5"}), exitUsage, "md5"},
	} {
		t.Run(name, func(t *testing.T) {
			got := setup{}.run(t, "verify", write(t, dir, "badge", x.b))
			if got.code != x.code {
				t.Errorf("code %d, want %d\n%s", got.code, x.code, got.out)
			}
			has(t, got.out, x.says)
		})
	}
}
