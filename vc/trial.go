package vc

import "crypto"

// Samples identifies trial badges, which prove nothing because anyone can make
// them: badges signed with a published sample key, and addresses answered by the
// program itself.
type Samples interface {
	SampleKey(public crypto.PublicKey) bool
	SampleAddress(address string) bool
}

// noteSample records whether the proof is valid by a sample key.
func (c *check) noteSample(p proved) {
	s := c.v.cfg.Samples
	c.r.Sample = s != nil && p.outcome == Passed && p.key != nil && s.SampleKey(p.key.Public)
}
