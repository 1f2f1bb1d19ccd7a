package schema

import (
	_ "embed" // for classes.txt
	"fmt"
	"slices"
	"strings"
)

//go:embed classes.txt
var classesText string

// A kind is the kind of value a member may have.
type kind uint8

const (
	kindText kind = iota
	kindTitle
	kindURI
	kindDate
	kindDay
	kindNumber
	kindBool
	kindJWS
	kindLanguage
	kindConst
	kindTypes
	kindContext
	kindWords
	kindClass
	kindClassOrURI
)

var kindNames = map[string]kind{
	"text": kindText, "title": kindTitle, "uri": kindURI, "date": kindDate, "day": kindDay, "number": kindNumber,
	"bool": kindBool, "jws": kindJWS, "language": kindLanguage, "const": kindConst, "types": kindTypes, "context": kindContext,
}

// A member is one member of a class.
type member struct {
	name     string
	kind     kind
	many     bool // a list of values
	compact  bool // a single value need not be in a list
	required uint64
	class    *class
	words    []string // values of const and word lists
	open     bool     // extension terms with ext: are allowed, too
	context  string
}

// A class is a class of the data models.
type class struct {
	name     string
	closed   bool
	types    [][]string // the type must contain one of each group
	members  map[string]*member
	order    []*member
	required uint64
}

// A model holds the classes of one data model version, by name.
type model map[string]*class

// compile reads the classes of the given data model version.
func compile(text, version string) (model, error) {
	m := model{}
	var current *class
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		var err error
		if !strings.HasPrefix(line, " ") {
			current = m.class(fields[0])
			current.describe(fields[1:])
		} else {
			err = m.add(current, fields, version)
		}
		if err != nil {
			return nil, fmt.Errorf("classes, line %d: %w", i+1, err)
		}
	}
	for name, c := range m {
		if c.members == nil {
			return nil, fmt.Errorf("classes: %s is used but not defined", name)
		}
	}
	return m, nil
}

// class returns the class called name, which may be defined later.
func (m model) class(name string) *class {
	if m[name] == nil {
		m[name] = &class{name: name}
	}
	return m[name]
}

func (c *class) describe(fields []string) {
	c.members = map[string]*member{}
	for _, f := range fields {
		if f == "closed" {
			c.closed = true
			continue
		}
		c.types = append(c.types, strings.Split(f, "|"))
	}
}

// add reads the line of a member into c.
func (m model) add(c *class, fields []string, version string) error {
	if fields[0] == "1.1" || fields[0] == "2.0" {
		if fields[0] != version {
			return nil
		}
		fields = fields[1:]
	}
	if c == nil || len(fields) < 2 {
		return fmt.Errorf("%q is not a member of a class", fields)
	}
	name, compact := strings.CutSuffix(fields[0], "~")
	cardinality := name[len(name)-1]
	x := &member{name: name[:len(name)-1], compact: compact, many: cardinality == '*' || cardinality == '+'}
	if err := m.setKind(x, fields[1:]); err != nil {
		return err
	}
	switch cardinality {
	case '!', '+':
		x.required = 1 << len(c.order)
	case '?', '*':
	default:
		return fmt.Errorf("%s has no cardinality", fields[0])
	}
	if c.members[x.name] != nil || len(c.order) == 64 {
		return fmt.Errorf("%s is a duplicate, or the 65th member", x.name)
	}
	c.members[x.name] = x
	c.order = append(c.order, x)
	c.required |= x.required
	return nil
}

// setKind reads the fields after a member's name.
func (m model) setKind(x *member, fields []string) error {
	first, rest := fields[0], fields[1:]
	if k, ok := kindNames[first]; ok {
		x.kind, x.words = k, rest
		if k == kindContext && len(rest) == 1 {
			x.context = rest[0]
		}
		return nil
	}
	if len(rest) > 0 {
		x.kind, x.open = kindWords, slices.Contains(fields, "ext:")
		x.words = slices.DeleteFunc(fields, func(s string) bool { return s == "ext:" })
		return nil
	}
	x.kind = kindClass
	if name, ok := strings.CutSuffix(first, "|uri"); ok {
		first, x.kind = name, kindClassOrURI
	}
	x.class = m.class(first)
	return nil
}
