package server

import (
	"bytes"
	"slices"

	"github.com/valyala/fasthttp"
)

// manyFiles are the paths to which badges are brought; nothing else that is
// sent to a page is larger than a form.
var manyFiles = []string{"/verify", "/verify/save", "/verify/list", "/import"}

// received decides, once it has seen the head of a request, how long the rest
// may take to begin. Of a body only the first few KiB are read before
// somebody asks for it (see upload.read); one that is too large is not, so that
// sized refuses it at once.
func (s *Server) received(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	most := s.mostOf(pathIn(h))
	if h.ContentLength() > most {
		h.SetContentLength(0)
	}
	return fasthttp.RequestConfig{ReadTimeout: requestTime, MaxRequestBodySize: most}
}

// pathIn is the path that a request is for, as it was sent.
func pathIn(h *fasthttp.RequestHeader) string {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if i := bytes.Index(path, []byte("://")); i > 0 { // a whole address (see host)
		path = path[i+3:]
		path = path[max(0, bytes.IndexByte(path, '/')):]
	}
	return string(path)
}

// mostOf returns how large the body of a request may be.
func (s *Server) mostOf(path string) int {
	switch {
	case s.apiPath(path):
		return apiBodyLimit + apiBodyLimit/4 // more, so that the API refuses it in its own form
	case slices.Contains(manyFiles, path):
		return bodyLimit
	}
	return formLimit
}
