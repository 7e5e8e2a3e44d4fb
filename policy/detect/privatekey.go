package detect

import "strings"

// findKeys finds private keys in PEM or OpenPGP armour (RFC 7468, RFC 9580).
func findKeys(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, keyHeader, func(m labelHit) {
		i := m.start
		if strings.HasPrefix(v.s[i:], "PuTTY") {
			emit(secretAt(i, min(len(v.s), i+2000), "private_key", v.s[i:min(len(v.s), i+200)], 6))
			return
		}
		head := v.s[i+len("-----BEGIN ") : min(len(v.s), i+60)]
		n := strings.Index(head, "-----")
		if n < 0 || !strings.Contains(head[:n], "PRIVATE KEY") {
			return
		}
		end := min(len(v.s), i+16<<10)
		if e := strings.Index(v.s[i:end], "-----END "); e >= 0 {
			end = i + e
			if tail := strings.Index(v.s[end+9:], "-----"); tail >= 0 && tail < 50 {
				end += 9 + tail + 5
			}
		}
		emit(secretAt(i, end, "private_key", v.s[i:end], 6))
	})
}
