package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// profile returns a Profile with every member (specs A2.8). what makes its texts
// unique.
func profile(what, parent string) string {
	p := fmt.Sprintf(`{"id":"https://%[1]s.example/id","type":["Profile"],"name":"%[1]s name","url":"https://%[1]s.example/site","phone":"%[1]s phone",
"description":"%[1]s description","image":{"id":"https://%[1]s.example/logo.png","type":"Image","caption":"%[1]s logo"},"email":"%[1]s@example.org",
"address":{"type":["Address"],"addressCountry":"%[1]s country","addressCountryCode":"GB","addressRegion":"%[1]s region","addressLocality":"%[1]s town",
"streetAddress":"%[1]s street","postOfficeBoxNumber":"%[1]s box","postalCode":"%[1]s code","geo":{"type":"GeoCoordinates","latitude":50.5,"longitude":-3.25}},
"otherIdentifier":[{"type":"IdentifierEntry","identifier":"%[1]s identifier","identifierType":"sourcedId"}],"official":"%[1]s official",
"familyName":"%[1]s family","givenName":"%[1]s given","additionalName":"%[1]s additional","patronymicName":"%[1]s patronymic",
"honorificPrefix":"%[1]s prefix","honorificSuffix":"%[1]s suffix","familyNamePrefix":"%[1]s von","dateOfBirth":"1980-02-03"`, what)
	if parent != "" {
		p += `,"parentOrg":` + parent
	}
	return p + "}"
}

// skill returns an Alignment with every member (specs A2.5).
func skill(what string) string {
	return fmt.Sprintf(`[{"type":["Alignment"],"targetName":"%[1]s target","targetUrl":"https://skills.example/%[1]s","targetCode":"%[1]s-code",
"targetDescription":"%[1]s meaning","targetFramework":"%[1]s framework","targetType":"CFItem"}]`, what)
}

// complete returns the members of a badge that states everything (specs A2.1 to
// A2.11), except its issuer.
func complete() map[string]string {
	return map[string]string{
		"description": `"credential description"`, "awardedDate": `"2025-12-24T00:00:00Z"`, "name": `"credential name"`,
		"image": `{"id":"https://pictures.example/credential.png","type":"Image","caption":"credential caption"}`,
		"evidence": `[{"id":"https://evidence.example/1","type":["Evidence"],"name":"evidence name","narrative":"evidence narrative","description":"evidence description",
"genre":"evidence genre","audience":"evidence audience"},{"id":"data:text/plain,evidence","type":["Evidence"],"name":"embedded evidence"}]`,
		"termsOfUse":      `[{"id":"https://terms.example/1","type":"LicenceTerms"}]`,
		"relatedResource": `[{"id":"https://resources.example/1","mediaType":"image/png","digestSRI":"sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="}]`,
		"credentialSubject": `{"id":"did:example:learner","type":["AchievementSubject"],"activityStartDate":"2025-01-02T00:00:00Z","activityEndDate":"2025-03-04T00:00:00Z",
"creditsEarned":7.5,"licenseNumber":"licence 4711","narrative":"subject **narrative**","role":"subject role","term":"subject term","source":` + profile("source", "") + `,
"image":{"id":"https://pictures.example/subject.png","type":"Image","caption":"subject caption"},
"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"learner@example.org","identityType":"emailAddress"},
{"type":"IdentityObject","hashed":true,"identityHash":"sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399","identityType":"systemId","salt":"pepper"}],
"result":[{"type":["Result"],"achievedLevel":"urn:level:2","alignment":` + skill("result") + `,"resultDescription":"urn:result:1","status":"Completed","value":"87"},
{"type":["Result"],"resultDescription":"urn:result:2","status":"Failed","value":"3"}],
"achievement":{"id":"https://achievements.example/1","type":["Achievement"],"name":{"en":"achievement name","de":"Name der Leistung"},
"description":"achievement description","criteria":{"id":"https://criteria.example/1","narrative":"criteria *narrative*"},"achievementType":"CertificateOfCompletion",
"alignment":` + skill("achievement") + `,"creator":` + profile("creator", "") + `,"creditsAvailable":9.25,"fieldOfStudy":"field of study","humanCode":"human code",
"image":{"id":"https://pictures.example/achievement.png","type":"Image","caption":"achievement caption"},"inLanguage":"en-GB",
"otherIdentifier":[{"type":"IdentifierEntry","identifier":"achievement identifier","identifierType":"isbn"}],
"related":[{"id":"https://related.example/1","type":["Related"],"inLanguage":"fr","version":"related version"}],
"resultDescription":[{"id":"urn:result:1","type":["ResultDescription"],"alignment":` + skill("description") + `,"name":"first result","requiredLevel":"urn:level:1",
"resultType":"RubricScore","valueMin":"0","valueMax":"100","rubricCriterionLevel":[
{"id":"urn:level:1","type":["RubricCriterionLevel"],"alignment":` + skill("level") + `,"description":"level description","level":"level level","name":"level one","points":"4.5"},
{"id":"urn:level:2","type":["RubricCriterionLevel"],"name":"level two","points":"8.5"}]},
{"id":"urn:result:2","type":["ResultDescription"],"name":"second result","resultType":"LetterGrade","allowedValue":["3","5"],"requiredValue":"5"},
{"id":"urn:result:3","type":["ResultDescription"],"name":"third result","resultType":"Status"}],
"specialization":"specialization text","tag":["first tag","second tag"],"version":"version 12","extensionMember":{"furtherThing":["deep word",{"@value":"tiefes Wort","@language":"de"}]}}}`,
	}
}

