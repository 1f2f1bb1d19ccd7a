package server_test

import (
	"strings"
	"testing"

	"backpack/server"
)

// TestAttachment checks that a browser gets a file's name in its own script, and a
// browser limited to ASCII a usable name.
func TestAttachment(t *testing.T) {
	for in, want := range map[string]string{
		"badge.json":        `attachment; filename="badge.json"`,
		"café-élève.png":    `attachment; filename="cafe-eleve.png"; filename*=UTF-8''caf%C3%A9-%C3%A9l%C3%A8ve.png`,
		"古文書.jwt":           `attachment; filename="badge.jwt"; filename*=UTF-8''%E5%8F%A4%E6%96%87%E6%9B%B8.jwt`,
		"a\"; x=\r\ny.svg":  `attachment; filename="a-x-y.svg"; filename*=UTF-8''a---x---y.svg`,
		"../../x\u202e.png": `attachment; filename="x.png"; filename*=UTF-8''x-.png`,
		"":                  `attachment; filename="badge"`,
	} {
		got := server.Attachment(in)
		if got != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
		if strings.ContainsAny(got, "\r\n\u202e") {
			t.Errorf("%q breaks the header", in)
		}
	}
}
