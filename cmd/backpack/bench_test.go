package main

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"backpack/vc"
)

// BenchmarkPeers verifies the same badges with ours and the Node libraries,
// round by round in turn, and reports each beside a bare ed25519.Verify of the
// same round. A ratio is the median of the rounds. What Node measures leaves
// out its start and the pipe.
func BenchmarkPeers(b *testing.B) {
	p, v := newPeer(b), ourVerifier(b)
	for _, s := range peerSuites[:2] {
		b.Run(s.suite, func(b *testing.B) {
			doc, ratios := peerBadge(b, s.suite, s.curve), map[string][]float64{}
			for range 3 {
				peerRound(b, p, v, s.suite, doc) // until all is compiled and fetched
			}
			for b.Loop() {
				for who, ratio := range peerRound(b, p, v, s.suite, doc) {
					ratios[who] = append(ratios[who], ratio)
				}
			}
			for who, all := range ratios {
				slices.Sort(all)
				b.ReportMetric(all[len(all)/2], "ratio-"+who)
				b.Logf("ratio %s %.1f", peerNames[who], all[len(all)/2])
			}
		})
	}
}

var peerNames = map[string]string{"ours": "Backpack", "vc": "@digitalbazaar/vc", "verifier-core": "verifier-core"}

// peerRound verifies a badge some times with each, and returns how many bare
// verifications that took.
func peerRound(b *testing.B, p *peer, v *vc.Verifier, suite string, doc []byte) map[string]float64 {
	const size = 20
	bare, start := bareVerify(size), time.Now()
	for range size {
		if got, _ := ours(b, v, doc, vc.Options{}); got != vc.Valid {
			b.Fatal(got)
		}
	}
	ratios := map[string]float64{"ours": float64(time.Since(start)) / bare}
	for _, by := range librariesFor(suite) {
		a := p.ask(b, question{"op": "verify", "by": by, "documents": slices.Repeat([]json.RawMessage{doc}, size)})
		if len(a.Results) != size || !a.Results[0].Verified {
			b.Fatalf("%s: %+v", by, a)
		}
		ratios[by] = float64(a.Nanoseconds) / bare
	}
	return ratios
}

// bareVerify returns the nanoseconds of n bare verifications of 64 bytes, what
// a Data Integrity proof of Ed25519 comes down to.
func bareVerify(n int) float64 {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	message := make([]byte, 64)
	signature, public := ed25519.Sign(key, message), key.Public().(ed25519.PublicKey)
	start := time.Now()
	for range n {
		ed25519.Verify(public, message, signature)
	}
	return float64(time.Since(start))
}

// Aims for the program that is shipped.
const (
	maxStart  = time.Second
	maxIdle   = 64 << 20
	maxBinary = 40e6
)

// BenchmarkStart starts the static binary on a fresh data folder until its
// first answer, and reports that time, its size, and its resident memory a
// second later.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "backpack")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var starts []time.Duration
	var idle int
	for b.Loop() {
		took, rss := startBinary(b, binary)
		starts, idle = append(starts, took), max(idle, rss)
	}
	slices.Sort(starts)
	median := starts[len(starts)/2]
	b.ReportMetric(float64(median.Milliseconds()), "ms-to-first-answer")
	b.ReportMetric(float64(idle)/(1<<20), "MiB-idle")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
	for what, missed := range map[string]bool{"start": median > maxStart, "memory": idle > maxIdle, "size": float64(info.Size()) > maxBinary} {
		if missed {
			b.Errorf("the aim for %s is missed", what)
		}
	}
}

// startBinary runs the program once. The memory is 0 where /proc is missing.
func startBinary(b *testing.B, binary string) (took time.Duration, rss int) {
	b.Helper()
	cmd := exec.Command(binary, on(b.TempDir())...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		b.Fatal(err)
	}
	_, url, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	if got := get(b, url+"/"); got != 200 {
		b.Fatalf("the first page answers %d", got)
	}
	took = time.Since(start)
	<-time.After(time.Second)
	return took, resident(cmd.Process.Pid)
}

func resident(pid int) int {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(fields[0])
	return kib << 10
}
