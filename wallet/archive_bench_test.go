package wallet_test

import (
	"bytes"
	"runtime"
	"testing"

	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// A meter counts the written bytes and the memory in use meanwhile.
type meter struct {
	n, looked int
	most      uint64
}

func (m *meter) Write(b []byte) (int, error) {
	if m.n += len(b); m.n-m.looked > 1<<20 {
		m.looked = m.n
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		m.most = max(m.most, s.HeapAlloc)
	}
	return len(b), nil
}

// BenchmarkArchive1000 exports 1,000 badges and imports them into another
// account; out-MiB is the peak memory in use during the export.
func BenchmarkArchive1000(b *testing.B) {
	const n = 1000
	e := wallettest.New(b, wallettest.Options{})
	a := e.Learner(b, "Alma").ID
	kept(b, e, a, manyBadges(b, e, n)...)
	var m meter
	for b.Loop() {
		if err := e.Export(b.Context(), a, page, &m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(m.most)/(1<<20), "out-MiB")
	b.ReportMetric(float64(m.n)/float64(b.N)/n, "B/badge")
	b.StopTimer()
	var out bytes.Buffer
	if err := e.Export(b.Context(), a, page, &out); err != nil {
		b.Fatal(err)
	}
	if got := kept(b, e, e.Learner(b, "Bela").ID, inspect.Input{Name: "backpack.zip", Bytes: out.Bytes()}); len(got) != n {
		b.Fatalf("%d badges were restored", len(got))
	}
}
