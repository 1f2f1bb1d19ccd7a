package edge

import (
	"net/netip"
	"slices"
	"strings"
)

// clientOf returns the address of the client: that of the connection or, if that
// is a trusted proxy, the last address in forwarded that is not one. Anybody can
// write the addresses before it.
func clientOf(remote, forwarded string, trusted []netip.Prefix) string {
	hops := strings.Split(forwarded, ",")
	for client := remote; ; hops = hops[:len(hops)-1] {
		a, err := netip.ParseAddr(client)
		if err != nil || !proxy(a, trusted) || len(hops) == 0 || hops[len(hops)-1] == "" {
			return client
		}
		client = strings.TrimSpace(hops[len(hops)-1])
	}
}

// proxy reports whether a is the address of a trusted proxy.
func proxy(a netip.Addr, trusted []netip.Prefix) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// network returns the part of an address that one visitor has: an IPv4 address,
// or the /64 of an IPv6 address, which is what one household gets.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap()
	if a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
