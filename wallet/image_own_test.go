package wallet_test

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

const pictureAt = "https://pictures.example/badge.png"

// bakedInto bakes a badge into a picture that a learner chose.
func bakedInto(t testing.TB, picture, badge []byte) inspect.Input {
	t.Helper()
	b, err := bake.Embed(picture, "openbadgecredential", badge)
	if err != nil {
		t.Fatal(err)
	}
	return inspect.Input{Name: "diploma.png", Bytes: b}
}

func named(address string) vctest.Option {
	return vctest.With("credentialSubject.achievement.image", vctest.Object{"id": address, "type": "Image"})
}

func sealing(address string, body []byte) vctest.Option {
	return vctest.With("relatedResource", []any{vctest.Object{"id": address, "digestSRI": sri(body)}})
}

// TestThreat46BroughtPicture bakes badges into a picture that a learner chose.
// It is shown only if the badge's own picture is unavailable, and never as the
// badge's own.
func TestThreat46BroughtPicture(t *testing.T) {
	t.Parallel()
	own, chosen := pngOf(t, drawing(40, 40)), pngOf(t, drawing(64, 20))
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(own)
	serve := func(e *wallettest.Env) { e.Web.Put(pictureAt, "image/png", own) }
	for name, x := range map[string]struct {
		options []vctest.Option
		web     func(*wallettest.Env)
		picture []byte
		from    string
		own     bool // the picture shown is the badge's own
	}{
		"no picture named":              {nil, nil, chosen, inspect.PictureBrought, false},
		"address serves another":        {[]vctest.Option{named(pictureAt)}, serve, chosen, inspect.PictureFetched, true},
		"address serves this one":       {[]vctest.Option{named(pictureAt)}, serve, own, inspect.PictureFetched, true},
		"address is silent":             {[]vctest.Option{named(pictureAt)}, nil, chosen, inspect.PictureBrought, false},
		"badge embeds another":          {[]vctest.Option{named(data)}, nil, chosen, inspect.PictureSealed, true},
		"digest of another":             {[]vctest.Option{named(pictureAt), sealing(pictureAt, own)}, nil, chosen, inspect.PictureBrought, false},
		"digest of another, available":  {[]vctest.Option{named(pictureAt), sealing(pictureAt, own)}, serve, chosen, inspect.PictureSealed, true},
		"digest of this one":            {[]vctest.Option{named(pictureAt), sealing(pictureAt, own)}, nil, own, inspect.PictureSealed, true},
		"forged badge embeds another":   {[]vctest.Option{named(data), vctest.WrongKey}, nil, chosen, inspect.PictureBrought, true},
		"forged badge names an address": {[]vctest.Option{named(pictureAt), vctest.WrongKey}, serve, chosen, inspect.PictureBrought, false},
	} {
		e := wallettest.New(t, wallettest.Options{})
		a := e.Learner(t, "Alma").ID
		if x.web != nil {
			x.web(e)
		}
		badge := issuer(t, e).Issue(t, x.options...)
		got, err := e.Check(t.Context(), []inspect.Input{bakedInto(t, x.picture, badge)})
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		entry := kept(t, e, a, bakedInto(t, x.picture, badge))[0]
		if got[0].Summary.Picture != x.from || entry.Summary.Picture != x.from {
			t.Errorf("%s: the picture is %q and %q, want %q", name, got[0].Summary.Picture, entry.Summary.Picture, x.from)
		}
		want := own
		if !x.own {
			want = x.picture
		}
		if shown := kept(t, e, e.Learner(t, "Bela").ID, bakedInto(t, want, issuer(t, e).Issue(t)))[0]; shown.Summary.Image != entry.Summary.Image {
			t.Errorf("%s: another picture is shown", name)
		}
		for _, r := range e.Web.Visits() {
			if r.Role == vc.RoleImage && entry.Verdict == vc.Invalid {
				t.Errorf("%s: the picture of an invalid badge was fetched", name)
			}
		}
	}
}

