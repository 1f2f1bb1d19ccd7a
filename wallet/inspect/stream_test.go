package inspect_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

func inputs(in ...inspect.Input) iter.Seq2[inspect.Input, error] {
	return func(yield func(inspect.Input, error) bool) {
		for _, x := range in {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func stream(ctx context.Context, e *wallettest.Env, people []string, in ...inspect.Input) ([]*inspect.Checked, error) {
	var out []*inspect.Checked
	err := e.CheckEach(ctx, inputs(in...), people, func(c *inspect.Checked) { out = append(out, c) })
	return out, err
}

// TestCheckEachKeepsOrder has more checked than is held at a time, some of it
// slower than the rest, and expects each answer in its place.
func TestCheckEachKeepsOrder(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	i := issuer(t, e)
	bodies := []struct {
		bytes []byte
		want  string
	}{{i.Issue(t), "valid"}, {[]byte("hello"), "not_a_badge"}, {i.Issue(t, vctest.Expired), "expired"}, {link("https://nobody.example/x").Bytes, "unreachable"}, {nil, "empty"}}
	const n = 400
	seq := func(yield func(inspect.Input, error) bool) {
		for k := range n {
			if !yield(inspect.Input{Name: fmt.Sprintf("%03d", k), Bytes: bodies[k%len(bodies)].bytes}, nil) {
				return
			}
		}
	}
	at := 0
	err := e.CheckEach(t.Context(), seq, nil, func(c *inspect.Checked) {
		if got := c.Problem + string(c.Verdict); c.Input != at || c.File != fmt.Sprintf("%03d", at) || got != bodies[at%len(bodies)].want {
			t.Fatalf("at %d: %d %s %s", at, c.Input, c.File, got)
		}
		at++
	})
	if err != nil || at != n {
		t.Errorf("%d answers, %v", at, err)
	}
}

// TestCheckEachReads asserts that a file that cannot be opened is told of, and
// that no more is read than is about to be checked.
func TestCheckEachReads(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	good, read, most, told := issuer(t, e).Issue(t), 0, 0, 0
	large := append(good, strings.Repeat(" ", 10<<20)...)
	seq := func(yield func(inspect.Input, error) bool) {
		for k := range 60 {
			var err error
			if k == 1 {
				err = fs.ErrPermission
			}
			if read++; !yield(inspect.Input{Name: fmt.Sprint(k), Bytes: large}, err) {
				return
			}
		}
	}
	err := e.CheckEach(t.Context(), seq, nil, func(c *inspect.Checked) {
		told++
		most = max(most, c.Input)
		if want := map[bool]string{true: "unreadable"}[c.Input == 1]; c.Problem != want {
			t.Errorf("%d: %s %s", c.Input, c.Problem, c.Detail)
		}
	})
	if err != nil || told != 60 || read != 60 || most != 59 {
		t.Errorf("%d told of %d, up to %d, %v", told, read, most, err)
	}
}

// TestCheckEachEnds asserts that a cancelled context ends it at once, and that
// nothing is told after that.
func TestCheckEachEnds(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	good, told := issuer(t, e).Issue(t), 0
	seq := func(yield func(inspect.Input, error) bool) {
		for yield(inspect.Input{Name: "a", Bytes: good}, nil) {
		}
	}
	err := e.CheckEach(ctx, seq, nil, func(*inspect.Checked) {
		if told++; told == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || told != 5 {
		t.Errorf("%d told, %v", told, err)
	}
}

// TestCheckNotInTime asserts that what there was no time for is told of, each
// thing on its own, and is neither valid nor invalid.
func TestCheckNotInTime(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{Request: inspect.Limits{Time: time.Nanosecond}})
	good := issuer(t, e).Issue(t)
	got, err := e.Check(t.Context(), []inspect.Input{{Name: "a", Bytes: good}, {Name: "b", Bytes: good}, link("https://nobody.example/")})
	if err != nil || len(got) != 3 {
		t.Fatalf("%d, %v", len(got), err)
	}
	for _, c := range got {
		if c.Problem != "not_in_time" && c.Problem != "interrupted" || c.Verdict != "" {
			t.Errorf("%s: %s %s", c.Name, c.Problem, c.Verdict)
		}
	}
}

// TestCheckedDigests asserts that what is told of a badge includes by which
// bytes it can be known again.
func TestCheckedDigests(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	good := issuer(t, e).Issue(t)
	got, err := stream(t.Context(), e, nil, inspect.Input{Name: "a.json", Bytes: append([]byte(" \n"), good...)})
	if err != nil || got[0].SHA256 != hexOf(good) || got[0].FileSHA256 != hexOf(append([]byte(" \n"), good...)) || got[0].Verdict != vc.Valid {
		t.Errorf("%+v, %v", got[0], err)
	}
	vp := vctest.NewHolder(t).Present(t, "", "", good)
	if got, err = stream(t.Context(), e, nil, text(vp)); err != nil || got[0].SHA256 != hexOf(vp) || got[0].Contained[0].SHA256 != hexOf(good) {
		t.Errorf("%+v, %v", got[0], err)
	}
}

func hexOf(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
