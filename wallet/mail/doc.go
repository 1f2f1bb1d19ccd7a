// Package mail sends a wallet's mail: through a mail server (SMTP), or, for an
// installation without one, into files that the operator reads (File).
package mail
