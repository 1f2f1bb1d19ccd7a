package inspect

import (
	"context"
	"path"
	"slices"
	"strings"

	"backpack/vc/intake"
	"backpack/wallet/fault"
)

// maxChecked is how many things Check takes: people without an account can make
// this program send requests to as many servers.
const maxChecked = 200

// Check checks inputs for a person who waits for the answer: at most 200
// things, with requests to other servers for at most Limits.Time. Things left
// out by then have the problem ProblemTime. A BadInput error, code
// nothing_brought, reports inputs with nothing in them.
func (ch *Checker) Check(ctx context.Context, in []Input) ([]*Checked, error) {
	few := *ch
	few.Limits = ch.Limits.WithDefaults()
	few.Limits.Items = min(few.Limits.Items, maxChecked)
	fetch, cancel := context.WithTimeout(ctx, few.Limits.Time)
	defer cancel()
	few.fetchDeadline, _ = fetch.Deadline()
	finds := few.Open(fetch, in, true)
	if len(finds) == 0 {
		return nil, fault.New(fault.BadInput, "nothing_brought", nil)
	}
	names := make([]string, len(in))
	for i, x := range in {
		names[i] = x.Name
	}
	tops := intake.TopFolders(names)
	for i := range finds {
		f := &finds[i]
		f.Item.Folder = FolderOf(tops[f.input], f.Item.Folder, names[f.input], len(in) > 1)
	}
	var out []*Checked
	err := few.stream(ctx, slices.Values(finds), nil, func(c *Checked) { out = append(out, c) })
	return out, err
}

// FolderOf returns the folder that tells apart things from many people: the
// folder of the submitted file (top), else the folder in its ZIP (inside), else,
// with several files, the name of the ZIP.
func FolderOf(top, inside, file string, several bool) string {
	switch ext := path.Ext(file); {
	case top != "":
		return top
	case inside == "" && several && strings.EqualFold(ext, ".zip"):
		return strings.TrimSuffix(path.Base(file), ext)
	}
	return inside
}
