package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the registries of image.Decode
	_ "image/jpeg"
	"image/png"
	"strings"
	"unicode"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/sekisho-mail/sekisho/policy"
)

// OCR reads the text in a picture: as plain text, or as the table of words that
// Tesseract.Args asks for. An error means that it could not be read. The picture's
// size was checked before. Recognised digits are not to be trusted one by one.
type OCR func(ctx context.Context, picture []byte) (string, error)

const (
	// maxTurnPixels bounds a picture that is turned in this process.
	maxTurnPixels = 12_000_000
	// enoughOCR is a number of sure letters that no upside-down page has.
	enoughOCR = 12
)

// isImage takes pictures; SVG is text.
func isImage(p *probe) string {
	t := p.sniff()
	return typeIf(strings.HasPrefix(t, "image/") && t != "image/svg+xml", t)
}

// readImage reads the text that a picture shows, and what the file holds beside the
// picture. A picture stays unsupported when it shows numbers, since a digit that was
// taken for another one hides somebody's number, or a code for machines.
//
// Not covered: formats that neither this program nor the OCR knows (HEIC, JPEG
// 2000), and handwriting.
func readImage(r *reading) error {
	text, err := r.ocr(r.file.Data)
	if err == nil {
		err = r.ocrText("", text)
	}
	if err == nil && holdsCode(greyOf(r.file.Data)) {
		err = fmt.Errorf("read code in picture: %w", errUncertain)
	}
	r.part().Swept = errors.Is(err, errUnsupported)
	if text = pictureNotes(r, r.file.Data); carriesData(text) {
		kept, stop := r.clip(text)
		r.content("properties", policy.Content{Text: kept, Kind: policy.SweptText})
		if err == nil {
			err = stop
		}
	}
	if at := sfxArchive(r.file.Data); at > 0 && (r.end == 0 || at < r.end) && r.s.budget.entry() == nil {
		r.child(File{Name: "archive", Data: r.file.Data[at:], Attachment: r.file.Attachment})
	}
	return err
}

// uncertain tells recognised text that holds numbers: runs of seven characters and
// more of which most are digits and the others are taken for digits or stand
// between them.
func uncertain(text string) bool {
	digits, like := 0, 0
	for _, c := range text + "\n" {
		switch {
		case unicode.IsDigit(c):
			digits++
			like++
		case strings.ContainsRune("OolISBZ|-‐−ー/.", c):
			like++
		case c == ' ' && like > 0:
		default:
			if like >= 7 && digits >= 5 {
				return true
			}
			digits, like = 0, 0
		}
	}
	return false
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
	case config.Width <= 0 || config.Height <= 0 || config.Width > r.s.x.Limits.Pixels/config.Height:
		return "", fmt.Errorf("read picture: %w", errTooLarge)
	}
	ctx, cancel := context.WithTimeout(r.ctx, r.s.x.Limits.OCRTime)
	defer cancel()
	table, err := r.s.x.OCR(ctx, picture)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, context.DeadlineExceeded): // of all pictures of the mail together
		return "", fmt.Errorf("read picture: %w", err)
	case err != nil:
		return "", fmt.Errorf("read picture: %w", errUnsupported)
	}
	best := recognise(table)
	if best.sure >= enoughOCR || config.Width > maxTurnPixels/config.Height {
		return best.text, nil
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
		if table, err := r.s.x.OCR(ctx, b.Bytes()); err == nil {
			if turned := recognise(table); turned.sure > 1.5*best.sure {
				best = turned
			}
		}
	}
	return best.text, ctx.Err()
}

// ocrText adds what was read in a picture.
func (r *reading) ocrText(view, text string) error {
	kept, err := r.clip(plainText(valid(text)))
	r.content(view, policy.Content{Text: kept, Kind: policy.PictureText})
	if err == nil && uncertain(kept) {
		return fmt.Errorf("read numbers in picture: %w", errUncertain)
	}
	return err
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

// greyOf decodes a picture in shades of grey; nil when it cannot, or is too large.
func greyOf(picture []byte) *image.Gray {
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || config.Height <= 0 || config.Width > maxTurnPixels/config.Height {
		return nil
	}
	src, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil
	}
	switch p := src.(type) {
	case *image.Gray:
		return p
	case *image.YCbCr:
		return &image.Gray{Pix: p.Y, Stride: p.YStride, Rect: image.Rect(0, 0, p.Rect.Dx(), p.Rect.Dy())}
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
