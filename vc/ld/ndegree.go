package ld

import (
	"slices"
	"strconv"
)

// An issuer issues the temporary labels b0, b1, … in order (RDFC-1.0 §4.5).
type issuer struct {
	order  []int32
	number map[int32]int
}

func newIssuer() *issuer { return &issuer{number: map[int32]int{}} }

func (s *issuer) clone() *issuer {
	c := &issuer{order: slices.Clone(s.order), number: make(map[int32]int, len(s.number))}
	for i, b := range c.order {
		c.number[b] = i
	}
	return c
}

// issue appends the label of b to dst, and reports whether the label is new.
func (s *issuer) issue(dst []byte, b int32) ([]byte, bool) {
	n, had := s.number[b]
	if !had {
		n = len(s.order)
		s.order, s.number[b] = append(s.order, b), n
	}
	return strconv.AppendInt(append(dst, "_:b"...), int64(n), 10), !had
}

// breakTies numbers the nodes that share a first-degree hash in the order of their
// N-degree hashes (RDFC-1.0 §4.4.3 step 5).
func (c *canon) breakTies(nodes []int32) error {
	type path struct {
		hash   string
		issuer *issuer
	}
	paths := make([]path, 0, len(nodes))
	for _, b := range nodes {
		if c.names[b] >= 0 { // 5.2.1
			continue
		}
		temp := newIssuer()
		temp.issue(nil, b)
		hash, issuer, err := c.nDegree(b, temp)
		if err != nil {
			return err
		}
		paths = append(paths, path{hash, issuer})
	}
	slices.SortStableFunc(paths, func(a, b path) int { return compare(a.hash, b.hash) })
	for _, p := range paths { // 5.3
		for _, b := range p.issuer.order {
			c.name(b)
		}
	}
	return nil
}

// nDegree hashes b by the blank nodes connected with it (RDFC-1.0 §4.8). It charges
// every step, as a crafted graph can have an astronomical number of permutations to
// try (specs D2.6).
func (c *canon) nDegree(b int32, issuer *issuer) (string, *issuer, error) {
	groups, hashes, err := c.related(b, issuer)
	if err != nil {
		return "", nil, err
	}
	var data []byte
	for _, h := range hashes { // 5
		path, chosen, err := c.shortest(groups[h], issuer)
		if err != nil {
			return "", nil, err
		}
		data = append(append(data, h...), path...)
		issuer = chosen
	}
	return c.sum(data), issuer, nil
}

// related groups the blank nodes connected with b by their related hash (steps 1 to
// 3). hashes lists the groups in order.
func (c *canon) related(b int32, issuer *issuer) (groups map[string][]int32, hashes []string, err error) {
	groups = map[string][]int32{}
	for _, qi := range c.about[c.first[b]:c.first[b+1]] {
		q := &c.quads[qi]
		for _, at := range [...]struct {
			t   *rdfTerm
			pos byte
		}{{&q.s, 's'}, {&q.o, 'o'}, {&q.g, 'g'}} {
			other := at.t.node()
			if other < 0 || other == b {
				continue
			}
			if err := c.meter.hash(1); err != nil {
				return nil, nil, err
			}
			h := c.relatedHash(other, q, issuer, at.pos)
			if groups[h] == nil {
				hashes = append(hashes, h)
			}
			groups[h] = append(groups[h], other)
		}
	}
	slices.Sort(hashes)
	return groups, hashes, c.meter.hash(1)
}

// relatedHash performs Hash Related Blank Node (RDFC-1.0 §4.7).
func (c *canon) relatedHash(other int32, q *quad, issuer *issuer, pos byte) string {
	in := append(c.joined[:0], pos)
	if pos != 'g' {
		in = append(append(append(in, '<'), q.p...), '>')
	}
	if n := c.names[other]; n >= 0 {
		in = strconv.AppendInt(append(in, "_:c14n"...), int64(n), 10)
	} else if n, ok := issuer.number[other]; ok {
		in = strconv.AppendInt(append(in, "_:b"...), int64(n), 10)
	} else {
		in = append(in, c.hexes[other]...)
	}
	c.joined = in
	return c.sum(in)
}

// shortest tries every permutation of the group and returns the least path with its
// issuer (step 5.4).
func (c *canon) shortest(group []int32, issuer *issuer) (string, *issuer, error) {
	var best string
	bestIssuer := issuer
	order := slices.Clone(group)
	slices.Sort(order)
	for more := true; more; more = nextPermutation(order) {
		if err := c.meter.hash(1 + len(order) + len(issuer.order)/8); err != nil {
			return "", nil, err
		}
		path, try, err := c.walk(order, issuer.clone(), best)
		if err != nil {
			return "", nil, err
		}
		if try != nil && (best == "" || path < best) {
			best, bestIssuer = path, try
		}
	}
	return best, bestIssuer, nil
}

// walk performs steps 5.4.1 to 5.4.6 for one permutation. It returns a nil issuer if
// the path cannot become the least one.
func (c *canon) walk(order []int32, issuer *issuer, best string) (string, *issuer, error) {
	var path []byte
	var recurse []int32
	worse := func() bool { return best != "" && len(path) >= len(best) && string(path) > best }
	for _, b := range order { // 5.4.4
		if n := c.names[b]; n >= 0 {
			path = strconv.AppendInt(append(path, "_:c14n"...), int64(n), 10)
		} else {
			var fresh bool
			if path, fresh = issuer.issue(path, b); fresh {
				recurse = append(recurse, b)
			}
		}
		if worse() {
			return "", nil, nil
		}
	}
	for _, b := range recurse { // 5.4.5
		hash, next, err := c.nDegree(b, issuer)
		if err != nil {
			return "", nil, err
		}
		path, _ = issuer.issue(path, b)
		path = append(append(append(path, '<'), hash...), '>')
		issuer = next
		if worse() {
			return "", nil, nil
		}
	}
	return string(path), issuer, nil
}

// nextPermutation changes s to the next permutation by value and returns false after
// the last one. Equal values are not told apart, so no permutation repeats.
func nextPermutation(s []int32) bool {
	i := len(s) - 2
	for i >= 0 && s[i] >= s[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(s) - 1
	for s[j] <= s[i] {
		j--
	}
	s[i], s[j] = s[j], s[i]
	slices.Reverse(s[i+1:])
	return true
}
