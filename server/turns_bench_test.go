package server_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/server"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// BenchmarkGoodBesideHostile lets eight visitors check 200 good badges, alone and beside
// 200 hostile badges of the highest allowed cost, from one visitor or from ten, all sent
// at once. The ratio is that of the good ones' p99. Then a learner imports 40 badges,
// alone and beside 200 networks that send one badge each.
func BenchmarkGoodBesideHostile(b *testing.B) {
	s := newSiteAs(b, wallettest.Options{}, func(c *server.Config) {
		c.API.Prefix, c.Trusted = "/api/vc", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	issuer := vctest.NewIssuer(b, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	var n int
	good := func() string {
		n++
		return string(issuer.Issue(b, vctest.With("id", fmt.Sprint("urn:x:", n))))
	}
	node := `{"https://example.org/a":[` + strings.TrimSuffix(strings.Repeat(`{"https://example.org/b":"1"},`, 20), ",") + `]}`
	bad := strings.Replace(good(), `"type":`, `"https://example.org/all":[`+node+","+node+`],"type":`, 1)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 400}}
	ask := func(network, badge string) {
		req, err := http.NewRequest(http.MethodPost, s.url+"/api/vc/credentials/verify", strings.NewReader(`{"verifiableCredential":`+badge+`}`))
		if err != nil {
			b.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Forwarded-For", network)
		res, err := client.Do(req)
		if err != nil {
			b.Error(err)
			return
		}
		res.Body.Close()
	}
	p99 := func(networks int) time.Duration {
		badges := make([]string, 200)
		for i := range badges {
			badges[i] = good()
		}
		var hostile, all sync.WaitGroup
		for i := range min(200, 200*networks) {
			hostile.Go(func() { ask(fmt.Sprintf("203.0.113.%d", i%networks), bad) })
		}
		took := make([]time.Duration, len(badges))
		for i := range 8 {
			all.Go(func() {
				for k := i; k < len(badges); k += 8 {
					start := time.Now()
					ask(fmt.Sprintf("198.51.100.%d", i), badges[k])
					took[k] = time.Since(start)
				}
			})
		}
		all.Wait()
		hostile.Wait()
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	for _, networks := range []int{1, 10} {
		b.Run(fmt.Sprint("visitors-", networks), func(b *testing.B) {
			var ratios []float64
			begun := time.Now()
			ask("203.0.113.1", bad)
			b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "ms/hostile")
			for range b.N {
				idle := p99(0)
				ratios = append(ratios, float64(p99(networks))/float64(idle))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "p99-ratio")
		})
	}
	learner := s.learner(b, "Robin Example")
	imports := func(networks int) time.Duration {
		var hostile sync.WaitGroup
		for i := range networks {
			hostile.Go(func() { ask(fmt.Sprintf("203.0.%d.7", i), bad) })
		}
		took := make([]time.Duration, 40)
		for i := range took {
			badge := inspect.Input{Name: "badge.json", Bytes: []byte(good())}
			start := time.Now()
			learner.upload("/import", "", badge)
			took[i] = time.Since(start)
		}
		hostile.Wait()
		slices.Sort(took)
		return took[len(took)-1]
	}
	b.Run("learner-beside-200", func(b *testing.B) {
		for range b.N {
			b.ReportMetric(float64(imports(0).Microseconds())/1000, "ms-max-alone")
			b.ReportMetric(float64(imports(200).Microseconds())/1000, "ms-max-beside")
		}
	})
}
