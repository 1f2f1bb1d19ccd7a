package wallet_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/receipt"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// readReceipt checks a receipt without an account and returns its statements.
func readReceipt(t testing.TB, e *wallettest.Env, b []byte) *inspect.Checked {
	t.Helper()
	c := e.Checked(t, b)
	if c.Receipt == nil || c.Verdict != vc.Valid || c.Problem != "" {
		t.Fatalf("no valid receipt: %+v", c)
	}
	return c
}

// TestReceipt checks inputs without an account, and reads the resulting receipt
// with another service that shares no data with the first.
func TestReceipt(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{PublicURL: "https://backpack.example"})
	i := issuer(t, e)
	good, vp := i.Issue(t), vctest.NewHolder(t).Present(t, "", "", i.Issue(t, vctest.Expired))
	before := records(t, e)
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
	found, err := e.Check(t.Context(), []inspect.Input{{Name: "amina.json", Bytes: good}, {Name: "b.txt", Bytes: []byte("hello")}, text(vp)})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := e.Receipt(t.Context(), receipt.OnRequest, inspect.Results(found))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(signed, []byte("amina")) || bytes.Contains(signed, []byte("did:example:learner")) {
		t.Errorf("the receipt names files or people: %s", signed)
	}
	other := wallettest.New(t, wallettest.Options{})
	got := readReceipt(t, other, signed)
	r := got.Receipt
	if r.Origin != "https://backpack.example" || r.Issuer != e.ServiceDID() || r.Software != "Backpack test" ||
		len(r.Results) != 3 || got.Confirmed != vc.Unknown {
		t.Errorf("%+v, confirmed %s", r, got.Confirmed)
	}
	var said []string
	for _, x := range r.Results {
		said = append(said, x.Title+" "+string(x.Verdict))
	}
	if s := strings.Join(said, ", "); s != "Baker valid,  expired, Baker expired" || r.Results[2].Within != hexOf(vp) || r.Results[0].SHA256 != hexOf(good) {
		t.Errorf("%s: %+v", s, r.Results)
	}
	document, err := e.ServiceDocument()
	if err != nil {
		t.Fatal(err)
	}
	other.Web.Put("https://backpack.example/.well-known/did.json", "application/json", document)
	if c := readReceipt(t, other, signed); c.Confirmed != vc.Passed {
		t.Errorf("confirmation: %s %s", c.Confirmed, c.Detail)
	}
	other.Web.Put("https://backpack.example/.well-known/did.json", "application/json", bytes.ReplaceAll(document, []byte("z6Mk"), []byte("z6Mm")))
	if c := readReceipt(t, other, signed); c.Confirmed != vc.Failed {
		t.Errorf("with another key: %s %s", c.Confirmed, c.Detail)
	}
	_, err = e.Receipt(t.Context(), receipt.OnRequest, nil)
	wallettest.Refused(t, err, wallet.Conflict, "nothing_checked")
	if records(t, e) != before {
		t.Error("records were stored")
	}
}

// TestReceiptIsNoBadge asserts that a receipt is never treated as a badge: it
// is neither kept nor shown as one, not even altered or inside a presentation.
func TestReceiptIsNoBadge(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	found, err := e.Check(t.Context(), []inspect.Input{text(issuer(t, e).Issue(t))})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := e.Receipt(t.Context(), receipt.OnRequest, inspect.Results(found))
	if err != nil {
		t.Fatal(err)
	}
	a := e.Learner(t, "Alma").ID
	imp := imported(t, e, a, text(signed))
	if it := imp.Items[0]; it.Problem != "receipt" || it.Entry != nil {
		t.Errorf("imported: %+v", it)
	}
	altered := e.Checked(t, bytes.Replace(signed, []byte(`"valid"`), []byte(`"expired"`), 1))
	if altered.Receipt == nil || altered.Verdict != vc.Invalid || altered.Confirmed != vc.Skipped {
		t.Errorf("altered: %+v", altered)
	}
	all, err := stream(t.Context(), e, nil, text(bytes.Replace(signed, []byte(`"occasion": "request"`), []byte(`"occasion": "request", "x": 1`), 1)))
	if err != nil {
		t.Fatal(err)
	}
	odd := all[0]
	if odd.Receipt != nil || odd.Problem != "receipt_unknown" || odd.Verdict != "" {
		t.Errorf("in another form: %+v", odd)
	}
	set := e.Checked(t, vctest.NewHolder(t).Present(t, "", "", signed))
	if x := set.Contained[0]; x.Receipt == nil {
		t.Errorf("in a presentation: %+v", x)
	}
	old := *found[0]
	if old.AsOf = e.Clock.Now(); len(inspect.Results([]*inspect.Checked{&old})) != 0 {
		t.Error("a receipt contains claims of an evidence file")
	}
	if got := inspect.Results([]*inspect.Checked{altered, odd, set}); len(got) != 1 || got[0].Challenged != "none" {
		t.Errorf("a receipt of receipts: %+v", got)
	}
}

