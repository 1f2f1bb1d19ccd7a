package wallet_test

import (
	"archive/zip"
	"backpack/wallet/inspect"
	"bytes"
	"io"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// private is the prefix of a base proof's proofValue.
const private = "u2V0A"

// privateCopy returns a badge with a base proof, issued by a did:key.
func privateCopy(t testing.TB, options ...vctest.Option) []byte {
	t.Helper()
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	options = append(options, vctest.As(vctest.Selective), vctest.With("validUntil", "2030-01-01T00:00:00Z"),
		vctest.Mandatory("/issuer", "/validFrom", "/validUntil"))
	return issuer.Issue(t, options...)
}

// viewerFiles returns everything that a viewer of a share can get.
func viewerFiles(t *testing.T, e *wallettest.Env, entry string, s *wallet.Share) (view *wallet.SharedView, all map[string][]byte) {
	t.Helper()
	view = opened(t, e, s, wallet.OpenShareOptions{})
	all = map[string][]byte{"page": view.Items[0].Badge.Document.Raw, "page's file": view.Items[0].Badge.Body.Raw}
	b, err := e.SharedBadge(t.Context(), s.Token, view.Grant, entry)
	if err != nil {
		t.Fatal(err)
	}
	all["download"], all["current"], all["file"] = b.Body.Raw, b.Body.Current, b.Body.File
	if all["presentation"], err = e.SharedPresentation(t.Context(), s.Token, view.Grant); err != nil {
		t.Fatal(err)
	}
	if all["evidence"], err = e.SharedEvidence(t.Context(), s.Token, view.Grant, ""); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(all["evidence"]), int64(len(all["evidence"])))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all["evidence: "+f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if picture, _, err := e.SharedImage(t.Context(), s.Token, view.Grant, entry); err == nil {
		all["picture"] = picture
	}
	return view, all
}

// TestPrivateCopyStays imports a base proof in every wrapping: the holder's
// copy is verified, kept and returned byte for byte, and others get only
// derived proofs (specs D4.5).
func TestPrivateCopyStays(t *testing.T) {
	base := privateCopy(t)
	png, err := bake.Embed(pngOf(t, drawing(20, 20)), "openbadgecredential", base)
	if err != nil {
		t.Fatal(err)
	}
	svg, err := bake.Embed([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>`), "openbadgecredential", base)
	if err != nil || !bytes.Contains(svg, []byte(private)) {
		t.Fatalf("%s, %v", svg, err)
	}
	for name, in := range map[string]inspect.Input{"text": text(base), "PNG": {Name: "badge.png", Bytes: png}, "SVG": {Name: "badge.svg", Bytes: svg}} {
		t.Run(name, func(t *testing.T) {
			e := wallettest.New(t, wallettest.Options{})
			a := e.Learner(t, "Alma").ID
			entry := kept(t, e, a, in)[0]
			if p := entry.Report.Check(vc.CheckProof); entry.Verdict != vc.Valid || p.Reason != vc.ReasonOwnCopy {
				t.Fatalf("stored as %s: %+v", entry.Verdict, entry.Report.Checks)
			}
			s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
			if err != nil {
				t.Fatal(err)
			}
			view, all := viewerFiles(t, e, entry.ID, s)
			for what, b := range all {
				if bytes.Contains(b, []byte(private)) {
					t.Errorf("the %s reveals the base proof", what)
				}
			}
			if it := view.Items[0]; it.Verdict != vc.Valid || it.Report.Check(vc.CheckProof).Reason != "" {
				t.Errorf("shared as %s: %+v", it.Verdict, it.Report.Checks)
			}
			if got := e.Checked(t, all["download"]); got.Verdict != vc.AsShown || got.Document.Credential.Name.String() != entryTitle(t, base) {
				t.Errorf("the download is %s: %+v", got.Verdict, got.Report.Checks)
			}
			got := e.Checked(t, all["presentation"]) // no better than its content
			if got.Own != vc.Valid || got.Verdict != vc.AsShown || len(got.Contained) != 1 || got.Contained[0].Verdict != vc.AsShown {
				t.Errorf("the presentation is %s: %+v", got.Verdict, got.Report.Checks)
			}
			if got := e.Checked(t, base); got.Verdict != vc.Invalid || got.Report.Check(vc.CheckProof).Reason != vc.ReasonPrivateCopy {
				t.Errorf("checked without an account it is %s: %+v", got.Verdict, got.Report.Checks)
			}
			again, err := e.Recheck(t.Context(), a, entry.ID)
			if err != nil || again.Verdict != vc.Valid || again.Report.Check(vc.CheckProof).Reason != vc.ReasonOwnCopy {
				t.Errorf("after a recheck it is %s, %v", again.Verdict, err)
			}
			own, err := e.Badge(t.Context(), a, entry.ID)
			if err != nil || !bytes.Equal(own.Body.Raw, base) {
				t.Errorf("the learner's download differs: %v", err)
			}
			found := false
			for _, b := range exported(t, e, a, page) {
				found = found || bytes.Equal(b, base)
			}
			if !found {
				t.Error("the export does not contain it")
			}
		})
	}
}

func entryTitle(t testing.TB, badge []byte) string {
	t.Helper()
	d, err := vc.Parse(badge)
	if err != nil {
		t.Fatal(err)
	}
	return d.Credential.Name.String()
}

// TestPrivateCopyOfAnotherSuite asserts that a badge with a suite that cannot
// derive proofs is not given out.
func TestPrivateCopyOfAnotherSuite(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	bbs := strings.Replace(strings.Replace(string(privateCopy(t)), "ecdsa-sd-2023", "bbs-2023", 1), `"u2V0A`, `"u2V0C`, 1)
	entry := kept(t, e, a, text([]byte(bbs)))[0]
	if entry.Verdict != vc.Undetermined || entry.Report.Check(vc.CheckProof).Reason != vc.ReasonUnsupportedSuite {
		t.Errorf("stored as %s: %+v", entry.Verdict, entry.Report.Checks)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	view := opened(t, e, s, wallet.OpenShareOptions{})
	if got := view.Items[0]; got.Verdict != vc.Undetermined {
		t.Errorf("shared as %s", got.Verdict)
	}
	_, err = e.SharedEvidence(t.Context(), s.Token, view.Grant, "")
	wallettest.Refused(t, err, wallet.Missing, "no_evidence")
	_, err = e.SharedBadge(t.Context(), s.Token, view.Grant, entry.ID)
	wallettest.Refused(t, err, wallet.Conflict, "private_copy")
	_, err = e.SharedPresentation(t.Context(), s.Token, view.Grant)
	wallettest.Refused(t, err, wallet.Conflict, "nothing_to_present")
}
