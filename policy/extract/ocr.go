package extract

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/gif" // the registries of image.Decode
	_ "image/jpeg"
	"image/png"
	"strings"
	"time"
	"unicode"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/sekisho-mail/sekisho/policy"
)

// OCR reads the text in a picture; an error means that it could not be read. The
// picture's size was checked before. Recognised digits are not to be trusted one
// by one.
type OCR func(ctx context.Context, picture []byte) (string, error)

const (
	// maxPixels bounds a picture, maxTurnPixels one that is turned in this process.
	maxPixels, maxTurnPixels = 40_000_000, 12_000_000
	// ocrTime bounds one picture with all its turns.
	ocrTime = 20 * time.Second
	// enoughOCR is a number of letters that no upside-down page has.
	enoughOCR = 40
)

// isImage takes pictures; SVG is text.
func isImage(p *probe) string {
	t := p.sniff()
	return typeIf(strings.HasPrefix(t, "image/") && t != "image/svg+xml", t)
}

// readImage reads the text that a picture shows. The bytes are swept as well:
// comments and properties stand openly in them.
//
// Not covered: formats that neither this program nor the OCR knows (HEIC, JPEG
// 2000), and handwriting.
func readImage(r *reading) error {
	text, err := r.ocr(r.file.Data)
	if err != nil {
		return err
	}
	if err := r.ocrText("", text); err != nil {
		return err
	}
	if text = sweepText(sweepable(r.file.Data)); !carriesData(text) {
		return nil
	}
	text, err = r.clip(text)
	r.content("properties", policy.Content{Text: text, Kind: policy.SweptText})
	return err
}

// ocr reads one picture as it is and, where that gives little, turned by a
// quarter, a half and three quarters. The best of the four is taken.
func (r *reading) ocr(picture []byte) (string, error) {
	if r.s.x.OCR == nil {
		return "", fmt.Errorf("read picture: %w", errUnsupported)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	switch {
	case err != nil:
		return "", fmt.Errorf("read picture: %w", errUnsupported)
	case config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height:
		return "", fmt.Errorf("read picture: %w", errTooLarge)
	}
	ctx, cancel := context.WithTimeout(r.ctx, ocrTime)
	defer cancel()
	best, err := r.s.x.OCR(ctx, picture)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("read picture: %w", errUnsupported)
	}
	if legible(best) >= enoughOCR || config.Width > maxTurnPixels/config.Height {
		return best, nil
	}
	grey := greyOf(picture)
	for range 3 {
		if grey == nil || ctx.Err() != nil {
			break
		}
		grey = quarterTurn(grey)
		var b bytes.Buffer
		if (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, grey) != nil {
			break
		}
		if text, err := r.s.x.OCR(ctx, b.Bytes()); err == nil && legible(text) > legible(best) {
			best = text
		}
	}
	return best, ctx.Err()
}

// ocrText adds what was read in a picture.
func (r *reading) ocrText(view, text string) error {
	return r.plain(view, plainText(valid(text)))
}

// legible counts characters that stand in words: letters and digits with another
// beside them, less those that recognition makes of noise.
func legible(s string) int {
	n := 0
	for word := range strings.FieldsSeq(s) {
		good, bad := 0, 0
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				good++
			} else {
				bad++
			}
		}
		if good >= 2 {
			n += max(0, good-bad)
		}
	}
	return n
}

// greyOf decodes a picture in shades of grey; nil when it cannot.
func greyOf(picture []byte) *image.Gray {
	src, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil
	}
	if g, ok := src.(*image.Gray); ok {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, src.At(src.Bounds().Min.X+x, src.Bounds().Min.Y+y))
		}
	}
	return out
}

// quarterTurn turns a picture clockwise.
func quarterTurn(src *image.Gray) *image.Gray {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+h-1-y] = src.Pix[src.PixOffset(src.Rect.Min.X+x, src.Rect.Min.Y+y)]
		}
	}
	return out
}
