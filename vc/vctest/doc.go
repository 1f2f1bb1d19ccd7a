// Package vctest supports tests with a web in memory, a virtual issuer that
// makes Open Badges 3.0 in every form and with every fault, and a holder who
// presents them. Everything except RSA keys is the same in every run. Time
// stands still.
//
// # Map
//
//	web.go                       Web: a vc.Fetcher in memory
//	issuer.go, signer.go         Issuer: keys, documents, status lists
//	draft.go, rich.go, clr.go    badges, their forms, options and faults
//	sdjwt.go, cose.go            SD-JWT and COSE
//	selective.go                 selective disclosure
//	holder.go                    presentations
//	cases.go                     badges from elsewhere
//	bomb                         files that unpack to a gigabyte
package vctest
