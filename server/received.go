package server

import (
	"bytes"
	"slices"

	"github.com/valyala/fasthttp"
)

// manyFiles are the paths to which badges are brought; nothing else that is
// sent to a page is larger than a form.
var manyFiles = []string{"/verify", "/verify/save", "/verify/list", "/import"}

// received decides, once it has seen the head of a request, how much may follow
// and how long that may take. A client that is slow with the head of a request,
// or sends more than where it goes to can use, is not waited for.
func (s *Server) received(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if i := bytes.Index(path, []byte("://")); i > 0 { // a whole address (see host)
		path = path[i+3:]
		path = path[max(0, bytes.IndexByte(path, '/')):]
	}
	return fasthttp.RequestConfig{ReadTimeout: requestTime, MaxRequestBodySize: s.mostOf(string(path))}
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
