package vc

import (
	"errors"
	"testing"
)

// TestCriticalHeaders checks that unknown critical extensions are refused, whatever
// their names.
func TestCriticalHeaders(t *testing.T) {
	for _, x := range []struct {
		head       string
		understood []string
		refused    bool
	}{
		{`{"alg":"EdDSA"}`, nil, false},
		{`{"alg":"EdDSA","crit":[""]}`, nil, true},
		{`{"alg":"EdDSA","crit":[""],"":1}`, nil, true},
		{`{"alg":"EdDSA","crit":[""],"":1}`, []string{"b64"}, true},
		{`{"alg":"EdDSA","crit":[" "]," ":1}`, nil, true},
		{`{"alg":"EdDSA","crit":["b64"],"b64":false}`, nil, true},
		{`{"alg":"EdDSA","crit":["b64"],"b64":false}`, []string{"b64"}, false},
		{`{"alg":"EdDSA","crit":["b64"]}`, []string{"b64"}, true},
		{`{"alg":"EdDSA","crit":["b64","exp"],"b64":false,"exp":1}`, []string{"b64"}, true},
		{`{"alg":"EdDSA","crit":["alg"]}`, nil, true},
		{`{"alg":"EdDSA","crit":[]}`, nil, true},
		{`{"alg":"EdDSA","crit":"b64","b64":false}`, []string{"b64"}, true},
		{`{"alg":"EdDSA","crit":[1]}`, nil, true},
		{`{"alg":"EdDSA","crit":null}`, nil, true},
		{`{"alg":"EdDSA","b64":true}`, nil, true},
	} {
		_, err := ParseJWS([]byte(EncodeBase64([]byte(x.head))+".e30.AA"), x.understood...)
		if refused := errors.Is(err, ErrMalformed); refused != x.refused || err != nil && !refused {
			t.Errorf("%s, understood %q: %v", x.head, x.understood, err)
		}
	}
}
