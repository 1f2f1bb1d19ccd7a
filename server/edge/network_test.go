package edge

import (
	"net/netip"
	"testing"
)

// TestClient checks which address counts as the client behind proxies.
func TestClient(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, x := range []struct{ name, remote, forwarded, want string }{
		{"direct", "203.0.113.7", "", "203.0.113.7"},
		{"a lie", "203.0.113.7", "198.51.100.1", "203.0.113.7"},
		{"by proxy", "10.0.0.1", "198.51.100.1", "198.51.100.1"},
		{"a lie by proxy", "10.0.0.1", "192.0.2.9, 198.51.100.1", "198.51.100.1"},
		{"by two proxies", "10.0.0.1", "192.0.2.9,198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"by proxies only", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"by proxy, unsaid", "10.0.0.1", "", "10.0.0.1"},
		{"by proxy, nonsense", "10.0.0.1", "198.51.100.1, x", "x"},
		{"over 6", "fd00::1", "2001:db8::1", "2001:db8::1"},
		{"4 in 6", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"},
	} {
		if got := clientOf(x.remote, x.forwarded, trusted); got != x.want {
			t.Errorf("%s: %s", x.name, got)
		}
	}
	for ip, want := range map[string]string{"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9": "2001:db8:1:2::/64", "2001:db8:1:3::9": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "x": "unknown", "": "unknown"} {
		if got := network(ip); got != want {
			t.Errorf("network of %q: %s", ip, got)
		}
	}
}
