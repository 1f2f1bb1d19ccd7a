package ob2

import "backpack/vc/bake"

// unbake returns the badge before 3.0 that is baked into a picture.
func unbake(picture []byte) (text string, ok bool) {
	all, err := bake.Extract(picture)
	if err != nil {
		return "", false
	}
	for _, b := range all {
		if b.Legacy {
			return string(b.Text), true
		}
	}
	return "", false
}
