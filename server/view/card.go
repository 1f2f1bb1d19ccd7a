package view

import (
	"encoding/base64"

	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// Card returns the card of a badge. image is the address of its picture.
func Card(b *wallet.Listed, image string) ui.BadgeCard {
	out := ui.BadgeCard{ID: b.ID, Title: b.Title, Issuer: b.Issuer, Domain: asciiHost(b.Domain), Awarded: b.AwardedAt,
		Expires: b.ValidUntil, Verdict: string(b.Verdict), Skills: b.Skills, Sample: b.Sample, Mine: b.Mine}
	if b.Picture {
		out.Image, out.ImageMark = image, imageMark(b.Origin)
	}
	out.Inside = string(b.Inside)
	return out
}

// OwnCard returns the card of a badge in its holder's backpack.
func OwnCard(b *wallet.Listed) ui.BadgeCard { return Card(b, OwnImage(b.ID)) }

// OwnImage returns the address of a badge's picture in its holder's backpack.
func OwnImage(badge string) string { return "/badges/" + badge + "/image" }

// imageMark returns the remark beside a picture that is not known to be the
// badge's own.
func imageMark(origin string) string {
	switch origin {
	case inspect.PictureSealed, inspect.PictureFetched:
		return ""
	case inspect.PictureOpen:
		return ui.ImageOpen
	}
	return ui.ImageBrought
}

// maxDataImage is the size in bytes of the largest picture inside a page.
const maxDataImage = 512 << 10

// dataImage returns a picture as a data URL, for pages about badges that are
// not stored.
func dataImage(body []byte, mediaType string) string {
	if len(body) == 0 || len(body) > maxDataImage {
		return ""
	}
	return "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(body)
}