// shownAs lists how words of the standard are shown.
var shownAs = map[string]string{"CertificateOfCompletion": "Certificate of completion", "CFItem": "Item of a framework", "sourcedId": "Sourced id",
	"isbn":         "ISBN",
	"emailAddress": "E-mail", "RubricScore": "Score by levels", "LetterGrade": "Letter grade", "Status": "State", "subject **narrative**": "subject narrative",
	"criteria *narrative*": "criteria narrative", "systemId": "systemId", "data:text/plain,evidence": "It lies in the badge itself",
	"https://pictures.example/credential.png": "",
	"https://pictures.example/subject.png":    "", "https://pictures.example/achievement.png": "", "Name der Leistung": "", "http": ""}

// leaves calls fn with the path of each string and number in a JSON value, except
// structural members.
func leaves(v *vc.Value, path string, fn func(path, text string)) {
	switch {
	case v.Is(vc.String) || v.Is(vc.Number):
		fn(path, v.Text())
		return
	}
	for i := range v.Items() {
		x := &v.Items()[i]
		switch x.Name() {
		case "@context", "type", "proof", "@language":
			continue
		}
		leaves(x, path+"/"+x.Name(), fn)
	}
}

// readPage returns the text of a page in one line, with the targets of its links.
func readPage(t testing.TB, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data + " ")
		case html.ElementNode:
			for _, a := range n.Attr {
				if a.Key == "href" {
					b.WriteString(a.Val + " ")
				}
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestEverythingIsShown imports a badge with every member of Open Badges 3.0 and one
// of an extension. Each text is on its page, on the page of a share, and in the report
// of a check.
func TestEverythingIsShown(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	options := []vctest.Option{vctest.As(vctest.JWT)}
	for name, text := range complete() {
		options = append(options, vctest.With(name, json.RawMessage(text)))
	}
	i := s.issuer(t)
	options = append(options, vctest.With("issuer", json.RawMessage(strings.Replace(profile("issuer", profile("parent", "")),
		"https://issuer.example/id", i.ID, 1))))
	signed := i.Issue(t, options...)
	entry := l.keeps(signed)
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
	}
	sh, err := s.CreateShare(t.Context(), l.ID, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := vc.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	for where, a := range map[string]*answer{
		"badge": l.get("/badges/" + entry.ID), "show": s.browser(t).get("/s/" + sh.Token), "check": s.browser(t).upload("/verify", string(signed)),
	} {
		text := readPage(t, a.is(t, http.StatusOK).body)
		leaves(doc.Claims, "", func(path, leaf string) {
			want, ok := shownAs[leaf]
			if !ok {
				want = leaf
			}
			if when, err := time.Parse(time.RFC3339, leaf); err == nil {
				want = when.Format("2 January 2006")
				if strings.Contains(path, "activity") {
					want = when.Format(time.DateOnly)
				}
			}
			switch path {
			case "/nbf", "/exp", "/credentialSubject/achievement/resultDescription//rubricCriterionLevel//id":
				return
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s %q is not shown (as %q)", where, path, leaf, want)
			}
		})
	}
}

// keeps imports a badge.
func (l *learner) keeps(badge []byte) *wallet.Entry {
	l.t.Helper()
	kept := l.keepsAll(inspect.Input{Bytes: badge})
	if len(kept) != 1 {
		l.t.Fatalf("kept %d", len(kept))
	}
	return kept[0]
}

// TestContentByLanguage checks that texts are shown in the reader's language, then in
// the badge's own, then in any, with their language (specs A2.15).
func TestContentByLanguage(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	text := func(langs ...string) any {
		m := vctest.Object{}
		for _, x := range langs {
			m[x] = "worded in " + x
		}
		return m
	}
	entry := l.keeps(s.issuer(t).Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("credentialSubject.achievement.inLanguage", "fr"),
		vctest.With("credentialSubject.achievement.description", text("de", "fr", "it")), vctest.With("credentialSubject.achievement.name", text("de", "ar")),
		vctest.With("credentialSubject.narrative", text("pl", "sv"))))
	for accept, want := range map[string][]string{
		"de-AT, en;q=0.5": {`<bdi lang="de">worded in de</bdi>`, `<h1 lang="de">`, `<div class="prose" lang="pl" dir="auto">`},
		"sv, it;q=0.9":    {`<bdi lang="it">worded in it</bdi>`, `<div class="prose" lang="sv" dir="auto">`},
		"en":              {`<bdi lang="fr">worded in fr</bdi>`},
		"":                {`<bdi lang="fr">worded in fr</bdi>`},
		"*, ;;q=x":        {`<bdi lang="fr">worded in fr</bdi>`},
	} {
		req := l.request(http.MethodGet, "/badges/"+entry.ID, nil, "")
		req.Header.Set("Accept-Language", accept)
		l.send(req).is(t, http.StatusOK).has(t, want...)
	}
}

