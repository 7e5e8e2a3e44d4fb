package detect

import (
	"context"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// fuzzKind checks what every kind promises for any text: no panic, places inside
// the text and on the borders of characters, nothing raw in what leaves, and the
// same findings in both readings of the gate for ids.
func fuzzKind(f *testing.F, names ...string) {
	for _, c := range typeCases {
		for _, n := range names {
			if strings.Contains(c.want, n+"=") {
				f.Add(c.text)
			}
		}
	}
	f.Add("氏名,番号\n佐藤 花子,1\n")
	d := New(Options{Possible: true})
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 1<<14 {
			return
		}
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}}, Context{})
		runes := utf8.RuneCountInString(text)
		for _, g := range r.Findings {
			if g.Place.Start < 0 || g.Place.Start >= g.Place.End || g.Place.End > runes {
				t.Fatalf("%s at %d..%d of %d", g.Type, g.Place.Start, g.Place.End, runes)
			}
			if g.Confidence < 0 || g.Confidence > 1 || g.Reason.IsZero() {
				t.Fatalf("%+v", g)
			}
			if raw := string([]rune(text)[g.Place.Start:g.Place.End]); len(raw) > 8 && !strings.Contains(raw, "*") && strings.Contains(g.Masked.String(), raw) {
				t.Fatalf("%s is not masked", g.Type)
			}
		}
		if r.People.Low > r.People.High {
			t.Fatalf("%+v", r.People)
		}
	})
}

