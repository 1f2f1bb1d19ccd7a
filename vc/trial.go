package vc

import "crypto"

// Samples tells what proves nothing, since anybody can make it: what is sealed
// with a key that was published for trying out, in whoever's name it is, or
// served by an address that answers from within the program.
type Samples interface {
	SampleKey(public crypto.PublicKey) bool
	SampleAddress(address string) bool
}

// sampled notes whether the proof holds with a sample's key.
func (c *check) sampled(p proved) {
	s := c.v.cfg.Samples
	c.r.Sample = s != nil && p.outcome == Passed && p.key != nil && s.SampleKey(p.key.Public)
}
