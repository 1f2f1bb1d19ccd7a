// Command storybook serves every page of Backpack in every state, for review and
// screenshots. The data is fictitious, and nothing is stored.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"backpack/ui"
	"backpack/ui/story"
)

// contentPolicy is the content security policy of the product's pages.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "address to listen on")
	flag.Parse()
	r, err := ui.New(ui.Config{})
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: *listen, Handler: handler(r), ReadHeaderTimeout: 5 * time.Second}
	fmt.Println("storybook on http://" + *listen)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// handler serves the list of stories at /, a story at /story/<name>, optionally
// with ?theme=dark, and the assets.
func handler(r *ui.Renderer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { list(w, r) })
	mux.HandleFunc("GET /story/{name...}", func(w http.ResponseWriter, req *http.Request) { show(w, req, r) })
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, req *http.Request) { asset(w, r, req.PathValue("name")) })
	mux.HandleFunc("GET /manifest.webmanifest", func(w http.ResponseWriter, _ *http.Request) { asset(w, r, "manifest.webmanifest") })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { asset(w, r, "favicon.svg") })
	mux.HandleFunc("GET /imports/{id}/events", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		// One event, and no reconnection for an hour.
		_, _ = fmt.Fprint(w, "retry: 3600000\ndata: {\"done\":4,\"total\":30,\"finished\":false}\n\n")
	})
	return mux
}

func list(w http.ResponseWriter, r *ui.Renderer) {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><title>Stories</title><meta name="viewport" content="width=device-width"><h1>Stories</h1><ul>`)
	for _, s := range story.All(r) {
		fmt.Fprintf(&b, `<li><a href="/story/%s">%s</a> (<a href="/story/%s?theme=dark">dark</a>)`, s.Name, s.Name, s.Name)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(b.String()))
}

func show(w http.ResponseWriter, req *http.Request, r *ui.Renderer) {
	s, ok := story.Find(r, req.PathValue("name"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	var b strings.Builder
	if err := r.RenderIn(&b, s.Page, req.FormValue("theme")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	policy := contentPolicy
	if _, alone := s.Page.(*ui.ArchivePage); alone {
		policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:" // an archive page is a local file
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(b.String()))
}

func asset(w http.ResponseWriter, r *ui.Renderer, name string) {
	a, ok := r.Asset(name)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", a.ContentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(a.Body)
}