func FuzzKindMyNumber(f *testing.F)       { fuzzKind(f, "my_number") }
func FuzzKindCreditCard(f *testing.F)     { fuzzKind(f, "credit_card") }
func FuzzKindCardExpiry(f *testing.F)     { fuzzKind(f, "card_expiry") }
func FuzzKindCardCVV(f *testing.F)        { fuzzKind(f, "card_cvv") }
func FuzzKindPIN(f *testing.F)            { fuzzKind(f, "pin") }
func FuzzKindDriverLicence(f *testing.F)  { fuzzKind(f, "driver_license") }
func FuzzKindPassport(f *testing.F)       { fuzzKind(f, "passport_jp") }
func FuzzKindResidenceCard(f *testing.F)  { fuzzKind(f, "residence_card") }
func FuzzKindPension(f *testing.F)        { fuzzKind(f, "basic_pension_number") }
func FuzzKindResidentCode(f *testing.F)   { fuzzKind(f, "resident_record_code") }
func FuzzKindInsurer(f *testing.F)        { fuzzKind(f, "insurer_number") }
func FuzzKindInsured(f *testing.F)        { fuzzKind(f, "insured_symbol_number") }
func FuzzKindBankAccount(f *testing.F)    { fuzzKind(f, "bank_account") }
func FuzzKindPersonName(f *testing.F)     { fuzzKind(f, "person_name") }
func FuzzKindAddress(f *testing.F)        { fuzzKind(f, "address") }
func FuzzKindPostalCode(f *testing.F)     { fuzzKind(f, "postal_code") }
func FuzzKindPhone(f *testing.F)          { fuzzKind(f, "phone") }
func FuzzKindEmail(f *testing.F)          { fuzzKind(f, "email") }
func FuzzKindBirthDate(f *testing.F)      { fuzzKind(f, "birth_date") }
func FuzzKindGender(f *testing.F)         { fuzzKind(f, "gender") }
func FuzzKindEmployee(f *testing.F)       { fuzzKind(f, "employee_id") }
func FuzzKindSalary(f *testing.F)         { fuzzKind(f, "salary") }
func FuzzKindSpecialCare(f *testing.F)    { fuzzKind(f, "special_care") }
func FuzzKindSecret(f *testing.F)         { fuzzKind(f, "secret") }
func FuzzKindSSN(f *testing.F)            { fuzzKind(f, "us_ssn") }
func FuzzKindIBAN(f *testing.F)           { fuzzKind(f, "iban") }
func FuzzKindNHS(f *testing.F)            { fuzzKind(f, "uk_nhs") }
func FuzzKindNINO(f *testing.F)           { fuzzKind(f, "uk_nino") }
func FuzzKindSteuerID(f *testing.F)       { fuzzKind(f, "de_steuer_id") }
func FuzzKindNIR(f *testing.F)            { fuzzKind(f, "fr_nir") }
func FuzzKindRRN(f *testing.F)            { fuzzKind(f, "kr_rrn") }
func FuzzKindCNID(f *testing.F)           { fuzzKind(f, "cn_id") }
func FuzzKindAadhaar(f *testing.F)        { fuzzKind(f, "in_aadhaar") }
func FuzzKindPAN(f *testing.F)            { fuzzKind(f, "in_pan") }
func FuzzKindNRIC(f *testing.F)           { fuzzKind(f, "sg_nric") }
func FuzzKindTFN(f *testing.F)            { fuzzKind(f, "au_tfn") }
func FuzzKindCASIN(f *testing.F)          { fuzzKind(f, "ca_sin") }
func FuzzKindNIF(f *testing.F)            { fuzzKind(f, "es_nif") }
func FuzzKindFiscalCode(f *testing.F)     { fuzzKind(f, "it_fiscal_code") }
func FuzzKindPESEL(f *testing.F)          { fuzzKind(f, "pl_pesel") }
func FuzzKindPersonnummer(f *testing.F)   { fuzzKind(f, "se_personnummer") }
func FuzzKindHETU(f *testing.F)           { fuzzKind(f, "fi_hetu") }
func FuzzKindTRID(f *testing.F)           { fuzzKind(f, "tr_id") }
func FuzzKindZAID(f *testing.F)           { fuzzKind(f, "za_id") }
func FuzzKindTHID(f *testing.F)           { fuzzKind(f, "th_id") }
func FuzzKindCPF(f *testing.F)            { fuzzKind(f, "br_cpf") }
func FuzzKindMedicare(f *testing.F)       { fuzzKind(f, "au_medicare") }
func FuzzKindNPI(f *testing.F)            { fuzzKind(f, "us_npi") }
func FuzzKindABA(f *testing.F)            { fuzzKind(f, "us_aba_routing") }
func FuzzKindITIN(f *testing.F)           { fuzzKind(f, "us_itin") }
func FuzzKindUKDriving(f *testing.F)      { fuzzKind(f, "uk_driving_licence") }
func FuzzKindABN(f *testing.F)            { fuzzKind(f, "au_abn") }
func FuzzKindACN(f *testing.F)            { fuzzKind(f, "au_acn") }
func FuzzKindKVNR(f *testing.F)           { fuzzKind(f, "de_health_insurance") }
func FuzzKindDESocial(f *testing.F)       { fuzzKind(f, "de_social_security") }
func FuzzKindDEVAT(f *testing.F)          { fuzzKind(f, "de_vat_id") }
func FuzzKindBSNR(f *testing.F)           { fuzzKind(f, "de_bsnr") }
func FuzzKindLANR(f *testing.F)           { fuzzKind(f, "de_lanr") }
func FuzzKindDEIDCard(f *testing.F)       { fuzzKind(f, "de_id_card") }
func FuzzKindGSTIN(f *testing.F)          { fuzzKind(f, "in_gstin") }
func FuzzKindVehicle(f *testing.F)        { fuzzKind(f, "vehicle_registration") }
func FuzzKindITVAT(f *testing.F)          { fuzzKind(f, "it_vat") }
func FuzzKindKRBRN(f *testing.F)          { fuzzKind(f, "kr_brn") }
func FuzzKindKRDriver(f *testing.F)       { fuzzKind(f, "kr_driver_license") }
func FuzzKindNIN(f *testing.F)            { fuzzKind(f, "ng_nin") }
func FuzzKindPHTIN(f *testing.F)          { fuzzKind(f, "ph_tin") }
func FuzzKindUEN(f *testing.F)            { fuzzKind(f, "sg_uen") }
func FuzzKindSEOrganisation(f *testing.F) { fuzzKind(f, "se_organisation") }
func FuzzKindBiometric(f *testing.F)      { fuzzKind(f, "biometric") }
func FuzzKindDEA(f *testing.F)            { fuzzKind(f, "us_dea") }

// TestEveryTypeHasAFuzzTarget keeps the list above complete.
func TestEveryTypeHasAFuzzTarget(t *testing.T) {
	src, err := os.ReadFile("fuzz_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range allKinds() {
		if !k.silent && !strings.Contains(string(src), "fuzzKind(f, \""+k.name+"\")") {
			t.Errorf("%s has no fuzz target", k.name)
		}
	}
}
