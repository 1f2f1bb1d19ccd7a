package vc

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestThreat07ParseJSONRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want error
	}{
		"nothing":                           {"", ErrMalformed},
		"only white space":                  {" \n", ErrMalformed},
		"byte order mark":                   {"\ufeff{}", ErrMalformed},
		"invalid UTF-8":                     {"\"\xff\"", ErrMalformed},
		"overlong UTF-8":                    {"\"\xc0\x80\"", ErrMalformed},
		"surrogate in UTF-8":                {"\"\xed\xa0\x80\"", ErrMalformed},
		"two values":                        {"{} {}", ErrMalformed},
		"trailing text":                     {"1x", ErrMalformed},
		"duplicate member":                  {`{"a":1,"a":2}`, ErrMalformed},
		"duplicate member, escaped":         {`{"a":1,"\u0061":2}`, ErrMalformed},
		"duplicate member, nested":          {`[{"x":{"a":1,"b":2,"a":1}}]`, ErrMalformed},
		"duplicate member among many":       {"{" + strings.Repeat(`"k":1,`, 0) + many(30) + `,"k3":0}`, ErrMalformed},
		"trailing comma in a list":          {"[1,]", ErrMalformed},
		"trailing comma in an object":       {`{"a":1,}`, ErrMalformed},
		"no comma":                          {"[1 2]", ErrMalformed},
		"no colon":                          {`{"a" 1}`, ErrMalformed},
		"name without quotes":               {"{a:1}", ErrMalformed},
		"single quotes":                     {"['a']", ErrMalformed},
		"comment":                           {"[1/**/]", ErrMalformed},
		"unclosed list":                     {"[1", ErrMalformed},
		"unclosed object":                   {`{"a":1`, ErrMalformed},
		"unclosed string":                   {`"a`, ErrMalformed},
		"unclosed escape":                   {`"a\`, ErrMalformed},
		"unknown escape":                    {`"\x41"`, ErrMalformed},
		"short escape":                      {`"\u12"`, ErrMalformed},
		"escape without hexadecimal digits": {`"\u12g4"`, ErrMalformed},
		"signed escape":                     {`"\u+123"`, ErrMalformed},
		"lone high surrogate":               {`"\ud800"`, ErrMalformed},
		"high surrogate before a letter":    {`"\ud800a"`, ErrMalformed},
		"two high surrogates":               {`"\ud800\ud800"`, ErrMalformed},
		"lone low surrogate":                {`"\udc00"`, ErrMalformed},
		"line break in a string":            {"\"a\nb\"", ErrMalformed},
		"NUL in a string":                   {"\"\x00\"", ErrMalformed},
		"NUL after an escape":               {"\"\\n\x00\"", ErrMalformed},
		"True":                              {"True", ErrMalformed},
		"truth":                             {"truth", ErrMalformed},
		"NaN":                               {"NaN", ErrMalformed},
		"plus":                              {"+1", ErrMalformed},
		"lone minus":                        {"-", ErrMalformed},
		"leading zero":                      {"01", ErrMalformed},
		"leading point":                     {".5", ErrMalformed},
		"trailing point":                    {"1.", ErrMalformed},
		"exponent without digits":           {"1e+", ErrMalformed},
		"hexadecimal":                       {"0x10", ErrMalformed},
		"above a double's range":            {"1e400", ErrMalformed},
		"below a double's range":            {"1e-400", ErrMalformed},
		"more digits than a double":         {"0.12345678901234567890", ErrMalformed},
		"2^53+1":                            {"9007199254740993", ErrMalformed},
		"2^53+1 with a point":               {"9007199254740993.0", ErrMalformed},
		"form feed as white space":          {"\f1", ErrMalformed},
		"no-break space":                    {"\u00a01", ErrMalformed},
		"too deep":                          {nest(MaxJSONDepth + 1), ErrTooLarge},
		"far too deep":                      {nest(1_000_000), ErrTooLarge},
		"too many values":                   {"[" + strings.Repeat("0,", MaxJSONValues) + "0]", ErrTooLarge},
		"too long":                          {strings.Repeat(" ", MaxJSONBytes+1), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := ParseJSON([]byte(x.text))
			if !errors.Is(err, x.want) || v != nil {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

func nest(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"k` + string(rune('0'+i/10)) + string(rune('0'+i%10)) + `":1`)
	}
	return b.String()[1:] + `,"k3":1`
}

func TestParseJSONAccepts(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		kind Kind
		want string // Text
	}{
		"null":                  {" null ", Null, "null"},
		"true":                  {"true", Bool, "true"},
		"text":                  {`"a"`, String, "a"},
		"escapes":               {`"\"\\\/\b\f\n\r\t\u00e9"`, String, "\"\\/\b\f\n\r\té"},
		"surrogate pair":        {`"\uD83D\uDE00"`, String, "😀"},
		"NUL escaped":           {`"\u0000"`, String, "\x00"},
		"UTF-8":                 {`"é😀"`, String, "é😀"},
		"number":                {"-0.5e+10", Number, "-0.5e+10"},
		"minus zero":            {"-0", Number, "-0"},
		"2^53":                  {"9007199254740992", Number, "9007199254740992"},
		"17 digits":             {"0.30000000000000004", Number, "0.30000000000000004"},
		"16 digits":             {"-12.34567890123456e-3", Number, "-12.34567890123456e-3"},
		"RFC 8785 example":      {"333333333.33333329", Number, "333333333.33333329"},
		"surrounding zeros":     {"0.0045000", Number, "0.0045000"},
		"smallest double":       {"5e-324", Number, "5e-324"},
		"zero with an exponent": {"0.0e-999", Number, "0.0e-999"},
		"empty list":            {"[ ]", Array, ""},
		"empty object":          {"{\n}", Object, ""},
		"depth":                 {nest(MaxJSONDepth), Array, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := ParseJSON([]byte(x.text))
			if err != nil {
				t.Fatal(err)
			}
			if v.Kind() != x.kind || v.Text() != x.want || v.Raw() != strings.TrimSpace(x.text) {
				t.Errorf("got %s %q as %q", v.Kind(), v.Text(), v.Raw())
			}
		})
	}
}

