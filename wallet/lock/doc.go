// Package lock locks one file in a ZIP file with a passphrase, in the format that
// common programs open: AES-256 as defined by WinZip (AE-2), supported by 7-Zip,
// Keka, WinZip, PeaZip and The Unarchiver. A learner can find such a program in ten
// years; a program for a format of our own may be gone. lock.go writes and opens
// the ZIP file and checks passphrases, aes.go has the encryption.
//
// The format derives the key with 1,000 rounds of PBKDF2-HMAC-SHA1, which does not
// slow down guessing. So its strength rests on the passphrase alone: Suggest
// generates one of 100 random bits, and Check refuses a short one.
//
// The locked file is a ZIP file itself. Anybody can read the file names in a locked
// ZIP file, and here they would reveal what a learner achieved. With one inner file
// only one name is visible, the key is derived once, and the content is written as
// a stream of any length.
package lock
