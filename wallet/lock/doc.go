// Package lock locks one file in a ZIP file with a passphrase, in the way that
// ordinary programs open: AES-256 as WinZip described it (AE-2), known to
// 7-Zip, Keka, WinZip, PeaZip and The Unarchiver. Whoever needs their badges in
// ten years finds such a program; one of a format that only this program and
// its kin know may be gone.
//
// That format makes the key with 1,000 rounds of PBKDF2-HMAC-SHA1, which slows
// down nobody who guesses. Its strength is therefore the passphrase's alone:
// Suggest makes one of 100 random bits, and Check refuses one that is short.
//
// What is locked is one ZIP file inside the locked one. The names of files in a
// locked ZIP can be read by anybody, and here they tell what somebody learnt;
// so only one name is outside, the key is made once and not for every file, and
// the file is written as it is made, however long it is.
package lock