// TestResultsAreNotAwards checks that a result has its state, and that a failed or
// insufficient one is marked.
func TestResultsAreNotAwards(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	description := func(id, more string) string {
		return `{"id":"urn:` + id + `","type":["ResultDescription"],"name":"Name of ` + id + `","resultType":"Percent","valueMin":"0","valueMax":"100"` + more + `}`
	}
	result := func(id, more string) string {
		return `{"type":["Result"],"resultDescription":"urn:` + id + `"` + more + `}`
	}
	entry := l.keeps(s.issuer(t).Issue(t,
		vctest.With("credentialSubject.achievement.resultDescription",
			json.RawMessage(`[`+description("passed", `,"requiredValue":"60"`)+","+description("failed", "")+","+description("short",
				`,"requiredValue":"60"`)+","+description("open", "")+","+description("strange", "")+`]`)),
		vctest.With("credentialSubject.result", json.RawMessage(`[`+result("passed", `,"value":"61","status":"Completed"`)+","+result("failed",
			`,"value":"97","status":"Failed"`)+","+result("short", `,"value":"59"`)+","+result("open", `,"value":"5"`)+","+result("strange",
			`,"value":"101","status":"Provisional"`)+`]`))))
	page := l.get("/badges/"+entry.ID).is(t, http.StatusOK).body
	for name, want := range map[string]string{
		"passed": `pill good">Completed`, "failed": `pill bad">Failed`, "short": `pill bad">Not reached`, "open": `pill calm">State not given`,
		"strange": `pill warn">Provisional`,
	} {
		m := regexp.MustCompile(`(?s)<li([^>]*)><b><bdi>Name of ` + name + `</bdi></b>.*?</li>`).FindStringSubmatch(page)
		if m == nil || !strings.Contains(m[0], want) || strings.Contains(m[1], "bad") != strings.Contains(want, "bad") {
			t.Errorf("%s: %v, want %s", name, m, want)
		}
	}
	if !strings.Contains(page, "none of those that the badge itself allows") {
		t.Error("101 % is not marked as impossible")
	}
}

