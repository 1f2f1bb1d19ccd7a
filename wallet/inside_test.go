package wallet

// What the tests look at directly.
var (
	CheckSVG = checkSVG
	CleanSVG = cleanSVG
)
