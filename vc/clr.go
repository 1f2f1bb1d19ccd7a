package vc

import "fmt"

// Limits of a CLR's tree. Anything beyond them is left out of it.
const (
	maxAssociations = 2000
	maxBranches     = 1000
	maxTreeDepth    = 12
)

// An Association relates two achievements of a CLR (specs C3).
type Association struct{ Type, SourceID, TargetID string }

func associations(v *Value) []Association {
	var out []Association
	for x := range v.Each() {
		if len(out) == maxAssociations {
			break
		}
		out = append(out, Association{Type: x.One("associationType").Str(), SourceID: x.One("sourceId").Str(), TargetID: x.One("targetId").Str()})
	}
	return out
}

// A Branch is an achievement in the tree built from a CLR's associations.
type Branch struct {
	Achievement *Achievement
	// Contained is the index in Credential.Contained of the credential that awards
	// the achievement, or -1 if none does.
	Contained int
	Parts     []*Branch  // children and parts
	Relations []Relation // associations of other kinds, e.g. precedes
	// Elsewhere reports that the achievement's parts are not listed here: they are
	// listed at its first occurrence, they form a cycle, or they exceed the depth
	// limit.
	Elsewhere bool
}

// A Relation is an association that does not form the tree.
type Relation struct {
	Type   string
	Target *Achievement
}

// A clrTree indexes a CLR's achievements by id.
type clrTree struct {
	nodes map[string]*Branch
	order []string // ids in document order
	parts map[string][]string
	whole map[string]bool // ids that are part of another achievement
	shown map[string]bool
}

// Tree arranges the CLR's achievements by isChildOf, isPartOf and isParentOf (specs
// C3). Top-level achievements come first, in document order. Each achievement's
// parts are listed once, even if the associations form cycles. dangling lists ids
// that an association names and no achievement has.
func (c *Credential) Tree() (top []*Branch, dangling []string) {
	t := c.clrTree()
	missing := map[string]bool{}
	for _, a := range c.Subject.Associations {
		for _, id := range []string{a.SourceID, a.TargetID} {
			if t.nodes[id] == nil && !missing[id] {
				missing[id] = true
				dangling = append(dangling, id)
			}
		}
		if t.nodes[a.SourceID] != nil && t.nodes[a.TargetID] != nil {
			t.associate(a)
		}
	}
	for _, id := range t.order {
		if !t.whole[id] {
			top = append(top, t.grow(id, 0))
		}
	}
	for _, id := range t.order { // achievements that only occur in cycles
		if !t.shown[id] {
			top = append(top, t.grow(id, 0))
		}
	}
	return top, dangling
}

func (c *Credential) clrTree() *clrTree {
	t := &clrTree{nodes: map[string]*Branch{}, parts: map[string][]string{}, whole: map[string]bool{}, shown: map[string]bool{}}
	add := func(a *Achievement, contained int) {
		if a == nil || a.ID == "" || t.nodes[a.ID] != nil || len(t.order) == maxBranches {
			return
		}
		t.nodes[a.ID] = &Branch{Achievement: a, Contained: contained}
		t.order = append(t.order, a.ID)
	}
	for i, d := range c.Contained {
		if d.Credential != nil {
			add(d.Credential.Subject.Achievement, i)
		}
	}
	for _, a := range c.Subject.Achievements {
		add(a, -1)
	}
	return t
}

// associate records an association between two known achievements.
func (t *clrTree) associate(a Association) {
	child, parent := a.SourceID, a.TargetID
	switch a.Type {
	case "isParentOf":
		child, parent = parent, child
	case "isChildOf", "isPartOf":
	default:
		n := t.nodes[a.SourceID]
		n.Relations = append(n.Relations, Relation{a.Type, t.nodes[a.TargetID].Achievement})
		return
	}
	if child == parent || has(t.parts[parent], child) {
		return
	}
	t.parts[parent] = append(t.parts[parent], child)
	t.whole[child] = true
}

// grow returns the branch of achievement id with its parts.
func (t *clrTree) grow(id string, depth int) *Branch {
	n := *t.nodes[id]
	if t.shown[id] || depth == maxTreeDepth {
		n.Elsewhere = len(t.parts[id]) > 0
		return &n
	}
	t.shown[id] = true
	for _, part := range t.parts[id] {
		n.Parts = append(n.Parts, t.grow(part, depth+1))
	}
	return &n
}

// remarkCLR warns about associations that name unknown achievements (specs C3).
func (c *check) remarkCLR(cred *Credential) {
	if len(cred.Subject.Associations) == 0 {
		return
	}
	if _, dangling := cred.Tree(); len(dangling) > 0 {
		c.warn(ReasonDangling, fmt.Sprintf("%d associations name achievements that are not in the CLR, such as %.200q", len(dangling), dangling[0]))
	}
}
