package kept

// readme is the README.txt of an evidence file.
const readme = `WHAT THIS FILE IS

Somebody checked one or more digital badges. This file holds the badges
and everything that the check was told by others at that time: the
issuer's public keys, the issuer's lists of badges taken back, and what
else was asked for. With it the check can be done again, without the
internet, even when the issuer no longer exists.

WHAT IS IN IT

  badges/         the badges, exactly as they were issued
  material/       the answers of the issuers' websites, exactly as they
                  came; of pages for people only the text
  manifest.json   a list of all of it: which address was asked, when, and
                  a fingerprint (SHA-256) of each answer
  manifest.seal   by which the service that made this knows it again

HOW TO CHECK IT

With the program "backpack":

  backpack verify this-file.zip

It compares every fingerprint and refuses the file when one differs. Then
it does the check again, as of the time when it was done, and says so.
Other programs for W3C Verifiable Credentials can check the badges too;
the issuers' keys are among the material.

WHAT IT CAN TELL, AND WHAT NOT

It tells that the badge was in order at the time stated, if the answers
in this file are the ones that the issuer gave. A list of badges taken
back says what was true then: the badge may have been taken back since.

Whoever made this file could have put other answers into it. Only the
service that made it can tell by manifest.seal that they are the ones it was
given; everybody else takes the file's own word. So rely on
it if you downloaded it yourself from a website that you trust, or got it
from somebody whom you trust. If the issuer still answers, check the
badge itself again instead.
`
