package detect

import (
	"strings"
	"testing"
)

// TestAbroad holds what people of other countries write of themselves and of each other: dates,
// streets, telephones and names, and what looks like these and is nobody's.
func TestAbroad(t *testing.T) {
	for text, want := range map[string]string{
		// months
		"Claire Fontaine, née le 3 février 1979, rejoint l'équipe":                                                 "person_name=Claire Fontaine birth_date=3 février 1979",
		"Paciente: Lucía Ortega, nacida el 14 de agosto de 1988":                                                   "person_name=Lucía Ortega birth_date=14 de agosto de 1988",
		"Frau Sabine Kastner (geb. 7. März 1966) ist krank.":                                                       "person_name=Sabine Kastner birth_date=7. März 1966",
		"Marco Ferri, nato il 21 giugno 1990 a Torino":                                                             "person_name=Marco Ferri birth_date=21 giugno 1990",
		"Pieter Bakker, geboren 2 mei 1983":                                                                        "person_name=Pieter Bakker birth_date=2 mei 1983",
		"Livraison prévue le 14 juillet 2026, réunion le 2 mars 2026.":                                             "",
		"Das Angebot gilt bis 30. Januar 2027, Stand 2. März 2026.":                                                "",
		"La empresa se fundó el 2 de febrero de 1991 en Sevilla.":                                                  "",
		"ご本人の生まれは昭和33年10月6日と伺いました。鎌田 孝様":                                                                           "birth_date=昭和33年10月6日 person_name=鎌田 孝",
		"森下 律様、生年は平成2年5月9日です。":                                                                                     "person_name=森下 律 birth_date=平成2年5月9日",
		"発行は昭和33年10月6日、改訂は平成2年5月9日です。":                                                                             "",
		"Ada Novak - TT929791B - 19/12/1999 - 07700 900233\nBob Wainwright - EY274733B - 02/05/2001 - to follow\n": "person_name=Ada Novak uk_nino=TT929791B birth_date=19/12/1999 phone=07700 900233 person_name=Bob Wainwright uk_nino=EY274733B birth_date=02/05/2001",
		"Release - 4.2.1 - 19/12/1999 - stable\n":                                                                  "",
		// streets
		"Kontakt: Mitarbeiterin Jana Vogt, geboren 17.02.1994, wohnhaft Lindenallee 41, 50968 Köln": "person_name=Jana Vogt birth_date=17.02.1994 address=Lindenallee 41, 50968 Köln",
		"née le 3 février 1979, 12 rue des Tanneurs, 35000 Rennes":                                  "birth_date=3 février 1979 address=12 rue des Tanneurs, 35000 Rennes",
		"geboren 11-09-1995, Biltstraat 118, 3572 BM Utrecht":                                       "birth_date=11-09-1995 address=Biltstraat 118, 3572 BM Utrecht",
		"PESEL 44051401359, ul. Lipowa 14/3, 30-702 Kraków":                                         "pl_pesel=44051401359 address=ul. Lipowa 14/3, 30-702 Kraków",
		"nato il 21 giugno 1990, via Garibaldi 8, 10122 Torino":                                     "birth_date=21 giugno 1990 address=via Garibaldi 8, 10122 Torino",
		"nacida el 14 de agosto de 1988, Calle Mayor 5, 28013 Madrid":                               "birth_date=14 de agosto de 1988 address=Calle Mayor 5, 28013 Madrid",
		"SSN 219-09-9999, 77 Willow Bend Rd, Apt 3C, Madison, WI 53703":                             "us_ssn=219-09-9999 address=77 Willow Bend Rd, Apt 3C, Madison, WI 53703",
		"TFN 123 456 782, PO Box 118, Mullumbimby NSW 2482":                                         "au_tfn=123 456 782 address=PO Box 118, Mullumbimby NSW 2482",
		"Aadhaar 2341 2341 2346, 22 Gandhi Nagar 2nd Main Road, Adyar, Chennai 600020":              "in_aadhaar=2341 2341 2346 address=22 Gandhi Nagar 2nd Main Road, Adyar, Chennai 600020",
		"Chapter 14, 37073 rows were read. Section 5, 28013 values. Table 8, 10122 Items":           "",
		"Version 12, 3572 KB read; Block 4, 30-702 left over":                                       "",
		// telephones
		"Next of kin Coral Stanhope, 0412 555 093.":                                                             "person_name=Coral Stanhope phone=0412 555 093",
		"His helper is Sri Wahyuni, mobile 9123 0047.":                                                          "person_name=Sri Wahyuni phone=9123 0047",
		"His mother Luciana Freitas prefers text, 774-555-0139.":                                                "person_name=Luciana Freitas phone=774-555-0139",
		"Seine Tochter Heike Brandt ist unter 0171 234 5590 erreichbar.":                                        "person_name=Heike Brandt phone=0171 234 5590",
		"Please use my new number 07700 900862.":                                                                "phone=07700 900862",
		"Lot 9123 0047 was shipped, 6123 4567 pieces, 612 345 678 in all.":                                      "",
		"AG +1703-06148 America/Antigua; JP +353916+1394441 Tokyo; US +404251-0740023 New York; BR -2332-04637": "",
		"His helper is Sri Wahyuni, phone +4930-12345.":                                                         "person_name=Sri Wahyuni phone=+4930-12345",
		"Reading 0412 555 093 from the meter, part 98400 55217.":                                                "",
		// names
		"Frau Annegret Vosskühler fängt am 1.10. an.":                  "person_name=Annegret Vosskühler",
		"Krankmeldung von Detlef Hagemeister (geb. 30.01.1972)":        "person_name=Detlef Hagemeister birth_date=30.01.1972",
		"Our partner Coral Tooling and the father of Modern Logistics": "",
	} {
		r := detectText(t, text+"\n")
		if got := strings.Join(values(text+"\n", r), " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