func TestValue(t *testing.T) {
	v, err := ParseJSON([]byte(`{"a": [1, "x", {"b": "y"}, "z"], "c": "w", "n": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("a").Strs(); len(got) != 2 || got[0] != "x" || got[1] != "z" {
		t.Errorf("Strs %q", got)
	}
	if got := v.Get("a").List()[2].Get("b"); got.Str() != "y" || got.Name() != "b" || got.Raw() != `"y"` {
		t.Errorf("Get %q", got.Raw())
	}
	if got := v.Get("c").List(); len(got) != 1 || got[0].Str() != "w" {
		t.Errorf("List of one value: %v", got)
	}
	if v.Get("n").Str() != "" || v.Get("c").Get("x") != nil {
		t.Error("a number has no Str, or a text has members")
	}
	var none *Value
	if none.Get("x").Get("y").Str() != "" || none.Kind() != Null || none.Is(Null) || none.List() != nil || none.Items() != nil ||
		none.Text() != "" || none.Raw() != "" || none.Name() != "" || none.Strs() != nil {
		t.Error("an absent value has content")
	}
	w := v.With([]string{"a"}, v.Get("c").Named("d"))
	if w.Get("a") != nil || w.Get("d").Str() != "w" || w.Get("c").Str() != "w" || v.Get("d") != nil || v.Get("a") == nil {
		t.Error("With changed another member or the original")
	}
}

// TestThreat07ParseJSONCost limits the memory and time that bad input costs.
func TestThreat07ParseJSONCost(t *testing.T) {
	for name, text := range map[string]string{
		"deep":    nest(MaxJSONDepth),
		"wide":    "[" + strings.Repeat("0,", MaxJSONValues-2) + "0]",
		"members": "{" + many(90) + "}",
		"opening": strings.Repeat("[", 1<<20),
	} {
		b := []byte(text)
		start := time.Now()
		bytes := allocated(func() { _, _ = ParseJSON(b) })
		if took := time.Since(start); bytes > 64<<20 || took > time.Minute {
			t.Errorf("%s: %d bytes, %s", name, bytes, took)
		}
	}
}

// allocated returns the number of bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzParseJSON checks that encoding/json accepts whatever ParseJSON accepts, with
// the same values, and that parsing Raw gives the same tree.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u00e9\ud83d\ude00",null,true,{}]}`, `[]`, `"\u0000"`, `-0`, `{"a":1,"a":2}`, `1e400`,
		`"\ud800"`, "\ufeff1", `9007199254740993`, "\"\xff\"", nest(70), `[1,]`, `{"":""}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ParseJSON(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("unexpected error: %v", err)
			}
			return
		}
		var std any
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&std); err != nil {
			t.Fatalf("accepted, but encoding/json refuses it: %v", err)
		}
		same(t, v, std)
		again, err := ParseJSON([]byte(v.Raw()))
		if err != nil || again.Raw() != v.Raw() {
			t.Fatalf("Raw does not parse to itself: %v", err)
		}
	})
}

// same fails the test unless v equals what encoding/json read.
func same(t *testing.T, v *Value, std any) {
	t.Helper()
	ok := true
	switch x := std.(type) {
	case nil:
		ok = v.Is(Null)
	case bool:
		ok = v.Is(Bool) && (v.Text() == "true") == x
	case json.Number:
		f, err := x.Float64()
		ok = v.Is(Number) && v.Text() == x.String() && err == nil && !math.IsInf(f, 0)
	case string:
		ok = v.Is(String) && v.Text() == x
	case []any:
		ok = v.Is(Array) && len(v.Items()) == len(x)
		for i := 0; ok && i < len(x); i++ {
			same(t, &v.Items()[i], x[i])
		}
	case map[string]any:
		ok = v.Is(Object) && len(v.Items()) == len(x)
		for i := 0; ok && i < len(v.Items()); i++ {
			item := &v.Items()[i]
			same(t, item, x[item.Name()])
		}
	}
	if !ok {
		t.Fatalf("%s is %T %v in encoding/json", v.Raw(), std, std)
	}
}

// TestOnlyStricter lists texts that encoding/json accepts and ParseJSON refuses.
func TestOnlyStricter(t *testing.T) {
	for _, s := range []string{`{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", `9007199254740993`, `0.12345678901234567890`, nest(100)} {
		var std any
		if err := json.Unmarshal([]byte(s), &std); err != nil {
			t.Errorf("%.20s: encoding/json refuses it, too: %v", s, err)
		}
		if _, err := ParseJSON([]byte(s)); err == nil {
			t.Errorf("%.20s: accepted", s)
		}
	}
}

func BenchmarkParseJSON(b *testing.B) {
	const item = `{"id":"urn:uuid:1","type":["Alignment"],"targetName":"Baking","targetUrl":"https://skills.example/b","n":4.5},`
	text := []byte("[" + strings.Repeat(item, 20) + "1]")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}
