package server_test

import (
	"net/url"
	"testing"

	"github.com/valyala/fasthttp"

	"backpack/wallet"
)

// BenchmarkEmployerPage5 opens a share of five badges through the handler: the
// first time, which counts a view, and again with the grant.
func BenchmarkEmployerPage5(b *testing.B) {
	s := newSite(b)
	_, sh := s.sharing(b, wallet.ShareRequest{}, five...)
	handle := s.server.Handler().Handler()
	u, err := url.Parse(s.url)
	if err != nil {
		b.Fatal(err)
	}
	open := func(b *testing.B, cookie string) string {
		var ctx fasthttp.RequestCtx
		ctx.Request.Header.SetHost(u.Host)
		ctx.Request.SetRequestURI("/s/" + sh.Token)
		if cookie != "" {
			ctx.Request.Header.SetCookie("show", cookie)
		}
		handle(&ctx)
		if ctx.Response.StatusCode() != 200 || len(ctx.Response.Body()) < 10_000 {
			b.Fatalf("%d, %d bytes", ctx.Response.StatusCode(), len(ctx.Response.Body()))
		}
		var c fasthttp.Cookie
		if err := c.ParseBytes(ctx.Response.Header.PeekCookie("show")); err != nil {
			b.Fatal(err)
		}
		return string(c.Value())
	}
	grant := open(b, "")
	for name, cookie := range map[string]string{"first": "", "again": grant} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					open(b, cookie)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
