// Package mail sends a wallet's mail: through a mail server (SMTP, smtp.go), or,
// for an installation without one, into files for the operator (File, file.go).
package mail