// TestEndorsementsHaveTheirPlace checks that each endorsement, even a broken one, is
// shown at what it endorses with its own verdict (specs A2.13, A9).
func TestEndorsementsHaveTheirPlace(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	i := s.issuer(t)
	endorse := func(about, words string, o ...vctest.Option) json.RawMessage {
		return i.Issue(t, append([]vctest.Option{vctest.With("type", []any{"VerifiableCredential", "EndorsementCredential"}), vctest.With("id", "urn:uuid:"+words),
			vctest.With("credentialSubject", vctest.Object{"id": about, "type": []any{"EndorsementSubject"}, "endorsementComment": "about " + words})}, o...)...)
	}
	person := func(id string, more ...any) vctest.Object {
		o := vctest.Object{"id": id, "type": []any{"Profile"}, "name": "Name of " + id}
		for k := 0; k+1 < len(more); k += 2 {
			o[more[k].(string)] = more[k+1]
		}
		return o
	}
	jwt := string(endorse("https://creator.example", "creator", vctest.As(vctest.JWT)))
	entry := l.keeps(i.Issue(t, vctest.As("eddsa-jcs-2022"),
		vctest.With("endorsement", []any{endorse("https://issuer.example/badges/1", "badge"), endorse("https://nobody.example", "nothing"),
			endorse("https://issuer.example/badges/1", "unsigned", vctest.As(vctest.None))}),
		vctest.With("issuer", person(i.ID, "endorsement", []any{endorse(i.ID, "issuer")}, "parentOrg", person("https://parent.example", "endorsement",
			[]any{endorse("https://parent.example", "parent")}))),
		vctest.With("credentialSubject.source", person("https://source.example", "endorsement", []any{endorse("https://source.example", "source")})),
		vctest.With("credentialSubject.achievement.endorsement", []any{endorse("https://issuer.example/achievements/baker", "achievement")}),
		vctest.With("credentialSubject.achievement.creator", person("https://creator.example", "endorsementJwt", []any{jwt}))))
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
	}
	page := l.get("/badges/"+entry.ID).is(t, http.StatusOK)
	text := readPage(t, page.body)
	for words, place := range map[string]string{"badge": "About this badge", "achievement": "About the achievement", "issuer": "About the issuer",
		"parent":  "About the organisation",
		"creator": "About who designed it", "source": "About who assessed", "nothing": "About something else: it does not name this badge",
		"unsigned": "About this badge"} {
		m := regexp.MustCompile(`(Checks out|Does not hold) (` + place + `) · (?:[^·]|· Expires)*?about ` + words + `\b`).FindStringSubmatch(text)
		if m == nil || (m[1] == "Checks out") != (words != "unsigned") {
			t.Errorf("%s: %q, want it %s in\n%s", words, m, place, text)
		}
	}
	page.has(t, "It carries no seal: anyone could have written it.", `<details class="about" open>`)
}

// TestRecord checks the tree of a CLR, and takes a credential out of it.
func TestRecord(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	i := s.issuer(t)
	part := func(n string, o ...vctest.Option) json.RawMessage {
		return i.Issue(t, append([]vctest.Option{vctest.With("id", "urn:uuid:"+n), vctest.With("credentialSubject.achievement.id", "urn:a:"+n),
			vctest.With("credentialSubject.achievement.name", "Part "+n)}, o...)...)
	}
	signed := part("one")
	children := []any{signed, part("two", vctest.As(vctest.None),
		vctest.With("issuer", vctest.Object{"id": "https://college.example", "type": []any{"Profile"}, "name": "College"})), part("three", vctest.Expired)}
	link := func(kind, from, to string) any {
		return vctest.Object{"type": "Association", "associationType": kind, "sourceId": from, "targetId": to}
	}
	entry := l.keeps(i.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("@context",
		[]any{vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}),
		vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}), vctest.With("name", "All of it"), vctest.With("partial", true),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children,
			"achievement": []any{vctest.Object{"id": "urn:a:whole", "type": []any{"Achievement"}, "name": "The whole", "description": "d",
				"criteria": vctest.Object{"narrative": "n"}}},
			"association": []any{link("isChildOf", "urn:a:one", "urn:a:whole"), link("isPartOf", "urn:a:two", "urn:a:one"),
				link("precedes", "urn:a:one", "urn:a:three"), link("isPartOf", "urn:a:whole", "urn:a:two")}})))
	page := l.get("/badges/"+entry.ID).is(t, http.StatusOK).has(t, "All of it", "Vouched for by School of Bread", "This is a part of the person",
		`pill calm">Vouched for`)
	text := readPage(t, page.body)
	for _, want := range []string{"The whole · not awarded with this record", "Comes before Part three", "The 3 things in it",
		"Its expiry date has passed.", "It cannot be taken out: it carries no seal of its own"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	base := "/badges/" + entry.ID + "/contained/"
	if n := strings.Count(page.body, `action="`+base); n != 2 {
		t.Errorf("%d can be taken out", n)
	}
	l.post(base+"2", nil).is(t, http.StatusBadRequest).has(t, "Alone, nothing would vouch for it")
	l.post(base+"4", nil).is(t, http.StatusNotFound)
	preview := l.follow(l.post(base+"1", nil)).is(t, http.StatusOK).has(t, "Part one")
	l.post(preview.Request.URL.Path+"/keep", url.Values{"item": {"1"}}).is(t, http.StatusSeeOther)
	list, err := s.Entries(t.Context(), l.ID, wallet.Query{Text: "Part one"})
	if err != nil || list.Total != 1 || list.Entries[0].Verdict != vc.Valid {
		t.Fatalf("%+v, %v", list, err)
	}
	taken := l.get("/badges/"+list.Entries[0].ID+"/json").is(t, http.StatusOK)
	if taken.body != string(signed) {
		t.Errorf("taken out as %s", taken.body)
	}
}

