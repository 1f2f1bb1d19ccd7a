// Package vctest is for tests: a web in memory, a virtual issuer that makes
// Open Badges 3.0 in every form and with every fault, and a holder who presents
// them. Everything but RSA keys is the same in every run, and no clock runs.
package vctest
