package main

import (
	"encoding/json"
	"runtime/debug"
	"strings"
)

// A document is a CycloneDX 1.6 bill of materials. It states no time and no
// serial number, so the same binary gives the same document.
type document struct {
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl,omitempty"`
	Licenses   []license  `json:"licenses,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type license struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// sbom lists what a binary was built from, as its build information states it:
// the Go standard library and every module with its checksum of go.sum.
func sbom(info *debug.BuildInfo, version string, t target) ([]byte, error) {
	self := component{Type: "application", Ref: "backpack", Name: "backpack", Version: version, Licenses: make([]license, 1),
		Properties: []property{{"go:version", info.GoVersion}, {"go:target", t.String()}}}
	self.Licenses[0].License.ID = "Apache-2.0"
	d := document{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{self}}
	goVersion, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
	d.Components = []component{library("std", goVersion, "")}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		d.Components = append(d.Components, library(m.Path, m.Version, m.Sum))
	}
	needs := dependency{Ref: self.Ref}
	for _, c := range d.Components {
		needs.DependsOn = append(needs.DependsOn, c.Ref)
	}
	d.Dependencies = []dependency{needs}
	body, err := json.MarshalIndent(d, "", "  ")
	return append(body, '\n'), err
}

// library returns a module as a component. Its package URL escapes the "+" of
// a version, as the specification of package URLs asks.
func library(path, version, sum string) component {
	c := component{Type: "library", Name: path, Version: version, PURL: "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")}
	c.Ref = c.PURL
	if sum != "" {
		c.Properties = []property{{"go:sum", sum}}
	}
	return c
}