// TestPictureComesLater imports a badge while its picture's server is silent: a
// later check replaces the imported picture with the badge's own and clears the
// mark. A stored picture without an origin counts as imported.
func TestPictureComesLater(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	own, chosen := pngOf(t, drawing(40, 40)), pngOf(t, drawing(64, 20))
	entry := kept(t, e, a, bakedInto(t, chosen, issuer(t, e).Issue(t, named(pictureAt))))[0]
	if entry.Summary.Picture != inspect.PictureBrought {
		t.Fatalf("picture %q", entry.Summary.Picture)
	}
	before := entry.Summary.Image
	e.Clock.Advance(time.Hour)
	if again, err := e.Recheck(t.Context(), a, entry.ID); err != nil || again.Summary.Image != before || again.Summary.OwnPicture() {
		t.Fatalf("%+v, %v", again.Summary, err)
	}
	e.Web.Put(pictureAt, "image/png", own)
	again, err := e.Recheck(t.Context(), a, entry.ID)
	if err != nil || again.Summary.Image == before || again.Summary.Picture != inspect.PictureFetched {
		t.Fatalf("%+v, %v", again.Summary, err)
	}
	if _, _, err := e.Image(t.Context(), a, again.Summary.Image); err != nil {
		t.Error(err)
	}
	if n := count(t, e, a, storage.KindImage); n != 1 {
		t.Errorf("%d pictures are stored", n)
	}
	if l := list(t, e, a)[0]; l.Origin != inspect.PictureFetched {
		t.Errorf("the list has the origin %q", l.Origin)
	}
	if old := (&inspect.Summary{Image: "x"}); old.OwnPicture() {
		t.Error("a picture of unknown origin counts as the badge's own")
	}
}

// TestHTTPPictureAddress asserts that a picture with an http address is fetched
// over https.
func TestHTTPPictureAddress(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	own := pngOf(t, drawing(40, 40))
	e.Web.Answer("http://pictures.example/b.png", func(vc.FetchRequest) (*vc.Resource, error) { return nil, vc.ErrForbidden })
	e.Web.Put("https://pictures.example/b.png", "image/png", own)
	c := e.Checked(t, issuer(t, e).Issue(t, named("http://pictures.example/b.png")))
	if c.Summary.Picture != inspect.PictureFetched || len(c.Image) == 0 {
		t.Errorf("picture %q", c.Summary.Picture)
	}
}

// TestArchivedPicture restores archives while the picture's server is silent:
// in an archive of its own, the service trusts the recorded origin of the
// picture.
func TestArchivedPicture(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	e.Web.Put(pictureAt, "image/png", pngOf(t, drawing(40, 40)))
	kept(t, e, a, text(issuer(t, e).Issue(t, named(pictureAt))))
	whole := archived(t, e, a)
	e.Web.Remove(pictureAt)
	for name, x := range map[string]struct {
		file []byte
		from string
	}{
		"unchanged": {whole, inspect.PictureFetched},
		"manifest forged": {fitManifest(t, repack(t, whole, "", func(n string, b []byte) []byte {
			return changed(n, "0001-", "picture.png", b, pngOf(t, drawing(9, 9)))
		})), inspect.PictureBrought},
	} {
		got := kept(t, e, e.Learner(t, "Bela").ID, inspect.Input{Name: "archive.zip", Bytes: x.file})[0]
		if got.Summary.Image == "" || got.Summary.Picture != x.from {
			t.Errorf("%s: picture %q is %q, want %q", name, got.Summary.Image, got.Summary.Picture, x.from)
		}
	}
}

// TestPresentationSigner asserts what a presentation tells about its signer.
func TestPresentationSigner(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	i, holder := issuer(t, e), vctest.NewHolder(t)
	his, other := i.Issue(t, vctest.With("credentialSubject.id", holder.ID)), i.Issue(t)
	nobody := i.Issue(t, vctest.With("credentialSubject.id", nil), vctest.With("credentialSubject.identifier", []any{vctest.Object{
		"type": "IdentityObject", "hashed": false, "identityHash": "jo@example.org", "identityType": "emailAddress"}}))
	broken := holder.Present(t, "", "", his)
	broken[len(broken)-20]++
	for name, x := range map[string]struct {
		vp   []byte
		want string
	}{
		"the named recipient": {holder.Present(t, "", "", his, his), inspect.TogetherNamed},
		"another":             {holder.Present(t, "", "", other), inspect.TogetherOther},
		"one of two":          {holder.Present(t, "", "", his, other), inspect.TogetherOther},
		"the rest by email":   {holder.Present(t, "", "", his, nobody), inspect.TogetherSome},
		"all by email":        {holder.Present(t, "", "", nobody), inspect.TogetherKey},
		"unsigned":            {unsigned(t, holder.Present(t, "", "", his)), inspect.TogetherNobody},
		"broken signature":    {broken, inspect.TogetherBroken},
	} {
		got, err := e.Check(t.Context(), []inspect.Input{text(x.vp)})
		if err != nil || len(got) != 1 || got[0].Problem != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if c := got[0]; c.Together != x.want || c.Verdict == vc.Valid && c.Own != vc.Valid {
			t.Errorf("%s: %q, %s, own %s", name, c.Together, c.Verdict, c.Own)
		}
	}
	if errors.Is(vc.ErrNoHost, vc.ErrForbidden) || !errors.Is(vc.ErrNoHost, vc.ErrUnreachable) || !errors.Is(vc.ErrPort, vc.ErrForbidden) {
		t.Error("an error that a retry cannot change is of the wrong kind")
	}
}
