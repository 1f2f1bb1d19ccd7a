package wallet

// archiveText is README.txt of an archive.
const archiveText = `WHAT THIS FOLDER IS

All that somebody had in their backpack for digital badges, on the day that
manifest.json names. Open index.html to read it: no internet is needed.

WHAT IS IN IT

  index.html      a page that shows every badge
  badges/         one folder for each badge, the latest added first
  backpack.json   name, addresses, shows and history of the backpack
  manifest.json   every file with its size and fingerprint (SHA-256)
  manifest.seal   by which the service that made this knows it again

In the folder of a badge, as far as there is such a thing:

  badge.json, .jwt or .cose   the badge itself, exactly as it was issued
  original.png or .svg        the picture it came in, with the badge inside
  baked.png or .svg           a picture with the badge inside, made from it
  picture.png, .jpg or .svg   the picture alone, without anything hidden in it
  receipt.json                what the latest check found, signed by the service
  evidence.zip                what that check was told by others: with it, it
                              can be done again when the issuer is long gone
  as-served-by-issuer.json    a newer version that the issuer gave
  earlier-version-01.json     versions between the two
  record-by-backpack.json     of an old badge: that the service checked it
  about.json                  when it was added, your note, what checks found

HOW TO USE IT

Give it to a backpack again as it is, as one ZIP file: badges, notes, dates
and order come back, and every badge is checked anew. Links that you have
given out do not come back to life; what they showed is remembered. A badge
alone (badge.json, original.png, baked.png) can be given to any backpack for
Open Badges.
`
