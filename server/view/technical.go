package view

import (
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// technical lists details for readers who know the standards.
func (w wording) technical(doc *vc.Document, r *vc.Report) []ui.Fact {
	w = w.of(r)
	all := []ui.Fact{{Label: "form", Value: string(doc.Form)}, {Label: "suite", Value: r.Suite}, {Label: "method", Value: r.Method},
		{Label: "binding", Value: string(r.Binding)}, {Label: "key", Value: r.Key}}
	if c := doc.Credential; c != nil {
		all = append(all, ui.Fact{Label: "id", Value: c.ID}, ui.Fact{Label: "issuer", Value: c.Issuer.ID}, ui.Fact{Label: "subject", Value: c.Subject.ID},
			ui.Fact{Label: "types", Value: w.types(c.Types)})
		if !doc.Form.Legacy() {
			all = append(all, w.services(c)...)
			all = append(all, w.ids(c.Value)...)
		}
	}
	var out []ui.Fact
	for _, f := range all {
		if f.Value != "" {
			f.Value = f.Value[:min(len(f.Value), 300)]
			out = append(out, f)
		}
	}
	return out
}

// services lists the addresses of status, schema, refresh and resources.
func (w wording) services(c *vc.Credential) []ui.Fact {
	var out []ui.Fact
	for _, x := range c.Status {
		out = append(out, ui.Fact{Label: "status", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Schemas {
		out = append(out, ui.Fact{Label: "schema", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Refresh {
		out = append(out, ui.Fact{Label: "refresh", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Subject.Identifiers {
		if x.Hashed {
			out = append(out, ui.Fact{Label: "identifier", Value: strings.TrimSpace(x.Type + " " + x.Hash + " " + x.Salt)})
		}
	}
	for _, x := range c.Resources {
		out = append(out, ui.Fact{Label: "resource", Value: strings.TrimSpace(x.ID + " " + x.MediaType + " " + x.DigestSRI + x.DigestMultibase)})
	}
	return out
}