// TestVersionsPage checks the list of a badge's versions and downloads each.
func TestVersionsPage(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	i := s.issuer(t)
	const service = "https://refresh.example/1"
	refresh := vctest.With("refreshService", vctest.Object{"id": service, "type": "1EdTechCredentialRefresh"})
	first, second := i.Issue(t, refresh), i.Issue(t, refresh, vctest.With("validFrom", "2026-05-06T00:00:00Z"), vctest.As(vctest.JWT))
	entry := l.keeps(first)
	path := "/badges/" + entry.ID
	l.get(path).hasNot(t, "Version of")
	l.get(path+"/versions/1").is(t, http.StatusOK).has(t, string(first))
	l.get(path+"/versions/2").is(t, http.StatusNotFound)
	s.Web.Put(service, "application/vc", second)
	l.post(path+"/check", nil).is(t, http.StatusSeeOther)
	l.get(path).has(t, "Version of", "6 May 2026", "Shown here", "The issuer has published a newer version", path+"/versions/2")
	if a := l.get(path+"/versions/1").is(t, http.StatusOK); a.body != string(first) {
		t.Errorf("the first: %s", a.body)
	}
	if a := l.get(path+"/versions/2").is(t, http.StatusOK); a.body != string(second) || !strings.Contains(a.Header.Get("Content-Disposition"), ".jwt") {
		t.Errorf("the second: %s %s", a.Header.Get("Content-Disposition"), a.body)
	}
	sh, err := s.CreateShare(t.Context(), l.ID, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	l.post(path+"/check", nil).is(t, http.StatusSeeOther) // of the second, which is the latest
	s.browser(t).get("/s/"+sh.Token).is(t, http.StatusOK).has(t, "The issuer has published a newer version")
	for _, n := range []string{"0", "3", "-1", "x"} {
		l.get(path+"/versions/"+n).is(t, http.StatusNotFound)
	}
}

// TestAnyCredential checks that the claims of an unknown kind of credential are
// shown, up to limits of depth and number.
func TestAnyCredential(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	deep := strings.Repeat(`{"inner":`, 20) + `"at the bottom"` + strings.Repeat(`}`, 20)
	var many []string
	for n := range 1000 {
		many = append(many, fmt.Sprintf(`"claim%d":"value%d"`, n, n))
	}
	entry := l.keeps(s.issuer(t).Issue(t, vctest.As(vctest.JWT), vctest.With("type", []any{"VerifiableCredential", "LibraryCard"}), vctest.With("name", nil),
		vctest.With("credentialSubject", json.RawMessage(`{"id":"did:example:learner","cardNumber":"77-12","mayBorrow":true,"branches":["North","South"],"deep":`+deep+`,"<b>odd</b>":"<script>alert(1)</script>",`+strings.Join(many, ",")+`}`))))
	a := l.get("/badges/"+entry.ID).is(t, http.StatusOK).has(t, "LibraryCard", "What it says", "Card number", "77-12", "May borrow", "North", "South",
		"&lt;script&gt;", "There is more than is shown here").
		hasNot(t, "<script>alert(1)", "value999")
	if n := strings.Count(a.body, "<dt>"); n > 400 {
		t.Errorf("%d values", n)
	}
}