// TestSharedReceipt takes the receipt of a share and of an own badge: both
// recognise the bytes that the learner gives out.
func TestSharedReceipt(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, entry, s := newShare(t, e, wallet.ShareRequest{MaxViews: 1})
	_, err := e.SharedReceipt(t.Context(), s.Token, "")
	wallettest.Refused(t, err, wallet.Missing, "share_gone")
	view := opened(t, e, s, wallet.OpenShareOptions{})
	signed, err := e.SharedReceipt(t.Context(), s.Token, view.Grant)
	if err != nil {
		t.Fatal(err)
	}
	badge, err := e.SharedBadge(t.Context(), s.Token, view.Grant, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := readReceipt(t, e, signed).Receipt
	if r.Occasion != receipt.OnShow || len(r.Speaks(hexOf(badge.Body.Raw))) != 1 || r.Results[0].Verdict != vc.Valid || r.Results[0].Key == "" {
		t.Errorf("%+v", r)
	}
	if again, err := e.Share(t.Context(), a, s.ID); err != nil || again.Views != 1 {
		t.Errorf("%d views, %v", again.Views, err)
	}
	own, err := e.BadgeReceipt(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r = readReceipt(t, e, own).Receipt; r.Occasion != receipt.OnKeeping || len(r.Speaks(hexOf(badge.Body.Raw))) != 1 {
		t.Errorf("%+v", r)
	}
	if bytes.Contains(signed, []byte("Alma")) || bytes.Contains(own, []byte("Alma")) {
		t.Error("a receipt names the learner")
	}
	stranger := e.Learner(t, "Bela").ID
	_, err = e.BadgeReceipt(t.Context(), stranger, entry.ID)
	wallettest.Refused(t, err, wallet.Missing, "not_found")
	if err := e.RevokeShare(t.Context(), a, s.ID); err != nil {
		t.Fatal(err)
	}
	_, err = e.SharedReceipt(t.Context(), s.Token, view.Grant)
	wallettest.Refused(t, err, wallet.Missing, "share_gone")
}

// TestSampleReceipts makes a receipt of every sample: older ones, pictures and
// JWTs. For a file with a picture other than the badge's own, the receipt
// covers the badge but not the file.
func TestSampleReceipts(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	found, err := e.Check(t.Context(), e.Samples)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := e.Receipt(t.Context(), receipt.OnRequest, inspect.Results(found))
	if err != nil {
		t.Fatal(err)
	}
	r := readReceipt(t, e, signed).Receipt
	for i, s := range e.Samples {
		got, foreign := r.Speaks(hexOf(s.Bytes)), strings.HasSuffix(s.Name, ".svg") // these name a PNG as their picture
		if foreign == slices.Contains(got, i) || r.Results[i].Verdict != found[i].Verdict {
			t.Errorf("%s: %v, %+v", s.Name, got, r.Results[i])
		}
		if got := r.Speaks(hexOf(found[i].Original.Raw)); !slices.Contains(got, i) {
			t.Errorf("%s: the receipt does not cover the badge, only %v", s.Name, got)
		}
	}
}
