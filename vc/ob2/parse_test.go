package ob2

import (
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func value(t testing.TB, s string) *vc.Value {
	t.Helper()
	v, err := vc.ParseJSON([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDetect(t *testing.T) {
	for name, tc := range map[string]struct{ json, want string }{
		"0.5":                {`{"recipient":"a@example.org","badge":{"name":"n"}}`, "0.5"},
		"1.0":                {`{"uid":"1","recipient":{"identity":"a"},"badge":"https://i.example/b"}`, "1.0"},
		"1.1":                {`{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","badge":"b","recipient":{}}`, "1.1"},
		"2.0":                {`{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}`, "2.0"},
		"2.0 older address":  {`{"@context":"https://openbadgespec.org/v2/context.json","type":["Assertion"]}`, "2.0"},
		"2.0 in a list":      {`{"@context":["https://x.example/c",{"a":"b"},"https://w3id.org/openbadges/v2"],"type":"obi:Assertion"}`, "2.0"},
		"2.0 without a type": {`{"@context":"https://w3id.org/openbadges/v2","badge":"b","recipient":{}}`, "2.0"},
		"badge class":        {`{"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass","name":"n"}`, ""},
		"3.0": {`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],` +
			`"type":["VerifiableCredential","OpenBadgeCredential"]}`, ""},
		"a VC called Assertion": {`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","Assertion"]}`, ""},
		"type alone":            {`{"type":"Assertion"}`, ""},
		"text":                  {`"https://w3id.org/openbadges/v2"`, ""},
		"nothing":               {`{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Detect(value(t, tc.json))
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("Detect = %q, %v; want %q", got, ok, tc.want)
			}
		})
	}
	if _, ok := Detect(nil); ok {
		t.Error("nil is detected as a badge")
	}
}

// TestView compares the view of each version.
func TestView(t *testing.T) {
	for _, name := range []string{"v05", "v10", "v11", "v20"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			d, err := Parse(b, "https://i.example/a/1")
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Problems) > 0 || string(d.Raw) != string(b) || d.Form != vc.Hosted {
				t.Errorf("problems %v, form %s", d.Problems, d.Form)
			}
			want := views[name]
			opts := []cmp.Option{
				cmpopts.IgnoreFields(vc.Credential{}, "Value"), cmpopts.IgnoreFields(vc.Subject{}, "Value"),
				cmpopts.IgnoreFields(vc.Achievement{}, "Value"), cmpopts.IgnoreFields(vc.Profile{}, "Value"),
				cmpopts.EquateEmpty(),
			}
			if diff := cmp.Diff(want, d.Credential, opts...); diff != "" {
				t.Errorf("view (-want +got):\n%s", diff)
			}
		})
	}
}

func plainText(s string) vc.Text { return vc.Text{{Value: s}} }

func at(written string, y int, m time.Month, d, h int) vc.Moment {
	return vc.Moment{Text: written, Time: time.Date(y, m, d, h, 0, 0, 0, time.UTC), Zoneless: len(written) == 10 && strings.Contains(written, "-")}
}

var views = map[string]*vc.Credential{
	"v05": {
		ID: "https://i.example/a/1", Types: viewTypes(), Name: plainText("Bell founding"),
		Issuer: vc.Profile{ID: "https://i.example", URL: "https://i.example", Email: "badges@i.example",
			Types: []string{"Profile"}, Name: plainText("Foundry: Town museum")},
		ValidFrom: at("2012-01-01", 2012, 1, 1, 0), AwardedDate: at("2012-01-01", 2012, 1, 1, 0),
		Evidence: []vc.Evidence{{ID: "https://i.example/work/9", Types: []string{"Evidence"}}},
		Subject: vc.Subject{Types: []string{"AchievementSubject"},
			Identifiers: []vc.Identity{{Hashed: true, Hash: "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", Type: "emailAddress",
				Salt: "Kosher"}},
			Achievement: &vc.Achievement{Types: []string{"Achievement"}, Name: plainText("Bell founding"), Description: plainText("Cast a bell."),
				CriteriaID: "https://i.example/c", Image: &vc.Image{ID: "https://i.example/img.png"}, Version: "0.5.0"}},
	},
	"v10": {
		ID: "https://i.example/a/1", Types: viewTypes(), Image: &vc.Image{ID: "https://i.example/baked.png"},
		ValidFrom: at("1356998400", 2013, 1, 1, 0), AwardedDate: at("1356998400", 2013, 1, 1, 0), ValidUntil: at("1388534400", 2014, 1, 1, 0),
		Evidence: []vc.Evidence{{ID: "https://i.example/work/9", Types: []string{"Evidence"}}},
		Subject: vc.Subject{Types: []string{"AchievementSubject"}, Image: &vc.Image{ID: "https://i.example/baked.png"},
			Identifiers: []vc.Identity{{Hash: "a@example.com", Type: "emailAddress"}},
			Achievement: &vc.Achievement{ID: "https://i.example/b/1", Types: []string{"Achievement"}}},
	},
	"v11": {
		Context: []string{"https://w3id.org/openbadges/v1"}, ID: "https://i.example/a/1", Types: viewTypes(), Name: plainText("Bell founding"),
		Issuer:    vc.Profile{ID: "https://i.example/issuer"},
		ValidFrom: at("2015-06-01", 2015, 6, 1, 0), AwardedDate: at("2015-06-01", 2015, 6, 1, 0),
		Subject: vc.Subject{Types: []string{"AchievementSubject"},
			Identifiers: []vc.Identity{{Hashed: true, Hash: "md5$abc", Type: "emailAddress", Salt: "s"}},
			Achievement: &vc.Achievement{ID: "https://i.example/b/1", Types: []string{"Achievement"}, Name: plainText("Bell founding"),
				Description: plainText("Cast a bell."), CriteriaID: "https://i.example/c", Image: &vc.Image{ID: "https://i.example/img.png"},
				Tags: []string{"metal"}, Alignments: []vc.Alignment{{TargetName: plainText("Casting"), TargetURL: "https://skills.example/casting",
					TargetDescription: plainText("Pour metal.")}}}},
	},
	"v20": {
		Context: []string{"https://w3id.org/openbadges/v2"}, ID: "https://i.example/a/1", Types: viewTypes(), Name: vc.Text{{Lang: "de", Value: "Glockenguss"}},
		Issuer: vc.Profile{ID: "https://i.example/issuer", URL: "https://i.example", Email: "badges@i.example", Phone: "+49 30 1",
			Types: []string{"Profile"}, Name: plainText("Foundry"), Image: &vc.Image{ID: "https://i.example/logo.svg", Caption: vc.Text{{Value: "A bell"}}}},
		ValidFrom: at("2020-01-01T12:00:00+00:00", 2020, 1, 1, 12), AwardedDate: at("2020-01-01T12:00:00+00:00", 2020, 1, 1, 12),
		ValidUntil: at("2030-01-01T12:00:00Z", 2030, 1, 1, 12),
		Evidence: []vc.Evidence{{ID: "https://i.example/work/9", Types: []string{"Evidence"}, Name: plainText("The bell"), Narrative: plainText("Cast alone."),
			Genre: plainText("object")},
			{ID: "https://i.example/work/10", Types: []string{"Evidence"}}},
		Subject: vc.Subject{ID: "did:example:1", Types: []string{"AchievementSubject"}, Narrative: plainText("Well done."),
			Identifiers: []vc.Identity{{Hash: "did:example:1", Type: "identifier"}},
			Achievement: &vc.Achievement{ID: "https://i.example/b/1", Types: []string{"Achievement"}, Name: vc.Text{{Lang: "de", Value: "Glockenguss"}},
				Description: vc.Text{{Lang: "de", Value: "Eine Glocke gießen."}}, CriteriaID: "https://i.example/c",
				CriteriaNarrative: vc.Text{{Lang: "de", Value: "Gießen."}},
				InLanguage:        "de", Image: &vc.Image{ID: "data:image/png;base64,AA=="}, Tags: []string{"metal", "bell"},
				Alignments: []vc.Alignment{{TargetName: vc.Text{{Lang: "de", Value: "Casting"}}, TargetURL: "https://skills.example/casting", TargetFramework: "Skills",
					TargetCode: "C-1"}},
				Related: []vc.Related{{ID: "https://i.example/b/1-en", Types: []string{"Related"}, InLanguage: "en", Version: "2"}}}},
	},
}

func TestParseForms(t *testing.T) {
	payload := `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"urn:uuid:1","recipient":{"type":"email","hashed":false,` +
		`"identity":"a@example.org"},"badge":"https://i.example/b","verification":{"type":"SignedBadge"},"issuedOn":"2020-01-01T00:00:00Z"}`
	enc := base64.RawURLEncoding.EncodeToString
	head := enc([]byte(`{"alg":"RS256"}`))
	for name, tc := range map[string]struct {
		in, version, id string
		form            vc.Form
		err             error
	}{
		"compact JWS":            {in: "\n" + head + "." + enc([]byte(payload)) + ".AAAA\n", version: "2.0", id: "urn:uuid:1", form: vc.Signed},
		"1.0 JWS":                {in: head + "." + enc([]byte(`{"uid":"7","recipient":{},"badge":"x"}`)) + ".AA", version: "1.0", id: "uid:7", form: vc.Signed},
		"address":                {in: " http://i.example/a?b=1 ", id: "https://i.example/a?b=1", form: vc.Hosted},
		"empty":                  {in: " ", err: vc.ErrMalformed},
		"address without a host": {in: "https:///x", err: vc.ErrMalformed},
		"address with a user":    {in: "https://u:p@i.example/", err: vc.ErrMalformed},
		"doubled member":         {in: `{"badge":1,"badge":2}`, err: vc.ErrMalformed},
		"other JSON":             {in: `{"a":1}`, err: vc.ErrUnsupported},
		"prose":                  {in: `hello there`, err: vc.ErrUnsupported},
		"two parts":              {in: `a.b`, err: vc.ErrUnsupported},
		"JWS of prose":           {in: head + ".aGVsbG8.AA", err: vc.ErrMalformed},
		"padded payload":         {in: head + ".e30=.AA", err: vc.ErrMalformed},
		"JWS without alg":        {in: "e30.e30.AA", err: vc.ErrMalformed},
		"critical extension":     {in: enc([]byte(`{"alg":"RS256","crit":["x"],"x":1}`)) + ".e30.AA", err: vc.ErrMalformed},
		"JWS of other JSON":      {in: head + ".e30.AA", err: vc.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(tc.in), "")
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			if d.Form != tc.form || d.Version != tc.version || d.Credential.ID != tc.id || string(d.Raw) != tc.in {
				t.Errorf("form %s version %q id %q", d.Form, d.Version, d.Credential.ID)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	d, err := Parse([]byte(`{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"","recipient":null}`), "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.Problems {
		got = append(got, strings.TrimPrefix(p.Detail, "the badge lacks "))
	}
	if diff := cmp.Diff([]string{"id", "recipient", "badge", "verification", "issuedOn"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMoment(t *testing.T) {
	for in, want := range map[string]string{
		`"2020-01-02T03:04:05Z"`: "2020-01-02T03:04:05Z", `"2020-01-02T03:04:05.5+02:00"`: "2020-01-02T01:04:05.5Z",
		`"2020-01-02T03:04:05+0200"`: "2020-01-02T01:04:05Z", `"2020-01-02 03:04:05"`: "2020-01-02T03:04:05Z",
		`"2020-01-02"`: "2020-01-02T00:00:00Z", `1577934245`: "2020-01-02T03:04:05Z", `"1577934245"`: "2020-01-02T03:04:05Z",
		`"soon"`: "", `-5`: "", `1e99`: "", `"2020"`: "", `[]`: "", `"2020-13-01"`: "",
	} {
		got := ""
		if m := moment(value(t, in)); !m.Time.IsZero() {
			got = m.Time.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// FuzzParse checks that Parse keeps the bytes, returns a known version, and parses its
// own output in the same way.
func FuzzParse(f *testing.F) {
	for _, n := range []string{"v05", "v10", "v11", "v20"} {
		b, err := os.ReadFile("testdata/" + n + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add([]byte("eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(b) + ".AA"))
	}
	f.Add([]byte("https://i.example/a"))
	f.Add([]byte(`{"recipient":"a@b","badge":{"issuer":{"origin":"::","name":["a"],"org":"o"},"criteria":[{},"x"]},"evidence":[1,{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b, "https://i.example/a")
		if err != nil {
			return
		}
		if string(d.Raw) != string(b) || !d.Form.Legacy() || !d.Credential.Badge() || d.Claims == nil {
			t.Fatalf("%s %v", d.Form, d.Credential)
		}
		switch d.Version {
		case v05, v10, v11, v20:
		case "":
			if !d.Claims.Is(vc.String) {
				t.Fatal("badge without a version")
			}
		default:
			t.Fatal(d.Version)
		}
		again, err := Parse(d.Raw, "https://i.example/a")
		if err != nil || again.Credential.ID != d.Credential.ID {
			t.Fatal(err)
		}
	})
}
