package ob2

// unbake returns the badge inside a picture.
func unbake(b []byte) (string, bool) { return "", false }
